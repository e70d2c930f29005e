from courses.kinds.kind import Piece
from courses.kinds.likert import Likert

QUESTION = Likert("How sure are you?", (Piece("l4", "Not sure"), Piece("l1", "Sure")))


def test_every_level_is_an_answer_and_none_is_right():
    responses = [QUESTION.read({"option": [level.key]}) for level in QUESTION.levels]

    assert [(QUESTION.is_possible(response), QUESTION.is_right(response)) for response in responses] == [(True, False)] * 2
    assert not QUESTION.is_graded


def test_the_levels_keep_their_order_on_a_screen():
    assert not QUESTION.order_tells
