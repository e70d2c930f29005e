"""Rewriting with fixed answers: which of these says it better?"""

from dataclasses import dataclass
from typing import ClassVar

from courses.kinds.choice import Choice


@dataclass(frozen=True)
class Rewrite(Choice):
    """A choice between ways to say `original` anew."""

    original: str = ""

    name: ClassVar[str] = "rewrite"
