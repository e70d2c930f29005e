"""The staff feed: who comes, moves, leaves and returns, and what no feed may do."""

import random
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lms.days import today
from lms.people import syncing, unlocking
from lms.people.hr_feed import Refusal, UnreadableFeed
from lms.people.models import PersonAlias, Posting, StructurePeriod, User
from lms.people.syncing import Report, TooManyLeavers
from tests.factories.people import make_structure
from tests.lms.people.feeds import COLUMNS, feed, line, sync_staff

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
        with CaptureQueriesContext(connection) as found:
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


def test_who_leaves_before_an_announced_move_is_in_post_no_more(mission, secretariat):
    sync_staff(feed(line(1), line(2)), day=DAY)
    sync_staff(feed(line(1, structure="SEC", entry_on_duty="2026-12-10"), line(2)), day=DAY)

    sync_staff(feed(line(2)), day=NEXT_DAY)

    later = date(2026, 12, 10)  # no row can be empty: this one keeps a day, and nobody gets in by it
    assert periods(1) == [("MIS", date(2026, 2, 2), NEXT_DAY), ("SEC", later, later + timedelta(days=1))]
    assert [has_access(1, day) for day in (NEXT_DAY, later)] == [False, False]


def test_an_announced_post_that_begins_at_once_takes_the_rest_of_the_one_before(mission, secretariat):
    sync_staff(feed(line(1, end="2026-12-31")), day=DAY)
    sync_staff(feed(line(1, structure="SEC", entry_on_duty="2027-02-01")), day=NEXT_DAY)

    sync_staff(feed(line(1, structure="SEC")), day=NEXT_DAY)

    assert periods(1) == [("MIS", date(2026, 2, 2), NEXT_DAY), ("SEC", NEXT_DAY, None)]


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
def test_threat_30_leavers_of_a_wrong_feed_come_back_whole_with_the_next_right_one(mission, secretariat, days):
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


@pytest.fixture
def administrator(db):
    return syncing.make_local_person(email="Root@feed.test", name="Root")


def test_an_account_that_an_administrator_closed_stays_closed(mission, administrator):
    sync_staff(feed(line(1), line(2)), day=DAY)
    unlocking.set_active(person(1), is_active=False, by=administrator)

    reports = [sync_staff(feed(line(1, official_name="New Name"), line(2)), day=day) for day in (DAY, NEXT_DAY)]

    assert reports == [Report(changed=["S1"], unchanged=1), Report(unchanged=2)]
    assert (person(1).is_active, periods(1)) == (False, [("MIS", date(2026, 2, 2), None)])


def test_who_left_after_her_account_was_closed_is_in_post_no_more(mission, administrator):
    sync_staff(feed(line(1), line(2)), day=DAY)
    unlocking.set_active(person(1), is_active=False, by=administrator)

    sync_staff(feed(line(2)), day=NEXT_DAY)

    assert periods(1) == [("MIS", date(2026, 2, 2), NEXT_DAY)]


def test_a_feed_never_touches_an_account_that_was_made_here(mission, administrator):
    before = User.objects.filter(pk=administrator.pk).values().get()

    report = sync_staff(feed(line(1)), day=DAY)

    assert report == Report(new=["S1"])
    assert User.objects.filter(pk=administrator.pk).values().get() == before
    assert (before["email"], before["source"], administrator.has_usable_password()) == ("root@feed.test", "local", False)
    assert PersonAlias.objects.get(person=administrator).uuid == administrator.uuid


# --- addresses -----------------------------------------------------------------------------------------------------------
def test_two_people_may_exchange_their_addresses(mission):
    sync_staff(feed(line(1), line(2)), day=DAY)

    report = sync_staff(
        feed(line(1, **{"e-mail": "person2@feed.test"}), line(2, **{"e-mail": "person1@feed.test"})), day=NEXT_DAY
    )

    assert report == Report(changed=["S1", "S2"])
    assert [person(1).email, person(2).email] == ["person2@feed.test", "person1@feed.test"]


def test_an_address_may_pass_on_to_a_newcomer(mission):
    sync_staff(feed(line(1)), day=DAY)

    sync_staff(feed(line(1, **{"e-mail": "new@feed.test"}), line(2, **{"e-mail": "person1@feed.test"})), day=NEXT_DAY)

    assert [person(1).email, person(2).email] == ["new@feed.test", "person1@feed.test"]


def test_an_address_of_an_account_that_the_feed_does_not_name_is_refused(mission, administrator):
    sync_staff(feed(line(1), line(2)), day=DAY)

    report = sync_staff(
        feed(line(2, **{"e-mail": "person1@feed.test"}), line(3, **{"e-mail": "root@feed.test"}), line(4)), day=DAY
    )

    elsewhere = "This e-mail belongs to an account that another source keeps (local): the feed leaves it alone."
    assert report.refused == [Refusal(2, "S2", "This e-mail belongs to another account.")]
    assert report.unmatched == [Refusal(3, "S3", elsewhere)]
    assert (report.new, report.left, person(2).email, person(2).is_active) == (["S4"], ["S1"], "person2@feed.test", True)


def test_who_is_refused_an_address_keeps_her_own_whoever_else_wants_it(mission, administrator):
    sync_staff(feed(line(1), line(2)), day=DAY)

    report = sync_staff(feed(line(1, **{"e-mail": "root@feed.test"}), line(2, **{"e-mail": "person1@feed.test"})), day=DAY)

    assert [[refusal.staff_number for refusal in kind] for kind in (report.unmatched, report.refused)] == [["S1"], ["S2"]]
    assert [person(1).email, person(2).email] == ["person1@feed.test", "person2@feed.test"]


# --- managers ------------------------------------------------------------------------------------------------------------
def test_a_manager_may_stand_below_her_team_in_the_file(mission):
    sync_staff(feed(line(1, manager="S2"), line(2)), day=DAY)

    assert Posting.objects.get(person=person(1)).manager == person(2)


def test_a_manager_whom_nobody_knows_is_left_out_and_the_person_comes_in(mission):
    report = sync_staff(feed(line(1, manager="S99")), day=DAY)

    assert (report.new, report.refused) == (["S1"], [Refusal(2, "S1", "Manager 'S99' is not known: left empty.")])
    assert Posting.objects.get(person=person(1)).manager is None


def test_managers_in_a_circle_are_left_out_and_who_leads_into_it_keeps_hers(mission):
    rows = [line(1, manager="S2"), line(2, manager="S3"), line(3, manager="S1"), line(4, manager="S1")]

    reports = [sync_staff(feed(*rows), day=day) for day in (DAY, NEXT_DAY)]

    circle = [Refusal(number + 1, f"S{number}", "The line of managers leads back to her: left empty.") for number in (1, 2, 3)]
    assert [report.refused for report in reports] == [circle, circle]
    assert reports[1].unchanged == 4
    assert [Posting.objects.get(person=person(number)).manager for number in (1, 2, 3, 4)] == [None, None, None, person(1)]


# --- what no feed may do -------------------------------------------------------------------------------------------------
def staff(count: int) -> list[dict[str, str]]:
    return [line(number) for number in range(1, count + 1)]


def exchanged(one: str, other: str) -> list[dict[str, str]]:
    return [{**row, one: row[other], other: row[one]} for row in staff(20)]


def shifted() -> list[dict[str, str]]:
    return [{name: row.get(COLUMNS[place - 1], "") for place, name in enumerate(COLUMNS)} for row in staff(20)]


WRONG = {
    "empty": [],
    "half": staff(10),
    "over the limit": staff(17),
    "numbers astray": exchanged("staff number", "duty station"),
    "names astray": exchanged("staff number", "official name"),
    "addresses astray": exchanged("structure", "e-mail"),
    "shifted by one": shifted(),
    "all ended": [{**row, "end": "2026-11-24"} for row in staff(20)],
    "unreadable": [{**row, "language": "xx"} for row in staff(3)] + staff(20)[3:],
}


@pytest.mark.parametrize("name", WRONG)
def test_threat_21_30_a_wrong_file_is_refused_and_nothing_of_it_applied(mission, name):
    sync_staff(feed(*staff(20)), day=DAY)
    before = everything()

    with pytest.raises(UnreadableFeed if name == "empty" else TooManyLeavers, match="never applied|Nothing was applied"):
        sync_staff(feed(*WRONG[name]), day=NEXT_DAY)

    assert everything() == before


def test_threat_30_as_many_may_leave_at_once_as_the_limit_says(mission):
    sync_staff(feed(*staff(20)), day=DAY)

    report = sync_staff(feed(*staff(18)), day=NEXT_DAY)

    assert report == Report(left=["S19", "S20"], unchanged=18)


def test_the_limit_is_a_setting(mission, settings):
    settings.FEED_LEAVER_LIMIT = 50
    sync_staff(feed(*staff(20)), day=DAY)

    report = sync_staff(feed(*staff(10)), day=NEXT_DAY)

    assert len(report.left) == 10


def test_who_has_no_access_any_more_does_not_count_as_leaving(mission):
    over = [line(number, end="2026-11-01") for number in range(21, 30)]
    sync_staff(feed(*staff(20), *over), day=DAY)

    report = sync_staff(feed(*staff(20)), day=NEXT_DAY)

    assert (len(report.left), report.unchanged) == (9, 20)


def test_in_a_very_small_organization_anybody_may_leave(mission):
    sync_staff(feed(*staff(9)), day=DAY)

    report = sync_staff(feed(line(1)), day=NEXT_DAY)

    assert len(report.left) == 8


def test_whose_line_is_refused_stays_as_she_is(mission):
    sync_staff(feed(*staff(20)), day=DAY)

    report = sync_staff(feed(line(1, structure="NOWHERE", official_name="Nobody"), *staff(20)[1:]), day=NEXT_DAY)

    assert report == Report(unchanged=19, refused=[Refusal(2, "S1", "Structure 'NOWHERE' is not known.")])
    assert (person(1).official_name, has_access(1, NEXT_DAY)) == ("Person 1", True)


def test_a_structure_that_is_closed_on_the_day_is_not_known(mission, secretariat):
    StructurePeriod.objects.filter(structure=secretariat).update(ends_on=DAY)

    report = sync_staff(feed(line(1, structure="SEC")), day=DAY)

    assert [refusal.reason for refusal in report.refused] == ["Structure 'SEC' is not known."]


def test_a_dry_run_says_what_would_happen_and_changes_nothing(mission, secretariat):
    sync_staff(feed(*staff(3)), day=DAY)
    before = everything()
    rows = [line(1, structure="SEC"), line(2, official_name="New Name"), line(4)]

    would = sync_staff(feed(*rows), day=NEXT_DAY, dry_run=True)

    assert would == Report(new=["S4"], moved=["S1"], changed=["S2"], left=["S3"])
    assert everything() == before
    assert sync_staff(feed(*rows), day=NEXT_DAY) == would


def test_over_any_row_of_feeds_who_stands_in_the_last_is_in_post_and_nobody_twice(mission, secretariat):
    chance = random.Random(2026)
    day = DAY
    for _feed in range(80):
        rows = [a_line(chance, number, day) for number in range(1, 7) if chance.random() < 0.8] or [line(1)]
        sync_staff(feed(*rows), day=day)
        serving = {row["staff number"] for row in rows if serves(row, day)}
        active = set(User.objects.active_on(day).values_list("staff_number", flat=True))
        waiting = {row["staff number"] for row in rows if row["entry on duty"] > day.isoformat()}  # still in the old post
        one_day = set(Posting.objects.filter(starts_on=day).values_list("person__staff_number", flat=True))
        assert serving <= active <= serving | waiting | one_day
        assert overlaps() == []
        day += timedelta(days=chance.choice([0, 1, 1, 3, 20]))


def a_line(chance: random.Random, number: int, day: date) -> dict[str, str]:
    entry = day + timedelta(days=chance.choice([-400, -30, -30, -1, 0, 5, 12]))
    end = chance.choice(["", "", (entry + timedelta(days=chance.choice([0, 3, 30, 600]))).isoformat()])
    return line(number, structure=chance.choice(["MIS", "SEC"]), entry_on_duty=entry.isoformat(), end=end)


def serves(row: dict[str, str], day: date) -> bool:
    return row["entry on duty"] <= day.isoformat() and (not row["end"] or day.isoformat() <= row["end"])


def overlaps() -> list[tuple[Posting, Posting]]:
    rows = list(Posting.objects.order_by("person", "starts_on", "pk"))
    pairs = zip(rows, rows[1:], strict=False)
    return [
        (one, next_one)
        for one, next_one in pairs
        if one.person_id == next_one.person_id and (one.ends_on is None or one.ends_on > next_one.starts_on)
    ]


# --- commands ------------------------------------------------------------------------------------------------------------
@pytest.fixture
def file(tmp_path):
    def write(lines: list[str], encoding: str = "utf-8-sig"):
        path = tmp_path / f"{uuid4()}.csv"
        path.write_text("".join(lines), encoding=encoding, newline="")
        return path

    return write


def test_the_command_reports_every_outcome_and_invites_newcomers(mission, file, capsys, mailoutbox):
    sync_staff(feed(line(1), line(2)), day=today())
    rows = [line(1) | {"salary": "1"}, line(3), line(4, language="xx")]

    call_command("sync_hr", file(feed(*rows, columns=(*COLUMNS, "salary"))))

    assert capsys.readouterr().out.splitlines() == [
        "new: 1 S3",
        "moved: 0",
        "changed: 0",
        "returned: 0",
        "left: 1 S2",
        "unchanged: 1",
        "columns that were not read: salary",
        "line 4, S4: Language 'xx' is not known.",
        "invited: 2",
    ]
    assert sorted(mail.to for mail in mailoutbox) == [["person1@feed.test"], ["person3@feed.test"]]


def test_the_command_as_a_dry_run_changes_nothing_and_invites_nobody(mission, file, capsys, mailoutbox):
    call_command("sync_hr", file(feed(line(1))), "--dry-run")

    assert capsys.readouterr().out.splitlines()[-1] == "Nothing was changed (--dry-run)."
    assert (User.objects.count(), mailoutbox) == (0, [])


def test_the_command_explains_a_file_that_it_cannot_use(mission, file, tmp_path):
    sync_staff(feed(*staff(20)), day=today())

    for path, words in (
        (tmp_path / "nothing.csv", "No such file"),
        (file(feed()), "The file holds no person."),
        (file(feed(*staff(9))), "Nothing was applied."),
        (file(feed(line(1, official_name="Žana")), "cp1250"), "can't decode"),
    ):
        with pytest.raises(CommandError, match=words):
            call_command("sync_hr", path)
