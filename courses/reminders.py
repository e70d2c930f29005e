"""Who is to be reminded of what on a day. Reads rows, for many people in a few queries; writes nothing."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from django.db.models import Exists, Max, OuterRef, QuerySet

from courses.deadlines import AHEAD, due_day, is_spoken_of, is_time
from courses.models import Assignment, Completion, Course, Exemption, Reminder, State, Strength
from courses.renewals import end_of
from courses.terms import GRACE
from lms.people.models import User

AT_ONCE = 1000  # people whose rows are read together
# Whoever is done, exempt or waiting for a version has nothing to do.
OPEN = (State.OVERDUE, State.EXPIRING, State.IN_PROGRESS, State.EXPIRED, State.NOT_STARTED)


@dataclass(frozen=True)
class Due:
    """One course that is asked of a person, and the last day on which it is not late."""

    person: int
    course: Course
    state: State
    is_mandatory: bool
    due_on: date
    is_paused: bool = False  # until that day, as was agreed on

    @property
    def is_overdue(self) -> bool:
        return self.state == State.OVERDUE

    @property
    def is_renewal(self) -> bool:
        return self.state == State.EXPIRING


def reminded(day: date) -> QuerySet[Any]:
    """What people may be reminded of on that day, with `state`. Whoever must not hear of something is left out here, and here
    only: mails to her, to her manager and to the heads of her structure, and the preview, all read this."""
    return _reminded(day).all()


@lru_cache(maxsize=8)
def _reminded(day: date) -> QuerySet[Any]:
    """Put together once a day: that takes longer than the question itself."""
    rows: QuerySet[Any] = Assignment.objects.to_be_reminded_on(day).with_state(day)
    return rows.filter(state__in=OPEN, due_on__lte=day + AHEAD, person__in=User.objects.active_on(day))


def dues(rows: QuerySet[Any], day: date) -> dict[int, list[Due]]:
    """By person, the earliest first. `rows` have their state of that day. Three queries; what never ends is left out."""
    found = list(rows.select_related("course", "later").order_by("pk"))
    people = {row.person_id for row in found}
    completions = _completions(people, day)
    returns = _returns(people, day)
    by_person: dict[int, list[Due]] = defaultdict(list)
    for row in found:
        state, counting = State(row.state), _counting(row, completions)
        ends = [end_of(one, row.valid_months) for one in counting]
        known = [end for end in ends if end is not None]
        if state == State.DONE and len(known) < len(ends):
            continue
        due_on = due_day(row.due_on, end=max(known, default=None), returned_on=returns.get((row.person_id, row.course_id)))
        is_mandatory = row.strength == Strength.MANDATORY
        is_paused = row.later is not None and row.later.pauses_reminders
        by_person[row.person_id].append(Due(row.person_id, row.course, state, is_mandatory, due_on, is_paused))
    for person in by_person:
        by_person[person].sort(key=lambda due: (due.due_on, due.course.code))
    return by_person


def of_people(people: Collection[int], day: date) -> dict[int, list[Due]]:
    """What a reminder of that day may name: overdue, or due within sixty days."""
    found = dues(reminded(day).filter(person__in=people), day)
    spoken = {
        person: [due for due in hers if is_spoken_of(due.due_on, day, is_overdue=due.is_overdue)]
        for person, hers in found.items()
    }
    return {person: hers for person, hers in spoken.items() if hers}


def to_remind(day: date) -> Iterator[tuple[User, list[Due]]]:
    """Whom to remind that day, and of what: everybody for whom it is time and who was not reminded that day already."""
    for people in _portions(day):
        found = of_people([person.pk for person in people], day)
        lasts = _last_reminders(found, day)
        for person in people:
            hers = found.get(person.pk, [])
            if _hears(person, hers, day, last=lasts.get(person.pk)):
                yield person, hers


def foreseen(day: date) -> Iterator[list[tuple[User, list[Due]]]]:
    """What is open for everybody up to that day, as far as it is known by now; a thousand people at a time."""
    for people in _portions(day):
        found = dues(reminded(day).filter(person__in=[person.pk for person in people]), day)
        yield [(person, found[person.pk]) for person in people if person.pk in found]


def to_come(open_dues: Sequence[tuple[User, list[Due]]], days: Sequence[date]) -> Counter[date]:
    """How many of these people are reminded on each of the days, which are in order. `open_dues`: as they are foreseen."""
    counts: Counter[date] = Counter()
    lasts = _last_reminders([person.pk for person, _hers in open_dues], days[-1])
    for person, hers in open_dues:
        last = lasts.get(person.pk)
        for day in days:
            if _hears(person, hers, day, last=last):
                counts[day] += 1
                last = day
    return counts


def _hears(person: User, hers: Sequence[Due], day: date, *, last: date | None) -> bool:
    """Whether she is written to that day. Nobody is twice, nor is who has no mailbox."""
    is_possible = bool(person.email) and last != day
    spoken = [due for due in hers if not (due.is_paused and day < due.due_on)]
    return is_possible and any(is_time(due.due_on, day, last=last, is_overdue=due.is_overdue) for due in spoken)


def _portions(day: date) -> Iterator[list[User]]:
    """Everybody of whom something is asked, in the order of keys."""
    asked = Exists(Assignment.objects.on(day).filter(person=OuterRef("pk")))
    last = 0
    while people := list(User.objects.active_on(day).filter(asked, pk__gt=last).order_by("pk")[:AT_ONCE]):
        yield people
        last = people[-1].pk


def _last_reminders(people: Collection[int], day: date) -> dict[int, date]:
    sent = Reminder.objects.filter(person__in=people, day__lte=day).order_by()
    return dict(sent.values_list("person").annotate(last=Max("day")))


def _completions(people: Collection[int], day: date) -> Mapping[tuple[int, int], list[Any]]:
    found: dict[tuple[int, int], list[Any]] = defaultdict(list)
    standing = Completion.objects.standing().filter(person__in=people, completed_on__lte=day)
    for one in standing.values_list("person_id", "course_id", "completed_on", "valid_until", "renews_from", named=True):
        found[one.person_id, one.course_id].append(one)
    return found


def _returns(people: Collection[int], day: date) -> dict[tuple[int, int], date]:
    """The end of the last exemption that ended lately, by person and course."""
    over = Exemption.objects.agreed().filter(person__in=people, ends_on__lte=day, ends_on__gt=day - GRACE)
    return {(person, course): end for person, course, end in over.order_by("ends_on").values_list("person", "course", "ends_on")}


def _counting(row: Assignment, completions: Mapping[tuple[int, int], list[Any]]) -> list[Any]:
    """Of the course, and of its refresher once she had completed the course."""
    own = completions.get((row.person_id, row.course_id), [])
    if not own or row.refresher_id is None:
        return own
    first = min(one.completed_on for one in own)
    later = completions.get((row.person_id, row.refresher_id), [])
    return own + [one for one in later if one.completed_on >= first]
