"""What reports add up, put down row by row: courses without pages, completions on a given day."""

from datetime import UTC, date, datetime, time
from itertools import count
from uuid import uuid4

from courses.models import Completion, Course, Edition, Enrolment
from lms.people.models import User

_cycles = count(1)


def noon(day: date) -> datetime:
    return datetime.combine(day, time(12), tzinfo=UTC)


def add_course(code: str, title: str = "") -> Course:
    course = Course.objects.create(key=uuid4(), code=code, title=title or f"Course {code}")
    Edition.objects.create(
        course=course, major=1, minor=0, kind="first", published_at=noon(date(2020, 1, 1)), outline={"title": {}, "modules": []}
    )
    return course


def begin(person: User, course: Course, day: date, *, closed: date | None = None, at: datetime | None = None) -> Enrolment:
    """An enrolment from that day; `closed` without completion means that she withdrew."""
    return Enrolment.objects.create(
        person=person,
        course=course,
        edition=course.editions.get(),
        cycle=next(_cycles),
        language="en",
        enrolled_at=at or noon(day),
        closed_at=closed and noon(closed),
        closed_because=Enrolment.Closed.WITHDRAWN if closed else "",
    )


def finish(person: User, course: Course, day: date, *, until: date | None = None, withdrawn_by: User | None = None) -> Completion:
    """A completion begun and done on that day, valid up to and including `until`; withdrawn, where it says who did it."""
    enrolment = begin(person, course, day, closed=day)
    Enrolment.objects.filter(pk=enrolment.pk).update(closed_because=Enrolment.Closed.COMPLETED)
    return Completion.objects.create(
        enrolment=enrolment,
        person=person,
        course=course,
        edition=enrolment.edition,
        language="en",
        completed_at=noon(day),
        completed_on=day,
        valid_until=until,
        statement=uuid4(),
        withdrawn_at=noon(day) if withdrawn_by else None,
        withdrawn_by=withdrawn_by,
        withdrawn_reason="a mistake" if withdrawn_by else "",
    )
