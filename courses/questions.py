"""The kinds of questions as plain values: what may be answered, what is right, and how the standard writes it."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal


@dataclass(frozen=True)
class Option:
    key: str
    text: str
    is_right: bool


@dataclass(frozen=True)
class Choice:
    """One right option, several, or true and false. A response is a sequence of option keys."""

    prompt: str
    options: tuple[Option, ...]
    is_several: bool = False
    interaction: Literal["choice", "true-false"] = "choice"

    @property
    def is_true_false(self) -> bool:
        """Its options are words of the interface, not of the content."""
        return self.interaction == "true-false"

    @property
    def right_keys(self) -> frozenset[str]:
        return frozenset(option.key for option in self.options if option.is_right)

    def is_possible(self, response: Sequence[str]) -> bool:
        """Known keys, each once; exactly one unless several may be ticked, and then at least one."""
        keys = {option.key for option in self.options}
        is_count_right = len(response) >= 1 if self.is_several else len(response) == 1
        return is_count_right and len(set(response)) == len(response) and set(response) <= keys

    def is_right(self, response: Sequence[str]) -> bool:
        """All or nothing: just the right options."""
        return self.is_possible(response) and frozenset(response) == self.right_keys

    def shuffled(self, seed: int) -> "Choice":
        """The same order for the same seed; true and false keep theirs."""
        if self.is_true_false:
            return self
        options = list(self.options)
        random.Random(seed).shuffle(options)
        return replace(self, options=tuple(options))

    def response_text(self, response: Sequence[str]) -> str:
        """As xAPI writes it (Data 2.4.4.1, table of interaction types)."""
        return "[,]".join(response)
