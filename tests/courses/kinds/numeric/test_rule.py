from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from courses.kind_blocks.numeric import NumericBlock
from courses.kinds.kind import Fault
from courses.kinds.numeric import Numeric

QUESTION = Numeric("How many?", Decimal("29.5"), Decimal("30"), "days")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        *(("30", "30"), (" 30 ", "30"), ("+30", "30"), ("29,5", "29.5"), ("29.50", "29.5"), ("-0", "0"), ("007", "7")),
        *(("0.125", "0.125"), ("0,125", "0.125"), ("-12.5", "-12.5"), ("1500", "1500"), ("100", "100")),
    ],
)
def test_a_number_is_read_in_both_ways_of_writing(text, number):
    assert QUESTION.read({"number": [text]}) == [number]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Write a number first."),
        *(
            (text, "Write one number in figures, for example 12 or 0.5.")
            for text in ("thirty", "1e3", "1/2", "٣", "NaN", "5" * 13)
        ),
        *(
            (text, "Write the number without a sign between the thousands, for example 1500.")
            for text in ("1,500", "1.500", "1 500", "1 500 000")
        ),
    ],
)
def test_what_is_no_number_or_two_is_not_guessed(text, sentence):
    with pytest.raises(Fault) as caught:
        QUESTION.read({"number": [text]})

    assert (caught.value.sentence, caught.value.names) == (sentence, {"number"})


@pytest.mark.parametrize(
    ("number", "is_right"), [("29.5", True), ("29.75", True), ("30", True), ("29.4", False), ("30.000001", False), ("-30", False)]
)
def test_both_ends_of_the_range_are_right(number, is_right):
    assert QUESTION.is_right([number]) is is_right


def test_a_range_that_ends_before_it_begins_is_refused():
    block = NumericBlock()

    with pytest.raises(ValidationError, match="ends before it begins"):
        block.clean(block.to_python({"prompt": "How many?", "low": "3", "high": "2"}))
