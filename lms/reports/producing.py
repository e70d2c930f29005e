"""Makes the files of lists, in the worker: with what their owners may take along at that moment, and not for ever."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import count
from typing import Any, BinaryIO

from django.core.files import File
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from lms import languages, mailing
from lms.days import today
from lms.people import access, recording
from lms.people.models import User
from lms.refusals import NotAllowed
from lms.reports import files
from lms.reports.list_models import Export, Form
from lms.reports.listings import Found, Listing, reach_of, read, sheet_of

logger = logging.getLogger(__name__)

KEPT = timedelta(days=7)
BEAT = 5_000  # rows between two signs of life
DEAD_AFTER = timedelta(minutes=5)
TAKES = 3


def find(reader: User, listing: Listing) -> Found:
    """What she may take along of it. Raises NotAllowed where there is no sheet."""
    sheet = sheet_of(listing, reader)
    if sheet is None:
        raise NotAllowed(_("This list is not worked out any more: choose another date."))
    return Found(reader, listing, sheet, action="X")


def may_take(reader: User) -> bool:
    """Whether lists may leave with her today."""
    return bool(access.rights(reader).scopes("R4", "X") & access.NAMED)


def write(found: Found, form: str, out: BinaryIO, rows: files.Rows | None = None) -> None:
    """The rows of the screen as a file. Raises NotAllowed where they do not fit in."""
    files.WRITERS[form](out, found.head(), found.lines() if rows is None else rows)


def ensure_it_fits(rows: int, form: str) -> None:
    """Raises NotAllowed."""
    if form == Form.XLSX and rows > files.MOST_IN_XLSX:
        raise NotAllowed(_("A spreadsheet holds 1,048,575 rows: choose CSV or Parquet, or fewer people."))


def produce(key: int) -> bool:
    """Makes the file of an export that waits, or whose worker died. Whether this one made it.

    Its owner is told by mail; where she may take nothing along any more there is no file.
    """
    now = timezone.now()
    claimed = _unfinished().filter(pk=key).update(stage=Export.Stage.WORKING, beat_at=now, takes=F("takes") + 1, done=0)
    if not claimed:
        return False
    export = Export.objects.select_related("owner").get(pk=key)
    try:
        with override(languages.spoken(export.owner.language)), tempfile.TemporaryFile() as out:
            found = _allowed(export)
            total = found.count(most=files.MOST_IN_XLSX)
            ensure_it_fits(total, export.form)
            Export.objects.filter(pk=key).update(total=total)
            write(found, export.form, out, rows=_counted(export, found.lines()))
            _keep(export, found, out)
    except NotAllowed:
        Export.objects.filter(pk=key).update(stage=Export.Stage.FAILED)
    return Export.objects.filter(pk=key, stage=Export.Stage.READY).exists()


def produce_waiting() -> str:
    """Takes up what nobody works on: what the queue lost, and what a worker that died left behind."""
    waiting = list(_unfinished().filter(asked_at__lt=timezone.now() - timedelta(seconds=60)).values_list("pk", flat=True))
    lost = Export.objects.filter(stage=Export.Stage.WORKING, takes__gte=TAKES, beat_at__lt=timezone.now() - DEAD_AFTER)
    lost.update(stage=Export.Stage.FAILED)
    return f"{sum(produce(key) for key in waiting)} files"


def forget_old() -> str:
    """Throws away files after a week, with the records of them: who took what along is in the access log."""
    old = list(Export.objects.filter(asked_at__lt=timezone.now() - KEPT))
    for export in old:
        if export.file:
            export.file.delete(save=False)
        export.delete()
    return f"{len(old)} files"


def _unfinished() -> Any:
    silent = Q(stage=Export.Stage.WORKING, takes__lt=TAKES, beat_at__lt=timezone.now() - DEAD_AFTER)
    return Export.objects.filter(Q(stage=Export.Stage.WAITING) | silent)


def _allowed(export: Export) -> Found:
    owner = User.objects.active_on(today()).filter(pk=export.owner_id).first()
    if owner is None or not may_take(owner):
        raise NotAllowed(_("The right to take lists along has ended."))
    return find(owner, read(export.query))


def _counted(export: Export, rows: files.Rows) -> Iterator[Sequence[files.Cell]]:
    number = 0
    for number, row in zip(count(1), rows, strict=False):
        if number % BEAT == 0:
            Export.objects.filter(pk=export.pk).update(done=number, beat_at=timezone.now())
        yield row
    export.done = number


def _keep(export: Export, found: Found, out: BinaryIO) -> None:
    """The file, the entry in the access log and the mail: all of it or nothing."""
    out.seek(0)
    name = export.file.storage.save(f"exports/{export.uuid}.{export.form}", File(out))
    with transaction.atomic():
        is_first = Export.objects.filter(pk=export.pk, stage=Export.Stage.WORKING, takes=export.takes).update(
            stage=Export.Stage.READY,
            file=name,
            done=export.done,
            total=export.done,
            reach=reach_of(found.reader),
            ready_at=timezone.now(),
        )
        if is_first:
            recording.exported(found.reader, "list", described(found), export.done, export.purpose)
            mailing.send(
                "export_ready",
                address=found.reader.email,
                language=found.reader.language,
                once=f"export {export.uuid}",
                name=found.reader.display_name,
                export=export,
                days=KEPT.days,
            )
    if not is_first:
        export.file.storage.delete(name)


def described(found: Found) -> dict[str, str]:
    """As it is written into the access log."""
    chosen = found.listing.filter.described()
    return {"day": found.sheet.day.isoformat(), **chosen, "columns": ", ".join(column.key for column in found.columns)}
