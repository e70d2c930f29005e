"""Somebody says that how she stands with a course is wrong, and Human Resources owe her an answer."""

from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from courses.models import Course, Dispute
from lms import mailing
from lms.people import access, recording
from lms.people.models import User
from lms.refusals import NotAllowed


def ask(person: User, course: Course, *, reason: Dispute.Reason, words: str, submission: UUID) -> Dispute:
    """She has one open question about a course at a time; sent twice is once."""
    with transaction.atomic():
        # Two presses at once stand in line here.
        User.objects.lock([person.pk])
        hers = Dispute.objects.filter(person=person, course=course)
        known = hers.filter(uuid=submission).first() or hers.open().first()
        if known is not None:
            return known
        return Dispute.objects.create(
            uuid=submission, person=person, course=course, reason=reason, words=words.strip(), asked_at=timezone.now()
        )


def withdraw(dispute: Dispute, *, by: User) -> None:
    """She takes her question back. Safe to repeat. Raises NotAllowed."""
    with transaction.atomic():
        locked = _locked(dispute)
        if by.pk != locked.person_id:
            raise NotAllowed(_("Only who asked takes a question back."))
        if locked.answered_at is not None:
            raise NotAllowed(_("This is answered already. You can ask again."))
        if locked.withdrawn_at is None:
            locked.withdrawn_at = timezone.now()
            locked.save(update_fields=["withdrawn_at"])


def explain(dispute: Dispute, *, by: User, answer: str) -> None:
    """An HR officer says why the state is right. Safe to repeat. Raises NotAllowed."""
    if not (by.is_active and access.Scope.ALL in access.rights(by).scopes("P7", "W")):
        raise NotAllowed(_("%(person)s is no HR officer today.") % {"person": by})
    with transaction.atomic():
        locked = _locked(dispute)
        if by.pk == locked.person_id:
            raise NotAllowed(_("Nobody decides about herself: ask another HR officer."))
        if not answer.strip():
            raise NotAllowed(_("Write an answer: she reads it."))
        if locked.withdrawn_at is not None:
            raise NotAllowed(_("She took this question back."))
        if locked.answered_at is not None:
            return
        if locked.corrections.waiting().exists():
            raise NotAllowed(_("A correction waits for a second officer, who has to agree or decline first."))
        _answer(locked, by=by, answer=answer, is_corrected=False)
        tell(locked.person, locked.course)
        recording.opened(by, locked.person, f"question answered: {locked.course.code}")


def close(dispute: Dispute, *, by: User, answer: str) -> None:
    """In the caller's transaction: what was wrong is corrected. Nothing happens where she took the question back."""
    locked = _locked(dispute)
    if locked.is_open:
        _answer(locked, by=by, answer=answer, is_corrected=True)


def tell(person: User, course: Course) -> None:
    """A mail that there is an answer; it names neither the course nor what was said."""
    mailing.send(
        "answer_arrived",
        address=person.email,
        language=person.language,
        name=person.display_name,
        path=reverse("courses:why", args=[course.code.lower()]),
    )


def _answer(dispute: Dispute, *, by: User, answer: str, is_corrected: bool) -> None:
    dispute.answered_at, dispute.answered_by = timezone.now(), by
    dispute.answer, dispute.is_corrected = answer.strip(), is_corrected
    dispute.save(update_fields=["answered_at", "answered_by", "answer", "is_corrected"])


def _locked(dispute: Dispute) -> Dispute:
    return Dispute.objects.select_for_update(of=("self",)).select_related("person", "course").get(pk=dispute.pk)
