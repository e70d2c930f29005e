"""Takes back what a client of the record store sent: its statements, and the completions that rest on them.

One administrator asks, a second one agrees. Each enrolment is undone in a transaction of its own, so that nobody waits for the
whole; what was cut short is gone on with by the next run.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from certificates.models import Certificate
from courses import completing, folding, statements, tracking
from courses.models import Completion, Enrolment, UndoRequest
from lms.days import today
from lms.people import access, recording
from lms.people.models import User
from lms.refusals import NotAllowed
from lms.xapi import clients, granting, queries, storing

AT_ONCE = 500  # statements that are voided in one batch


@dataclass(frozen=True)
class Touched:
    """A standing completion whose rule would not be met without what a client sent."""

    completion: Completion
    certificate: str  # its code, empty where none was issued


def touched_by(client: str, since: datetime) -> list[Touched]:
    """The completions that rest on what the client with this key sent from an instant on; nothing is written."""
    registrations = clients.registrations_of(client, since)
    standing = Completion.objects.standing().filter(enrolment__registration__in=registrations)
    found = []
    for completion in standing.select_related("person", "course", "enrolment__edition").order_by("enrolment"):
        if _rests_on(completion.enrolment, client, since):
            codes = Certificate.objects.current().filter(award=completion.uuid).values_list("code", flat=True)
            found.append(Touched(completion, codes.first() or ""))
    return found


def ask(client: str, *, since: datetime, reason: str, by: User) -> UndoRequest:
    """Withdraws the client's key at once, and asks for the rest. Safe to repeat. Raises NotAllowed."""
    _refuse_others(by)
    credential = clients.find(client)
    if credential is None:
        raise NotAllowed(_("No client has this key."))
    if not reason.strip():
        raise NotAllowed(_("Say why it is undone."))
    if since > timezone.now():
        raise NotAllowed(_("Choose a moment that is over."))
    with transaction.atomic():
        # Who asks twice at once finds her first request.
        User.objects.lock([by.pk])
        same = UndoRequest.objects.waiting().filter(client=client, since=since, asked_by=by).first()
        if same is not None:
            return same
        granting.withdraw(credential)
        made = UndoRequest.objects.create(
            client=client, since=since, reason=reason.strip()[:300], asked_by=by, asked_at=timezone.now()
        )
        recording.decided(by, "undo of a client: asked", _described(made), purpose=made.reason)
    return made


def agree(request: UndoRequest, *, by: User) -> bool:
    """The second administrator agrees, and it is done; whether nothing is left to do. Safe to repeat. Raises NotAllowed."""
    _refuse_others(by)
    with transaction.atomic():
        locked = UndoRequest.objects.select_for_update().get(pk=request.pk)
        if by.pk == locked.asked_by_id:
            raise NotAllowed(_("A second administrator has to agree."))
        if locked.agreed_at is None:
            locked.agreed_by, locked.agreed_at = by, timezone.now()
            locked.save(update_fields=["agreed_by", "agreed_at"])
            recording.decided(by, "undo of a client: agreed", _described(locked), purpose=locked.reason)
    return finish(locked)


def withdraw_and_undo(client: str, *, since: datetime, reason: str, by: User, agreed_by: User) -> UndoRequest:
    """Both steps, where both administrators are there. Safe to repeat. Raises NotAllowed, and then nothing is changed."""
    _refuse_others(agreed_by)
    if agreed_by == by:
        raise NotAllowed(_("A second administrator has to agree."))
    request = ask(client, since=since, reason=reason, by=by)
    agree(request, by=agreed_by)
    request.refresh_from_db()
    return request


def finish(request: UndoRequest) -> bool:
    """Undoes what is left to undo of a request that was agreed to; whether nothing is left. Any number of times."""
    registrations = clients.registrations_of(request.client, request.since)
    enrolled = list(
        Enrolment.objects.filter(registration__in=registrations).order_by("pk").values_list("registration", flat=True)
    )
    went_well = [_undo_enrolment(request, registration) for registration in enrolled]
    rest = clients.standing(request.client, request.since).exclude(registration__in=enrolled)
    for targets in _portions(list(rest.values_list("id", flat=True))):
        with transaction.atomic():
            _void(request, targets)
    # A request that came in with the key before it was withdrawn may have been stored meanwhile.
    if not all(went_well) or clients.standing(request.client, request.since).exists():
        return False
    UndoRequest.objects.filter(pk=request.pk, done_at=None).update(done_at=timezone.now())
    return True


def finish_requests() -> str:
    """Goes on with what was agreed to and cut short. Returns what the job reports."""
    waiting = list(UndoRequest.objects.unfinished().order_by("pk"))
    done = sum(finish(request) for request in waiting)
    return f"{done} of {len(waiting)} finished"


def _undo_enrolment(request: UndoRequest, registration: UUID) -> bool:
    with transaction.atomic():
        enrolment = Enrolment.objects.locked(today()).get(registration=registration)
        return folding.attempt(registration, [], lambda: _undo(request, enrolment))


def _undo(request: UndoRequest, enrolment: Enrolment) -> None:
    """Voids what the client sent in a locked enrolment; with it the proof of a completion that rests on it."""
    completion = enrolment.completions.standing().select_related("person").first()
    rests = completion is not None and _rests_on(enrolment, request.client, request.since)
    standing = clients.standing(request.client, request.since, enrolment.registration)
    for targets in _portions(list(standing.values_list("id", flat=True))):
        _void(request, targets)
    if completion is None or not rests:
        return
    _void(request, [completion.statement])
    # Nobody decides about herself: where the second administrator is the person, the first one does.
    by = request.agreed_by or request.asked_by
    by = request.asked_by if by == completion.person else by
    completing.withdraw(completion, by=by, reason=request.reason)
    recording.decided(by, "completion withdrawn", _described(request), purpose=request.reason, person=completion.person)
    UndoRequest.objects.filter(pk=request.pk).update(withdrawn=F("withdrawn") + 1)
    # She goes on under the edition of today, with what she did herself.
    folding.take_in(enrolment, [], is_corrected=True)


def _void(request: UndoRequest, targets: Sequence[UUID]) -> None:
    now = timezone.now()
    storing.record(
        [
            statements.voided(
                settings.XAPI_BASE_IRI,
                target,
                platform=queries.PLATFORM,
                statement_id=uuid5(request.secret, str(target)),
                now=now,
            )
            for target in targets
        ]
    )
    UndoRequest.objects.filter(pk=request.pk).update(voided=F("voided") + len(targets))


def _rests_on(enrolment: Enrolment, client: str, since: datetime) -> bool:
    """Whether the rule of the enrolment is met with what the client sent, even where it took it back since, and not without."""
    sent = list(clients.moving(client, since, enrolment.registration, tracking.FOLDED_VERBS))
    theirs = {stored.id for stored in sent}
    told = queries.of_registration(enrolment.registration, tracking.FOLDED_VERBS)
    others = [stored for stored in told if stored.id not in theirs]
    with_them = tracking.folded(enrolment, [*others, *sent])
    without = tracking.folded(enrolment, others)
    met, met_without = (completing.met_at(enrolment, rows.values()) for rows in (with_them, without))
    return met is not None and met_without is None


def _portions(targets: Sequence[UUID]) -> Iterator[Sequence[UUID]]:
    for first in range(0, len(targets), AT_ONCE):
        yield targets[first : first + AT_ONCE]


def _refuse_others(person: User) -> None:
    if not (person.is_active and access.opens(person, [("R6", "W")])):
        raise NotAllowed(_("%(person)s is no administrator today.") % {"person": person})


def _described(request: UndoRequest) -> dict[str, str]:
    """As it is written into the access log."""
    return {"client": request.client, "since": request.since.isoformat(), "request": str(request.uuid)}
