"""How far somebody agrees, or how sure she is. Nothing is right or wrong, so it stands on screens and in no quiz."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from courses.kinds.kind import Answered, Fault, Kind, Part, Piece, Row, Sent, _

FIELD = "option"


@dataclass(frozen=True)
class Likert(Kind):
    """A response is the key of one level."""

    levels: tuple[Piece, ...]

    name: ClassVar[str] = "likert"
    is_graded: ClassVar[bool] = False

    @property
    def interaction(self) -> str:
        return "likert"

    @property
    def order(self) -> list[str]:
        return [level.key for level in self.levels]

    @property
    def right_response(self) -> list[str]:
        return []

    @property
    def parts(self) -> list[Part]:
        return [Part(level.key, level.text) for level in self.levels]

    def read(self, sent: Sent) -> list[str]:
        response = list(sent.get(FIELD, ()))
        if not response:
            raise Fault(_("Choose an answer first."))
        if not self.is_possible(response):
            raise Fault(_("Choose one of the answers shown."))
        return response

    def is_possible(self, response: Sequence[str]) -> bool:
        return len(response) == 1 and response[0] in self.order

    def is_right(self, response: Sequence[str]) -> bool:
        return False

    def filled(self, sent: Sent) -> list[Row]:
        return [Row(FIELD, level.key, level.text, level.key in sent.get(FIELD, ())) for level in self.levels]

    def answered(self, response: Sequence[str]) -> list[Answered]:
        return [Answered(level.text, is_chosen=level.key in response) for level in self.levels]
