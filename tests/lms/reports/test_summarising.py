"""What managers, heads and focal points are told by mail, and of whom."""

from datetime import timedelta

import pytest

from courses import assigning
from lms.days import today
from lms.jobs.models import Mail
from lms.people.models import AccessEntry
from lms.reports import summarising
from tests.factories.asking import make_completion, make_exemption, make_line, make_offered, make_planned
from tests.factories.people import LONG_AGO, make_person


@pytest.fixture
def asked(cast):
    """FND is overdue for everybody but Ben, who is done, and Nora, who is exempt; SOON is due in twenty days, LATER in fifty."""
    fnd = make_offered("FND")
    make_line(fnd)
    for code, days in (("SOON", 20), ("LATER", 50)):
        make_line(make_offered(code), due_days=(today() - LONG_AGO).days + days)
    make_line(make_offered("REC"), due_days=(today() - LONG_AGO).days + 20, strength="recommended")
    make_line(make_planned("PLAN"))
    for person in (cast.ben, cast.focal, cast.deputy, cast.head):
        make_completion(person, fnd, today() - timedelta(days=3))
    make_exemption(cast.nora, fnd, by=cast.hr, agreed=cast.hr2)
    assigning.apply_rules(today())


@pytest.fixture(autouse=True)
def _outbox(settings):
    settings.EMAIL_BACKEND = "lms.jobs.mailing.QueueBackend"


def body_to(person) -> str:
    """The text of her mail; the HTML says the same."""
    content = Mail.objects.get(address=person.email).content
    [[html, _kind]] = content["alternatives"]
    words = [line.removeprefix("– ") for line in content["body"].split("\n")]
    assert [word for line in words for word in line.split(": ") if word.removesuffix(":") not in html] == []
    return content["body"]


def told() -> set[str]:
    return set(Mail.objects.values_list("address", flat=True))


def test_a_manager_is_told_of_her_own_team_who_is_late_or_due_soon(cast, asked):
    taken = [summarising.tell_managers(today()) for _run in range(2)]

    soon = f"{today() + timedelta(days=20):%-d %B %Y}"
    body = body_to(cast.manager)
    assert taken == [1, 0]
    assert body.partition("days:\n\n")[2].partition("\n\nHow")[0] == (
        f"Lea Learner\n– Course FND: overdue, was due on 31 January 2020\n– Course SOON: due on {soon}"
    )
    assert Mail.objects.get().subject == "Your team: training dates"
    entry = AccessEntry.objects.get(what="mail: team digest")
    assert (entry.actor, entry.count) == (cast.manager, 1)


def test_the_head_and_the_focal_points_are_told_of_their_structure(cast, asked):
    summarising.tell_structures(today())

    assert told() == {cast.head.email, cast.focal.email, cast.deputy.email}
    body = body_to(cast.focal)
    figures, _, names = body.partition("A mandatory course is overdue for:")
    assert figures.partition(":\n\n")[2].strip() == (
        "– Course FND: asked of 6, done by 4, overdue for 2\n"
        "– Course LATER: asked of 7, done by 0, overdue for 0\n"
        "– Course SOON: asked of 7, done by 0, overdue for 0"
    )
    assert [line for line in names.split("\n") if "Learner" in line or "Man" in line] == ["Lea Learner", "Mara Manager"]


def test_threat_28_whoever_has_lost_her_role_or_her_team_is_told_nothing(cast, asked):
    cast.head.grants.update(ends_on=today())
    cast.lea.postings.update(manager=None)
    type(cast.focal).objects.filter(pk=cast.focal.pk).update(is_active=False)

    taken = [tell(today()) for tell in (summarising.tell_managers, summarising.tell_structures)]

    assert (taken, told()) == ([0, 1], {cast.deputy.email})


def test_each_week_has_its_own_mail(cast, asked):
    days = [today() + timedelta(days=number) for number in (0, 7)]

    assert [(summarising.tell_managers(day), summarising.tell_managers(day)) for day in days] == [(1, 0), (1, 0)]


@pytest.mark.parametrize("members", [1, 3])
def test_a_team_costs_the_same_however_large_it_is(cast, asked, members, django_assert_num_queries):
    for _number in range(members - 1):
        make_person(structure=cast.mission, manager=cast.manager)
    assigning.apply_rules(today())

    with django_assert_num_queries(13):
        summarising.tell_managers(today())


def test_a_field_operation_without_a_focal_point_is_named_to_its_head_and_to_human_resources(signed_in, cast, asked):
    cast.focal.grants.update(ends_on=today() - timedelta(days=5))

    summarising.tell_structures(today())
    pages = {
        reader: signed_in(reader).get("/reports/structures/").content.decode() for reader in (cast.hr, cast.admin, cast.head)
    }

    assert "MIS has had no main focal point for 5 days." in body_to(cast.head)
    assert ["none since" in page and "none on record" in page for page in pages.values()] == [True, True, False]
