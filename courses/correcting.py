"""Puts right how somebody stands with a course: asked by one HR officer, agreed to by another, with an answer to her.

A completion gained elsewhere is recorded, one that should not be is withdrawn, a date is moved. Nothing is overwritten, and each
is a statement of the platform, so that a rebuild keeps it.
"""

from datetime import date
from typing import NotRequired, TypedDict, Unpack

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from courses import attesting, completing, crediting, disputing, postponing, proof_files
from courses.models import Completion, Correction, Course, Dispute, Enrolment
from lms.days import add_months, today
from lms.people import access, recording
from lms.people.models import User
from lms.refusals import NotAllowed

Kind, Reason = Correction.Kind, Correction.Reason
WORDS = {Reason.ELSEWHERE: attesting.EQUIVALENT, Reason.UNRECORDED: attesting.ADMINISTRATIVE}  # of cmi5


class Wish(TypedDict):
    """What goes with every correction. `answer` is what she is told once it is done; it answers her open question as well."""

    reason: Correction.Reason
    answer: str
    by: User
    evidence: NotRequired[UploadedFile | None]


def ask_credit(person: User, course: Course, *, completed_on: date, **asked: Unpack[Wish]) -> Correction:
    """A completion gained elsewhere, on that day. For the rest see `Wish`. Raises NotAllowed."""
    wanted = Correction(kind=Kind.CREDIT, person=person, course=course, effective_on=completed_on)
    _refuse_unfit_credit(wanted)
    return _ask(wanted, **asked)


def ask_withdrawal(completion: Completion, **asked: Unpack[Wish]) -> Correction:
    """As if it had never been: wrong person, fraud or mistake. For the rest see `Wish`. Raises NotAllowed."""
    person, course = completion.person, completion.course
    wanted = Correction(kind=Kind.WITHDRAWAL, person=person, course=course, effective_on=completion.completed_on)
    wanted.completion = completion
    _refuse_withdrawn(completion)
    return _ask(wanted, **asked)


def ask_later_date(person: User, course: Course, *, due_on: date, starts_on: date, **asked: Unpack[Wish]) -> Correction:
    """From `starts_on` on the course is due on a later day. For the rest see `Wish`. Raises NotAllowed."""
    postponing.refuse_unfit(person, course, due_on=due_on, day=today())
    if starts_on > today():
        raise NotAllowed(_("It holds from today or from an earlier day."))
    wanted = Correction(kind=Kind.LATER, person=person, course=course, effective_on=starts_on, due_on=due_on)
    return _ask(wanted, **asked)


def agree(correction: Correction, *, by: User) -> None:
    """The second HR officer agrees: it is done, and she is told. Safe to repeat. Raises NotAllowed."""
    _refuse_others(by, correction.person, action="A")
    with transaction.atomic():
        locked = _locked(correction)
        if locked.declined_at is not None:
            raise NotAllowed(_("This correction was declined or taken back."))
        if by.pk == locked.asked_by_id:
            raise NotAllowed(_("A second HR officer has to agree."))
        if locked.agreed_at is not None:
            return
        _carry_out(locked, by=by)
        locked.agreed_by, locked.agreed_at = by, timezone.now()
        locked.save(update_fields=["agreed_by", "agreed_at", "completion", "later"])
        if locked.dispute is not None:
            disputing.close(locked.dispute, by=by, answer=locked.answer)
        disputing.tell(locked.person, locked.course)
        recording.opened(by, locked.person, f"correction agreed: {locked.course.code}, {locked.kind}")


def decline(correction: Correction, *, by: User) -> None:
    """It is not agreed to, or taken back by who asked; a question of hers stays open. Safe to repeat. Raises NotAllowed."""
    _refuse_others(by, correction.person, action="A")
    with transaction.atomic():
        locked = _locked(correction)
        if locked.agreed_at is not None:
            raise NotAllowed(_("This correction is agreed to and done."))
        if locked.declined_at is not None:
            return
        locked.declined_by, locked.declined_at = by, timezone.now()
        locked.save(update_fields=["declined_by", "declined_at"])
        recording.opened(by, locked.person, f"correction declined: {locked.course.code}, {locked.kind}")


def _ask(wanted: Correction, **asked: Unpack[Wish]) -> Correction:
    """Waits for a second HR officer. Sent twice is once. Raises NotAllowed."""
    by, reason, evidence = asked["by"], asked["reason"], asked.get("evidence")
    _refuse_others(by, wanted.person, action="W")
    if reason not in Correction.REASONS[Kind(wanted.kind)]:
        raise NotAllowed(_("This reason does not go with this correction: choose another one."))
    if not asked["answer"].strip():
        raise NotAllowed(_("Write an answer: she reads it."))
    if reason in Correction.NEED_EVIDENCE and evidence is None:
        raise NotAllowed(_("This reason needs its evidence: add the file."))
    wanted.reason, wanted.answer = reason, asked["answer"].strip()
    wanted.asked_by, wanted.asked_at = by, timezone.now()
    with transaction.atomic():
        # Two presses at once stand in line here.
        User.objects.lock([wanted.person.pk])
        names = ("kind", "person", "course", "effective_on", "due_on", "completion")
        same = Correction.objects.waiting().filter(**{name: getattr(wanted, name) for name in names if getattr(wanted, name)})
        if (known := same.first()) is not None:
            return known
        if evidence is not None:
            ending = proof_files.ending_of(evidence)
            if not ending:
                raise NotAllowed(str(proof_files.UNFIT))
            wanted.evidence.save(f"{wanted.uuid}{ending}", evidence, save=False)
        wanted.dispute = Dispute.objects.open().filter(person=wanted.person, course=wanted.course).first()
        wanted.save()
        recording.opened(by, wanted.person, f"correction asked: {wanted.course.code}, {wanted.kind}")
    return wanted


def _carry_out(correction: Correction, *, by: User) -> None:
    person, course = correction.person, correction.course
    if correction.kind == Kind.CREDIT:
        _refuse_unfit_credit(correction)
        word = WORDS[Reason(correction.reason)]
        correction.completion = crediting.credit(person, course, completed_on=correction.effective_on, reason=word)
    elif correction.due_on is not None:
        correction.later = postponing.postpone(
            person, course, due_on=correction.due_on, starts_on=correction.effective_on, by=by, pauses_reminders=False
        )
    elif correction.completion is not None:
        _withdraw(correction.completion, reason=Reason(correction.reason), by=by)


def _withdraw(completion: Completion, *, reason: Correction.Reason, by: User) -> None:
    """Its statement is voided, and its certificate goes with it. What she did on the way counts for nothing, or the next act of
    hers would complete the course again."""
    if completion.enrolment is not None:
        Enrolment.objects.locked(today()).get(pk=completion.enrolment.pk)
        completion.refresh_from_db()
    _refuse_withdrawn(completion)
    attesting.take_back(completion.statement)
    with override("en"):  # kept in the record, where people of all languages read it
        words = str(reason.label)
    completing.withdraw(completion, by=by, reason=words, goes_on=False)


def _refuse_unfit_credit(wanted: Correction) -> None:
    day = wanted.effective_on
    if day > today():
        raise NotAllowed(_("The day has not come yet."))
    if add_months(day, proof_files.OLDEST) < today():
        words = {"months": proof_files.OLDEST}
        raise NotAllowed(_("The equivalent training is older than %(months)d months and counts no more.") % words)
    if not wanted.course.editions.exists():
        raise NotAllowed(_("This course is not published yet, so nobody can have completed it: ask for an exemption."))
    if Completion.objects.standing().filter(person=wanted.person, course=wanted.course, completed_on=day).exists():
        raise NotAllowed(_("A completion of that day is recorded already."))


def _refuse_withdrawn(completion: Completion) -> None:
    if completion.withdrawn_at is not None:
        raise NotAllowed(_("This completion is withdrawn already."))


def _refuse_others(by: User, person: User, *, action: str) -> None:
    if not (by.is_active and access.Scope.ALL in access.rights(by).scopes("P7", action)):
        raise NotAllowed(_("%(person)s is no HR officer today.") % {"person": by})
    if by == person:
        raise NotAllowed(_("Nobody decides about herself: ask another HR officer."))


def _locked(correction: Correction) -> Correction:
    rows = Correction.objects.select_for_update(of=("self",)).select_related("person", "course", "dispute", "completion")
    return rows.get(pk=correction.pk)
