"""Structures from a file: new ones, new names from a day on, closures, successors; what is past stays as it was told."""

import csv
from datetime import date
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command

from lms import demo
from lms.people import structuring
from lms.people.models import Structure, StructurePeriod
from lms.people.structuring import StructureReport
from tests.factories.people import make_structure

DAY = date(2026, 11, 24)
OPENED = date(2020, 1, 1)  # of structures that the factory makes


@pytest.fixture
def mission(db):
    return make_structure("MIS")


def record(code: str, **values: str) -> dict[str, str]:
    named = {name.replace("_", " "): value for name, value in values.items()}
    return {"code": code, "kind": "unit", "name": code.title(), "parent": "", "from": "", **named}


def since(code: str, starts_on: str, **values: str) -> dict[str, str]:
    return record(code, **values) | {"from": starts_on}


def sync(*records) -> StructureReport:
    return structuring.sync_structures(records, day=DAY)


def periods(code: str) -> list[tuple[str, date, date | None]]:
    rows = StructurePeriod.objects.filter(structure__code=code).order_by("starts_on")
    return [(row.names["en"], row.starts_on, row.ends_on) for row in rows]


def test_structures_that_do_not_exist_are_made_and_others_left_alone(mission):
    records = [record("MIS", name="Renamed"), since("TOP", "1993-01-01"), record("LOW", parent="TOP", seat="Vienna")]

    reports = [sync(*records) for _ in range(2)]

    assert reports == [StructureReport(made=["TOP", "LOW"]), StructureReport()]
    assert [periods(code) for code in ("LOW", "MIS", "TOP")] == [
        [("Low", DAY, None)],
        [("MIS", OPENED, None)],
        [("Top", date(1993, 1, 1), None)],
    ]
    low = StructurePeriod.objects.get(structure__code="LOW")
    assert (low.parent.code, low.seat) == ("TOP", "Vienna")


def test_several_lines_are_the_names_of_one_structure_over_time(db):
    report = sync(
        since("MIS", "1992-09-08", name="Old", to="2009-12-31"), since("MIS", "2010-01-01", name="New", name_ru="Новая")
    )

    assert report == StructureReport(made=["MIS"])
    assert periods("MIS") == [("Old", date(1992, 9, 8), date(2010, 1, 1)), ("New", date(2010, 1, 1), None)]
    assert StructurePeriod.objects.get(ends_on=None).names == {"en": "New", "ru": "Новая"}


def test_a_new_name_from_a_day_on_ends_the_one_before_and_the_same_file_again_does_nothing(mission):
    records = [since("MIS", "2020-01-01", name="MIS"), since("MIS", "2026-06-01", name="New")]

    reports = [sync(*records) for _ in range(2)]

    assert reports == [StructureReport(renamed=["MIS"]), StructureReport()]
    assert periods("MIS") == [("MIS", OPENED, date(2026, 6, 1)), ("New", date(2026, 6, 1), None)]


def test_a_place_under_another_structure_is_a_new_row_too(mission):
    make_structure("TOP")

    sync(since("MIS", "2026-06-01", name="MIS", parent="TOP"))

    rows = StructurePeriod.objects.filter(structure=mission).order_by("starts_on")
    assert list(rows.values_list("parent__code", "ends_on")) == [(None, date(2026, 6, 1)), ("TOP", None)]


def test_the_last_day_closes_a_structure_from_the_next_day_on(mission):
    records = [since("MIS", "2020-01-01", name="MIS", to="2026-08-31")]

    reports = [sync(*records) for _ in range(2)]

    assert reports == [StructureReport(closed=["MIS"]), StructureReport()]
    assert periods("MIS") == [("MIS", OPENED, date(2026, 9, 1))]


def test_a_successor_names_the_one_before_it(mission):
    sync(since("NEW", "2026-06-01", successor_of="MIS"))

    assert Structure.objects.get(code="NEW").successor_of == mission


@pytest.mark.parametrize("line", [since("MIS", "2020-01-01", name="Another"), since("MIS", "1995-01-01", name="Older")])
def test_a_file_that_tells_the_past_otherwise_changes_nothing_and_is_named(mission, line):
    report = sync(line)

    assert report == StructureReport(left_alone=["MIS"])
    assert periods("MIS") == [("MIS", OPENED, None)]


def test_a_note_is_added_where_none_stands_and_never_overwritten(mission):
    about = {"note": "The day is not confirmed.", "note_on_the_name": "Read this with the name."}

    sync(record("MIS", **about))
    sync(record("MIS", note="Something else."))

    mission.refresh_from_db()
    assert (mission.note, mission.name_note) == ("The day is not confirmed.", "Read this with the name.")


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        (record("LOW", parent="NOWHERE"), ValueError),
        (record("LOW", successor_of="NOWHERE"), ValueError),
        (record("LOW", kind="castle"), ValueError),
        (since("LOW", "1.1.1993"), ValueError),
        (since("LOW", "1993-01-01", to="31.12.1993"), ValueError),
        ({"code": "LOW"}, KeyError),
    ],
)
def test_a_wrong_line_of_structures_makes_none_at_all(db, wrong, error):
    with pytest.raises(error):
        sync(record("TOP"), wrong)

    assert Structure.objects.count() == 0


# --- the starter file ------------------------------------------------------------------------------------------------------
def starter() -> list[dict[str, str]]:
    with (demo.STARTER / "demo" / "structures.csv").open(newline="") as lines:
        return list(csv.DictReader(lines))


def on(day: date) -> dict[str, str]:
    rows = StructurePeriod.objects.on(day).select_related("structure")
    return {row.structure.code: row.names["en"] for row in rows}


def test_the_starter_structures_stand_under_the_names_of_each_day(db):
    sync(*starter())

    assert [on(date(2002, 7, 1)).get(code) for code in ("MSRB", "MMNE", "PCUZ", "MEST", "MSKP")] == [
        "Mission to the Federal Republic of Yugoslavia",
        None,
        "Centre in Tashkent",
        None,
        "Spillover Monitor Mission to Skopje",
    ]
    assert [on(DAY).get(code) for code in ("MSRB", "MMNE", "PCUZ", "POIA", "MINSK")] == [
        "Mission to Serbia",
        "Mission to Montenegro",
        "Project Co-ordinator in Uzbekistan",
        "Programme Office in Astana",
        None,
    ]
    assert len(on(DAY)) == 28


def test_the_starter_file_has_no_gap_or_overlap_within_one_structure(db):
    sync(*starter())

    rows = list(StructurePeriod.objects.order_by("structure", "starts_on"))
    pairs = [(one, other) for one, other in zip(rows, rows[1:], strict=False) if one.structure_id == other.structure_id]
    assert [(one, other) for one, other in pairs if one.ends_on != other.starts_on] == []


def test_every_starter_name_that_holds_kosovo_comes_with_the_note(db):
    sync(*starter())

    held = [row for row in StructurePeriod.objects.select_related("structure") if "Kosovo" in row.names["en"]]
    assert len(held) == 4
    assert [row for row in held if "resolution 1244" not in row.structure.name_note] == []


def test_the_starter_file_again_changes_nothing(db):
    sync(*starter())

    assert sync(*starter()) == StructureReport()


# --- the command -----------------------------------------------------------------------------------------------------------
@pytest.fixture
def file(tmp_path):
    def write(*lines: str):
        path = tmp_path / f"{uuid4()}.csv"
        path.write_text("\n".join(["code,kind,name,parent,from,to", *lines]))
        return path

    return write


def test_the_command_says_what_it_did(mission, file, capsys):
    make_structure("END")
    lines = [
        *("TOP,unit,Top,,,", "END,unit,END,,2020-01-01,2026-01-31"),
        *("MIS,unit,New,,2026-06-01,", "MIS,unit,Older,,1990-01-01,"),
    ]

    call_command("sync_structures", file(*lines))

    assert capsys.readouterr().out.splitlines() == [
        "Made 1 structures.",
        "Renamed or placed elsewhere: MIS.",
        "Closed: END.",
        "Left alone, since their past is told otherwise here: MIS.",
    ]


def test_the_command_explains_what_is_wrong(db, file):
    with pytest.raises(CommandError, match="The parent 'NOWHERE' of 'LOW' is neither here nor above it"):
        call_command("sync_structures", file("LOW,unit,Low,NOWHERE,,"))
