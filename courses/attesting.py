"""Tells the record store, in the platform's own name, what was decided about how somebody stands with a course.

Each runs in the caller's transaction. No statement says why beyond cmi5's word, nor who decided: that stands in the log.
"""

from datetime import date, datetime
from uuid import UUID, uuid4

from django.conf import settings
from django.utils import timezone

from courses import statements
from courses.models import Course
from lms.people.models import User
from lms.xapi import queries, storing

# What cmi5 (9.5.5.2) knows as reasons.
ADMINISTRATIVE, EQUIVALENT = "Administrative", "Equivalent Outside Activity"


def waive(person: User, course: Course, *, reason: str, at: datetime | None = None) -> UUID:
    """She need not take the course, or not any more, from that moment on. Returns the statement's id."""
    statement = statements.waived(
        settings.XAPI_BASE_IRI,
        person.uuid,
        course.key,
        title=course.title,
        language=settings.LANGUAGE_CODE,
        reason=reason,
        statement_id=uuid4(),
        now=at or timezone.now(),
    )
    [statement_id] = storing.record([statement])
    return statement_id


def postpone(person: User, course: Course, *, due_on: date) -> UUID:
    """The course is due for her on that day. Returns the statement's id."""
    statement = statements.postponed(
        settings.XAPI_BASE_IRI,
        person.uuid,
        course.key,
        title=course.title,
        language=settings.LANGUAGE_CODE,
        due_on=due_on,
        statement_id=uuid4(),
        now=timezone.now(),
    )
    [statement_id] = storing.record([statement])
    return statement_id


def take_back(statement_id: UUID) -> None:
    """The platform takes a statement of its own back; what was stored stays."""
    storing.record(
        [
            statements.voided(
                settings.XAPI_BASE_IRI,
                statement_id,
                platform=queries.PLATFORM,
                statement_id=uuid4(),
                now=timezone.now(),
            )
        ]
    )
