"""Finds records that may be one person: by name, by address, by entry on duty. People decide."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import combinations

from lms.people.names import folded

MOST_ALIKE = 3  # what more records share, as office1@, office2@ and so on, tells nobody apart


@dataclass(frozen=True)
class Card:
    """A record as far as it can be compared; `key` is the database's."""

    key: int
    name: str
    email: str
    entered_on: date | None


@dataclass(frozen=True)
class Pair:
    """Two records, the older first, and what is the same of them: "name", "address", "entry on duty"."""

    one: int
    other: int
    same: tuple[str, ...]


def propose(cards: Iterable[Card]) -> list[Pair]:
    """Pairs with the same name but for accents, order, case and script, or the same address but for digits, dots and domain.

    The surest come first.
    """
    alike: dict[tuple[str, tuple[str, ...]], list[Card]] = defaultdict(list)
    for card in cards:
        alike["name", tuple(folded(card.name))].append(card)
        alike["address", (_person_of(card.email),)].append(card)
    same: dict[tuple[int, int], list[str]] = defaultdict(list)
    known: dict[int, Card] = {}
    for (what, value), held in alike.items():
        if any(value) and (what == "name" or len(held) <= MOST_ALIKE):
            for one, other in combinations(sorted(held, key=lambda card: card.key), 2):
                same[one.key, other.key].append(what)
                known |= {one.key: one, other.key: other}
    for (one_key, other_key), found in same.items():
        day = known[one_key].entered_on
        if day is not None and day == known[other_key].entered_on:
            found.append("entry on duty")
    pairs = [Pair(one_key, other_key, tuple(found)) for (one_key, other_key), found in same.items()]
    return sorted(pairs, key=lambda pair: (-len(pair.same), "name" not in pair.same, pair.one, pair.other))


def _person_of(email: str) -> str:
    """What an address says of a person: the letters before the @."""
    return re.sub(r"[^a-z]", "", email.partition("@")[0].lower())
