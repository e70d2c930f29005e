from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.past_file import COLUMNS, PastRow, Refusal, UnreadableFile, read

HEADER = "staff number,course,completed on,valid until\n"


def test_a_line_becomes_a_row():
    rows, refusals = read(HEADER + "S1,FND,2024-06-30,2026-06-30\n S2 , hrb ,2024-07-01,\n")

    assert rows == [
        PastRow(2, "S1", "FND", date(2024, 6, 30), date(2026, 6, 30)),
        PastRow(3, "S2", "hrb", date(2024, 7, 1), None),
    ]
    assert refusals == []


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (",FND,2024-06-30,", "a cell is empty"),
        ("S1,,2024-06-30,", "a cell is empty"),
        ("S1,FND,,", "a cell is empty"),
        ("S1,FND,30.6.2024,", "no date"),
        ("S1,FND,2024-06-30,soon", "no date"),
        ("S1,FND,2024-02-30,", "no date"),
        ("S1,FND,2024-06-30,2024-06-29", "ends before"),
    ],
)
def test_a_line_that_cannot_be_true_is_refused_with_its_reason(line, reason):
    rows, [refusal] = read(HEADER + line)

    assert (rows, refusal.line, refusal.reason) == ([], 2, reason)


def test_what_stands_twice_is_taken_once():
    rows, refusals = read(HEADER + "S1,FND,2024-06-30,\nS1,fnd,2024-06-30,2026-01-01\n")

    assert ([row.line for row in rows], refusals) == ([2], [Refusal(3, "S1", "fnd", "stands twice")])


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("", "columns"),
        ("staff number,course\nS1,FND", "columns"),
        (HEADER, "empty"),
        (HEADER.replace("course", "valid until"), "columns"),
    ],
)
def test_what_is_no_such_table_is_refused_whole(text, kind):
    with pytest.raises(UnreadableFile) as refused:
        read(text)

    assert refused.value.args[0] == kind


def test_semicolons_a_byte_order_mark_capitals_and_further_columns_are_no_hindrance():
    rows, _refusals = read("\ufeffCourse;Staff Number;grade;Completed on;Valid until\nFND;S1;7;2024-06-30;\n")

    assert rows == [PastRow(2, "S1", "FND", date(2024, 6, 30), None)]


cells = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.dates().map(str)


@given(st.lists(st.lists(cells, min_size=1, max_size=6), max_size=6))
def test_each_line_is_a_row_or_a_refusal_or_the_file_is_refused(lines):
    text = ",".join(COLUMNS) + "\n" + "\n".join(",".join(line) for line in lines)

    try:
        rows, refusals = read(text)
    except UnreadableFile:
        return

    numbers = [one.line for one in rows + refusals]
    assert len(numbers) == len(set(numbers))
    assert all(row.valid_until is None or row.valid_until >= row.completed_on for row in rows)
