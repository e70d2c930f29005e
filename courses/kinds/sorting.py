"""Sorting: cards into categories. A card may be right in several."""

from dataclasses import dataclass
from typing import ClassVar

from courses.kinds.matching import Matching


@dataclass(frozen=True)
class Sorting(Matching):
    """The places are categories, whose order says nothing; a response is as in matching."""

    name: ClassVar[str] = "sorting"
    order_tells: ClassVar[bool] = False
