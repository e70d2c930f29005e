"""Lets go of who did what in detail once it decides nothing any more: answers, pages read, documents, and free words.

What belongs to an enrolment that goes on stays, since it decides the completion: one is going on while it is open and something
was done in it since. Progress is folded again from what is left, so that a rebuild comes out equal.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Q, QuerySet

from courses import tracking
from courses.models import Answer, Arrangement, CalendarAddress, Correction, Dispute, Enrolment, Exemption, ManualAssignment
from lms.people.models import PersonAlias, User
from lms.xapi import erasing, evidence, sequencing

GONE = "(erased)"  # where a record cannot be without a word


@dataclass(frozen=True)
class Details:
    """How many of each."""

    statements: int
    answers: int
    documents: int


def due_details(*, before: datetime, person: User | None = None) -> Details:
    """What `forget_details` would do."""
    going_on = _going_on(before, person)
    names = _names(person)
    return Details(
        erasing.due(before=before, person=names).filter(erasing.outside(going_on)).count(),
        _answers(before, person, going_on).count(),
        erasing.documents_due(before=before, person=names).exclude(registration__in=going_on).count(),
    )


def forget_details(*, before: datetime, person: User | None = None) -> Details:
    """Statements on answers and pages read that are older lose their person, of her or of everybody; answers and documents go.

    Safe to repeat and to stop at any point: each enrolment is a transaction of its own.
    """
    going_on = _going_on(before, person)
    names = _names(person)
    rows = erasing.due(before=before, person=names).filter(erasing.outside(going_on))
    told = set(rows.filter(registration__isnull=False).order_by().values_list("registration", flat=True).distinct())
    answers = _answers(before, person, going_on)
    touched = Enrolment.objects.filter(Q(registration__in=told) | Q(pk__in=answers.values("attempt__enrolment")))
    statements = gone = 0
    for key in sorted(touched.values_list("pk", flat=True)):
        with transaction.atomic():
            enrolment = Enrolment.objects.select_for_update().get(pk=key)
            statements += erasing.erase(rows.filter(registration=enrolment.registration))
            gone += answers.filter(attempt__enrolment=enrolment).delete()[0]
            if enrolment.is_open:
                # What she does again one day is another statement than the one that lost her name.
                enrolment.secret = uuid4()
                enrolment.save(update_fields=["secret"])
            tracking.rebuild(enrolment)
    statements += erasing.erase(rows)
    documents = erasing.forget_documents(erasing.documents_due(before=before, person=names).exclude(registration__in=going_on))
    return Details(statements, gone, documents)


def forget_words(person: User) -> None:
    """What she wrote and what was answered to her, files of evidence, and the address of her calendar. Safe to repeat."""
    Dispute.objects.filter(person=person).update(words="")
    Dispute.objects.filter(person=person, answered_at__isnull=False).update(answer=GONE)
    Arrangement.objects.filter(person=person).update(words="", answer="")
    Correction.objects.filter(person=person).update(answer=GONE)
    CalendarAddress.objects.filter(person=person).delete()
    for correction in Correction.objects.filter(person=person).exclude(evidence=""):
        correction.evidence.delete(save=True)
    for exemption in Exemption.objects.filter(person=person).exclude(evidence=""):
        exemption.evidence.delete(save=True)


def forget_notes(person: User) -> None:
    """What others wrote when they asked something of her by name. Safe to repeat."""
    ManualAssignment.objects.filter(person=person).update(reason=GONE)


def _names(person: User | None) -> list[str] | None:
    if person is None:
        return None
    return evidence.identifiers_of(PersonAlias.objects.filter(person=person).values_list("uuid", flat=True), person.email)


def _going_on(before: datetime, person: User | None) -> set[UUID]:
    rows = Enrolment.objects.filter(closed_at__isnull=True)
    if person is not None:
        return set(rows.filter(person=person).values_list("registration", flat=True)) if person.anonymised_at is None else set()
    found = set(rows.filter(enrolled_at__gte=before).values_list("registration", flat=True))
    older = list(rows.filter(enrolled_at__lt=before).values_list("registration", flat=True))
    end = sequencing.first_number(before)
    return found | {one for one, last in erasing.last_numbers(older).items() if last >= end}


def _answers(before: datetime, person: User | None, going_on: Collection[UUID]) -> QuerySet[Answer]:
    rows = Answer.objects.filter(answered_at__lt=before).exclude(attempt__enrolment__registration__in=going_on)
    return rows if person is None else rows.filter(attempt__enrolment__person=person)
