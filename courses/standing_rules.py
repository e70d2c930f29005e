"""How one person stands with one course on a day, from plain facts. It says what `Assignment.objects.with_state` says in SQL."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from courses.terms import GRACE, MANDATORY
from lms.months import add_months

EXEMPT, EXPIRING, DONE, OVERDUE = "exempt", "expiring", "done", "overdue"
IN_PROGRESS, WAITING, EXPIRED, NOT_STARTED = "in-progress", "waiting", "expired", "not-started"
WINDOW = 60  # days of renewal where nobody asks


@dataclass(frozen=True)
class Demanded:
    """What is asked on the day. `strength` "" where nobody asks: nothing is due then, and nothing ends but by itself."""

    strength: str = ""
    due_on: date | None = None
    valid_months: int | None = None
    renewal_days: int = WINDOW
    refresher: int | None = None


NOTHING = Demanded()


@dataclass(frozen=True)
class Done:
    """A completion that stands, in the course of that key."""

    course: int
    completed_on: date
    valid_until: date | None = None  # what it says itself
    renews_from: date | None = None
    source: str = ""


@dataclass(frozen=True)
class Excused:
    """An exemption from the course that was agreed to. `ends_on`: the first day without it, None: open."""

    starts_on: date
    ends_on: date | None = None
    reason: str = ""

    def holds_on(self, day: date) -> bool:
        return self.starts_on <= day and (self.ends_on is None or day < self.ends_on)


@dataclass(frozen=True)
class Facts:
    """Of one person and one course. `done`: all her completions, in whatever course. `runs`: an enrolment is open on the day.
    `is_offered`: the course has a reviewed version in her language."""

    course: int
    asked: Demanded = NOTHING
    done: Sequence[Done] = ()
    excused: Sequence[Excused] = ()
    runs: bool = False
    is_offered: bool = True


@dataclass(frozen=True)
class Found:
    """`last`: the completion that counts and was made last. `valid_until`: the last day on which any counts, None: no end."""

    state: str
    last: Done | None = None
    valid_until: date | None = None
    exempt_as: str = ""


def stand(facts: Facts, day: date) -> Found:
    """The first state that holds that day; what happens later is left out."""
    asked = facts.asked
    counting = _counting(facts, day)
    ends = [end_of(one, asked.valid_months) for one in counting]
    is_valid = any(end >= day for end in ends)
    stays_until = day + timedelta(days=asked.renewal_days + 1)
    exemption = next((one for one in facts.excused if one.holds_on(day)), None)
    has_returned = any(one.ends_on is not None and day - GRACE < one.ends_on <= day for one in facts.excused)
    is_late = asked.strength == MANDATORY and asked.due_on is not None and asked.due_on < day
    if exemption is not None:
        state = EXEMPT
    elif is_valid:
        state = DONE if any(end >= stays_until for end in ends) else EXPIRING
    elif is_late and facts.is_offered and not has_returned:
        state = OVERDUE
    elif facts.runs:
        state = IN_PROGRESS
    elif not facts.is_offered:
        state = WAITING
    else:
        state = EXPIRED if counting else NOT_STARTED
    last = max(reversed(counting), key=lambda one: one.completed_on, default=None)
    furthest = max(ends, default=date.max)
    return Found(state, last, None if furthest == date.max else furthest, exemption.reason if exemption else "")


def end_of(one: Done, valid_months: int | None) -> date:
    """The last day on which it counts, by what it says and by what is asked; date.max where it does not end."""
    own = one.valid_until or date.max
    if valid_months is None:
        return own
    return min(own, add_months(one.renews_from or one.completed_on, valid_months))


def _counting(facts: Facts, day: date) -> list[Done]:
    """Her completions up to the day in the course, and in its refresher once she had completed the course."""
    so_far = [one for one in facts.done if one.completed_on <= day]
    in_course = [one for one in so_far if one.course == facts.course]
    if facts.asked.refresher is None or not in_course:
        return in_course
    first = min(one.completed_on for one in in_course)
    return in_course + [one for one in so_far if one.course == facts.asked.refresher and first <= one.completed_on]


def courses_of(demanded: Iterable[int], done: Iterable[Done], running: Iterable[int], day: date) -> list[int]:
    """The courses of which something is to be said: asked, taken or completed."""
    return sorted({*demanded, *running, *(one.course for one in done if one.completed_on <= day)})
