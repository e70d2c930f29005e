"""What managers, heads and focal points are told of their people by mail: names, states, days and numbers, never scores."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count

from courses import reminders
from courses.models import Assignment, State, Strength
from courses.reminders import Due
from lms.people.models import Posting, StandIn, User

SOON = timedelta(days=30)
MOST_NAMES = 50  # the rest is on the page to which the mail leads


@dataclass(frozen=True)
class Line:
    """One of them, with the mandatory courses that are overdue or due soon."""

    person: User
    dues: list[Due]


@dataclass
class Figures:
    """One mandatory course: of how many it is asked who can take it, how many have done it, how many are late."""

    title: str
    asked: int = 0
    done: int = 0
    overdue: int = 0


def lines(people: Iterable[User], day: date, *, only_late: bool = False) -> list[Line]:
    """Those with a mandatory course that is overdue, or due within thirty days, in the order of names. Four queries."""
    known = {person.pk: person for person in people}
    found = []
    for key, dues in reminders.of_people(known, day).items():
        pressing = [due for due in dues if due.is_overdue or not only_late and is_soon(due, day)]
        if pressing:
            found.append(Line(known[key], pressing))
    return sorted(found, key=lambda line: (line.person.official_name, line.person.pk))


def managers_to_come(open_dues: Iterable[tuple[User, list[Due]]], day: date) -> set[int]:
    """The managers, and those who stand in for them, who are told of one of these people that day.

    `open_dues`: as `reminders` foresees them.
    """
    pressing = [person.pk for person, hers in open_dues if any(due.is_overdue or is_soon(due, day) for due in hers)]
    teams = Posting.objects.on(day).filter(person__in=pressing, manager__isnull=False)
    managers = set(teams.values_list("manager", flat=True))
    return managers | set(StandIn.objects.in_force(day).filter(leader__in=managers).values_list("person", flat=True))


def is_soon(due: Due, day: date) -> bool:
    return due.is_mandatory and day <= due.due_on <= day + SOON


def figures(people: Collection[User], day: date) -> list[Figures]:
    """By course, in the order of codes. One query."""
    rows = Assignment.objects.with_state(day).filter(person__in=people, strength=Strength.MANDATORY)
    counted = rows.exclude(state__in=[State.EXEMPT, State.WAITING]).order_by().values("course__code", "course__title", "state")
    by_course: dict[str, Figures] = defaultdict(lambda: Figures(""))
    for row in counted.annotate(people=Count("pk")):
        one = by_course[row["course__code"]]
        one.title = row["course__title"]
        one.asked += row["people"]
        if row["state"] in {State.DONE, State.EXPIRING}:
            one.done += row["people"]
        elif row["state"] == State.OVERDUE:
            one.overdue += row["people"]
    return [one for _code, one in sorted(by_course.items())]
