"""The matrix: who reads it, who writes which lines, and what a writer is told before she saves."""

from datetime import date, timedelta

import pytest

from courses import assigning
from courses.models import Requirement
from lms.days import today
from lms.people.models import AccessEntry
from tests.factories.asking import make_line, make_offered
from tests.factories.people import make_person

MATRIX, NEW = "/reports/matrix/", "/reports/matrix/new/"
FIRST = date(2026, 1, 1)


@pytest.fixture
def fnd(cast):
    """Asked of everybody by the Organization."""
    return make_line(make_offered("FND"), starts_on=FIRST)


@pytest.fixture
def overlay(cast, fnd):
    return make_line(make_offered("RTN"), owner=cast.mission, structure=cast.mission, starts_on=FIRST)


def sent(**values):
    return {
        "course": "FND",
        "strength": "mandatory",
        "due_days": "60",
        "due_from": "entry",
        "renewal_days": "60",
        "starts_on": today().isoformat(),
        **{name: str(value) for name, value in values.items()},
    }


def text(response) -> str:
    return " ".join(response.content.decode().split())


def test_lines_of_a_structure_stand_out_by_colour_and_sign(signed_in, cast, overlay):
    page = text(signed_in(cast.hr).get(MATRIX))

    assert "<td>all staff</td>" in page
    assert '<tr class="overlay"><td>◆ <b>MIS</b><br>MIS</td>' in page


def test_a_line_without_effect_carries_a_sign(signed_in, cast, fnd):
    make_line(fnd.course, owner=cast.mission, structure=cast.mission, due_days=60, starts_on=FIRST)

    assert text(signed_in(cast.hr).get(MATRIX)).count('title="no effect"') == 1


def test_before_a_line_is_saved_its_writer_sees_whom_it_touches(signed_in, cast, fnd):
    make_offered("IDR")
    values = sent(course="IDR", structure=cast.mission.pk, due_days=30)

    page = text(signed_in(cast.hr).post(NEW, values | {"look": "1"}))

    assert "7 people" in page
    assert "asked for the first time: 7" in page
    assert f"Lea Learner: asked for the first time, due on {today() + timedelta(days=30):%-d %B %Y}" in page
    assert "Sven Stranger" not in page
    assert Requirement.objects.count() == 1
    assert AccessEntry.objects.get(what="whom a line touches").count == 7


def test_the_second_press_saves(signed_in, cast, fnd):
    make_offered("IDR")
    values = sent(course="IDR", structure=cast.mission.pk, function_groups="human-rights", duty_stations="Skopje, Tetovo")

    signed_in(cast.hr).post(NEW, values | {"save": "1"})

    line = Requirement.objects.latest("pk")
    assert (line.course.code, line.owner, line.structure, line.recorded_by) == ("IDR", None, cast.mission, cast.hr)
    assert (line.function_groups, line.duty_stations, line.due_days) == (["human-rights"], ["Skopje", "Tetovo"], 60)


def test_a_looser_line_is_said_to_have_no_effect_and_why(signed_in, cast, fnd):
    page = text(signed_in(cast.focal).post(NEW, sent(structure=cast.mission.pk, due_days=90) | {"look": "1"}))

    assert "This line has no effect, because at least as much is asked already:" in page
    assert "all staff: 30 days after entry on duty (the Organization)" in page
    assert "0 people" in page


def test_a_stricter_line_shows_who_is_due_sooner(signed_in, cast, fnd):
    soon = make_person("Nina New", structure=cast.office, starts_on=today())

    page = text(signed_in(cast.focal).post(NEW, sent(structure=cast.office.pk, due_days=10) | {"look": "1"}))

    assert f"{soon}: due sooner, due on {today() + timedelta(days=10):%-d %B %Y}" in page
    assert "is asked already" not in page


def test_a_focal_point_asks_her_own_people_in_the_name_of_her_structure(signed_in, cast, fnd):
    client = signed_in(cast.focal)

    refused = [client.post(NEW, sent(structure=place) | {"save": "1"}) for place in ("", cast.elsewhere.pk, cast.secretariat.pk)]
    client.post(NEW, sent(structure=cast.office.pk, due_days=5) | {"save": "1"})

    assert [answer.status_code for answer in refused] == [422] * 3
    line = Requirement.objects.latest("pk")
    assert (line.owner, line.structure, line.recorded_by) == (cast.mission, cast.office, cast.focal)


def test_only_hr_changes_or_ends_a_line_of_the_organization(signed_in, cast, fnd, overlay):
    client = signed_in(cast.focal)
    pages = [f"{MATRIX}{line.pk}/{rest}" for line in (fnd, overlay) for rest in ("", "end/")]

    opened = [client.get(page).status_code for page in pages]
    ended = [client.post(f"{MATRIX}{line.pk}/end/now/").status_code for line in (fnd, overlay)]

    assert (opened, ended) == ([404, 404, 200, 200], [404, 302])
    assert dict(Requirement.objects.known().values_list("course__code", "ends_on")) == {"FND": None, "RTN": today()}


def test_a_change_shows_its_effect_and_then_holds_from_today(signed_in, cast, fnd):
    newcomer = make_person("Nina New", structure=cast.office, starts_on=today() - timedelta(days=1))
    assigning.apply_rules(today())
    client, page = signed_in(cast.hr), f"{MATRIX}{fnd.pk}/"
    values = {name: value for name, value in sent(due_days=90).items() if name not in {"course", "starts_on"}}

    look = text(client.post(page, values | {"look": "1"}))
    client.post(page, values | {"save": "1"})

    assert f"{newcomer}: other dates, due on {today() + timedelta(days=89):%-d %B %Y}" in look
    assert list(Requirement.objects.known().values_list("starts_on", "ends_on", "due_days")) == [
        (FIRST, today(), 30),
        (today(), None, 90),
    ]


def test_before_a_line_is_ended_its_writer_sees_whom_it_touches(signed_in, cast, overlay):
    page = text(signed_in(cast.hr).get(f"{MATRIX}{overlay.pk}/end/"))

    assert "asked no more: 7" in page


def test_a_line_does_not_begin_in_the_past(signed_in, cast, fnd):
    answer = signed_in(cast.hr).post(NEW, sent(starts_on=today() - timedelta(days=1)) | {"save": "1"})

    assert (answer.status_code, Requirement.objects.count()) == (422, 1)


def test_who_reads_in_a_structure_sees_what_may_touch_its_people(signed_in, cast, fnd, overlay):
    make_line(make_offered("CHD"), structure=cast.elsewhere, starts_on=FIRST)

    page = text(signed_in(cast.head).get(MATRIX))

    assert [code for code in ("FND", "RTN", "CHD") if f">{code}<" in page] == ["FND", "RTN"]


@pytest.mark.parametrize(
    ("path", "writers"),
    [
        (MATRIX, {"hr", "focal", "deputy", "head", "overview", "admin", "auditor"}),
        (NEW, {"hr", "focal", "deputy"}),
    ],
)
def test_who_opens_the_pages(signed_in, cast, fnd, path, writers):
    people = {name: person for name, person in cast.everybody.items() if name not in {"ben", "nora", "stranger"}}

    opened = {name for name, person in people.items() if signed_in(person).get(path).status_code == 200}

    assert opened - {"hr2", "admin2"} == writers


@pytest.mark.parametrize("more", [0, 2])
def test_the_matrix_costs_the_same_however_many_lines_it_has(signed_in, cast, fnd, django_assert_num_queries, more):
    for number in range(more):
        make_line(make_offered(f"M{number}"), starts_on=FIRST, structure=cast.mission)
    client = signed_in(cast.hr)
    client.get("/my/")

    with django_assert_num_queries(7):
        client.get(MATRIX)


@pytest.mark.parametrize("more", [0, 2])
def test_the_effect_costs_the_same_for_one_person_and_for_three(signed_in, cast, fnd, django_assert_num_queries, more):
    make_offered("IDR")
    for _ in range(more):
        make_person(structure=cast.mission)
    client = signed_in(cast.hr)
    client.get("/my/")

    with django_assert_num_queries(17):
        client.post(NEW, sent(course="IDR", structure=cast.mission.pk) | {"look": "1"})
