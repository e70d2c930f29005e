"""Files of the staff feed: a workbook says the same as a CSV file, and a bad file is refused with a sentence."""

import io
import zipfile
from datetime import date, datetime

import openpyxl
import pytest

from lms.people import hr_files
from lms.people.hr_feed import COLUMNS, UnreadableFeed
from tests.lms.people.feeds import feed, line


def workbook(*rows) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def as_people_type_it(row: dict[str, str]) -> list[object]:
    """Days as days and numbers as numbers, as a spreadsheet keeps them."""
    typed: list[object] = [row.get(name, "") for name in COLUMNS]
    typed[COLUMNS.index("entry on duty")] = datetime(2026, 2, 2)
    typed[COLUMNS.index("end")] = date(2027, 1, 31)
    return typed


def test_a_workbook_says_the_same_as_a_csv_file():
    rows = [line(1, end="2027-01-31", manager="12"), line(2, end="2027-01-31")]
    typed = [as_people_type_it(row) for row in rows]
    typed[0][COLUMNS.index("manager")] = 12.0

    from_workbook = hr_files.read(workbook(COLUMNS, *typed))

    assert from_workbook == hr_files.read("".join(feed(*rows)).encode("utf-8-sig"))


def test_empty_rows_and_empty_cells_of_a_workbook_are_no_people():
    sheet = hr_files.read(workbook(COLUMNS, [None] * 11, as_people_type_it(line(1)), ["", " "]))

    assert [(number, values["staff number"], values["manager"]) for number, values in sheet.records] == [(3, "S1", "")]


def test_what_is_kept_holds_nothing_of_a_dropped_column_and_can_be_read_back():
    row = line(1) | {"nationality": "Ruritania", "grade": "P4"}
    sheet = hr_files.read_csv(feed(row, columns=(*COLUMNS, "nationality", "grade")))

    kept = hr_files.dump(sheet)

    assert hr_files.load(kept) == sheet
    assert sheet.dropped == ("nationality", "grade")
    assert [text for text in ("Ruritania", "P4") if text in kept.decode()] == []


@pytest.mark.parametrize("template", [hr_files.csv_template(), hr_files.xlsx_template({"structure": [("MIS", "Mission")]})])
def test_a_template_has_the_right_columns_and_nobody_in_it(template):
    with pytest.raises(UnreadableFeed, match="^The file holds no person"):
        hr_files.read(template)


def test_the_workbook_to_fill_in_lists_the_codes_on_a_second_sheet():
    book = openpyxl.load_workbook(io.BytesIO(hr_files.xlsx_template({"structure": [("MIS", "Mission")]})))

    assert [list(row) for row in book["codes"].values] == [["column", "code", "meaning"], ["structure", "MIS", "Mission"]]


def changed(content: bytes, name: str, text: bytes) -> bytes:
    """The same workbook with another text in one of its parts."""
    old, new = zipfile.ZipFile(io.BytesIO(content)), io.BytesIO()
    with zipfile.ZipFile(new, "w", zipfile.ZIP_DEFLATED) as packed:
        for part in old.namelist():
            packed.writestr(part, text if part == name else old.read(part))
    return new.getvalue()


GOOD = workbook(COLUMNS, as_people_type_it(line(1)))
BOMB = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><worksheet>&b;</worksheet>'


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (GOOD[:200], "no workbook that can be read"),
        (GOOD[: len(GOOD) // 2], "no workbook that can be read"),
        (b"PK\x03\x04 and then nothing", "no workbook that can be read"),
        (changed(GOOD, "xl/workbook.xml", b"<nothing/>"), "no workbook that can be read"),
        (changed(GOOD, "xl/worksheets/sheet1.xml", b"<worksheet><sheetData><row>"), "no workbook that can be read"),
        (changed(GOOD, "xl/worksheets/sheet1.xml", BOMB), "defines a document type"),
        ("Žana".encode("cp1250"), "can't decode"),
        (b"x" * (hr_files.MOST_BYTES + 1), "larger than 10 MB"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_a_sentence(content, words):
    with pytest.raises(UnreadableFeed, match=words):
        hr_files.read(content)


def test_a_small_file_that_unpacks_to_a_huge_one_is_refused(monkeypatch):
    monkeypatch.setattr(hr_files, "MOST_UNPACKED", 1_000_000)
    packed = io.BytesIO(GOOD)
    with zipfile.ZipFile(packed, "a", zipfile.ZIP_DEFLATED) as more:
        more.writestr("xl/media/zeros.bin", b"\0" * 2_000_000)

    with pytest.raises(UnreadableFeed, match="unpacks to more than it can hold"):
        hr_files.read(packed.getvalue())


def test_a_sheet_without_an_end_is_refused(monkeypatch):
    monkeypatch.setattr(hr_files, "MOST_ROWS", 3)

    with pytest.raises(UnreadableFeed, match="has more than 3 rows"):
        hr_files.read(workbook(COLUMNS, *[as_people_type_it(line(number)) for number in (1, 2, 3)]))
