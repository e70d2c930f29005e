"""Takes lists along: a short one at once, a long one by the worker."""

from __future__ import annotations

import io
from functools import partial
from typing import BinaryIO

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lms.people import recording
from lms.people.models import User
from lms.refusals import NotAllowed
from lms.reports import producing, tasks
from lms.reports.list_models import Export, Schedule
from lms.reports.listings import Found, Listing

AT_ONCE = 5_000  # rows that nobody has to wait for
MOST_WAITING = 3  # of one person


def export(reader: User, listing: Listing, form: str, *, purpose: str) -> BinaryIO | Export:
    """The file, written down in the access log, or the record of one that the worker makes. Raises NotAllowed."""
    if not producing.may_take(reader):
        raise NotAllowed(_("Taking lists along is not among what your role allows."))
    found = producing.find(reader, listing)
    count = found.count(AT_ONCE)
    if count > AT_ONCE:
        return ask(reader, listing.query(), form, purpose=purpose)
    return _at_once(found, form, count, purpose)


def ask(reader: User, query: str, form: str, *, purpose: str, schedule: Schedule | None = None) -> Export:
    """A file that the worker makes. Raises NotAllowed where too many wait already."""
    waiting = Export.objects.filter(owner=reader, stage__in=[Export.Stage.WAITING, Export.Stage.WORKING], schedule=None)
    if schedule is None and waiting.count() >= MOST_WAITING:
        raise NotAllowed(_("Three of your files are being made already: wait until one of them is ready."))
    made = Export.objects.create(
        owner=reader, query=query, form=form, purpose=purpose, schedule=schedule, asked_at=timezone.now()
    )
    transaction.on_commit(partial(tasks.produce, made.pk))
    return made


def _at_once(found: Found, form: str, count: int, purpose: str) -> BinaryIO:
    out = io.BytesIO()
    producing.write(found, form, out)
    recording.exported(found.reader, "list", producing.described(found), count, purpose)
    out.seek(0)
    return out
