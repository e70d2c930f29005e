"""Asks for a sheet of any day, as it was known at any moment since something is known."""

from datetime import date, datetime
from functools import partial

from django.db import transaction
from django.db.models import Min
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from lms.days import day_after, day_of, today
from lms.people.models import PostingVersion, User
from lms.refusals import NotAllowed
from lms.reports import tasks
from lms.reports.models import Sheet


def ask(day: date, known_on: date, *, by: User) -> Sheet:
    """The sheet of a day as it was known at the end of another, or, where that is today, up to this minute.

    The same two dates give the same sheet while it is there; one over which the work failed is tried again. Raises NotAllowed.
    """
    _refuse_unfit(day, known_on)
    now = timezone.now()
    known_at = now.replace(second=0, microsecond=0) if known_on == today() else day_after(known_on)
    with transaction.atomic():
        sheet, is_new = Sheet.objects.get_or_create(day=day, known_at=known_at, defaults={"asked_by": by, "asked_at": now})
        if sheet.stage == Sheet.Stage.FAILED:
            sheet.stage = Sheet.Stage.WAITING
            sheet.save(update_fields=["stage"])
        if is_new or sheet.stage == Sheet.Stage.WAITING:
            transaction.on_commit(partial(tasks.work_out, sheet.pk))
    return sheet


def first_moment() -> datetime | None:
    """Since when anything is known of people in post; None: nothing is."""
    first: datetime | None = PostingVersion.objects.aggregate(first=Min("recorded_at"))["first"]
    return first


def _refuse_unfit(day: date, known_on: date) -> None:
    if known_on > today():
        raise NotAllowed(_("Nobody knows yet what will be known on that day: choose today or an earlier day."))
    if day > known_on:
        raise NotAllowed(_("How it stood on a day is known from that day on: choose a state date not later than the other one."))
    first = first_moment()
    if first is None or day_after(known_on) <= first:
        words = {"day": date_format(day_of(first) if first else today())}
        raise NotAllowed(_("Nothing was recorded here before %(day)s: choose that day or a later one.") % words)
