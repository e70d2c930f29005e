import pytest
from django.core.exceptions import ValidationError

from courses.kind_blocks.matching import MatchingBlock
from courses.kinds.kind import Fault, Piece
from courses.kinds.matching import Card, Matching

CARDS = (Card("c1", "A child", frozenset(["p7"])), Card("c2", "An adult", frozenset(["p3"])))
QUESTION = Matching("What belongs together?", CARDS, (Piece("p7", "two parts"), Piece("p3", "three parts")))


def test_lines_left_open_are_named():
    with pytest.raises(Fault) as caught:
        QUESTION.read({"at-c1": ["p7"], "at-c2": [""]})

    assert (caught.value.sentence, caught.value.names) == ("Choose something for every line.", {"at-c2"})


@pytest.mark.parametrize("response", [["c1[.]p7"], ["c1[.]p7", "c1[.]p7"], ["c1[.]p7", "c2[.]x"], ["c1[.]p7", "c2"], ["", ""]])
def test_what_is_no_answer(response):
    assert not QUESTION.is_possible(response)


def test_one_place_beside_two_lines_is_an_answer_and_wrong():
    response = QUESTION.read({"at-c1": ["p7"], "at-c2": ["p7"]})

    assert (QUESTION.is_possible(response), QUESTION.is_right(response)) == (True, False)
    assert [(row.chosen, row.right, row.is_right) for row in QUESTION.answered(response)] == [
        ("two parts", "two parts", True),
        ("two parts", "three parts", False),
    ]


def test_a_response_is_written_as_the_standard_says():
    assert QUESTION.response_text(["c1[.]p7", "c2[.]p3"]) == "c1[.]p7[,]c2[.]p3"


def test_two_lines_with_the_same_partner_are_refused_in_words():
    block = MatchingBlock()
    value = block.to_python(
        {"prompt": "Which?", "pairs": [{"text": "One", "place": "Same"}, {"text": "Two", "place": "same "}]},
    )

    with pytest.raises(ValidationError, match="The same words belong to two lines"):
        block.clean(value)


def test_the_two_keys_of_a_pair_are_not_the_same():
    block = MatchingBlock()

    pairs = block.clean(
        block.to_python({"prompt": "Which?", "pairs": [{"text": "1", "place": "a"}, {"text": "2", "place": "b"}]})
    )

    assert len({key for pair in pairs["pairs"] for key in (pair["key"], pair["place_key"])}) == 4
