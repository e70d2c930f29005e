"""When it is time to say by when a course is to be done. Plain days, no database."""

from __future__ import annotations

from datetime import date, timedelta

from courses.terms import GRACE

BEFORE = (60, 30, 7, 0)  # days before the due day on which somebody is reminded
AHEAD = timedelta(days=BEFORE[0])  # what is due later than that is not spoken of
WEEK = timedelta(days=7)  # between two reminders of what is overdue


def due_day(named: date, *, end: date | None = None, returned_on: date | None = None) -> date:
    """The last day on which nothing is late: the one that the rules name, the end of what was completed before, or the last of
    the days of grace after an exemption, whichever comes last. `returned_on`: the first day without it."""
    days = [named]
    if end is not None:
        days.append(end)
    if returned_on is not None:
        days.append(returned_on + GRACE - timedelta(days=1))
    return max(days)


def is_spoken_of(due_on: date, day: date, *, is_overdue: bool) -> bool:
    """Whether a reminder of that day names what is due then."""
    return is_overdue or day <= due_on <= day + AHEAD


def is_time(due_on: date, day: date, *, last: date | None, is_overdue: bool) -> bool:
    """Whether somebody who was reminded `last` on that day (None: never) is to be reminded on `day`.

    A day on which nobody was reminded is made up for: what counts is whether she has heard since. Of what is overdue she hears
    once a week, however many courses it is, since each reminder names them all.
    """
    if due_on < day:
        return is_overdue and (last is None or last < due_on or day - last >= WEEK)
    calls = [call for days in BEFORE if (call := due_on - timedelta(days=days)) <= day]
    return bool(calls) and (last is None or last < max(calls))
