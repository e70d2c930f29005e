import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.cells import BOM, harmless
from lms.reports.exports import csv_lines


def read(lines) -> list[list[str]]:
    return list(csv.reader(io.StringIO("".join(lines).removeprefix(BOM), newline="")))


PAYLOADS = [
    "=cmd|'/C calc'!A0",
    "=cmd",
    "+1",
    "-1+2",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "\t",
    " =1",
    " \t=1",
    "\u00a0=1",
    "\u3000=1",
    "＝1",
    "＋1",
    "－1",
    "＠1",
]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_threat_22_what_a_spreadsheet_would_run_is_read_back_as_text(payload):
    header, [cell, other] = read(csv_lines(["name", "other"], [[payload, "x"]]))

    assert (header, cell, other) == (["name", "other"], f"'{payload}", "x")


def test_a_heading_is_made_harmless_too():
    assert read(csv_lines(["=cmd", "name"], [])) == [["'=cmd", "name"]]


@pytest.mark.parametrize("text", ["Lea", "a=b", "O'Neill", "2026-11-24", "100", 'Žana, "Đ"', "line\nbreak", "'=1", ""])
def test_everything_else_is_read_back_as_it_was(text):
    assert read(csv_lines(["name"], [[text, "x"]]))[1] == [text, "x"]


@pytest.mark.parametrize(("value", "cell"), [(None, ""), (0, "0"), (17, "17"), (False, "False"), (-3, "'-3")])
def test_values_become_text(value, cell):
    assert harmless(value) == cell


@given(st.lists(st.lists(st.text(), min_size=1, max_size=3), max_size=4))
def test_no_cell_of_any_table_begins_like_a_formula(rows):
    for row in read(csv_lines(["name"], rows))[1:]:
        for cell in row:
            assert cell[:1] not in {"=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"}
            assert cell.lstrip()[:1] not in {"=", "+", "-", "@", "＝", "＋", "－", "＠"}


def test_lines_are_made_one_by_one_as_they_are_asked_for():
    made = []

    def rows():
        for number in range(1000):
            made.append(number)
            yield [number]

    lines = csv_lines(["number"], rows())
    first = [next(lines) for _ in range(3)]

    assert (first, made) == ([f"{BOM}number\r\n", "0\r\n", "1\r\n"], [0, 1])


def test_a_file_begins_with_the_mark_by_which_spreadsheets_know_utf_8():
    lines = list(csv_lines(["name"], [["Žana"]]))

    assert "".join(lines).encode() == b"\xef\xbb\xbfname\r\n\xc5\xbdana\r\n"
