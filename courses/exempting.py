"""Excuses somebody from a course for a while: asked by one HR officer, agreed to by another, and told to the record store."""

from datetime import date, timedelta

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from courses import attesting, proof_files
from courses.models import Course, Exemption
from lms.days import add_months
from lms.people import recording
from lms.people.models import Posting, User
from lms.refusals import NotAllowed

# How cmi5 calls the reason for a waiver.
REASONS = {
    Exemption.Reason.LONG_LEAVE: attesting.ADMINISTRATIVE,
    Exemption.Reason.EQUIVALENT: attesting.EQUIVALENT,
    Exemption.Reason.END_OF_CONTRACT: attesting.ADMINISTRATIVE,
}
LAST_DAYS = timedelta(days=30)


def ask(
    person: User,
    course: Course,
    *,
    reason: Exemption.Reason,
    by: User,
    day: date,
    starts_on: date,
    ends_on: date | None = None,
    evidence: UploadedFile | None = None,
    evidence_on: date | None = None,
) -> Exemption:
    """Waits for a second HR officer. Raises NotAllowed."""
    if by == person:
        raise NotAllowed(_("Nobody excuses herself: ask another HR officer."))
    if ends_on is not None and ends_on <= starts_on:
        raise NotAllowed(_("An exemption ends after the day on which it begins: choose a later day."))
    made = Exemption(person=person, course=course, reason=reason, recorded_by=by, starts_on=starts_on, ends_on=ends_on)
    if reason == Exemption.Reason.LONG_LEAVE and ends_on is None:
        raise NotAllowed(_("A long leave has an end: write the day of return. It can be moved."))
    if reason == Exemption.Reason.EQUIVALENT:
        made.evidence_on = _recent(evidence_on, day)
        if evidence is None:
            raise NotAllowed(_("Equivalent training needs its certificate: add the file."))
    if reason == Exemption.Reason.END_OF_CONTRACT:
        made.ends_on = _end_of_contract(person, starts_on)
    with transaction.atomic():
        if evidence is not None:
            made.evidence.save(f"{made.line}{_ending_of(evidence)}", evidence, save=False)
        made.save()
        recording.opened(by, person, f"exemption asked: {course.code}")
    return made


def agree(exemption: Exemption, *, by: User) -> None:
    """The second HR officer agrees: from then on it counts. Safe to repeat. Raises NotAllowed."""
    with transaction.atomic():
        locked = _waiting_or_agreed(exemption)
        if by.pk in {locked.recorded_by_id, locked.person_id}:
            raise NotAllowed(_("A second HR officer has to agree."))
        if locked.approved_at is not None:
            return
        locked.statement = attesting.waive(locked.person, locked.course, reason=REASONS[Exemption.Reason(locked.reason)])
        locked.approved_by, locked.approved_at = by, timezone.now()
        locked.save(update_fields=["statement", "approved_by", "approved_at"])
        recording.opened(by, locked.person, f"exemption agreed: {locked.course.code}")


def decline(exemption: Exemption, *, by: User) -> None:
    """It is not agreed to, or is taken back by who asked; it stays in the record. Raises NotAllowed."""
    with transaction.atomic():
        locked = _waiting_or_agreed(exemption)
        if locked.approved_at is not None:
            raise NotAllowed(_("This exemption is agreed to: end it instead."))
        if by.pk == locked.person_id:
            raise NotAllowed(_("Nobody decides about herself: ask another HR officer."))
        locked.superseded_at = timezone.now()
        locked.save(update_fields=["superseded_at"])
        recording.opened(by, locked.person, f"exemption declined: {locked.course.code}")


def end(exemption: Exemption, *, by: User, day: date) -> None:
    """She is back from that day on: a new version of the row says so. Safe to repeat. Raises NotAllowed."""
    with transaction.atomic():
        locked = _waiting_or_agreed(exemption)
        if by.pk == locked.person_id:
            raise NotAllowed(_("Nobody decides about herself: ask another HR officer."))
        if locked.approved_at is None or not locked.is_open_on(day):
            return
        locked.superseded_at = timezone.now()
        locked.save(update_fields=["superseded_at"])
        if day > locked.starts_on:
            names = ("line", "person", "course", "reason", "evidence", "evidence_on", "statement", "starts_on")
            kept = {name: getattr(locked, name) for name in names}
            asked = {"recorded_by": locked.recorded_by, "approved_by": locked.approved_by, "approved_at": locked.approved_at}
            Exemption.objects.create(**kept, **asked, ends_on=day)
        recording.opened(by, locked.person, f"exemption ended: {locked.course.code}")


def _waiting_or_agreed(exemption: Exemption) -> Exemption:
    """The version that counts, locked: two officers may press at once."""
    rows = (
        Exemption.objects.known().select_for_update(of=("self",)).select_related("person", "course", "recorded_by", "approved_by")
    )
    found = rows.filter(line=exemption.line).first()
    if found is None:
        raise NotAllowed(_("This exemption was declined or ended meanwhile."))
    return found


def _recent(evidence_on: date | None, day: date) -> date:
    if evidence_on is None or evidence_on > day:
        raise NotAllowed(_("Write the day of the equivalent training."))
    if add_months(evidence_on, proof_files.OLDEST) < day:
        words = {"months": proof_files.OLDEST}
        raise NotAllowed(_("The equivalent training is older than %(months)d months and counts no more.") % words)
    return evidence_on


def _end_of_contract(person: User, starts_on: date) -> date:
    posting = Posting.objects.on(starts_on).filter(person=person).first()
    if posting is None or posting.ends_on is None or posting.ends_on > starts_on + LAST_DAYS:
        raise NotAllowed(_("Her contract does not end within 30 days from then, by the staff record."))
    return posting.ends_on


def _ending_of(evidence: UploadedFile) -> str:
    ending = proof_files.ending_of(evidence)
    if not ending:
        raise NotAllowed(str(proof_files.UNFIT))
    return ending
