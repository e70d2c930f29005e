from hypothesis import given

from courses.graphs import MARGIN, STOREY, draw, letter
from courses.scenarios import Scenario
from tests.courses.test_scenarios import ANY, STORY, ending, sound


def test_each_step_stands_below_those_that_lead_to_it():
    rows = {box.node.key: (box.y - MARGIN) // STOREY for box in draw(STORY).boxes}

    assert rows == {"A": 0, "B": 1, "C": 2, "E1": 3, "E2": 3}


def test_every_choice_is_an_arrow_with_its_letter_and_points():
    assert [(arrow.letter, arrow.points) for arrow in draw(STORY).arrows] == [
        ("a", 2),
        ("b", 0),
        ("a", 2),
        ("b", 1),
        ("a", 1),
        ("b", 0),
    ]


def test_what_no_way_reaches_stands_in_a_row_of_its_own():
    boxes = {box.node.key: box.y for box in draw(Scenario((*STORY.nodes, ending("E3")))).boxes}

    assert boxes["E3"] > boxes["E2"]


def test_nothing_is_drawn_of_nothing():
    assert draw(Scenario(())).boxes == ()


def test_choices_have_letters():
    assert [letter(number) for number in (1, 2, 26, 27)] == ["a", "b", "z", "a"]


@given(ANY)
def test_every_graph_can_be_drawn_and_no_two_boxes_lie_on_each_other(scenario):
    drawing = draw(scenario)

    assert {box.node.key for box in drawing.boxes} == {node.key for node in scenario.nodes}
    assert len({(box.x, box.y) for box in drawing.boxes}) == len(drawing.boxes)
    assert all(box.x >= 0 and box.x + box.width <= drawing.width for box in drawing.boxes)
    assert all(box.y >= 0 and box.y + box.height <= drawing.height for box in drawing.boxes)


@given(sound())
def test_in_a_sound_story_arrows_lead_down(scenario):
    rows = {box.node.key: box.y for box in draw(scenario).boxes}

    assert all(rows[node.key] < rows[target] for node in scenario.nodes for target in scenario.targets(node.key))
