"""Numeric: a number within a range."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from courses.kinds.kind import Answered, Fault, Kind, Row, Sent, _

FIELD = "number"
PLAIN = re.compile(r"-?(0|[1-9][0-9]{0,11})(\.[0-9]{1,6})?")
GROUPED = re.compile(r"[+-]?[1-9][0-9]{0,2}([.,'’ \u00a0\u202f][0-9]{3})+")  # may be a thousand, may be one


@dataclass(frozen=True)
class Numeric(Kind):
    """Right from `low` to `high`, both included. A response is one number as the standard writes it: "-12.5"."""

    low: Decimal
    high: Decimal
    unit: str = ""

    name: ClassVar[str] = "numeric"

    @property
    def interaction(self) -> str:
        return "numeric"

    @property
    def right_response(self) -> list[str]:
        return [_plain(self.low)]

    def read(self, sent: Sent) -> list[str]:
        """A comma stands for a point. Whether 1,500 is a thousand or one is not guessed."""
        text = "".join(sent.get(FIELD, ())[:1]).strip()
        if not text:
            raise Fault(_("Write a number first."), [FIELD])
        if GROUPED.fullmatch(text):
            raise Fault(_("Write the number without a sign between the thousands, for example 1500."), [FIELD])
        number = text.replace(",", ".").removeprefix("+")
        if not re.fullmatch(r"-?[0-9]{1,12}(\.[0-9]{1,6})?", number):
            raise Fault(_("Write one number in figures, for example 12 or 0.5."), [FIELD])
        return [_plain(Decimal(number))]

    def is_possible(self, response: Sequence[str]) -> bool:
        return len(response) == 1 and PLAIN.fullmatch(response[0]) is not None

    def is_right(self, response: Sequence[str]) -> bool:
        return self.is_possible(response) and self.low <= Decimal(response[0]) <= self.high

    def filled(self, sent: Sent) -> list[Row]:
        return [Row(FIELD, "".join(sent.get(FIELD, ())[:1]), self.unit)]

    def answered(self, response: Sequence[str]) -> list[Answered]:
        low, high = _plain(self.low), _plain(self.high)
        right = low if low == high else f"{low} – {high}"
        return [Answered(self.unit, chosen=" ".join(response), right=right, is_right=self.is_right(response))]


def _plain(number: Decimal) -> str:
    """Without exponent, needless zeros or a negative zero."""
    text = format(number, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text
