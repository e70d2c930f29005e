import pytest

from courses.kinds.kind import Fault, Piece
from courses.kinds.sequence import Sequencing

STEPS = tuple(Piece(key, f"Step {key}") for key in ("s3", "s9", "s1", "s5"))
QUESTION = Sequencing("In which order?", STEPS, ("s1", "s3", "s5", "s9"))


def sent(*positions: str) -> dict[str, list[str]]:
    return {f"at-{step.key}": [position] for step, position in zip(STEPS, positions, strict=True)}


def refused(*positions: str) -> Fault:
    with pytest.raises(Fault) as caught:
        QUESTION.read(sent(*positions))
    return caught.value


def test_positions_make_an_order():
    assert QUESTION.read(sent("2", "4", "1", "3")) == ["s1", "s3", "s5", "s9"]


@pytest.mark.parametrize(
    ("positions", "doubled", "names"),
    [
        (("1", "1", "2", "3"), "1", {"at-s3", "at-s9"}),
        (("2", "3", "2", "3"), "2, 3", {"at-s3", "at-s9", "at-s1", "at-s5"}),
        (("4", "1", "4", "4"), "4", {"at-s3", "at-s1", "at-s5"}),
    ],
)
def test_doubled_positions_are_named(positions, doubled, names):
    fault = refused(*positions)

    assert fault.sentence % fault.values == f"Each position can be given once. Given more than once: {doubled}."
    assert fault.names == names


def test_open_lines_and_positions_that_are_not_there_are_refused():
    assert refused("1", "", "2", "").names == {"at-s9", "at-s5"}
    assert refused("1", "5", "2", "3").sentence == "Choose from what is shown."
    assert refused("1", "²", "2", "3").sentence == "Choose from what is shown."


def test_the_answer_is_shown_in_the_right_order_with_the_position_that_was_given():
    rows = QUESTION.answered(["s1", "s5", "s3", "s9"])

    assert [(row.text, row.chosen, row.is_right) for row in rows] == [
        ("Step s1", "1", True),
        ("Step s3", "3", False),
        ("Step s5", "2", False),
        ("Step s9", "4", True),
    ]
