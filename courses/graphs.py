"""Where the nodes and arrows of a scenario stand in its picture: plain numbers for a template to draw. Faulty graphs, too."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from courses.scenarios import Node, Scenario

BOX_WIDTH, BOX_HEIGHT = 64, 36
GAP, STOREY = 44, 108  # between boxes beside each other; from one row to the next
MARGIN = 16


@dataclass(frozen=True)
class Box:
    """A node; x and y of its upper left corner."""

    node: Node
    x: int
    y: int
    is_start: bool

    width, height = BOX_WIDTH, BOX_HEIGHT

    @property
    def middle(self) -> int:
        return self.x + BOX_WIDTH // 2

    @property
    def text_y(self) -> int:
        return self.y + BOX_HEIGHT // 2 + 5


@dataclass(frozen=True)
class Arrow:
    """A choice: `path` as SVG has it, and where its letter stands."""

    path: str
    letter: str
    points: int
    x: int
    y: int


@dataclass(frozen=True)
class Drawing:
    width: int
    height: int
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]


def draw(scenario: Scenario) -> Drawing:
    """The beginning on top, each node below those that lead to it; what no way reaches stands in a row of its own."""
    rows = _rows(scenario)
    width = max((len(row) for row in rows), default=0) * (BOX_WIDTH + GAP) - GAP
    boxes = {}
    for number, row in enumerate(rows):
        indent = (width - len(row) * (BOX_WIDTH + GAP) + GAP) // 2
        for place, key in enumerate(row):
            x, y = MARGIN + indent + place * (BOX_WIDTH + GAP), MARGIN + number * STOREY
            boxes[key] = Box(scenario.by_key[key], x, y, is_start=key == scenario.nodes[0].key)
    height = max(len(rows) - 1, 0) * STOREY + BOX_HEIGHT + 2 * MARGIN
    return Drawing(max(width, 0) + 2 * MARGIN, height, tuple(boxes.values()), _arrows(boxes))


def letter(number: int) -> str:
    """1 → a; authors call the choices of a node so."""
    return chr(ord("a") + (number - 1) % 26)


def _rows(scenario: Scenario) -> list[list[str]]:
    depth = _depths(scenario)
    rows: list[list[str]] = [[] for _ in range(max(depth.values(), default=-1) + 1)]
    for key in dict.fromkeys(node.key for node in scenario.nodes):
        if key in depth:
            rows[depth[key]].append(key)
    lost = [key for key in scenario.by_key if key not in depth]
    # Each row in the order of what leads to it, so that fewer arrows cross.
    for above, row in zip(rows, rows[1:], strict=False):
        row.sort(key=lambda key, above=above: _pull(scenario, above, key))  # type: ignore[misc]
    return [*rows, sorted(lost)] if lost else rows


def _depths(scenario: Scenario) -> dict[str, int]:
    """By the longest way from the beginning; a loop is left after as many rounds as there are nodes."""
    if not scenario.nodes:
        return {}
    depth = {scenario.nodes[0].key: 0}
    for _ in scenario.nodes:
        for key in list(depth):
            for target in scenario.targets(key):
                depth[target] = min(max(depth.get(target, 0), depth[key] + 1), len(scenario.nodes) - 1)
    used = sorted(set(depth.values()))
    return {key: used.index(value) for key, value in depth.items()}


def _pull(scenario: Scenario, above: Sequence[str], key: str) -> float:
    places = [place for place, other in enumerate(above) if key in scenario.targets(other)]
    return sum(places) / len(places) if places else len(above) / 2


def _arrows(boxes: Mapping[str, Box]) -> tuple[Arrow, ...]:
    found = []
    for box in boxes.values():
        count = len(box.node.choices)
        for number, choice in enumerate(box.node.choices, start=1):
            target = boxes.get(choice.target)
            if target is None:
                continue
            start_x = box.x + BOX_WIDTH * number // (count + 1)
            start_y, end_y = box.y + BOX_HEIGHT, target.y
            bend = STOREY // 2
            end_x = target.middle + (number * 10 - 5 * (count + 1))
            path = f"M{start_x} {start_y}C{start_x} {start_y + bend} {end_x} {end_y - bend} {end_x} {end_y}"
            found.append(Arrow(path, letter(number), choice.points, start_x - 4, start_y + 14))
    return tuple(found)
