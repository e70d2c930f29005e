import pytest
from django.core.exceptions import ValidationError

from courses.kind_blocks.sorting import SortingBlock
from courses.kinds.kind import Piece
from courses.kinds.matching import Card
from courses.kinds.sorting import Sorting

PLACES = (Piece("g1", "At work"), Piece("g2", "At home"))
CARDS = (Card("c1", "A sofa", frozenset(["g2"])), Card("c2", "A lamp", frozenset(["g1", "g2"])))
QUESTION = Sorting("Where?", CARDS, PLACES)


@pytest.mark.parametrize(
    ("lamp", "sofa", "is_right"), [("g1", "g2", True), ("g2", "g2", True), ("g1", "g1", False), ("g2", "g1", False)]
)
def test_a_card_may_be_right_in_several_categories(lamp, sofa, is_right):
    assert QUESTION.is_right(QUESTION.read({"at-c1": [sofa], "at-c2": [lamp]})) is is_right


def test_all_right_categories_are_said_after_the_answer():
    assert [row.right for row in QUESTION.answered(["c1[.]g1", "c2[.]g1"])] == ["At home", "At work / At home"]


def test_a_category_that_is_not_there_is_refused_in_words():
    block = SortingBlock()
    cards = [{"text": "A sofa", "right_in": ["3"]}, {"text": "A lamp", "right_in": ["1"]}]
    value = block.to_python({"prompt": "Where?", "categories": [{"text": "One"}, {"text": "Two"}], "cards": cards})

    with pytest.raises(ValidationError, match="no category number 3 for the card “A sofa”"):
        block.clean(value)
