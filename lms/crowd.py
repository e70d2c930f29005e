"""Invents a crowd for the demo and its three years: the same for the same number, seed and day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from lms import members
from lms.members import DAY, FEEDS, QUARTER, Member, begins_on

TWO_YEARS = timedelta(days=730)  # for which the courses here count
# The course of everybody, and the one that is asked of some functions only and that others take now and then.
FIRST, SECOND = "FND", "IDR"
SECOND_FOR = {"human-rights", "rule-of-law", "democratization", "police", "interpretation", "anti-trafficking"}
WILLING, CURIOUS = 0.88, 0.25  # which share of them, and of others
UNTOUCHED = {"D-0001", "D-0002"}  # learners who have everything before them


@dataclass(frozen=True)
class Sitting:
    """On a day, from a minute of it on, somebody goes on with a course until that share of it is done, from 0 to 1."""

    day: date
    minute: int
    number: str
    course: str
    share: float


@dataclass(frozen=True)
class Leave:
    """`reason` as the exemption has it; `ends_on` is the day of return, None where the contract says it."""

    number: str
    reason: str
    starts_on: date
    ends_on: date | None


@dataclass
class Crowd:
    """`feeds`: what the staff feed says on each day, in rows of it; `before`: who completed the first course elsewhere, when."""

    feeds: list[tuple[date, list[dict[str, str]]]]
    sittings: list[Sitting] = field(default_factory=list)
    before: list[tuple[str, date]] = field(default_factory=list)
    leaves: list[Leave] = field(default_factory=list)


def invent(
    count: int,
    seed: int,
    *,
    day: date,
    places: Iterable[Mapping[str, str]],
    names: Iterable[Mapping[str, str]],
    colleagues: Sequence[Mapping[str, str]] = (),
) -> Crowd:
    """So many people and their three years up to that day. `places` and `names` are the rows of the files of those names;
    `colleagues`, in rows of the feed, stand in every feed as they are, and learn like the others but for those of `UNTOUCHED`."""
    chance = Random(seed)
    makers = members.Makers(chance, day, [members.place_of(row) for row in places], {row["names"]: row for row in names})
    people = [makers.member(place, fate) for place, fate in enumerate(members.fates(chance, count), start=1)]
    days = [day - QUARTER * step for step in reversed(range(FEEDS))]
    crowd = Crowd([(then, [*map(dict, colleagues), *members.rows_on(people, then)]) for then in days])
    for member in [*people, *(members.colleague(row) for row in colleagues if row["staff number"] not in UNTOUCHED)]:
        _learn(_Learner(chance, member, crowd, FIRST), day)
        _learn_more(_Learner(chance, member, crowd, SECOND), day)
        crowd.leaves += _leaves(member, day)
    crowd.sittings.sort(key=lambda sitting: (sitting.day, sitting.number))
    return crowd


@dataclass(frozen=True)
class _Learner:
    chance: Random
    member: Member
    crowd: Crowd
    course: str

    def sit(self, day: date, *, share: float) -> None:
        day = _working_day(day)
        if self.member.stay_on(day) is not None:
            sitting = Sitting(day, self.chance.randrange(480, 960), self.member.number, self.course, share)
            self.crowd.sittings.append(sitting)

    def complete(self, day: date, *, not_before: date) -> bool:
        """In one go or in two, the last on that day. Whether she was in post then."""
        day = _working_day(day)
        if self.member.stay_on(day) is None:
            return False
        earlier = _working_day(max(not_before, day - DAY * self.chance.randrange(1, 9)))
        if earlier < day and self.chance.random() < 0.4:
            self.sit(earlier, share=self.chance.uniform(0.3, 0.7))
        self.sit(day, share=1.0)
        return True

    def renew(self, done: date, today: date) -> None:
        """Mostly in time, else late, as long as she serves."""
        while True:
            end = done + TWO_YEARS
            is_in_time = self.chance.random() < 0.85
            done = end - DAY * self.chance.randrange(4, 56) if is_in_time else end + DAY * self.chance.randrange(3, 60)
            if done >= today or not self.complete(done, not_before=done):
                return


def _learn(learner: _Learner, day: date) -> None:
    """When she did the first course, and when again."""
    chance, member, begin = learner.chance, learner.member, begins_on(day)
    entered = max(member.stays[0].entered_on, begin)
    if member.fate in {"new", "late", "away"}:
        return
    if member.fate in {"fresh", "stuck"}:
        lately = day - DAY * chance.randrange(1, 4)
        then = lately if member.fate == "fresh" else entered + DAY * chance.randrange(2, 20)
        learner.sit(then, share=chance.uniform(0.2, 0.8))
        return
    if member.fate in {"expiring", "expired"}:
        since = chance.randrange(6, 52) if member.fate == "expiring" else -chance.randrange(10, 250)
        learner.complete(day - TWO_YEARS + DAY * since, not_before=entered)
        return
    if entered == begin and chance.random() < 0.08:
        done = begin - DAY * chance.randrange(20, 500)
        learner.crowd.before.append((member.number, done))
    else:
        done = entered + DAY * int(chance.triangular(3, 75, 18))
        if done >= day or not learner.complete(done, not_before=entered):
            return
    learner.renew(done, day)


def _learn_more(learner: _Learner, day: date) -> None:
    """When she did the second course, if she did, and when again."""
    chance, member = learner.chance, learner.member
    entered = max(member.stays[0].entered_on, begins_on(day))
    done = entered + DAY * int(chance.triangular(10, 150, 45))
    is_asked = member.posts[0].function in SECOND_FOR
    if chance.random() < (WILLING if is_asked else CURIOUS) and done < day and learner.complete(done, not_before=entered):
        learner.renew(done, day)


def _working_day(day: date) -> date:
    """That day, or the Friday before it."""
    return day - DAY * max(0, day.weekday() - 4)


def _leaves(member: Member, day: date) -> list[Leave]:
    """Why she need not take the course at present."""
    if member.fate == "away":
        return [Leave(member.number, "long-leave", day - 40 * DAY, day + 60 * DAY)]
    if member.fate == "back":
        return [Leave(member.number, "long-leave", day - 200 * DAY, day - 12 * DAY)]
    if member.fate == "ending":
        return [Leave(member.number, "end-of-contract", day, None)]
    return []
