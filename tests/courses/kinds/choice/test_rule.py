import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.kinds.choice import Choice, Option

OPTIONS = (Option("a", "first", False), Option("b", "second", True), Option("c", "third", True))
ONE = Choice("Prompt?", (Option("a", "first", False), Option("b", "second", True)))
SEVERAL = Choice("Prompt?", OPTIONS, is_several=True)
TRUE_FALSE = Choice("Prompt.", (Option("true", "True", False), Option("false", "False", True)), is_true_false=True)


@pytest.mark.parametrize(
    ("question", "response", "is_possible", "is_right"),
    [
        (ONE, ["b"], True, True),
        (ONE, ["a"], True, False),
        (ONE, ["a", "b"], False, False),
        (ONE, [], False, False),
        (ONE, ["x"], False, False),
        (SEVERAL, ["b", "c"], True, True),
        (SEVERAL, ["c", "b"], True, True),
        (SEVERAL, ["b"], True, False),
        (SEVERAL, ["a", "b", "c"], True, False),
        (SEVERAL, ["b", "b"], False, False),
        (SEVERAL, [], False, False),
        (TRUE_FALSE, ["false"], True, True),
        (TRUE_FALSE, ["true"], True, False),
    ],
)
def test_what_may_be_answered_and_what_is_right(question, response, is_possible, is_right):
    assert (question.is_possible(response), question.is_right(response)) == (is_possible, is_right)


@given(st.lists(st.text(max_size=3), max_size=5))
def test_grading_is_total_and_right_only_for_the_right_keys(response):
    for question in (ONE, SEVERAL, TRUE_FALSE):
        assert question.is_right(response) == (sorted(response) == sorted(question.right_keys))


@given(st.integers(0, 2**31))
def test_the_same_seed_shuffles_the_same_way_and_loses_nothing(seed):
    once, again = SEVERAL.shuffled(seed), SEVERAL.shuffled(seed)

    assert once == again
    assert set(once.options) == set(OPTIONS)
    assert TRUE_FALSE.shuffled(seed) == TRUE_FALSE


def test_a_response_is_written_as_the_standard_says():
    assert SEVERAL.response_text(["b", "c"]) == "b[,]c"
