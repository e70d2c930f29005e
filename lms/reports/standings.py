"""How people stand with the mandatory courses that are asked of them: many people in a few queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from django.db.models import Case, IntegerField, QuerySet, Value, When

from courses import reminders
from courses.models import Assignment, Reminder, State, Strength
from lms.people.models import Posting, User


@dataclass(frozen=True)
class Standing:
    """One person. `asked`: each course with its state, and the day on which it is due where a reminder would name it."""

    person: User
    posting: Posting | None
    asked: list[tuple[Assignment, date | None]]
    is_reminded: bool  # today
    is_open: bool  # there is something to remind her of


def in_order(people: QuerySet[User], day: date, *, state: str = "") -> QuerySet[User]:
    """Who is late first, then by name; with a state those only who have a mandatory course in it."""
    rows = _asked(day).filter(person__in=people.values("pk"))
    late = rows.filter(state=State.OVERDUE).values("person")
    if state:
        people = people.filter(pk__in=rows.filter(state=state).values("person"))
    lateness = Case(When(pk__in=late, then=Value(0)), default=Value(1), output_field=IntegerField())
    return people.order_by(lateness, "official_name", "pk")


def standings(people: Collection[User], day: date) -> list[Standing]:
    """In the order given. Seven queries."""
    keys = [person.pk for person in people]
    asked: dict[int, list[Assignment]] = defaultdict(list)
    for row in _asked(day).filter(person__in=keys).select_related("course").order_by("course__code"):
        asked[row.person_id].append(row)
    postings = {
        posting.person_id: posting for posting in Posting.objects.on(day).filter(person__in=keys).select_related("structure")
    }
    dues = reminders.of_people(keys, day)
    reminded = set(Reminder.objects.filter(person__in=keys, day=day).values_list("person", flat=True))
    return [
        Standing(
            person,
            postings.get(person.pk),
            _with_days(asked[person.pk], {due.course.pk: due.due_on for due in dues.get(person.pk, [])}),
            is_reminded=person.pk in reminded,
            is_open=person.pk in dues,
        )
        for person in people
    ]


@lru_cache(maxsize=2)
def _asked(day: date) -> QuerySet[Any]:
    """To be filtered. Put together once a day: that takes longer than the question itself."""
    rows: QuerySet[Any] = Assignment.objects.with_state(day).filter(strength=Strength.MANDATORY)
    return rows


def _with_days(rows: Collection[Assignment], due_on: Mapping[int, date]) -> list[tuple[Assignment, date | None]]:
    """What is late comes first here, too."""
    ordered = sorted(rows, key=lambda row: getattr(row, "state", "") != State.OVERDUE)
    return [(row, due_on.get(row.course_id)) for row in ordered]
