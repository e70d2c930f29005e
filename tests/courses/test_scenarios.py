import random
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.scenarios import Choice, Finding, LostWay, Node, Scenario, Score, better, blurred, findings, walk


def choice(key: str, target: str, points: int = 1, feedback: str = "Because.") -> Choice:
    return Choice(key, f"Do {key}.", target, points, feedback)


def ending(key: str, kind: str = "good") -> Node:
    return Node(key, f"{key} happened.", ending=kind, debrief="What made the difference.")


# Two ways to two endings, and a detour.
STORY = Scenario(
    (
        Node("A", "It begins.", (choice("a", "B", 2), choice("b", "C", 0))),
        Node("B", "It goes on.", (choice("c", "E1", 2), choice("d", "C", 1))),
        Node("C", "It gets hard.", (choice("e", "E1", 1), choice("f", "E2", 0))),
        ending("E1"),
        ending("E2", "missed"),
    )
)


def changed(scenario: Scenario, key: str, **values) -> Scenario:
    return Scenario(tuple(replace(node, **values) if node.key == key else node for node in scenario.nodes))


def test_a_sound_story_has_no_findings():
    assert findings(STORY) == []


FAULTY = {
    "empty": (Scenario(()), [Finding("empty")]),
    "doubled": (Scenario((*STORY.nodes, ending("E2"))), [Finding("doubled", "E2")]),
    "unreachable": (Scenario((*STORY.nodes, ending("E3"))), [Finding("unreachable", "E3")]),
    "dead end": (changed(STORY, "E2", ending=""), [Finding("dead-end", "E2")]),
    "an ending that goes on": (changed(STORY, "E2", choices=(choice("x", "E1"),)), [Finding("goes-on", "E2")]),
    "no debrief": (changed(STORY, "E1", debrief=" "), [Finding("no-debrief", "E1")]),
    "unknown target": (
        changed(STORY, "C", choices=(choice("e", "E1"), choice("f", "E2"), choice("g", "Z"))),
        [Finding("unknown-target", "C", 3)],
    ),
    "no feedback": (
        changed(STORY, "C", choices=(choice("e", "E1", feedback="\n"), choice("f", "E2"))),
        [Finding("no-feedback", "C", 1)],
    ),
    "loop": (
        changed(STORY, "C", choices=(choice("e", "B"), choice("f", "E2"))),
        [Finding("loop", "B"), Finding("loop", "C")],
    ),
    "itself": (changed(STORY, "C", choices=(choice("e", "C"), choice("f", "E2"))), [Finding("loop", "C")]),
}


@pytest.mark.parametrize("name", FAULTY)
def test_each_fault_is_found_where_it_is(name):
    scenario, found = FAULTY[name]

    assert findings(scenario) == found


def test_a_way_leads_from_the_first_step_to_an_ending():
    way = walk(STORY, ["a", "d", "f"])

    assert [step.node.key for step in way.steps] == ["A", "B", "C"]
    assert (way.node.key, way.is_over) == ("E2", True)
    assert way.score == Score(points=3, possible=5)
    assert (walk(STORY, []).node.key, walk(STORY, []).is_over) == ("A", False)


@pytest.mark.parametrize("choices", [["x"], ["c"], ["a", "a"], ["a", "c", "c"], ["b", "f", "e"], ["a"] * 50])
def test_a_choice_that_is_not_offered_leads_nowhere(choices):
    with pytest.raises(LostWay):
        walk(STORY, choices)


def test_a_story_without_steps_is_walked_by_nobody():
    with pytest.raises(LostWay):
        walk(Scenario(()), [])


def test_the_best_run_counts_by_its_share():
    poor, rich, full = Score(3, 6), Score(4, 8), Score(2, 2)

    assert better(None, poor) == poor
    assert better(poor, rich) == poor
    assert better(poor, full) == full
    assert Score(0, 0).share == 1


# --- whatever the graph looks like --------------------------------------------------------------------------------------

KEYS = st.sampled_from("ABCDEFG")
CHOICES = st.builds(
    Choice,
    key=st.sampled_from([f"{letter}{number}" for letter in "xyz" for number in range(4)]),
    text=st.text(max_size=5),
    target=KEYS,
    points=st.sampled_from([0, 1, 2]),
    feedback=st.sampled_from(["", " ", "Because."]),
)
NODES = st.builds(
    Node,
    key=KEYS,
    situation=st.text(max_size=5),
    choices=st.lists(CHOICES, max_size=4, unique_by=lambda one: one.key).map(tuple),
    ending=st.sampled_from(["", "good", "missed"]),
    debrief=st.sampled_from(["", "Why."]),
)
ANY = st.lists(NODES, max_size=8).map(lambda nodes: Scenario(tuple(nodes)))


@st.composite
def sound(draw) -> Scenario:
    """Each step leads to later ones only, and each but the first is led to by the one before."""
    count = draw(st.integers(1, 6))
    nodes = []
    for place in range(count):
        later = [place + 1, *draw(st.lists(st.integers(place + 1, count), max_size=3))]
        points = draw(st.lists(st.sampled_from([0, 1, 2]), min_size=len(later), max_size=len(later)))
        nodes.append(Node(f"N{place}", "S", tuple(choice(f"{place}-{n}", f"N{to}", points[n]) for n, to in enumerate(later))))
    return Scenario((*nodes, ending(f"N{count}")))


@given(ANY)
def test_findings_never_raise_and_name_nodes_that_are_there(scenario):
    keys = {node.key for node in scenario.nodes}

    assert all(finding.node in keys or finding.kind == "empty" for finding in findings(scenario))


@given(sound())
def test_what_is_sound_has_no_findings(scenario):
    assert findings(scenario) == []


@given(st.one_of(ANY, sound()), st.randoms())
def test_without_findings_every_way_comes_to_an_end(scenario, chance):
    if findings(scenario):
        return
    taken: list[str] = []
    while not (way := walk(scenario, taken)).is_over:
        taken.append(chance.choice(way.node.choices).key)

    assert len(taken) < len(scenario.nodes)
    assert 0 <= way.score.points <= way.score.possible
    assert 0 <= way.score.share <= 1


@given(ANY, st.lists(st.text(max_size=3), max_size=12))
def test_walking_is_total(scenario, taken):
    """Whatever is sent leads to a node, or nowhere."""
    try:
        way = walk(scenario, taken)
    except LostWay:
        return
    assert way.node in scenario.nodes
    assert [step.choice.key for step in way.steps] == taken


@given(sound(), st.randoms(use_true_random=False))
def test_taking_the_best_choice_everywhere_earns_all_there_is(scenario, chance):
    taken: list[str] = []
    while not (way := walk(scenario, taken)).is_over:
        best = [one.key for one in way.node.choices if one.points == way.node.most]
        taken.append(chance.choice(best))

    assert way.score.share == Fraction(1)


@given(sound(), st.booleans(), st.integers())
def test_what_is_counted_is_a_way_or_nothing(scenario, is_alternative, seed):
    taken = None if is_alternative else []
    while taken is not None and not (way := walk(scenario, taken)).is_over:
        taken.append(way.node.choices[0].key)

    counted = blurred(scenario, taken, random.Random(seed))

    assert counted is None or walk(scenario, counted).is_over


def test_every_way_can_be_counted_for_every_other():
    """Whatever somebody did, anything else may stand in the table for it, and what she did stands there most often."""
    chance = random.Random(1)
    for taken in (None, ("a", "c"), ("b", "f")):
        counted = [blurred(STORY, taken, chance) for _ in range(4000)]

        assert {None, ("a", "c"), ("a", "d", "e"), ("a", "d", "f"), ("b", "e"), ("b", "f")} <= set(counted)
        assert 0.7 < counted.count(taken) / len(counted) < 0.92
