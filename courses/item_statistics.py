"""How well each question does its work, worked out from tallies in which no person can be found again.

**What is kept.** One row for an item and a language: how many different people answered, how often each option was chosen, and
how many answered right and wrong in each *band*. The band is the share of the other items of the same attempt that were right, in
tenths, known in the moment in which the attempt ends. Only a person's first try at an item counts. So nothing has to remember who
she was, when it was and what else she answered.

**Which index.** Discrimination is the point-biserial correlation between the item (right 1, wrong 0) and the band of the *other*
items (item–rest, so that an item does not praise itself). The upper-lower index with its two groups of 27 % would need people
to be ranked, and of twenty people only five and five would count; the correlation uses everybody and needs the counts by band
only. Bands in the place of exact scores change it by about one part in a hundred.

**Languages** are compared within bands: readers of one language may be stronger or weaker as a group without any item being at
fault. The difference is the standardised one of Dorans and Kulick (1986), in which values beyond ±0.10 ask for a look; it must
also be twice its standard error, since twenty people are few.

**Few people.** Nothing is said of a language with fewer than 20 different people, and such a language is in no comparison either,
so that nothing about it can be worked out from the others. No sum over languages or versions is shown, from which the hidden
part could be subtracted. And as a page may be looked at again, figures stand still until 20 more people answered: the months of
an item, a language and a version are put together, the oldest first, until 20 people are in them; what is left over waits, as
does the month that is not over yet. So two looks at one figure differ by nobody or by 20 people and more.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from math import sqrt

BANDS = 10  # band 0: under 10 % of the other items right … band 9: 90 % and more
FEWEST_PEOPLE = 20
TOO_HARD, TOO_EASY = 0.30, 0.95  # shares right
WEAK = 0.15  # discrimination
UNUSED = 0.05  # share of a distractor
LAG, ERRORS = 0.10, 2.0  # standardised difference, and how many standard errors


def band_of(right: int, count: int) -> int:
    """The band for so many of the other items right. Raises ValueError where there is no other item."""
    if not 0 <= right <= count or count == 0:
        raise ValueError("Count the other items of the attempt: at least one, and no more right than there are.")
    return min(BANDS - 1, BANDS * right // count)


@dataclass(frozen=True)
class Count:
    """`count` people of a month (its first day): with an empty `option` those who answered, `right` of them rightly, the other
    items being in that band; else those who chose that option."""

    item: str
    language: str
    revision: int
    month: date
    option: str
    band: int
    count: int
    right: int = 0


@dataclass(frozen=True)
class Tally:
    """`chosen` counts each option (of several answers, more than one a person), `right` and `wrong` count by band.

    `key` are the options that are right, empty for kinds of which no options were written as wrong ones; `chosen` is empty for
    kinds without options. `is_graded` is False where nothing is right or wrong. Raises ValueError for counts that cannot be.
    """

    item: str
    language: str
    people: int
    right: tuple[int, ...]
    wrong: tuple[int, ...]
    chosen: Mapping[str, int] = field(default_factory=dict)
    key: frozenset[str] = frozenset()
    revision: int = 0
    is_graded: bool = True

    def __post_init__(self) -> None:
        if len(self.right) != BANDS or len(self.wrong) != BANDS or min(*self.right, *self.wrong, *self.chosen.values()) < 0:
            raise ValueError(f"A tally holds {BANDS} counts of right and as many of wrong answers, none below 0.")
        if self.people > self.answers or any(count > self.answers for count in self.chosen.values()):
            raise ValueError("A tally cannot hold more people or choices of one option than answers.")

    @property
    def answers(self) -> int:
        return sum(self.right) + sum(self.wrong)


class Review(StrEnum):
    """Why somebody should look at an item."""

    TOO_HARD = "too hard"
    TOO_EASY = "too easy"
    WEAK = "weak"  # those who know the rest do hardly better here
    AGAINST = "against"  # those who know the rest do worse here: is the key right?
    DISTRACTOR_OVER_KEY = "distractor over key"  # a wrong option is chosen more often than a right one
    UNUSED_DISTRACTOR = "unused distractor"
    TRANSLATION = "translation"  # fails in this language only: likely a fault of translation


@dataclass(frozen=True)
class LanguageFigures:
    """`difficulty`: share of right answers, 0 to 1, so that a high one is easy. `discrimination`: −1 to 1; None where everybody
    answered alike or all are in one band. `shares`: of each option, 0 to 1 of the answers. `lag`: how much higher the share right
    is than among readers of other languages in the same bands, −1 to 1; None where there is nobody to compare with.
    Difficulty, discrimination and lag are None where nothing is right or wrong.
    """

    language: str
    people: int
    difficulty: float | None
    discrimination: float | None
    shares: Mapping[str, float]
    lag: float | None
    reviews: tuple[Review, ...]


@dataclass(frozen=True)
class ItemFigures:
    """Languages in the order of their names; those with too few people are left out."""

    item: str
    languages: tuple[LanguageFigures, ...]

    @property
    def is_to_review(self) -> bool:
        return any(language.reviews for language in self.languages)


def shown_until(people: Mapping[date, int], *, before: date) -> date | None:
    """The last month (all are first days) up to which a figure may be shown before a day, given how many people answered in each;
    None while there are too few."""
    waiting, until = 0, None
    for month in sorted(people):
        if month >= before.replace(day=1):
            break
        waiting += people[month]
        if waiting >= FEWEST_PEOPLE:
            waiting, until = 0, month
    return until


def gathered(counts: Iterable[Count], *, before: date) -> list[Tally]:
    """What may be shown before a day: of each item and language the newest revision of which anything may be shown.

    Expects that one count is one person for an item, whatever her language and the revision. The tallies know no key yet.
    """
    cells: dict[tuple[str, str, int], list[Count]] = {}
    for one in counts:
        cells.setdefault((one.item, one.language, one.revision), []).append(one)
    newest: dict[tuple[str, str], Tally] = {}
    for (item, language, revision), rows in sorted(cells.items()):
        people: Counter[date] = Counter()
        for one in rows:
            people[one.month] += 0 if one.option else one.count
        until = shown_until(people, before=before)
        if until is not None:
            newest[item, language] = _tally(item, language, revision, [one for one in rows if one.month <= until])
    return list(newest.values())


def _tally(item: str, language: str, revision: int, rows: Iterable[Count]) -> Tally:
    right, wrong, chosen = [0] * BANDS, [0] * BANDS, Counter[str]()
    for one in rows:
        if one.option:
            chosen[one.option] += one.count
        else:
            right[one.band] += one.right
            wrong[one.band] += one.count - one.right
    people = sum(right) + sum(wrong)
    return Tally(item, language, people, tuple(right), tuple(wrong), chosen=dict(chosen), revision=revision)


def figures(tallies: Iterable[Tally]) -> list[ItemFigures]:
    """What can be said, items in the order of their names; an item of which nothing can be said is left out.

    Expects one tally for an item and a language.
    """
    by_item: dict[str, list[Tally]] = {}
    for tally in tallies:
        if tally.people >= FEWEST_PEOPLE:
            by_item.setdefault(tally.item, []).append(tally)
    return [_item_figures(item, sorted(by_item[item], key=lambda tally: tally.language)) for item in sorted(by_item)]


def _item_figures(item: str, tallies: Sequence[Tally]) -> ItemFigures:
    found, failing = [], []
    for tally in tallies:
        lag, error = difference(tally, [other for other in tallies if other is not tally])
        found.append(_language_figures(tally, lag))
        if lag is not None and lag <= -LAG and lag <= -ERRORS * error:
            failing.append(len(found) - 1)
    if len(failing) == 1:
        [at] = failing
        found[at] = replace(found[at], reviews=(*found[at].reviews, Review.TRANSLATION))
    return ItemFigures(item, tuple(found))


def _language_figures(tally: Tally, lag: float | None) -> LanguageFigures:
    shares = {option: count / tally.answers for option, count in tally.chosen.items()}
    if not tally.is_graded:
        return LanguageFigures(tally.language, tally.people, None, None, shares, None, ())
    difficulty = sum(tally.right) / tally.answers
    correlation = discrimination(tally)
    reviews = _reviews(difficulty, correlation, shares, tally.key)
    return LanguageFigures(tally.language, tally.people, difficulty, correlation, shares, lag, reviews)


def _reviews(
    difficulty: float, correlation: float | None, shares: Mapping[str, float], key: frozenset[str]
) -> tuple[Review, ...]:
    wrong = [share for option, share in shares.items() if option not in key]
    right = [share for option, share in shares.items() if option in key]
    held = {
        Review.TOO_HARD: difficulty < TOO_HARD,
        Review.TOO_EASY: difficulty > TOO_EASY,
        Review.WEAK: correlation is not None and 0 <= correlation < WEAK,
        Review.AGAINST: correlation is not None and correlation < 0,
        Review.DISTRACTOR_OVER_KEY: bool(right and wrong) and max(wrong) > min(right),
        Review.UNUSED_DISTRACTOR: bool(right) and any(share < UNUSED for share in wrong),
    }
    return tuple(review for review, holds in held.items() if holds)


def discrimination(tally: Tally) -> float | None:
    """Correlation of right (1) or wrong (0) with the band, −1 to 1. None where one of the two does not vary."""
    both = [right + wrong for right, wrong in zip(tally.right, tally.wrong, strict=True)]
    count, right = sum(both), sum(tally.right)
    bands = sum(band * here for band, here in enumerate(both))
    squares = sum(band * band * here for band, here in enumerate(both))
    with_right = sum(band * here for band, here in enumerate(tally.right))
    spread = (count * squares - bands * bands) * (count * right - right * right)
    return (count * with_right - right * bands) / sqrt(spread) if spread else None


def difference(tally: Tally, others: Sequence[Tally]) -> tuple[float | None, float]:
    """Standardised difference in the share right from the others (weights: this language's answers in each band), and its
    standard error if there were none. None where bands in common hold less than half of this language's answers.
    """
    compared, total, variance = 0, 0.0, 0.0
    for band in range(BANDS):
        here, right_here = tally.right[band] + tally.wrong[band], tally.right[band]
        right_there = sum(other.right[band] for other in others)
        there = right_there + sum(other.wrong[band] for other in others)
        if here and there:
            pooled = (right_here + right_there) / (here + there)
            compared += here
            total += right_here - here * right_there / there
            variance += here * here * pooled * (1 - pooled) * (1 / here + 1 / there)
    if 2 * compared < tally.answers or not compared:
        return None, 0.0
    return total / compared, sqrt(variance) / compared
