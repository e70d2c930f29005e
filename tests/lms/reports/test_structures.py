"""The page of structures: the tree of a day, former names, closures, successors, and the note that goes with a name."""

import csv
from datetime import date

import pytest

from lms import demo
from lms.people import structuring
from lms.people.models import StructurePeriod
from lms.reports.structures import entries

PATH = "/reports/structures/"
DAY = date(2026, 11, 24)


@pytest.fixture
def starter(db):
    with (demo.STARTER / "demo" / "structures.csv").open(newline="") as lines:
        structuring.sync_structures(csv.DictReader(lines), day=DAY)


def entry(code: str, day: date = DAY):
    standing, closed = entries(day)
    return next(found for found in (*standing, *closed) if found.structure.code == code)


def test_a_structure_shows_its_former_names_and_since_when_it_is_there(starter):
    found = entry("MSRB")

    assert [row.name for row in found.former] == [
        "Mission to the Federal Republic of Yugoslavia",
        "Mission to Serbia and Montenegro",
    ]
    assert (found.current.name, found.began_on, found.current.seat) == ("Mission to Serbia", date(2001, 1, 11), "Belgrade")


def test_on_an_earlier_day_later_names_are_not_known(starter):
    found = entry("MSRB", date(2004, 7, 1))

    assert (found.current.name, len(found.former), found.followed_by) == ("Mission to Serbia and Montenegro", 1, [])


def test_successors_are_named_from_both_sides(starter):
    assert entry("PCU").follows.current.name == "Mission to Ukraine"
    assert [after.current.name for after in entry("MUKR").followed_by] == ["Project Co-ordinator in Ukraine"]


def test_what_is_closed_by_the_day_stands_apart_the_last_one_first(starter):
    standing, closed = entries(DAY)

    assert [found.structure.code for found in closed[:3]] == ["MINSK", "PCU", "SMMU"]
    assert {found.structure.code for found in standing} & {found.structure.code for found in closed} == set()


def test_the_tree_is_indented_below_its_parents(starter):
    depths = {found.structure.code: found.depth for found in entries(DAY)[0]}

    assert [depths[code] for code in ("SEC", "OSR-CTHB", "ODIHR-ATU", "MSKP")] == [0, 1, 1, 0]


def test_the_note_on_a_name_is_printed_where_the_name_is(signed_in, cast, starter):
    client = signed_in(cast.hr)

    now, before = (client.get(f"{PATH}?day={day}").content.decode() for day in ("2026-11-24", "1991-06-01"))

    assert (now.count("resolution 1244"), now.count('href="#name-note-1"')) == (1, 9)
    assert "resolution 1244" not in before


def test_a_focal_point_sees_her_own_structure_and_below(signed_in, cast):
    page = signed_in(cast.focal).get(PATH).content.decode()

    assert {code: f"<td>{code}</td>" in page for code in ("MIS", "MIS-F", "ELSE", "SEC")} == {
        "MIS": True,
        "MIS-F": True,
        "ELSE": False,
        "SEC": False,
    }


def test_a_day_that_is_none_is_refused_beside_the_field(signed_in, cast):
    answer = signed_in(cast.hr).get(f"{PATH}?day=yesterday")

    assert answer.status_code == 422


def test_a_structure_that_was_renamed_is_shown_under_the_name_of_the_day(signed_in, cast):
    row = StructurePeriod.objects.get(structure=cast.mission)
    StructurePeriod.objects.filter(pk=row.pk).update(names={"en": "Old name"}, ends_on=DAY)
    StructurePeriod.objects.create(structure=cast.mission, names={"en": "New name"}, starts_on=DAY)
    client = signed_in(cast.hr)

    pages = [client.get(f"{PATH}?day={day}").content.decode() for day in ("2026-11-23", "2026-11-24")]

    assert [("Old name" in page, "New name" in page) for page in pages] == [(True, False), (True, True)]


def test_the_whole_page_is_a_few_queries_however_many_structures(signed_in, cast, django_assert_max_num_queries, starter):
    client = signed_in(cast.hr)
    client.get(PATH)

    with django_assert_max_num_queries(8):
        client.get(PATH)
