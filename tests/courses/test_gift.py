"""Moodle's GIFT: what is taken, what is named, and that a file written is the file read."""

from collections import Counter
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from courses.bank_items import BankItem, BankOption, Choices, Fault, Finding, Matching, Numeric, Pair, Reading, TrueFalse
from courses.gift import read, write
from tests.courses.bank_strategies import bank_items


def only(text: str) -> BankItem:
    reading = read(text)
    assert reading.findings == ()
    [item] = reading.items
    return item


def options(text: str) -> list[tuple[str, bool, str]]:
    return [(option.text, option.is_right, option.feedback) for option in only(text).body.options]


# --- what is taken -----------------------------------------------------------------------------------------------------
def test_a_single_choice_with_title_feedback_and_rationale():
    item = only("""
// [id:7] [tag:course:FND] [tag:objective:CON] [tag:basics] [tag:difficulty:3] [tag:must-pass] [tag:source:UN-TIP 3(a)]
::FND-Q1::An adult is trafficked when there is\\:
{
    ~an act and a border#No border is needed.
    =an act, a means and a purpose#Yes.
    ~irregular work
    ####Three parts, no border needed.
}
""")

    assert item == BankItem(
        "FND-Q1",
        "An adult is trafficked when there is:",
        Choices(
            (
                BankOption("an act and a border", False, "No border is needed."),
                BankOption("an act, a means and a purpose", True, "Yes."),
                BankOption("irregular work", False),
            )
        ),
        "Three parts, no border needed.",
        course="FND",
        objective="CON",
        difficulty=3,
        is_must_pass=True,
        source="UN-TIP 3(a)",
        tags=("basics",),
        ident="7",
    )
    assert item.line == 3


def test_several_answers_by_weights():
    item = only("Which are named? {~%50%labour ~%50%servitude ~%-100%late pay ~none of them}")

    assert item.body == Choices(
        (
            BankOption("labour", True),
            BankOption("servitude", True),
            BankOption("late pay", False),
            BankOption("none of them", False),
        ),
        is_several=True,
    )


@pytest.mark.parametrize("word", ["T", "TRUE", "true", "T ", " TRUE#no#yes"])
def test_true(word):
    assert only(f"It is so.{{{word}}}").body.is_true


@pytest.mark.parametrize("word", ["F", "FALSE", "f####because"])
def test_false(word):
    assert not only(f"It is so.{{{word}}}").body.is_true


def test_the_first_feedback_of_true_and_false_is_for_the_wrong_answer():
    item = only("It is so.{F#wrong#right####general}")

    assert (item.body, item.rationale) == (TrueFalse(False, "wrong", "right"), "general")


def test_matching_with_a_match_too_many():
    item = only("Match. {=papers held -> coercion =pay taken -> exploitation = -> nothing}")

    assert item.body == Matching((Pair("papers held", "coercion"), Pair("pay taken", "exploitation")), ("nothing",))


@pytest.mark.parametrize(
    ("answer", "low", "high"),
    [
        ("#30", "30", "30"),
        ("#3.1415:0.0005", "3.1410", "3.1420"),
        ("#3.141..3.142", "3.141", "3.142"),
        ("#-5..-1", "-5", "-1"),
        ("# = 1822:2 # about then", "1820", "1824"),
        ("#.5", "0.5", "0.5"),
    ],
)
def test_numbers(answer, low, high):
    assert only(f"How many? {{{answer}}}").body == Numeric(Decimal(low), Decimal(high))


def test_categories_count_until_the_next():
    reading = read("$CATEGORY: $course$/top/One\n\nA{T}\n\nB{F}\n\n$CATEGORY: Two: more\nC{T}")

    assert [(item.prompt, item.category) for item in reading.items] == [
        ("A", "$course$/top/One"),
        ("B", "$course$/top/One"),
        ("C", "Two: more"),
    ]


def test_escaped_signs_are_letters():
    item = only(r"::a\:\:b::1 \= 1, \{x\}, C\#, \~5, C:\\temp, \alpha, two\nlines {T#no\#no}")

    assert (item.title, item.prompt) == ("a::b", "1 = 1, {x}, C#, ~5, C:\\temp, \\alpha, two\nlines")
    assert item.body.wrong_feedback == "no#no"


def test_html_becomes_words():
    item = only(
        "[html]<p>Is   <b>one</b> &lt; two?</p><p>Say.</p>{=<p>yes</p> ~[plain]<i> ~[markdown]*no*#<br>why####<!-- x -->since}"
    )

    assert (item.prompt, item.rationale) == ("Is one < two?\nSay.", "since")
    assert [(option.text, option.feedback) for option in item.body.options] == [("yes", ""), ("<i>", ""), ("*no*", "why")]


def test_without_a_format_a_sign_is_no_tag():
    assert only("Is 1 < 2 and 3 > 2, <b>really</b>?{T}").prompt == "Is 1 < 2 and 3 > 2, really?"


def test_a_full_stop_behind_the_answers_is_no_missing_word():
    assert only("Pi is about {#3.14:0.01}.").prompt == "Pi is about"


# --- what is named -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "line", "fault"),
    [
        ("\n\nTell us more. {}", 3, Fault.ESSAY),
        ("Tell us more. {####Thank you}", 1, Fault.ESSAY),
        ("Who?\n{=no one =nobody}", 2, Fault.SHORT_ANSWER),
        ("Grant is {~buried =entombed} in a tomb.", 1, Fault.MISSING_WORD),
        ("{=Lyon ~Nice} lies on the Rhone.", 1, Fault.MISSING_WORD),
        ("Two {=2 =two} plus {=one =1}", 1, Fault.MISSING_WORD),
        ("Read this first.", 1, Fault.DESCRIPTION),
        ("A?{=yes ~no", 1, Fault.NOT_CLOSED),
        ("A? =yes ~no}", 1, Fault.NOT_OPENED),
        ("A?{perhaps}", 1, Fault.UNKNOWN_KIND),
        ("{=yes ~no}", 1, Fault.NO_PROMPT),
        ("A?{well =yes ~no}", 1, Fault.TEXT_BEFORE_ANSWERS),
        ("A?{=yes ~}", 1, Fault.EMPTY_OPTION),
        ("A?{~%100%yes}", 1, Fault.TOO_FEW_OPTIONS),
        ("A?{~yes ~no}", 1, Fault.NO_RIGHT_OPTION),
        ("A?{=yes =no ~maybe}", 1, Fault.SEVERAL_FULL_MARKS),
        ("A?{=yes ~no ~no}", 1, Fault.SAME_OPTION_TWICE),
        ("A?{~%half%yes ~no}", 1, Fault.NOT_A_WEIGHT),
        ("A?{=a -> 1\n=b\n=c -> 2}", 2, Fault.NOT_A_PAIR),
        ("A?{=a -> 1}", 1, Fault.TOO_FEW_PAIRS),
        ("A?{=a -> 1 =a -> 2}", 1, Fault.SAME_TERM_TWICE),
        ("A?{=a -> 1 =b -> 2 = -> 1}", 1, Fault.SAME_OPTION_TWICE),
        ("A?{#3,14}", 1, Fault.NOT_A_NUMBER),
        ("A?{#1e9}", 1, Fault.NOT_A_NUMBER),
        ("A?{#٣}", 1, Fault.NOT_A_NUMBER),
        ("A?{#5..1}", 1, Fault.NOT_A_RANGE),
        ("A?{#=1\n=2}", 2, Fault.SEVERAL_NUMBERS),
        ("A?{#=%50%1}", 1, Fault.NO_RIGHT_OPTION),
    ],
)
def test_what_is_not_taken_is_named_with_its_line(text, line, fault):
    reading = read(text)

    assert (reading.items, [(finding.line, finding.fault) for finding in reading.findings]) == ((), [(line, fault)])


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("A?{=yes\n~%50%perhaps ~no}", Finding(2, Fault.PARTIAL_CREDIT, "perhaps")),
        ("A?{#\n=1822:0\n=%50%1822:2}", Finding(3, Fault.PARTIAL_CREDIT, "1822:2")),
        ('[html]What is\n<img src\\="x.png">this?{T}', Finding(1, Fault.PICTURE, "What is this?")),
    ],
)
def test_what_is_lost_from_a_question_that_is_taken_is_named(text, finding):
    reading = read(text)

    assert (len(reading.items), reading.findings, reading.refusals) == (1, (finding,), ())


def test_an_empty_line_inside_a_question_spoils_that_question_only():
    reading = read("A?{=yes\n\n~no}\n\nB{T}")

    assert [(finding.line, finding.fault) for finding in reading.findings] == [(1, Fault.NOT_CLOSED), (3, Fault.NOT_OPENED)]
    assert [item.prompt for item in reading.items] == ["B"]


# --- a file as Moodle writes them ----------------------------------------------------------------------------------------
def test_a_file_with_every_corner_of_the_format():
    """Each question of the file is taken, or named by its line; and what is taken is written and read again."""
    reading = read((Path(__file__).parent / "every_corner.gift").read_text())

    taken = Counter(type(item.body).__name__ for item in reading.items)
    assert taken == {"Choices": 6, "TrueFalse": 5, "Matching": 2, "Numeric": 6}
    assert [(finding.line, finding.fault) for finding in reading.findings] == [
        (28, Fault.PARTIAL_CREDIT),
        (56, Fault.PICTURE),
        (74, Fault.PARTIAL_CREDIT),
        (79, Fault.MISSING_WORD),
        (81, Fault.SHORT_ANSWER),
        (83, Fault.ESSAY),
        (85, Fault.DESCRIPTION),
    ]
    assert Counter(item.category for item in reading.items) == {
        "": 1,
        "$course$/top/Choices": 5,
        "$course$/top/True or false": 5,
        "$course$/top/Pairs, and numbers": 8,
    }
    assert [item.tags for item in reading.items if item.tags] == [("autumn term",)]
    assert read(write(reading.items)) == Reading(reading.items, ())


# --- for any text ------------------------------------------------------------------------------------------------------
@settings(deadline=None)
@given(st.text() | st.text("ab1.:~=#{}\\%->[]/$\n T\0&<>!"))
def test_reading_answers_for_any_text_and_writing_what_was_read_gives_the_same(text):
    reading = read(text)

    again = read(write(reading.items))
    assert again == Reading(reading.items, ())


@settings(deadline=None)
@given(st.lists(bank_items(), max_size=4))
def test_a_file_written_is_the_file_read(items):
    tidied = tuple(map(tidy, items))

    assert read(write(items)) == Reading(tidied, ())


def tidy(item: BankItem) -> BankItem:
    """Blanks around a text do not count in GIFT, and there is one kind of line break."""
    body = item.body
    if isinstance(body, Choices):
        kept = (BankOption(words(one.text), one.is_right, words(one.feedback)) for one in body.options)
        body = Choices(tuple(kept), body.is_several)
    elif isinstance(body, Matching):
        pairs = tuple(Pair(words(pair.term), words(pair.match)) for pair in body.pairs)
        body = Matching(pairs, tuple(map(words, body.extra)))
    elif isinstance(body, TrueFalse):
        body = TrueFalse(body.is_true, words(body.wrong_feedback), words(body.right_feedback))
    names = ("title", "prompt", "rationale", "course", "objective", "source", "ident", "category")
    return replace(item, body=body, tags=tuple(map(words, item.tags)), **{name: words(getattr(item, name)) for name in names})


def words(text: str) -> str:
    return text.strip().replace("\r\n", "\n").replace("\r", "\n").strip()
