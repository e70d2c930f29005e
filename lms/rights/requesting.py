"""She asks, Human Resources decide within thirty days. Where evidence goes, a second officer agrees; nobody about herself."""

from datetime import date, timedelta
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from lms import mailing
from lms.days import day_of
from lms.people import access, recording
from lms.people.models import Role, User
from lms.refusals import NotAllowed
from lms.rights import erasing
from lms.rights.models import ANSWERED_WITHIN, DataRequest, Erasure

Kind = DataRequest.Kind
SOON = timedelta(days=7)


def ask(person: User, *, kind: str, words: str, submission: UUID) -> DataRequest:
    """She has one open request of each kind; sent twice is once."""
    with transaction.atomic():
        User.objects.lock([person.pk])
        hers = DataRequest.objects.filter(person=person, kind=kind)
        known = hers.filter(uuid=submission).first() or hers.open().first()
        if known is not None:
            return known
        now = timezone.now()
        return DataRequest.objects.create(uuid=submission, person=person, kind=kind, words=words.strip(), asked_at=now)


def take_back(request: DataRequest, *, by: User) -> None:
    """Safe to repeat. Raises NotAllowed."""
    with transaction.atomic():
        locked = _locked(request)
        if by.pk != locked.person_id:
            raise NotAllowed(_("Only who asked takes a request back."))
        if locked.done_at is not None:
            raise NotAllowed(_("This is answered already. You can ask again."))
        if locked.withdrawn_at is None:
            locked.withdrawn_at = timezone.now()
            locked.save(update_fields=["withdrawn_at"])


def decide(request: DataRequest, *, by: User, is_granted: bool, answer: str) -> None:
    """One officer decides. An erasure that is granted waits for a second one; all else is answered at once. Raises NotAllowed."""
    with transaction.atomic():
        locked = _decidable(request, by)
        if not answer.strip():
            raise NotAllowed(_("Write an answer: she reads what goes, what stays, and why."))
        if locked.decided_at is not None:
            raise NotAllowed(_("This was decided already."))
        locked.is_granted, locked.answer = is_granted, answer.strip()
        locked.decided_by, locked.decided_at = by, timezone.now()
        if not (is_granted and locked.kind == Kind.ERASURE):
            locked.done_at = locked.decided_at
        locked.save()
        recording.decided(by, f"data request: {locked.kind}", _told(locked), purpose="", person=locked.person)
        if locked.done_at is not None:
            _tell(locked)


def agree(request: DataRequest, *, by: User) -> None:
    """A second officer agrees, and what goes is erased. Raises NotAllowed.

    Where it stops halfway the request stays open, and agreeing again goes on.
    """
    with transaction.atomic():
        locked = _decidable(request, by)
        if locked.decided_at is None:
            raise NotAllowed(_("Nobody has decided this yet."))
        if by.pk == locked.decided_by_id:
            raise NotAllowed(_("A second officer has to agree."))
        locked.agreed_by = by
        locked.save(update_fields=["agreed_by"])
    erasing.erase_details(locked.person, at=locked.decided_at, decision=str(locked.uuid))
    with transaction.atomic():
        locked = _locked(request)
        if locked.done_at is None:
            locked.done_at = timezone.now()
            locked.save(update_fields=["done_at"])
            told = {**_told(locked), "what": Erasure.What.DETAILS.value}
            recording.decided(by, "erasure agreed to", told, purpose="", person=locked.person)
            _tell(locked)


def send_back(request: DataRequest, *, by: User) -> None:
    """A second officer does not agree: it is decided anew. Raises NotAllowed."""
    with transaction.atomic():
        locked = _decidable(request, by)
        if locked.agreed_by_id is not None:
            raise NotAllowed(_("A second officer agreed already."))
        locked.is_granted = locked.decided_by = locked.decided_at = None
        locked.answer = ""
        locked.save()
        recording.decided(by, "data request sent back", _told(locked), purpose="", person=locked.person)


def remind(day: date) -> int:
    """A mail a week to each HR officer while a request is to be answered within a week or should have been. Returns how many."""
    due = DataRequest.objects.open().filter(asked_at__lt=timezone.now() + SOON - ANSWERED_WITHIN).order_by("asked_at")
    sent = 0
    for officer in access.holders(Role.HR).filter(is_active=True):
        waiting = due.exclude(person=officer)
        first = waiting.first()
        if first is not None:
            sent += mailing.send(
                "data_requests_due",
                address=officer.email,
                language=officer.language,
                once=f"data requests {officer.pk} {day:%G-W%V}",
                name=officer.display_name,
                count=waiting.count(),
                due_on=day_of(first.due_at),
                path=reverse("rights:desk"),
            )
    return sent


def _decidable(request: DataRequest, by: User) -> DataRequest:
    if not (by.is_active and access.Scope.ALL in access.rights(by).scopes("P12", "A")):
        raise NotAllowed(_("%(person)s is no HR officer today.") % {"person": by})
    locked = _locked(request)
    if by.pk == locked.person_id:
        raise NotAllowed(_("Nobody decides about herself: ask another HR officer."))
    if locked.withdrawn_at is not None:
        raise NotAllowed(_("She took this request back."))
    if locked.done_at is not None:
        raise NotAllowed(_("This is answered already."))
    return locked


def _locked(request: DataRequest) -> DataRequest:
    return DataRequest.objects.select_for_update(of=("self",)).select_related("person").get(pk=request.pk)


def _told(request: DataRequest) -> dict[str, str]:
    return {"request": str(request.uuid)}


def _tell(request: DataRequest) -> None:
    """A mail that there is an answer; it does not say to what."""
    person = request.person
    path = reverse("rights:my_data")
    mailing.send("answer_arrived", address=person.email, language=person.language, name=person.display_name, path=path)
