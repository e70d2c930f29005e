"""Sequencing: steps into the right order."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Self

from courses.kinds.kind import Answered, Fault, Kind, Part, Piece, Row, Sent, _, arranged

FIELD = "at-"  # and the key of the step
BESIDE = "[.]"  # between a step and its position


@dataclass(frozen=True)
class Sequencing(Kind):
    """`steps` as they are shown, `right` their keys in the right order. A response is all keys in an order."""

    steps: tuple[Piece, ...]
    right: tuple[str, ...]

    name: ClassVar[str] = "sequence"
    order_tells: ClassVar[bool] = True

    @property
    def interaction(self) -> str:
        return "sequencing"

    @property
    def order(self) -> list[str]:
        return [step.key for step in self.steps]

    def in_order(self, order: Sequence[str]) -> Self:
        return replace(self, steps=arranged(self.steps, order))

    @property
    def right_response(self) -> list[str]:
        return list(self.right)

    @property
    def parts(self) -> list[Part]:
        """Each step with each position."""
        steps = arranged(self.steps, self.right)
        return [
            Part(_at(step.key, position), f"{step.text} → {position}", self.right[position - 1 : position] == (step.key,))
            for step in steps
            for position in range(1, len(steps) + 1)
        ]

    def parts_of(self, response: Sequence[str]) -> list[str]:
        return super().parts_of([_at(key, position) for position, key in enumerate(response, start=1)])

    def read(self, sent: Sent) -> list[str]:
        said = {key: "".join(sent.get(FIELD + key, ())[:1]) for key in self.order}
        numbers = [str(number) for number in range(1, len(self.steps) + 1)]
        open_steps = [FIELD + key for key, position in said.items() if not position]
        if open_steps:
            raise Fault(_("Give every line a position."), open_steps)
        if not set(said.values()) <= set(numbers):
            raise Fault(_("Choose from what is shown."))
        doubled = [position for position, count in sorted(Counter(said.values()).items(), key=_number) if count > 1]
        if doubled:
            names = [FIELD + key for key, position in said.items() if position in doubled]
            sentence = _("Each position can be given once. Given more than once: %(positions)s.")
            raise Fault(sentence, names, positions=", ".join(doubled))
        return sorted(said, key=lambda key: int(said[key]))

    def is_possible(self, response: Sequence[str]) -> bool:
        return sorted(response) == sorted(self.order)

    def is_right(self, response: Sequence[str]) -> bool:
        """All or nothing: just this order."""
        return self.is_possible(response) and tuple(response) == self.right

    def filled(self, sent: Sent) -> list[Row]:
        numbers = [str(number) for number in range(1, len(self.steps) + 1)]
        return [
            Row(
                FIELD + step.key,
                "",
                step.text,
                choices=tuple(Row("", number, number, number in sent.get(FIELD + step.key, ())) for number in numbers),
            )
            for step in self.steps
        ]

    def answered(self, response: Sequence[str]) -> list[Answered]:
        """In the right order, each with the position that it was given."""
        given = {key: str(number) for number, key in enumerate(response, start=1)}
        return [
            Answered(step.text, chosen=given.get(step.key, ""), is_right=given.get(step.key) == str(number))
            for number, step in enumerate(arranged(self.steps, self.right), start=1)
        ]


def _at(key: str, position: int) -> str:
    return f"{key}{BESIDE}{position}"


def _number(counted: tuple[str, int]) -> int:
    return int(counted[0])
