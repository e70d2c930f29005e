"""The last feed taken back: postings, names, addresses and activity are as before it."""

import random
from datetime import date, timedelta

import pytest
from django.utils import timezone

from lms.people import restoring, syncing
from lms.people.models import AccessEntry, FeedRun, Posting, User
from lms.refusals import NotAllowed
from tests.factories.people import make_structure
from tests.lms.people.feeds import applied, feed, line
from tests.lms.people.test_feeding import officer
from tests.lms.people.test_syncing import a_line

DAY = date(2026, 11, 24)
NEXT_DAY = DAY + timedelta(days=1)


@pytest.fixture(autouse=True)
def _files(folder):
    """Kept files lie in a folder of the test's own."""


@pytest.fixture
def mission(db):
    make_structure("SEC")
    return make_structure("MIS")


@pytest.fixture
def hr(db):
    return officer("Hedi")


def everybody() -> list[tuple]:
    """People and postings as they are, but for accounts that were made and taken back."""
    people = User.objects.filter(staff_number__isnull=False).order_by("pk")
    fields = ("pk", "email", "official_name", "display_name", "staff_number", "is_active")
    return [*people.values_list(*fields), *Posting.objects.order_by("pk").values_list()]


def take_back(run: FeedRun, by: User) -> FeedRun:
    return restoring.take_back(run, by=by, reason="The wrong file.")


BEFORE = [line(1), line(2), line(3), line(4), line(5, end="2026-12-31"), line(6, manager="S1")]
WRONG = [
    line(1, structure="SEC"),
    line(2, official_name="Other Name", **{"e-mail": "person3@feed.test"}),
    line(3, **{"e-mail": "person2@feed.test"}),
    line(5, end="2027-06-30"),
    line(6, manager="S7"),
    line(7),
    line(8),
]


def test_everything_a_feed_touched_is_as_before(mission, hr):
    applied(feed(*BEFORE[:3], *BEFORE[4:], line(8)), by=hr, day=DAY - timedelta(days=2))  # S8 left since
    applied(feed(*BEFORE), by=hr, day=DAY)
    before = everybody()

    run = applied(feed(*WRONG), by=hr, day=NEXT_DAY)
    between = everybody()
    for _again in range(2):
        done = take_back(run, hr)

    counts = {name: run.counts[name] for name in ("new", "returned", "moved", "changed", "left")}
    assert counts == {"new": 1, "returned": 1, "moved": 2, "changed": 3, "left": 1}
    assert (between != before, everybody()) == (True, before)
    assert (done.state, done.ended_by, done.reason) == ("taken-back", hr, "The wrong file.")
    assert AccessEntry.objects.filter(actor=hr, what="staff feed taken back", purpose="The wrong file.").count() == 1


def test_over_any_row_of_feeds_taking_the_last_ones_back_leads_to_each_state_before(mission, hr):
    chance = random.Random(2026)
    day, steps = DAY, []
    for _feed in range(12):
        rows = [a_line(chance, number, day) for number in range(1, 7) if chance.random() < 0.8] or [line(1)]
        before = everybody()
        steps.append((before, applied(feed(*rows), by=hr, day=day)))
        day += timedelta(days=chance.choice([0, 1, 3, 20]))

    for before, run in reversed(steps):
        take_back(run, hr)
        assert everybody() == before


def test_an_account_that_it_made_is_closed_and_gives_number_and_address_back(mission, hr):
    applied(feed(line(1)), by=hr, day=DAY)
    run = applied(feed(line(1), line(22, **{"e-mail": "person2@feed.test"})), by=hr, day=DAY)
    made = User.objects.get(staff_number="S22")

    take_back(run, hr)
    right = applied(feed(line(1), line(2)), by=hr, day=NEXT_DAY)

    made.refresh_from_db()
    assert (made.is_active, made.staff_number, made.postings.count()) == (False, None, 0)
    assert (right.counts["new"], right.counts["refused"], right.counts["left"]) == (1, 0, 0)


def test_a_newcomer_who_signed_in_meanwhile_keeps_her_account_and_returns_to_it(mission, hr):
    applied(feed(line(1)), by=hr, day=DAY)
    run = applied(feed(line(1), line(2)), by=hr, day=DAY)
    made = User.objects.get(staff_number="S2")
    User.objects.filter(pk=made.pk).update(last_login=timezone.now())

    take_back(run, hr)
    away = User.objects.active_on(DAY).filter(pk=made.pk).exists()
    right = applied(feed(line(1), line(2)), by=hr, day=NEXT_DAY)

    assert (away, right.counts["returned"]) == (False, 1)
    assert User.objects.active_on(NEXT_DAY).filter(pk=made.pk).exists()


def test_who_loses_access_by_it_loses_it_at_once(mission, hr, client):
    applied(feed(line(1)), by=hr, day=DAY)
    run = applied(feed(line(1), line(2)), by=hr, day=DAY)
    client.force_login(User.objects.get(staff_number="S2"))

    take_back(run, hr)

    assert client.get("/my/").status_code == 302


def test_what_somebody_else_changed_since_stays(mission, hr):
    applied(feed(line(1)), by=hr, day=DAY)
    run = applied(feed(line(1, official_name="Other Name")), by=hr, day=NEXT_DAY)
    User.objects.filter(staff_number="S1").update(display_name="As she writes it")

    take_back(run, hr)

    person = User.objects.get(staff_number="S1")
    assert (person.official_name, person.display_name) == ("Person 1", "As she writes it")


def test_only_the_last_feed_can_be_taken_back(mission, hr):
    first, second = (applied(feed(*rows), by=hr, day=DAY) for rows in ([line(1)], [line(1), line(2)]))
    with pytest.raises(NotAllowed, match="Another feed followed"):
        take_back(first, hr)

    take_back(second, hr)

    assert take_back(first, hr).state == "taken-back"


def test_a_feed_that_was_not_applied_is_not_taken_back(mission, hr):
    run = applied(feed(line(1)), by=hr, day=DAY)
    FeedRun.objects.filter(pk=run.pk).update(state=FeedRun.State.REFUSED)

    with pytest.raises(NotAllowed, match="was not applied"):
        take_back(run, hr)


def test_an_address_that_somebody_else_got_meanwhile_stands_in_the_way(mission, hr):
    applied(feed(line(1)), by=hr, day=DAY)
    run = applied(feed(line(1, **{"e-mail": "new@feed.test"})), by=hr, day=NEXT_DAY)
    syncing.make_local_person(email="Person1@feed.test", name="Somebody")
    before = everybody()

    with pytest.raises(NotAllowed, match="belong to other accounts by now: person1@feed.test"):
        take_back(run, hr)

    assert everybody() == before


def test_a_posting_that_was_changed_since_by_another_way_stands_in_the_way(mission, hr):
    run = applied(feed(line(1)), by=hr, day=DAY)
    Posting.objects.update(duty_station="Bitola")

    with pytest.raises(NotAllowed, match="changed since by another way"):
        take_back(run, hr)


def test_it_takes_an_hr_officer_and_a_reason(mission, hr):
    run = applied(feed(line(1)), by=hr, day=DAY)

    with pytest.raises(NotAllowed, match="is no HR officer"):
        take_back(run, User.objects.get(staff_number="S1"))
    with pytest.raises(NotAllowed, match="Say why"):
        restoring.take_back(run, by=hr, reason=" ")

    assert FeedRun.objects.get().state == "applied"


def test_after_it_the_mended_feed_is_applied_as_if_nothing_had_been(mission, hr):
    applied(feed(line(1), line(2)), by=hr, day=DAY)
    run = applied(feed(line(1, structure="SEC"), line(2)), by=hr, day=NEXT_DAY)

    take_back(run, hr)
    right = applied(feed(line(1), line(2, structure="SEC")), by=hr, day=NEXT_DAY)

    rows = Posting.objects.order_by("person", "starts_on").values_list("person__staff_number", "structure__code", "starts_on")
    assert (right.counts["moved"], right.counts["unchanged"]) == (1, 1)
    assert list(rows) == [("S1", "MIS", date(2026, 2, 2)), ("S2", "MIS", date(2026, 2, 2)), ("S2", "SEC", NEXT_DAY)]
