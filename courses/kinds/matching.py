"""Matching: each card belongs to one place. (Sorting, where places take many cards, builds on it.)"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Self

from courses.kinds.kind import Answered, Fault, Kind, Part, Piece, Row, Sent, _, arranged

FIELD = "at-"  # and the key of the card
BESIDE = "[.]"  # as xAPI joins a pair


@dataclass(frozen=True)
class Card:
    key: str
    text: str
    right: frozenset[str]  # keys of the places where it may stand


@dataclass(frozen=True)
class Matching(Kind):
    """A response is a list of pairs "card[.]place", each card once."""

    cards: tuple[Card, ...]
    places: tuple[Piece, ...]

    name: ClassVar[str] = "matching"
    order_tells: ClassVar[bool] = True

    @property
    def interaction(self) -> str:
        return "matching"

    @property
    def order(self) -> list[str]:
        return [card.key for card in self.cards] + [place.key for place in self.places]

    def in_order(self, order: Sequence[str]) -> Self:
        return replace(self, cards=arranged(self.cards, order), places=arranged(self.places, order))

    @property
    def right_response(self) -> list[str]:
        return [card.key + BESIDE + min(card.right) for card in self.cards if card.right]

    @property
    def parts(self) -> list[Part]:
        return [
            Part(card.key + BESIDE + place.key, f"{card.text} → {place.text}", place.key in card.right)
            for card in self.cards
            for place in self.places
        ]

    def read(self, sent: Sent) -> list[str]:
        chosen = {card.key: "".join(sent.get(FIELD + card.key, ())[:1]) for card in self.cards}
        open_cards = [FIELD + key for key, place in chosen.items() if not place]
        if open_cards:
            raise Fault(_("Choose something for every line."), open_cards)
        response = [card + BESIDE + place for card, place in chosen.items()]
        if not self.is_possible(response):
            raise Fault(_("Choose from what is shown."))
        return response

    def is_possible(self, response: Sequence[str]) -> bool:
        places = {place.key for place in self.places}
        pairs = [pair.split(BESIDE) for pair in response]
        return sorted(pair[0] for pair in pairs) == sorted(card.key for card in self.cards) and all(
            len(pair) == 2 and pair[1] in places for pair in pairs
        )

    def is_right(self, response: Sequence[str]) -> bool:
        """All or nothing: each card where it may stand."""
        return self.is_possible(response) and all(self._chosen(response)[card.key] in card.right for card in self.cards)

    def filled(self, sent: Sent) -> list[Row]:
        return [
            Row(
                FIELD + card.key,
                "",
                card.text,
                choices=tuple(
                    Row("", place.key, place.text, place.key in sent.get(FIELD + card.key, ())) for place in self.places
                ),
            )
            for card in self.cards
        ]

    def answered(self, response: Sequence[str]) -> list[Answered]:
        chosen = self._chosen(response)
        words = {place.key: place.text for place in self.places}
        return [
            Answered(
                card.text,
                chosen=words.get(chosen.get(card.key, ""), ""),
                right=" / ".join(place.text for place in self.places if place.key in card.right),
                is_right=chosen.get(card.key) in card.right,
            )
            for card in self.cards
        ]

    @staticmethod
    def _chosen(response: Sequence[str]) -> dict[str, str]:
        """Card → place."""
        return {card: place for card, _beside, place in (pair.partition(BESIDE) for pair in response)}
