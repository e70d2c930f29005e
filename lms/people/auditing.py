"""Opens cases: an auditor may then look at the evidence about one person in one course."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lms.days import today
from lms.people import access, recording
from lms.people.models import Case, User
from lms.refusals import NotAllowed

OPEN_DAYS = 30


def open_case(auditor: User, person: User, *, course: UUID, reason: str, by: User) -> Case:
    """Opens a case of 30 days; one that is open already is returned as it is. Raises NotAllowed."""
    if by in {auditor, person}:
        raise NotAllowed(_("Nobody opens a case for herself or about herself: ask another administrator."))
    if auditor == person:
        raise NotAllowed(_("Nobody looks into her own case: choose another auditor."))
    if access.Scope.GIVEN not in access.rights(auditor).scopes("P5"):
        raise NotAllowed(_("%(person)s is no auditor today.") % {"person": auditor})
    if not reason.strip():
        raise NotAllowed(_("Say why the case is opened."))
    with transaction.atomic():
        # A double click finds the case of the first one.
        User.objects.lock([auditor.pk])
        known = Case.objects.open_on(today()).filter(auditor=auditor, person=person, course=course).first()
        if known is not None:
            return known
        made = Case.objects.create(
            auditor=auditor,
            person=person,
            course=course,
            reason=reason.strip()[:300],
            opened_by=by,
            opened_at=timezone.now(),
            closes_on=today() + timedelta(days=OPEN_DAYS),
        )
        recording.decided(by, "case opened", {"auditor": str(auditor.uuid)}, purpose=made.reason, person=person)
    return made
