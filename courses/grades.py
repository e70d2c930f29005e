"""Drawing and grading a quiz: plain values in, plain values out."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction

FREE_ATTEMPTS = 2
PAUSE = timedelta(hours=24)


@dataclass(frozen=True)
class Item:
    """A question of the pool."""

    key: str
    revision: int
    objective: str
    is_must_pass: bool


@dataclass(frozen=True)
class Grade:
    right: int
    total: int
    missed_must_pass: tuple[str, ...]  # keys of must-pass items answered wrongly
    is_passed: bool

    @property
    def scaled(self) -> float:
        """0 to 1, to four places."""
        return round(self.right / self.total, 4) if self.total else 0.0


def quotas(shares: Mapping[str, int], count: int) -> dict[str, int]:
    """How many of `count` items each objective gets: its share, rounded by the largest remainder.

    Shares are weights (per cent, say); equal remainders go to the objective named first.
    """
    total = sum(shares.values())
    if total <= 0:
        return {}
    exact = {objective: Fraction(share * count, total) for objective, share in shares.items()}
    given = {objective: int(part) for objective, part in exact.items()}
    order = sorted(exact, key=lambda objective: given[objective] - exact[objective])
    for objective in order[: count - sum(given.values())]:
        given[objective] += 1
    return given


def draw(pool: Sequence[Item], *, count: int, shares: Mapping[str, int], seed: int) -> list[Item]:
    """`count` items in a random order (fewer where the pool is smaller): every must-pass item, then each objective's
    quota, then whatever is left. The same seed draws the same items."""
    chance = random.Random(seed)
    mixed = sorted(pool, key=lambda item: item.key)
    chance.shuffle(mixed)
    drawn = [item for item in mixed if item.is_must_pass]
    left = [item for item in mixed if not item.is_must_pass]
    open_places = quotas(shares, count)
    for item in drawn:
        open_places[item.objective] = open_places.get(item.objective, 0) - 1
    for item in list(left):
        if open_places.get(item.objective, 0) > 0 and len(drawn) < count:
            open_places[item.objective] -= 1
            drawn.append(item)
            left.remove(item)
    drawn += left[: max(0, count - len(drawn))]
    chance.shuffle(drawn)
    return drawn


def grade(answers: Mapping[str, bool], *, must_pass: Sequence[str], total: int, pass_mark: int) -> Grade:
    """One point a question. Passed: at least `pass_mark` per cent right, and every must-pass item."""
    right = sum(answers.values())
    missed = tuple(key for key in must_pass if not answers.get(key, False))
    is_passed = total > 0 and right * 100 >= pass_mark * total and not missed
    return Grade(right=right, total=total, missed_must_pass=missed, is_passed=is_passed)


@dataclass(frozen=True)
class Verdict:
    """An answered item of a failed attempt, looked at again: `is_right_now` by the corrected key, where there is one."""

    key: str
    is_must_pass: bool
    was_right: bool
    is_withdrawn: bool = False
    is_right_now: bool = False

    @property
    def is_better(self) -> bool:
        return self.is_withdrawn or (self.is_right_now and not self.was_right)


def regrade(verdicts: Sequence[Verdict], *, pass_mark: int) -> Grade:
    """The attempt without what was withdrawn, and with the better of two keys.

    A withdrawn item counts for nobody, unless by its corrected key she was right. No answer becomes a wrong one.
    """
    counted = [verdict for verdict in verdicts if verdict.is_right_now or not verdict.is_withdrawn]
    return grade(
        {verdict.key: verdict.was_right or verdict.is_right_now for verdict in counted},
        must_pass=[verdict.key for verdict in counted if verdict.is_must_pass],
        total=len(counted),
        pass_mark=pass_mark,
    )


def next_attempt_at(finished: Sequence[datetime], *, given_back: Sequence[datetime] = ()) -> datetime | None:
    """When the next attempt may begin, given when the failed ones ended; None: now.

    Two attempts, then a pause of 24 hours after the second, afterwards as many as wanted. `given_back` are those of them that
    held a wrong question: there is a pause only if there is one with them and one without.
    """
    fair = [moment for moment in finished if moment not in set(given_back)]
    if len(finished) != FREE_ATTEMPTS or len(fair) != FREE_ATTEMPTS:
        return None
    return sorted(finished)[-1] + PAUSE
