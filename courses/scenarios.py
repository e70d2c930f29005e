"""Branching scenarios as plain values: what is wrong with a graph, where a way through it leads, and what it is worth.

A scenario begins at its first node and only goes forward: going back is what replaying is for. So every way through a graph
without findings ends after at most as many choices as there are nodes.
"""

import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Literal

HARMFUL, WORKABLE, GOOD = 0, 1, 2
POINTS = (HARMFUL, WORKABLE, GOOD)

Ending = Literal["", "good", "missed"]
FindingKind = Literal[
    "empty",  # there is no node
    "doubled",  # two nodes have this key
    "unreachable",  # no way leads here
    "dead-end",  # no choice and no ending
    "goes-on",  # an ending with choices
    "no-debrief",  # an ending that explains nothing
    "unknown-target",  # a choice that leads to no node
    "no-feedback",  # a choice that is answered by nothing
    "loop",  # a way leads from here back to here
]


class LostWay(ValueError):
    """These choices cannot be made in this scenario: it was changed, or nobody ever offered them."""


@dataclass(frozen=True)
class Choice:
    """`target` is the key of a node; `points` one of POINTS."""

    key: str
    text: str
    target: str
    points: int
    feedback: str


@dataclass(frozen=True)
class Node:
    """A situation with choices, or an ending ("good", "missed") with its debrief."""

    key: str
    situation: str
    choices: tuple[Choice, ...] = ()
    ending: Ending = ""
    debrief: str = ""

    def choice(self, key: str) -> Choice | None:
        return next((choice for choice in self.choices if choice.key == key), None)

    @property
    def most(self) -> int:
        """The points of its best choice."""
        return max((choice.points for choice in self.choices), default=0)


@dataclass(frozen=True)
class Finding:
    """What is wrong, at which node (empty for the whole) and with which of its choices (counted from 1, else 0)."""

    kind: FindingKind
    node: str = ""
    choice: int = 0


@dataclass(frozen=True)
class Scenario:
    """Its first node is where it begins. May be faulty: `findings` says how, and nothing here raises for it but `walk`."""

    nodes: tuple[Node, ...]

    @cached_property
    def by_key(self) -> Mapping[str, Node]:
        """Of two nodes with one key the first."""
        return {node.key: node for node in reversed(self.nodes)}

    def targets(self, key: str) -> list[str]:
        """The nodes to which a node leads, each once, in the order of its choices."""
        node = self.by_key.get(key)
        found = [choice.target for choice in node.choices if choice.target in self.by_key] if node else []
        return list(dict.fromkeys(found))


@dataclass(frozen=True)
class Step:
    node: Node
    choice: Choice


@dataclass(frozen=True)
class Score:
    """`points` of the `possible` ones: what the best choice would have been worth at each node of the same way."""

    points: int
    possible: int

    @property
    def share(self) -> Fraction:
        """0 to 1; a way on which nothing could be won lost nothing."""
        return Fraction(self.points, self.possible) if self.possible else Fraction(1)


@dataclass(frozen=True)
class Way:
    """The steps taken, and the node to which they led."""

    steps: tuple[Step, ...]
    node: Node

    @property
    def is_over(self) -> bool:
        return bool(self.node.ending)

    @property
    def score(self) -> Score:
        return Score(sum(step.choice.points for step in self.steps), sum(step.node.most for step in self.steps))


def findings(scenario: Scenario) -> list[Finding]:
    """Everything that is wrong, in the order of the nodes; empty for a scenario that can be walked to an end on every way."""
    if not scenario.nodes:
        return [Finding("empty")]
    found = [Finding("doubled", key) for key, count in Counter(node.key for node in scenario.nodes).items() if count > 1]
    reached = _reachable(scenario, [scenario.nodes[0].key])
    for node in scenario.nodes:
        if node.key not in reached:
            found.append(Finding("unreachable", node.key))
        found += _of_node(scenario, node)
    return found


def walk(scenario: Scenario, choices: Sequence[str]) -> Way:
    """Where these choices (their keys, from the beginning) lead. Raises LostWay where one of them cannot be made."""
    if not scenario.nodes or len(choices) > len(scenario.nodes):
        raise LostWay("There is no such way.")
    node, steps = scenario.nodes[0], []
    for key in choices:
        choice = None if node.ending else node.choice(key)
        if choice is None or choice.target not in scenario.by_key:
            raise LostWay("There is no such choice here.")
        steps.append(Step(node, choice))
        node = scenario.by_key[choice.target]
    return Way(tuple(steps), node)


def better(one: Score | None, other: Score) -> Score:
    """The one with the larger share; of two that are equal the first. The best of somebody's runs counts."""
    return other if one is None or other.share > one.share else one


def blurred(scenario: Scenario, choices: Sequence[str] | None, chance: random.Random) -> tuple[str, ...] | None:
    """What is counted for somebody who took these choices (None: the alternative exercise).

    Three times in four her own way, else, by lot, no way at all or one drawn from all that the graph allows. So nothing
    that was counted says for certain what one person did, and enough of it still says what people do.
    """
    if chance.random() < 0.75:
        return None if choices is None else tuple(choices)
    return tuple(_drawn(scenario, chance)) if chance.random() < 0.5 else None


def _drawn(scenario: Scenario, chance: random.Random) -> Iterator[str]:
    node = scenario.nodes[0]
    for _ in scenario.nodes:
        if node.ending or not node.choices:
            return
        choice = chance.choice(node.choices)
        if choice.target not in scenario.by_key:
            return
        yield choice.key
        node = scenario.by_key[choice.target]


def _of_node(scenario: Scenario, node: Node) -> Iterator[Finding]:
    if node.ending and node.choices:
        yield Finding("goes-on", node.key)
    if node.ending and not node.debrief.strip():
        yield Finding("no-debrief", node.key)
    if not node.ending and not node.choices:
        yield Finding("dead-end", node.key)
    for number, choice in enumerate(node.choices, start=1):
        if choice.target not in scenario.by_key:
            yield Finding("unknown-target", node.key, number)
        if not choice.feedback.strip():
            yield Finding("no-feedback", node.key, number)
    if node.key in _reachable(scenario, scenario.targets(node.key)):
        yield Finding("loop", node.key)


def _reachable(scenario: Scenario, keys: Sequence[str]) -> set[str]:
    """These nodes and all to which a way leads from one of them."""
    reached: set[str] = set()
    waiting = list(keys)
    while waiting:
        key = waiting.pop()
        if key not in reached:
            reached.add(key)
            waiting += scenario.targets(key)
    return reached
