"""Keeps lists under a name, shares them and has them sent; who may no longer do so keeps none of it going."""

from __future__ import annotations

from datetime import date

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lms.people import access
from lms.people.models import User
from lms.refusals import NotAllowed
from lms.reports import listings
from lms.reports.list_models import SavedList, Schedule
from lms.reports.listings import Listing

MOST = 100  # lists of one person


def keep(owner: User, listing: Listing, *, name: str, is_shared: bool) -> SavedList:
    """Raises NotAllowed."""
    _ensure_right(owner)
    if SavedList.objects.open().filter(owner=owner).count() >= MOST:
        raise NotAllowed(_("You keep a hundred lists: end one that you need no longer."))
    return SavedList.objects.create(owner=owner, name=name, query=listing.query(), is_shared=is_shared, made_at=timezone.now())


def change(saved: SavedList, *, by: User, name: str, is_shared: bool) -> None:
    """Her own list gets another name, is shared, or is so no longer. Raises NotAllowed."""
    _ensure_hers(saved, by)
    SavedList.objects.filter(pk=saved.pk).update(name=name, is_shared=is_shared)


def end(saved: SavedList, *, by: User) -> None:
    """With it whatever is sent of it. Safe to repeat. Raises NotAllowed."""
    _ensure_hers(saved, by)
    with transaction.atomic():
        now = timezone.now()
        SavedList.objects.open().filter(pk=saved.pk).update(ended_at=now)
        Schedule.objects.filter(saved=saved, ended_at=None).update(ended_at=now)


def schedule(saved: SavedList, *, by: User, every: str, form: str, purpose: str, day: date) -> Schedule:
    """From the next week, month or quarter on. Raises NotAllowed."""
    _ensure_hers(saved, by)
    if listings.read(saved.query).filter.sheet is not None:
        raise NotAllowed(_("This list is of a fixed day and stays as it is: save it without the day, then have it sent."))
    if not by.email:
        raise NotAllowed(_("There is no mailbox to which it could be sent."))
    try:
        with transaction.atomic():
            return Schedule.objects.create(
                saved=saved, every=every, form=form, purpose=purpose, made_at=timezone.now(), sent_for=period(day, every)
            )
    except IntegrityError:
        raise NotAllowed(_("This list is sent to you like this already.")) from None


def pause(schedule: Schedule, *, by: User) -> None:
    """Safe to repeat. Raises NotAllowed."""
    _ensure_hers(schedule.saved, by)
    Schedule.objects.running().filter(pk=schedule.pk).update(paused_at=timezone.now())


def resume(schedule: Schedule, *, by: User, day: date) -> None:
    """Of what fell into the pause nothing is made up for. Safe to repeat. Raises NotAllowed."""
    _ensure_hers(schedule.saved, by)
    paused = Schedule.objects.filter(pk=schedule.pk, ended_at=None, paused_at__isnull=False)
    paused.update(paused_at=None, sent_for=period(day, schedule.every))


def stop(schedule: Schedule, *, by: User) -> None:
    """Safe to repeat. Raises NotAllowed."""
    _ensure_hers(schedule.saved, by)
    Schedule.objects.filter(pk=schedule.pk, ended_at=None).update(ended_at=timezone.now())


def period(day: date, every: str) -> date:
    """The first day of the week, month or quarter in which the day lies."""
    if every == Schedule.Every.WEEK:
        return date.fromordinal(day.toordinal() - day.weekday())
    month = day.month if every == Schedule.Every.MONTH else day.month - (day.month - 1) % 3
    return date(day.year, month, 1)


def may_keep(person: User) -> bool:
    """Whether she keeps lists and has them sent today."""
    return bool(access.rights(person).scopes("R4", "W") & access.NAMED)


def _ensure_right(owner: User) -> None:
    if not may_keep(owner):
        raise NotAllowed(_("Keeping lists is not among what your role allows."))


def _ensure_hers(saved: SavedList, by: User) -> None:
    _ensure_right(by)
    if saved.owner_id != by.pk:
        raise NotAllowed(_("This list is somebody else's: save it as yours first."))
