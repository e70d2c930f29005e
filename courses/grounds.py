"""Reads what the statements of an enrolment share."""

from django.conf import settings
from django.utils import timezone

from courses.models import Enrolment
from courses.statements import Ground
from lms.days import today
from lms.people.models import Posting


def ground_of(enrolment: Enrolment) -> Ground:
    """One query: the structure in which the person serves today."""
    structure = (
        Posting.objects.on(today()).filter(person=enrolment.person_id).values_list("structure__code", flat=True).first()
    )
    return Ground(
        base=settings.XAPI_BASE_IRI,
        actor=enrolment.person.uuid,
        registration=enrolment.registration,
        secret=enrolment.secret,
        course=enrolment.course.key,
        edition=enrolment.edition.number,
        language=enrolment.language,
        structure=structure or "",
        now=timezone.now(),
    )
