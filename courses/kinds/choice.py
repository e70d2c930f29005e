"""Single choice, several answers, true or false."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

from courses.kinds.kind import Answered, Fault, Kind, Part, Row, Sent, _, arranged

FIELD = "option"


@dataclass(frozen=True)
class Option:
    key: str
    text: str
    is_right: bool
    picture: Any = None  # whatever the template draws


@dataclass(frozen=True)
class Choice(Kind):
    """One right option, several, or true and false. A response is a list of option keys."""

    options: tuple[Option, ...]
    is_several: bool = False
    is_true_false: bool = False  # its options are words of the interface, not of the content

    name: ClassVar[str] = "choice"
    has_distractors: ClassVar[bool] = True

    @property
    def interaction(self) -> str:
        return "true-false" if self.is_true_false else "choice"

    @property
    def right_keys(self) -> frozenset[str]:
        return frozenset(option.key for option in self.options if option.is_right)

    @property
    def right_response(self) -> list[str]:
        return sorted(self.right_keys)

    @property
    def order(self) -> list[str]:
        return [option.key for option in self.options]

    @property
    def parts(self) -> list[Part]:
        return [Part(option.key, option.text, option.is_right) for option in self.options]

    def in_order(self, order: Sequence[str]) -> Self:
        return replace(self, options=arranged(self.options, order))

    def shuffled(self, seed: int) -> Self:
        """True and false keep their order."""
        return self if self.is_true_false else super().shuffled(seed)

    def read(self, sent: Sent) -> list[str]:
        response = list(dict.fromkeys(sent.get(FIELD, ())))
        if not response:
            raise Fault(_("Choose an answer first."))
        if not set(response) <= set(self.order):
            raise Fault(_("Choose one of the answers shown."))
        if not self.is_possible(response):
            raise Fault(_("Choose one answer."))
        return response

    def is_possible(self, response: Sequence[str]) -> bool:
        """Known keys, each once; exactly one unless several may be ticked, and then at least one."""
        is_count_right = len(response) >= 1 if self.is_several else len(response) == 1
        return is_count_right and len(set(response)) == len(response) and set(response) <= set(self.order)

    def is_right(self, response: Sequence[str]) -> bool:
        """All or nothing: just the right options."""
        return self.is_possible(response) and frozenset(response) == self.right_keys

    def filled(self, sent: Sent) -> list[Row]:
        ticked = sent.get(FIELD, ())
        return [Row(FIELD, one.key, one.text, one.key in ticked, picture=one.picture) for one in self.options]

    def answered(self, response: Sequence[str]) -> list[Answered]:
        return [
            Answered(one.text, is_chosen=one.key in response, is_right=one.is_right, picture=one.picture) for one in self.options
        ]
