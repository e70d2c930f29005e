"""What is asked of one person, and why: for herself, and for those who may see her state."""

from datetime import date, timedelta

import pytest

from courses import assigning, reminding
from courses.models import Completion
from lms.days import today
from lms.people.models import AccessEntry
from tests.factories.asking import make_exemption, make_line, make_offered
from tests.factories.learning import complete
from tests.factories.people import make_person


@pytest.fixture
def asked(cast, course):
    """Two rules ask the course: everybody within thirty days, the mission within ten."""
    make_line(course.course, starts_on=date(2026, 1, 1))
    make_line(course.course, owner=cast.mission, structure=cast.mission, due_days=10, due_from="rule", starts_on=date(2026, 5, 1))
    assigning.apply_rules(today())


def text(response) -> str:
    return " ".join(response.content.decode().split())


def test_my_page_says_what_is_asked_and_by_when(signed_in, cast, asked):
    page = text(signed_in(cast.lea).get("/my/"))

    assert "What is asked of me" in page
    assert "due on 31 January 2026" in page
    assert "/my/why/tst/" in page


def test_the_way_from_the_rule_to_the_certificate_is_told_in_words(signed_in, cast, course, asked):
    complete(cast.lea, course)

    page = text(signed_in(cast.lea).get("/my/why/tst/"))

    until = Completion.objects.get().valid_until
    assert f"valid until {until:%-d %B %Y}" in page
    assert "<dt>Asked of</dt><dd>all staff</dd>" in page
    assert "30 days after entry on duty, but not before 30 days were over from 1 January 2026" in page
    assert "MIS: mandatory, 10 days after the rule began (MIS)" in page
    assert cast.lea.certificates.get().code in page
    assert ">registered<" in page
    assert ">completed<" in page


def test_nothing_of_answers_or_scores_is_among_the_evidence(signed_in, cast, course, asked):
    complete(cast.lea, course)

    page = text(signed_in(cast.hr).get(f"/reports/person/{cast.lea.uuid}/tst/"))

    assert [word for word in ("answered", "passed", "failed", "experienced", "score") if word in page] == []


def test_a_course_that_nothing_asks_is_explained_as_well(signed_in, cast, course):
    assert "No rule asks this course today." in text(signed_in(cast.lea).get("/my/why/tst/"))


def test_hr_sees_certificate_statements_and_reason_of_an_exemption_others_the_dates(signed_in, cast, course, asked):
    complete(cast.lea, course)
    make_exemption(cast.lea, course.course, by=cast.hr, agreed=cast.hr2)
    address = f"/reports/person/{cast.lea.uuid}/tst/"

    pages = {name: text(signed_in(getattr(cast, name)).get(address)) for name in ("hr", "focal", "manager", "head")}

    code = cast.lea.certificates.get().code
    assert {name: (code in page, "long leave" in page, "exempt" in page) for name, page in pages.items()} == {
        "hr": (True, True, True),
        "focal": (False, False, True),
        "manager": (False, False, True),
        "head": (False, False, True),
    }


def test_each_look_at_somebody_else_is_logged(signed_in, cast, asked):
    signed_in(cast.focal).get(f"/reports/person/{cast.lea.uuid}/")
    signed_in(cast.focal).get(f"/reports/person/{cast.lea.uuid}/tst/")

    entries = AccessEntry.objects.filter(person=cast.lea).order_by("pk").values_list("actor", "what")
    assert list(entries) == [(cast.focal.pk, "what is asked of her"), (cast.focal.pk, "why TST")]


def test_hr_and_focal_points_see_when_she_was_reminded_and_whether_it_arrived(signed_in, cast, asked, settings):
    settings.EMAIL_BACKEND = "lms.jobs.mailing.QueueBackend"
    reminding.remind_all(today())
    address = f"/reports/person/{cast.lea.uuid}/"

    pages = {name: text(signed_in(getattr(cast, name)).get(address)) for name in ("hr", "focal", "deputy", "manager", "head")}

    words = f"<li>{today():%-d %B %Y} · waiting,"
    assert {name for name, page in pages.items() if words in page} == {"hr", "focal", "deputy"}
    assert {name for name, page in pages.items() if "Reminders" in page} == {"hr", "focal", "deputy"}


@pytest.mark.parametrize("rest", ["", "tst/"])
def test_who_is_out_of_reach_is_not_found_and_who_has_no_reach_is_refused(signed_in, cast, asked, rest):
    address = f"/reports/person/{cast.stranger.uuid}/{rest}"
    rows = ("hr", "focal", "manager", "head", "lea", "overview", "admin", "auditor", "trainer")

    answers = {name: signed_in(getattr(cast, name)).get(address).status_code for name in rows}

    assert answers == {
        **{"hr": 200, "focal": 404, "manager": 404, "head": 404},
        **dict.fromkeys(("lea", "overview", "admin", "auditor", "trainer"), 403),
    }


@pytest.mark.parametrize("more", [0, 2])
def test_the_page_of_a_person_costs_the_same_however_much_is_asked(signed_in, cast, asked, django_assert_num_queries, more):
    for number in range(more):
        make_line(make_offered(f"M{number}"), starts_on=today() - timedelta(days=1))
    make_person(structure=cast.mission)
    assigning.apply_rules(today())
    client = signed_in(cast.hr)
    client.get("/my/")

    with django_assert_num_queries(14):
        client.get(f"/reports/person/{cast.lea.uuid}/")
