"""Takes a staff feed in: looked at first, then applied, by two HR officers where it would remove too many people.

Until somebody has decided, the columns of the feed are kept in the private storage, and nothing else of the file.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lms.people import access, hr_files, recording
from lms.people.hr_feed import Sheet
from lms.people.journaling import AT_ONCE
from lms.people.models import FeedLine, FeedRun, User
from lms.people.syncing import OUTCOMES, Report, TooManyLeavers, sync_staff
from lms.refusals import NotAllowed

State = FeedRun.State
KEPT_FOR = timedelta(days=7)  # while nobody decides
HAPPENED = (*OUTCOMES, FeedLine.Outcome.LEFT.value)  # to people


def receive(sheet: Sheet, *, file_name: str, file_sha256: str, by: User | None, day: date) -> FeedRun:
    """Keeps the file and what it would do; a file that nobody decided about is replaced. `by` is None on the server itself.

    Raises NotAllowed.
    """
    _refuse_others(by, "W")
    with transaction.atomic():
        for earlier in FeedRun.objects.select_for_update().undecided().order_by("pk"):
            _end(earlier, State.REPLACED, by=by)
        run = FeedRun.objects.create(
            day=day, file_name=file_name[-200:], file_sha256=file_sha256, uploaded_by=by, uploaded_at=timezone.now()
        )
        try:
            report = sync_staff(sheet, day=day, dry_run=True)
        except TooManyLeavers as error:
            run.too_many = str(error)
            report = sync_staff(sheet, day=day, dry_run=True, is_agreed=True)
        _keep_report(run, report, sheet, is_applied=False)
        run.kept = storages["private"].save(f"feeds/{run.uuid}.json", ContentFile(hr_files.dump(sheet)))
        run.save()
        _log(run, "staff feed looked at", by)
    return run


def apply(run: FeedRun, *, by: User | None, day: date) -> FeedRun:
    """Applies what was looked at; over the limit of leavers it waits for a second HR officer.

    Safe to repeat. Raises NotAllowed.
    """
    _refuse_others(by, "W")
    with transaction.atomic():
        locked = _locked(run)
        if locked.state in {State.APPLIED, State.WAITING}:
            return locked
        _refuse_decided(locked)
        sheet = _kept_sheet(locked)
        try:
            _apply(locked, sheet, by=by, day=day, is_agreed=False)
        except TooManyLeavers as error:
            locked.state, locked.too_many = State.WAITING, str(error)
            locked.save(update_fields=["state", "too_many"])
            _log(locked, "staff feed waits for a second person", by)
    return locked


def agree(run: FeedRun, *, by: User, day: date) -> FeedRun:
    """A second HR officer agrees that so many leave, and it is applied. Safe to repeat. Raises NotAllowed."""
    _refuse_others(by, "A")
    with transaction.atomic():
        locked = _locked(run)
        if locked.state == State.APPLIED and locked.agreed_by == by:
            return locked
        if by.pk == locked.uploaded_by_id:
            raise NotAllowed(_("A second HR officer has to agree."))
        if locked.state != State.WAITING:
            raise NotAllowed(_("This feed waits for nobody."))
        locked.agreed_by, locked.agreed_at = by, timezone.now()
        seen = set(locked.lines.filter(outcome=FeedLine.Outcome.LEFT).values_list("staff_number", flat=True))
        report = _apply(locked, _kept_sheet(locked), by=by, day=day, is_agreed=True)
        if set(report.left) - seen:
            raise NotAllowed(_("More people would leave by now than this page says. Send the file again and look at it anew."))
    return locked


def refuse(run: FeedRun, *, by: User) -> FeedRun:
    """The file is put aside and not kept any longer; the report stays. Safe to repeat. Raises NotAllowed."""
    _refuse_others(by, "W")
    with transaction.atomic():
        locked = _locked(run)
        if locked.state == State.REFUSED:
            return locked
        _refuse_decided(locked)
        _end(locked, State.REFUSED, by=by)
        _log(locked, "staff feed put aside", by)
    return locked


def forget_old() -> int:
    """Puts files aside about which nobody has decided for a week. Returns how many."""
    old = timezone.now() - KEPT_FOR
    with transaction.atomic():
        runs = list(FeedRun.objects.select_for_update().undecided().filter(uploaded_at__lt=old).order_by("pk"))
        for run in runs:
            _end(run, State.REFUSED, by=None)
    return len(runs)


def _apply(run: FeedRun, sheet: Sheet, *, by: User | None, day: date, is_agreed: bool) -> Report:
    report = sync_staff(sheet, day=day, is_agreed=is_agreed)
    _keep_report(run, report, sheet, is_applied=True)
    run.state, run.day, run.applied_by, run.applied_at = State.APPLIED, day, by, timezone.now()
    _forget_file(run)
    run.save()
    _log(run, "staff feed applied", by)
    return report


def _keep_report(run: FeedRun, report: Report, sheet: Sheet, *, is_applied: bool) -> None:
    """The lines that were kept when the file was looked at make room for those of what was done."""
    run.lines.all().delete()
    places = {values["staff number"]: line for line, values in sheet.records}
    lines = [*_told(run, report, places, is_applied=is_applied), *_turned_away(run, report)]
    FeedLine.objects.bulk_create(lines, batch_size=AT_ONCE)
    run.counts = {outcome: sum(line.outcome == outcome for line in lines) for outcome in FeedLine.Outcome.values}
    run.counts["unchanged"] = report.unchanged
    run.dropped_columns = report.dropped_columns


def _told(run: FeedRun, report: Report, places: dict[str, int], *, is_applied: bool) -> Iterator[FeedLine]:
    """What happened to each person. What is only looked at leaves no trace of her but her number."""
    for outcome in HAPPENED:
        for number in getattr(report, outcome):
            yield FeedLine(
                run=run,
                line=places.get(number),
                staff_number=number,
                outcome=outcome,
                person_id=report.people.get(number) if is_applied else None,
                changes=report.changes.get(number, {}) if is_applied else {},
            )


def _turned_away(run: FeedRun, report: Report) -> Iterator[FeedLine]:
    for outcome, refusals in ((FeedLine.Outcome.UNMATCHED, report.unmatched), (FeedLine.Outcome.REFUSED, report.refused)):
        for refusal in sorted(refusals, key=lambda refusal: refusal.line):
            yield FeedLine(
                run=run, line=refusal.line, staff_number=refusal.staff_number[:40], outcome=outcome, reason=refusal.reason
            )


def _kept_sheet(run: FeedRun) -> Sheet:
    if not storages["private"].exists(run.kept):
        raise NotAllowed(_("The file is not here any more. Send it again."))
    with storages["private"].open(run.kept) as file:
        return hr_files.load(file.read())


def _end(run: FeedRun, state: FeedRun.State, *, by: User | None) -> None:
    run.state, run.ended_by, run.ended_at = state, by, timezone.now()
    _forget_file(run)
    run.save()


def _forget_file(run: FeedRun) -> None:
    name, run.kept = run.kept, ""
    if name:
        transaction.on_commit(lambda: storages["private"].delete(name))


def _locked(run: FeedRun) -> FeedRun:
    """Two HR officers may act at once: the second one sees what the first one did."""
    return FeedRun.objects.select_for_update().get(pk=run.pk)


def _refuse_decided(run: FeedRun) -> None:
    if not run.is_undecided:
        raise NotAllowed(_("About this feed somebody has decided already. Send the file again if it is still to be applied."))


def _refuse_others(by: User | None, action: str) -> None:
    if by is not None and not (by.is_active and access.opens(by, [("R1", action)])):
        raise NotAllowed(_("%(person)s is no HR officer today.") % {"person": by})


def _log(run: FeedRun, what: str, by: User | None) -> None:
    if by is not None:
        recording.decided(by, what, {"feed": str(run.uuid)}, purpose=run.reason, count=sum(run.counts.values()))
