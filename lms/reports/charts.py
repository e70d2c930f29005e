"""Pictures of numbers: where each stroke stands, in whole units of a drawing; templates draw them.

Nothing is told by colour alone: steps have patterns, bars their numbers, and each picture stands beside its table.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap

STEPS = (50, 70, 85, 95)  # per cent from which the next shade begins; under the first is marked
LETTERS = 25  # of a line beside a row
NAMES, COLUMN, ROW, HEAD = 170, 68, 38, 30
WIDTH = 340


@dataclass(frozen=True)
class Text:
    x: int
    y: int
    words: str
    anchor: str = "start"


@dataclass(frozen=True)
class Cell:
    x: int
    y: int
    words: Text
    step: int | None  # None: there is nothing


@dataclass(frozen=True)
class Heat:
    width: int
    height: int
    heads: list[Text]
    names: list[Text]
    cells: list[Cell]
    cell_width: int = COLUMN - 4
    cell_height: int = ROW - 4


@dataclass(frozen=True)
class Curve:
    """`line` and `area` are paths; `grid` are the heights of the lines with a label each, from one side to the other."""

    width: int
    height: int
    left: int
    right: int
    line: str
    area: str
    grid: list[Text]
    labels: list[Text]
    end: Text


@dataclass(frozen=True)
class Bar:
    y: int
    width: int
    name: Text
    number: Text


@dataclass(frozen=True)
class Bars:
    width: int
    height: int
    bars: list[Bar]
    thick: int = 18


def step(percent: int) -> int:
    """0 to 4."""
    return sum(percent >= first for first in STEPS)


def heat(columns: Sequence[str], rows: Sequence[tuple[str, Sequence[int | None]]]) -> Heat:
    """Per cent by row and column."""
    names, cells = [], []
    for place, (name, shares) in enumerate(rows):
        top = HEAD + place * ROW
        lines = wrap(name, LETTERS, max_lines=2, placeholder=" …")
        first = top + (21 if len(lines) == 1 else 14)
        names += [Text(0, first + 14 * number, line) for number, line in enumerate(lines)]
        cells += [_cell(NAMES + column * COLUMN, top, percent) for column, percent in enumerate(shares)]
    heads = [Text(NAMES + column * COLUMN + COLUMN // 2, HEAD - 10, words, "middle") for column, words in enumerate(columns)]
    return Heat(NAMES + len(columns) * COLUMN, HEAD + len(rows) * ROW, heads, names, cells)


def _cell(x: int, y: int, percent: int | None) -> Cell:
    words = "–" if percent is None else f"{'▲ ' if step(percent) == 0 else ''}{percent} %"
    return Cell(x, y, Text(x + (COLUMN + 8) // 2, y + 21, words, "middle"), None if percent is None else step(percent))


def curve(points: Sequence[tuple[int, str]], *, height: int = 190) -> Curve:
    """Per cent and a label of each point, oldest first; there is one at least. The scale begins at the ten below the least."""
    left, right, top, bottom = 40, WIDTH - 46, 14, height - 28
    least = min(min(percent for percent, _label in points) // 10 * 10, 90)

    def up(percent: int) -> int:
        return bottom - (bottom - top) * (percent - least) // (100 - least)

    def along(place: int) -> int:
        return left + (right - left) * place // max(len(points) - 1, 1)

    dots = [(along(place), up(percent)) for place, (percent, _label) in enumerate(points)]
    line = "M" + "L".join(f"{x} {y}" for x, y in dots)
    last, label = points[-1]
    return Curve(
        WIDTH,
        height,
        left,
        right,
        line,
        f"{line}L{dots[-1][0]} {bottom}L{left} {bottom}Z",
        [Text(left - 6, up(percent) + 4, f"{percent} %", "end") for percent in (least, (least + 100) // 2, 100)],
        [Text(left, height - 8, points[0][1]), Text(right, height - 8, label, "end")] if len(points) > 1 else [],
        Text(dots[-1][0] + 6, dots[-1][1] + 4, f"{last} %"),
    )


def bars(numbers: Sequence[tuple[str, int]]) -> Bars:
    """A name and a number each; the longest bar is as wide as the drawing."""
    most = max((number for _name, number in numbers), default=0) or 1
    space, line = WIDTH - 60, 44
    drawn = [
        Bar(
            y=place * line + 18,
            width=max(space * number // most, 2 if number else 0),
            name=Text(0, place * line + 12, name),
            number=Text(max(space * number // most, 2) + 8, place * line + 32, str(number)),
        )
        for place, (name, number) in enumerate(numbers)
    ]
    return Bars(WIDTH, len(drawn) * line + 4, drawn)
