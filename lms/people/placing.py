"""Puts people in post as the staff feed says. A change ends the row that holds and begins the next; the past stays."""

from datetime import date, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from lms.people.hr_feed import FeedRow
from lms.people.models import Posting, Structure, User

DAY = timedelta(days=1)


def place(person: User, row: FeedRow, *, last: Posting | None, structure: Structure, manager: User | None, day: date) -> str:
    """Brings the person's postings in line with her row; `last` is the latest of them.

    Returns "moved" for a new posting after others, "changed" for a first or a corrected one, "" where nothing was written.
    """
    # The last day of a contract still counts as a day in post; rows are half-open.
    ends_on = row.ends_on + DAY if row.ends_on else None
    values = {
        "structure": structure,
        "duty_station": row.duty_station,
        "function_group": row.function_group,
        "contract_type": row.contract_type,
        "manager": manager,
        "entered_on": row.entered_on,
    }
    if last is None:
        return "changed" if _begin(person, starts_on=row.entered_on, ends_on=ends_on, **values) else ""
    is_same = all(getattr(last, name) == value for name, value in values.items())
    if is_same and last.ends_on == _after(last.starts_on, ends_on):
        return ""
    if last.starts_on >= day:
        _correct(last, starts_on=max(day, row.entered_on), ends_on=ends_on, **values)
        return "changed"
    if is_same and last.is_open_on(day):
        _change(last, ends_on=_after(last.starts_on, ends_on))
        return "changed"
    return _follow(last, starts_on=max(day, row.entered_on), ends_on=ends_on, **values)


def take_out(posting: Posting, *, day: date) -> None:
    """From `day` on she is not in post; a row that begins then or later keeps one day, since none can be empty."""
    _others(posting).filter(ends_on__gt=day).update(ends_on=day)
    _change(posting, ends_on=_after(posting.starts_on, day))


def _correct(posting: Posting, *, starts_on: date, ends_on: date | None, **values: Any) -> None:
    """A row that was not yet in force for a whole day; the one that it follows reaches up to where it begins."""
    _others(posting).filter(Q(ends_on=posting.starts_on) | Q(ends_on__gt=starts_on)).update(ends_on=starts_on)
    _change(posting, starts_on=starts_on, ends_on=_after(starts_on, ends_on), **values)


def _follow(last: Posting, *, starts_on: date, ends_on: date | None, **values: Any) -> str:
    is_ended = last.is_open_on(starts_on)
    if is_ended:
        _change(last, ends_on=starts_on)
    is_begun = _begin(last.person, starts_on=starts_on, ends_on=ends_on, **values)
    return "moved" if is_ended or is_begun else ""


def _begin(person: User, *, starts_on: date, ends_on: date | None, **values: Any) -> bool:
    """False for a contract that was over before it could begin here."""
    if ends_on is not None and ends_on <= starts_on:
        return False
    Posting.objects.create(person=person, starts_on=starts_on, ends_on=ends_on, **values)
    return True


def _change(posting: Posting, **values: Any) -> None:
    for name, value in values.items():
        setattr(posting, name, value)
    posting.save(update_fields=list(values))


def _others(posting: Posting) -> QuerySet[Posting]:
    """The same person's earlier ones: only the last can lie ahead."""
    return Posting.objects.filter(person=posting.person_id).exclude(pk=posting.pk)


def _after(starts_on: date, ends_on: date | None) -> date | None:
    """The end, but never on or before the first day."""
    return ends_on and max(ends_on, starts_on + DAY)
