"""Works out the sheets that reports read, and keeps the living one right."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone

from lms.days import day_after, today
from lms.people.models import User
from lms.reports.models import Mark, Sheet, SheetPerson, SheetRow
from lms.reports.sheet_rows import Work

AT_ONCE = 1000  # people a transaction
DEAD_AFTER = timedelta(minutes=10)  # without a sign of life
FORGOTTEN_AFTER = timedelta(days=30)


def follow(day: date) -> int:
    """Works the living sheet out anew for that day. Returns how many people are on it.

    From the beginning it is one of that day: whoever is refreshed meanwhile is so for the same.
    """
    now = timezone.now()
    sheet, _is_new = Sheet.objects.update_or_create(
        is_living=True, defaults={"day": day}, create_defaults={"day": day, "asked_at": now, "is_living": True}
    )
    marked = list(Mark.objects.values_list("pk", flat=True))
    work = Work(sheet, day)
    people = work.people()
    here = set(people)
    gone = [key for key in SheetPerson.objects.filter(sheet=sheet).values_list("person", flat=True) if key not in here]
    for some in _portions(gone + people):
        _write(work, some)
    Sheet.objects.filter(pk=sheet.pk).update(stage=Sheet.Stage.READY, ready_at=timezone.now(), total=len(people))
    _forget_marks(marked)
    return len(people)


def follow_day() -> int:
    """Where a day of the Organization has begun since, works the living sheet out for it. Returns how many people are on it."""
    day = today()
    begun = day_after(day - timedelta(days=1))
    return 0 if Sheet.objects.living().filter(day=day, ready_at__gte=begun).exists() else follow(day)


def follow_changes() -> int:
    """Brings the rows of everybody who was marked up to date. Returns how many people that were. Safe to repeat."""
    count = 0
    while marks := dict(Mark.objects.order_by("pk").values_list("pk", "person_id")[:AT_ONCE]):
        people = {key for key in marks.values() if key is not None}
        count += refresh(people) if None not in marks.values() else follow(today())
        _forget_marks(list(marks))
    return count


def refresh(people: Collection[int]) -> int:
    """Works out anew how these people stand on the living sheet. Returns how many they are."""
    sheet = Sheet.objects.living().first()
    if sheet is None or not people:
        return 0
    work = Work(sheet, sheet.day)
    for some in _portions(sorted(people)):
        _write(work, some)
    return len(people)


def work_out(key: int) -> bool:
    """Works a sheet out that waits, or goes on where somebody died over it. False where there is nothing to do."""
    now = timezone.now()
    if not _free().filter(pk=key).update(stage=Sheet.Stage.WORKING, worked_at=now):
        return False
    sheet = Sheet.objects.get(pk=key)
    try:
        _work_out(sheet)
    except Exception:
        Sheet.objects.filter(pk=key).update(stage=Sheet.Stage.FAILED)
        raise
    return True


def work_out_waiting() -> int:
    """Whatever nobody works at. Returns how many sheets."""
    return sum(work_out(key) for key in list(_free().order_by("asked_at").values_list("pk", flat=True)))


def forget_old() -> int:
    """Throws away sheets that were asked for long ago, unless a report was kept of them. Returns how many."""
    before = timezone.now() - FORGOTTEN_AFTER
    old = list(Sheet.objects.filter(is_living=False, asked_at__lt=before, snapshots=None))
    for sheet in old:
        sheet.delete()
    return len(old)


def forget_name(person: User) -> None:
    """Sheets keep how many there were, not who. Safe to repeat."""
    for model in (SheetPerson, SheetRow):
        model._default_manager.filter(person=person).update(name="", staff_number="")


def differences() -> list[str]:
    """What of the living sheet is not as it would be worked out now, a line a row; nothing is changed."""
    sheet = Sheet.objects.living().first()
    if sheet is None:
        return ["There is no living sheet."]
    work, found = Work(sheet, sheet.day), []
    on_it = SheetPerson.objects.filter(sheet=sheet).values_list("person", flat=True)
    for some in _portions(sorted({*work.people(), *on_it})):
        persons, rows = work.rows(some)
        for model, wanted in ((SheetRow, rows), (SheetPerson, persons)):
            names = _columns(model)
            kept = model._default_manager.filter(sheet=sheet, person__in=some).values_list(*names)
            right = {tuple(getattr(row, name) for name in names) for row in wanted}
            there = set(kept)
            found += [f"missing: {line}" for line in sorted(map(str, right - there))]
            found += [f"wrong: {line}" for line in sorted(map(str, there - right))]
    return found


def _work_out(sheet: Sheet) -> None:
    work = Work(sheet, sheet.day)
    people = work.people()
    last = SheetPerson.objects.filter(sheet=sheet).aggregate(last=models.Max("person"))["last"] or 0
    left = [key for key in people if key > last]
    mine = Sheet.objects.filter(pk=sheet.pk)
    mine.update(total=len(people), done=len(people) - len(left))
    for some in _portions(left):
        _write(work, some)
        mine.update(done=F("done") + len(some), worked_at=timezone.now())
    mine.update(stage=Sheet.Stage.READY, ready_at=timezone.now())


@transaction.atomic
def _write(work: Work, people: Sequence[int]) -> None:
    """In line with whoever writes the same sheet: what is read after the lock is not older than what was written before it."""
    Sheet.objects.select_for_update().get(pk=work.sheet.pk)
    persons, rows = work.rows(people)
    for model in (SheetRow, SheetPerson):
        model._default_manager.filter(sheet=work.sheet, person__in=people).delete()
    SheetPerson.objects.bulk_create(persons, batch_size=AT_ONCE)
    SheetRow.objects.bulk_create(rows, batch_size=AT_ONCE)


def _free() -> models.QuerySet[Sheet]:
    died = Q(stage=Sheet.Stage.WORKING, worked_at__lt=timezone.now() - DEAD_AFTER)
    return Sheet.objects.filter(Q(stage=Sheet.Stage.WAITING) | died, is_living=False)


def _forget_marks(keys: Sequence[int]) -> None:
    """Those that were seen before the rows were read: whoever is marked meanwhile stays."""
    for some in _portions(keys):
        Mark.objects.filter(pk__in=some).delete()


def _portions(keys: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(keys), AT_ONCE):
        yield keys[start : start + AT_ONCE]


def _columns(model: Any) -> tuple[str, ...]:
    return tuple(field.attname for field in model._meta.local_fields if field.name not in {"id", "sheet"})
