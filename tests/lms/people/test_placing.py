"""Postings as dated rows, one person at a time; what whole feeds do to them is in test_syncing.py."""

from datetime import date, timedelta

import pytest

from lms.people import placing
from lms.people.hr_feed import FeedRow
from lms.people.journaling import Journal
from lms.people.models import Posting
from tests.factories.people import make_person, make_posting, make_structure

DAY = date(2026, 11, 24)
ENTERED = date(2026, 2, 2)


@pytest.fixture
def mission(db):
    return make_structure("MIS")


@pytest.fixture
def lea(db):
    return make_person("Lea")


def row(entered_on: date = ENTERED, ends_on: date | None = None) -> FeedRow:
    return FeedRow(2, "S1", "Lea", "lea@feed.test", "MIS", "Skopje", "police", "seconded", entered_on, ends_on, "", "en")


def place(person, structure, day: date = DAY, **values) -> str:
    journal = Journal()
    said = placing.place(journal, person, row(**values), history=history(person), structure=structure, manager=None, day=day)
    journal.write_postings()
    return said


def history(person) -> list[Posting]:
    return list(Posting.objects.filter(person=person).order_by("starts_on"))


def take_out(person) -> None:
    journal = Journal()
    placing.take_out(journal, history(person), day=DAY)
    journal.write_postings()


def periods(person) -> list[tuple[str, date, date | None]]:
    rows = Posting.objects.filter(person=person).order_by("starts_on")
    return list(rows.values_list("structure__code", "starts_on", "ends_on"))


def test_the_first_posting_begins_on_the_entry_on_duty(lea, mission):
    assert (place(lea, mission), periods(lea)) == ("changed", [("MIS", ENTERED, None)])
    kept = Posting.objects.values("duty_station", "function_group", "contract_type", "entered_on", "manager").get()
    assert kept == {
        "duty_station": "Skopje",
        "function_group": "police",
        "contract_type": "seconded",
        "entered_on": ENTERED,
        "manager": None,
    }


def test_the_same_again_writes_nothing(lea, mission, django_assert_num_queries):
    place(lea, mission)
    journal, known = Journal(), history(lea)

    with django_assert_num_queries(0):
        said = placing.place(journal, lea, row(), history=known, structure=mission, manager=None, day=DAY)
        journal.write_postings()

    assert said == ""


@pytest.mark.parametrize("ends_on", [DAY - timedelta(days=30), ENTERED, date(2027, 6, 30)])
def test_a_new_end_corrects_the_row_that_runs(lea, mission, ends_on):
    place(lea, mission)

    said = place(lea, mission, ends_on=ends_on)

    assert (said, periods(lea)) == ("changed", [("MIS", ENTERED, ends_on + timedelta(days=1))])


def test_another_structure_ends_the_row_that_runs_and_begins_the_next(lea, mission):
    place(lea, mission)

    said = place(lea, make_structure("SEC"))

    assert (said, periods(lea)) == ("moved", [("MIS", ENTERED, DAY), ("SEC", DAY, None)])


def test_taking_somebody_out_ends_the_row_that_runs(lea, mission):
    make_posting(lea, mission, starts_on=ENTERED, ends_on=date(2027, 6, 30))

    take_out(lea)

    assert periods(lea) == [("MIS", ENTERED, DAY)]


def test_taking_somebody_out_touches_nobody_else(lea, mission):
    make_posting(lea, mission, starts_on=DAY)
    other = make_person("Ben", structure=mission)

    take_out(lea)

    assert periods(lea) == [("MIS", DAY, DAY + timedelta(days=1))]
    assert [ends_on for _code, _first, ends_on in periods(other)] == [None]
