"""Reads what the statements of an enrolment share."""

from datetime import datetime

from django.conf import settings
from django.utils import timezone

from courses.models import Edition, Enrolment
from courses.statements import Ground


def ground_of(enrolment: Enrolment, *, edition: Edition | None = None, now: datetime | None = None) -> Ground:
    """Of an enrolment read by `for_acts` or `locked`; costs no query. `edition` and `now` for what happened in the past."""
    return Ground(
        base=settings.XAPI_BASE_IRI,
        actor=enrolment.person.uuid,
        registration=enrolment.registration,
        secret=enrolment.secret,
        course=enrolment.course.key,
        edition=(edition or enrolment.edition).number,
        language=enrolment.language,
        structure=enrolment.structure_code or "",
        now=now or timezone.now(),
    )
