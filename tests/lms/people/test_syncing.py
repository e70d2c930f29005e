"""The staff feed: who comes, moves, leaves and returns, and what no feed may do."""

import random
from datetime import date, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lms.days import today
from lms.people import syncing, unlocking
from lms.people.hr_feed import Refusal, UnreadableFeed
from lms.people.models import PersonAlias, Posting, Structure, StructurePeriod, User
from lms.people.syncing import Report, TooManyLeavers, sync_staff
from tests.factories.people import make_person, make_structure
from tests.lms.people.feeds import COLUMNS, feed, line

DAY = date(2026, 11, 24)
NEXT_DAY = DAY + timedelta(days=1)


@pytest.fixture
def mission(db):
    return make_structure("MIS")


@pytest.fixture
def secretariat(db):
    return make_structure("SEC")


def person(number: int) -> User:
    return User.objects.get(staff_number=f"S{number}")


def periods(number: int) -> list[tuple[str, date, date | None]]:
    """Her postings as (structure, first day, day after the last)."""
    rows = Posting.objects.filter(person__staff_number=f"S{number}").order_by("starts_on")
    return list(rows.values_list("structure__code", "starts_on", "ends_on"))


def has_access(number: int, day: date = DAY) -> bool:
    return User.objects.active_on(day).filter(staff_number=f"S{number}").exists()


def everything() -> list[tuple]:
    """All that a feed could have written."""
    people = User.objects.order_by("pk").values_list(
        "pk", "email", "official_name", "display_name", "staff_number", "is_active", "password"
    )
    return [*people, *Posting.objects.order_by("pk").values_list(), *PersonAlias.objects.order_by("pk").values_list()]


# --- who comes -----------------------------------------------------------------------------------------------------------
def test_a_newcomer_gets_an_account_a_pseudonym_and_a_posting_from_her_entry_on_duty(mission):
    report = sync_staff(feed(line(1, official_name="Lea Brandt", language="ru")), day=DAY)

    lea = person(1)
    assert report == Report(new=["S1"])
    assert (lea.email, lea.official_name, lea.display_name, lea.language, lea.source, lea.is_active) == (
        "person1@feed.test",
        "Lea Brandt",
        "Lea Brandt",
        "ru",
        "feed",
        True,
    )
    assert (lea.has_usable_password(), lea.invited_at) == (False, None)
    assert list(PersonAlias.objects.values_list("uuid", "person")) == [(lea.uuid, lea.pk)]
    assert periods(1) == [("MIS", date(2026, 2, 2), None)]


def test_the_same_feed_again_changes_nothing(mission):
    rows = [line(1, end="2027-01-31"), line(2, manager="S1"), line(3, end="2026-03-01")]
    sync_staff(feed(*rows), day=DAY)
    before = everything()

    reports = [sync_staff(feed(*rows), day=day) for day in (DAY, NEXT_DAY)]

    assert reports == [Report(unchanged=3)] * 2
    assert everything() == before


def test_the_number_of_queries_does_not_grow_with_the_staff(mission):
    def queries(rows) -> int:
        with CaptureQueriesContext(connection, ) as found:
            sync_staff(feed(*rows), day=NEXT_DAY)
        return len(found)

    few = [line(1), line(2, end="2026-06-30"), line(3, manager="S1")]
    many = [*few, *(line(number, manager="S1") for number in range(4, 7)), *(line(n, end="2026-06-30") for n in range(7, 10))]
    sync_staff(feed(*few), day=DAY)
    with_few = queries(few)
    sync_staff(feed(*many), day=DAY)

    assert queries(many) == with_few


def test_a_newcomer_of_next_month_has_no_access_before(mission):
    sync_staff(feed(line(1, entry_on_duty="2026-12-01")), day=DAY)

    assert periods(1) == [("MIS", date(2026, 12, 1), None)]
    assert [has_access(1, day) for day in (DAY, date(2026, 11, 30), date(2026, 12, 1))] == [False, False, True]


@pytest.mark.parametrize("entry", ["2026-12-15", "2026-11-25"])
def test_an_entry_on_duty_that_is_put_off_or_brought_forward_moves_the_first_day(mission, entry):
    sync_staff(feed(line(1, entry_on_duty="2026-12-01")), day=DAY)

    report = sync_staff(feed(line(1, entry_on_duty=entry)), day=DAY)

    assert report == Report(changed=["S1"])
    assert periods(1) == [("MIS", date.fromisoformat(entry), None)]


def test_who_comes_with_a_contract_that_is_over_gets_no_access(mission):
    sync_staff(feed(line(1, end="2026-11-23")), day=DAY)

    assert periods(1) == [("MIS", date(2026, 2, 2), date(2026, 11, 24))]
    assert has_access(1) is False


# --- who changes ---------------------------------------------------------------------------------------------------------
def test_who_moves_gets_a_new_posting_and_the_old_one_ends(mission, secretariat):
    sync_staff(feed(line(1)), day=DAY)

    report = sync_staff(feed(line(1, structure="SEC")), day=NEXT_DAY)

    assert report == Report(moved=["S1"])
    assert periods(1) == [("MIS", date(2026, 2, 2), NEXT_DAY), ("SEC", NEXT_DAY, None)]
    assert [has_access(1, day) for day in (DAY, NEXT_DAY)] == [True, True]


def test_a_second_feed_on_the_day_of_a_move_corrects_it(mission, secretariat):
    make_structure("ODI")
    sync_staff(feed(line(1)), day=DAY)
    sync_staff(feed(line(1, structure="SEC")), day=NEXT_DAY)

    report = sync_staff(feed(line(1, structure="ODI")), day=NEXT_DAY)

    assert report == Report(changed=["S1"])
    assert periods(1) == [("MIS", date(2026, 2, 2), NEXT_DAY), ("ODI", NEXT_DAY, None)]


@pytest.mark.parametrize("name", ["duty_station", "function_group", "contract_type", "manager", "entry_on_duty"])
def test_every_change_of_a_posting_begins_a_new_one(mission, name):
    values = {
        "duty_station": "Tetovo",
        "function_group": "police",
        "contract_type": "national",
        "manager": "S2",
        "entry_on_duty": "2026-01-05",
    }
    sync_staff(feed(line(1), line(2)), day=DAY)

    report = sync_staff(feed(line(1, **{name: values[name]}), line(2)), day=NEXT_DAY)

    assert report == Report(moved=["S1"], unchanged=1)
    assert periods(1) == [("MIS", date(2026, 2, 2), NEXT_DAY), ("MIS", NEXT_DAY, None)]


def test_a_move_announced_for_later_leaves_no_gap(mission, secretariat):
    sync_staff(feed(line(1)), day=DAY)

    sync_staff(feed(line(1, structure="SEC", entry_on_duty="2026-12-10")), day=NEXT_DAY)

    assert periods(1) == [("MIS", date(2026, 2, 2), date(2026, 12, 10)), ("SEC", date(2026, 12, 10), None)]


@pytest.mark.parametrize("entry", ["2026-12-20", "2026-11-30"])
def test_an_announced_move_that_is_put_off_or_brought_forward_leaves_no_gap_either(mission, secretariat, entry):
    sync_staff(feed(line(1)), day=DAY)
    sync_staff(feed(line(1, structure="SEC", entry_on_duty="2026-12-10")), day=NEXT_DAY)

    sync_staff(feed(line(1, structure="SEC", entry_on_duty=entry)), day=NEXT_DAY)

    begins = date.fromisoformat(entry)
    assert periods(1) == [("MIS", date(2026, 2, 2), begins), ("SEC", begins, None)]


def test_the_last_day_of_a_contract_is_a_day_in_post(mission):
    sync_staff(feed(line(1)), day=DAY)

    report = sync_staff(feed(line(1, end="2026-11-25")), day=DAY)

    assert report == Report(changed=["S1"])
    assert periods(1) == [("MIS", date(2026, 2, 2), date(2026, 11, 26))]
    assert [has_access(1, day) for day in (date(2026, 11, 25), date(2026, 11, 26))] == [True, False]


def test_a_contract_that_is_prolonged_in_time_goes_on(mission):
    sync_staff(feed(line(1, end="2026-11-30")), day=DAY)

    report = sync_staff(feed(line(1, end="2027-05-31")), day=NEXT_DAY)

    assert report == Report(changed=["S1"])
    assert periods(1) == [("MIS", date(2026, 2, 2), date(2027, 6, 1))]


def test_a_contract_that_is_prolonged_too_late_begins_a_new_posting(mission):
    sync_staff(feed(line(1, end="2026-11-20")), day=DAY)

    report = sync_staff(feed(line(1)), day=DAY)

    assert report == Report(moved=["S1"])
    assert periods(1) == [("MIS", date(2026, 2, 2), date(2026, 11, 21)), ("MIS", DAY, None)]


def test_an_end_before_the_first_day_of_a_posting_leaves_that_one_day(mission, secretariat):
    sync_staff(feed(line(1)), day=DAY)
    sync_staff(feed(line(1, structure="SEC")), day=NEXT_DAY)
    late = NEXT_DAY + timedelta(days=5)

    reports = [sync_staff(feed(line(1, structure="SEC", end="2026-10-01")), day=late) for _ in range(2)]

    assert reports == [Report(changed=["S1"]), Report(unchanged=1)]
    assert periods(1) == [("MIS", date(2026, 2, 2), NEXT_DAY), ("SEC", NEXT_DAY, NEXT_DAY + timedelta(days=1))]
    assert has_access(1, late) is False


def test_a_new_post_that_is_over_already_ends_the_old_one(mission, secretariat):
    sync_staff(feed(line(1)), day=DAY)

    reports = [sync_staff(feed(line(1, structure="SEC", end="2026-11-20")), day=NEXT_DAY) for _ in range(2)]

    assert reports == [Report(moved=["S1"]), Report(unchanged=1)]
    assert periods(1) == [("MIS", date(2026, 2, 2), NEXT_DAY)]


def test_name_and_address_follow_the_feed_but_not_what_the_holder_chose(mission):
    sync_staff(feed(line(1), line(2)), day=DAY)
    User.objects.filter(staff_number="S2").update(display_name="As she writes it", language="ru")

    report = sync_staff(
        feed(line(1, official_name="New Name", **{"e-mail": "new@feed.test"}), line(2, official_name="Other Name")), day=DAY
    )

    assert report == Report(changed=["S1", "S2"])
    assert [(one.email, one.official_name, one.display_name, one.language) for one in (person(1), person(2))] == [
        ("new@feed.test", "New Name", "New Name", "en"),
        ("person2@feed.test", "Other Name", "As she writes it", "ru"),
    ]


def test_who_moves_and_changes_her_name_is_counted_once(mission, secretariat):
    sync_staff(feed(line(1)), day=DAY)

    report = sync_staff(feed(line(1, official_name="New Name", structure="SEC")), day=NEXT_DAY)

    assert report == Report(moved=["S1"])


# --- who leaves and returns ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("end", ["", "2027-06-30"])
def test_who_stands_in_no_line_has_left(mission, end):
    sync_staff(feed(line(1, end=end), line(2)), day=DAY)

    report = sync_staff(feed(line(2)), day=NEXT_DAY)

    assert report == Report(left=["S1"], unchanged=1)
    assert (person(1).is_active, has_access(1, NEXT_DAY)) == (False, False)
    assert periods(1) == [("MIS", date(2026, 2, 2), NEXT_DAY)]


def test_who_left_is_reported_once_and_keeps_her_rows(mission):
    sync_staff(feed(line(1), line(2)), day=DAY)
    sync_staff(feed(line(2)), day=NEXT_DAY)

    report = sync_staff(feed(line(2)), day=NEXT_DAY + timedelta(days=1))

    assert report == Report(unchanged=1)
    assert [User.objects.count(), PersonAlias.objects.count(), periods(1)] == [2, 2, [("MIS", date(2026, 2, 2), NEXT_DAY)]]


def test_who_returns_gets_a_new_posting_and_her_access_back(mission, secretariat):
    sync_staff(feed(line(1), line(2)), day=DAY)
    old = person(1)
    sync_staff(feed(line(2)), day=NEXT_DAY)
    later = date(2027, 3, 1)

    report = sync_staff(feed(line(1, structure="SEC", entry_on_duty="2027-03-01"), line(2)), day=later)

    assert report == Report(returned=["S1"], unchanged=1)
    assert (person(1).pk, has_access(1, later)) == (old.pk, True)
    assert periods(1) == [("MIS", date(2026, 2, 2), NEXT_DAY), ("SEC", later, None)]


@pytest.mark.parametrize("days", [0, 1])
def test_leavers_of_a_wrong_feed_come_back_whole_with_the_next_right_one(mission, secretariat, days):
    right = [line(1), line(2, structure="SEC"), line(3, entry_on_duty="2027-01-01")]
    sync_staff(feed(line(1), line(2), line(3, entry_on_duty="2027-01-01")), day=DAY - timedelta(days=1))
    sync_staff(feed(*right), day=DAY)  # S2 moved on the very day
    sync_staff(feed(line(4)), day=DAY)
    later = DAY + timedelta(days=days)

    report = sync_staff(feed(*right, line(4)), day=later)

    assert sorted([*report.returned, *report.changed]) == ["S1", "S2", "S3"]
    assert [person(number).is_active for number in (1, 2, 3)] == [True] * 3
    assert [has_access(number, later) for number in (1, 2, 3)] == [True, True, False]
    assert [has_access(number, date(2027, 1, 1)) for number in (1, 2, 3)] == [True] * 3


def test_who_changes_only_after_her_return_is_not_counted_twice(mission):
    sync_staff(feed(line(1), line(2)), day=DAY)
    sync_staff(feed(line(2)), day=DAY)

    report = sync_staff(feed(line(1, official_name="New Name"), line(2)), day=NEXT_DAY)

    assert report == Report(returned=["S1"], unchanged=1)


def test_an_account_that_an_administrator_closed_stays_closed(cast):
    make_structure("NEW")
    sync_staff(feed(line(1), *(line(9, structure="SEC"),)), day=DAY) if False else None
    sync_cast_and(line(1, structure="NEW"))
    unlocking.set_active(person(1), is_active=False, by=cast.admin)

    report = sync_cast_and(line(1, structure="NEW", official_name="New Name"), day=NEXT_DAY)

    assert report.changed == ["S1"]
    assert (person(1).is_active, has_access(1, NEXT_DAY)) == (False, False)


def sync_cast_and(*rows: dict[str, str], day: date = DAY) -> Report:
    """A feed with everybody who is there already as she is, and these lines."""
    known = Posting.objects.filter(ends_on=None).select_related("person", "structure", "manager")
    lines = [
        {
            "staff number": posting.person.staff_number,
            "official name": posting.person.official_name,
            "e-mail": posting.person.email,
            "structure": posting.structure.code,
            "duty station": posting.duty_station,
            "function group": posting.function_group,
            "contract type": posting.contract_type,
            "entry on duty": posting.entered_on.isoformat(),
            "manager": posting.manager.staff_number if posting.manager else "",
            "language": posting.person.language,
        }
        for posting in known
    ]
    mine = {row["staff number"] for row in rows}
    return sync_staff(feed(*(row for row in lines if row["staff number"] not in mine), *rows), day=day)
