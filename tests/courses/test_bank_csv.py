"""The bank as a table: to the letter there and back, and a bad line named by number and column."""

import csv
import io
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from courses.bank_csv import read, write
from courses.bank_items import (
    BankItem,
    BankOption,
    Choices,
    Fault,
    Finding,
    Matching,
    Numeric,
    Pair,
    PictureChoice,
    PictureOption,
    Reading,
    Rewriting,
    Scale,
    Sequencing,
    SortedCard,
    Sorting,
    TrueFalse,
)
from lms.cells import harmless
from tests.courses.bank_strategies import IN_CSV_ONLY, IN_GIFT, bank_items

SINGLE = BankItem(
    "T-1",
    "One, two?\nOr three?",
    Choices((BankOption("=1+1", False, "no"), BankOption("two; or", True))),
    "Since.",
    objective="one",
    difficulty=2,
    is_must_pass=True,
    source="A book",
    tags=("basics", "old"),
    ident="7",
    category="top/one",
)
ITEMS = (
    SINGLE,
    BankItem("T-2", "Which?", Choices((BankOption("a", True), BankOption("b", False), BankOption("c", True)), is_several=True)),
    BankItem("T-3", "So.", TrueFalse(False, "no", "yes")),
    BankItem("T-4", "Match.", Matching((Pair("a", "1"), Pair("b", "2")), ("3",))),
    BankItem("T-5", "How many?", Numeric(Decimal("-2.5"), Decimal("4"), "days"), course="FND"),
    BankItem("T-6", "Where?", Sorting(("here", "there"), (SortedCard("a", (1,)), SortedCard("b", (1, 2))))),
    BankItem("T-7", "In which order?", Sequencing(("one", "two", "three"))),
    BankItem("T-8", "How sure?", Scale(("not", "rather", "very"))),
    BankItem("T-9", "Which?", PictureChoice((PictureOption("Door [0]", "a", False), PictureOption("Lamp", "b", True)))),
    BankItem("T-10", "Which?", Rewriting("X.\ntold", (BankOption("a", True), BankOption("b", False)))),
)


def table(*rows: str) -> str:
    return "\n".join(
        ["code,kind,prompt,right,option 1,option 2,option 3,match 1,match 2,feedback 1,low,high,difficulty,must pass", *rows]
    )


def test_each_kind_there_and_back():
    reading = read(write(ITEMS))

    assert reading == Reading(ITEMS, ())
    assert [item.line for item in reading.items] == [2, 4, 5, 6, 7, 8, 9, 10, 11, 12]


def test_how_a_line_looks():
    header, line, *_ = csv.reader(io.StringIO(write(ITEMS[:1]).removeprefix("\ufeff"), newline=""))

    assert {name: cell for name, cell in zip(header, line, strict=True) if cell} == {
        "code": "T-1",
        "kind": "single choice",
        "prompt": "One, two?\nOr three?",
        "right": "2",
        "option 1": "'=1+1",
        "option 2": "two; or",
        "feedback 1": "no",
        "tag 1": "basics",
        "tag 2": "old",
        "rationale": "Since.",
        "objective": "one",
        "difficulty": "2",
        "must pass": "yes",
        "source": "A book",
        "id": "7",
        "category": "top/one",
    }


@settings(deadline=None)
@given(st.lists(bank_items(IN_GIFT | IN_CSV_ONLY), max_size=4).map(tuple))
def test_any_texts_there_and_back_with_nothing_that_a_spreadsheet_would_run(items):
    text = write(items)

    assert read(text) == Reading(items, ())
    cells = [cell for row in csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")) for cell in row]
    assert [cell for cell in cells if harmless(cell) != cell] == []


@settings(deadline=None)
@given(st.text() | st.text('kind,prompt;\n\r"true/false 1\0').map("kind,prompt,right\n{}".format))
def test_reading_answers_for_any_text(text):
    assert read(text).items == read(write(read(text).items)).items


@pytest.mark.parametrize("separator", [";", "\t", ","])
def test_what_spreadsheets_put_between_cells(separator):
    text = separator.join(["Kind", "PROMPT ", "right"]) + "\r\n" + separator.join(["True/False", "So.", "TRUE"]) + "\r\n"

    assert read(text) == Reading((BankItem("", "So.", TrueFalse(True)),), ())


@pytest.mark.parametrize(
    ("row", "fault", "column", "detail"),
    [
        ("X,essay,Why?", Fault.NOT_A_KIND, "kind", "essay"),
        ("X,,Why?", Fault.NOT_A_KIND, "kind", ""),
        ("X,true/false,,true", Fault.NO_PROMPT, "prompt", ""),
        ("X,true/false,So.,perhaps", Fault.NOT_TRUE_OR_FALSE, "right", "perhaps"),
        ("X,true/false,So.,true,yes", Fault.NOT_FOR_THIS_KIND, "option 1", "yes"),
        ("X,single choice,Q?,1,a", Fault.TOO_FEW_OPTIONS, "option 2", ""),
        ("X,single choice,Q?,,a,b", Fault.NO_RIGHT_OPTION, "right", ""),
        ("X,single choice,Q?,1 2,a,b", Fault.SEVERAL_FULL_MARKS, "right", "1 2"),
        ("X,single choice,Q?,3,a,b", Fault.NOT_THE_RIGHT_ONES, "right", "3"),
        ("X,single choice,Q?,b,a,b", Fault.NOT_THE_RIGHT_ONES, "right", "b"),
        ("X,single choice,Q?,1,a,,c", Fault.GAP, "option 2", ""),
        ("X,single choice,Q?,1,a,a", Fault.SAME_OPTION_TWICE, "option 1", "a"),
        ("X,single choice,Q?,1,a,b,,,2", Fault.NOT_FOR_THIS_KIND, "match 2", "2"),
        ("X,matching,Q?,,a,b,,1", Fault.NOT_A_PAIR, "match 2", ""),
        ("X,matching,Q?,,a,,,1", Fault.TOO_FEW_PAIRS, "option 2", ""),
        ("X,matching,Q?,,a,a,,1,2", Fault.SAME_TERM_TWICE, "option 1", "a"),
        ('X,numeric,Q?,,,,,,,,"3,14",4', Fault.NOT_A_NUMBER, "low", "3,14"),
        ("X,numeric,Q?,,,,,,,,3,", Fault.NOT_A_NUMBER, "high", ""),
        ("X,numeric,Q?,,,,,,,,4,3", Fault.NOT_A_RANGE, "low", "4"),
        ("X,true/false,So.,true,,,,,,,,,hard", Fault.NOT_A_DIFFICULTY, "difficulty", "hard"),
        ("X,true/false,So.,true,,,,,,,,,,maybe", Fault.NOT_YES_OR_NO, "must pass", "maybe"),
        ("X,true/false,So.,true,,,,,,,,,,yes,more", Fault.TOO_MANY_CELLS, "", "more"),
    ],
)
def test_a_bad_line_is_named_by_number_and_column_and_the_others_are_read(row, fault, column, detail):
    reading = read(table("A,true/false,Before.,true", row, "B,true/false,After.,false"))

    assert reading.findings == (Finding(3, fault, detail, column),)
    assert [item.title for item in reading.items] == ["A", "B"]


@pytest.mark.parametrize(
    ("text", "findings"),
    [
        ("", [Finding(1, Fault.NO_COLUMN, column="kind"), Finding(1, Fault.NO_COLUMN, column="prompt")]),
        ("kind,prompt,Prompt\n", [Finding(1, Fault.COLUMN_TWICE, column="prompt")]),
        ("kind,prompt,notes\n", [Finding(1, Fault.UNKNOWN_COLUMN, column="notes")]),
    ],
)
def test_headings_are_checked_first(text, findings):
    assert read(text) == Reading((), tuple(findings))


def test_a_quotation_mark_that_is_never_closed():
    reading = read('kind,prompt,right\ntrue/false,So.,true\ntrue/false,"Never closed,true\n')

    assert ([item.prompt for item in reading.items], [(one.line, one.fault) for one in reading.findings]) == (
        ["So."],
        [(3, Fault.UNREADABLE)],
    )
