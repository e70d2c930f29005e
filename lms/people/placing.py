"""Puts people in post as the staff feed says. A change ends the row that holds and begins the next; the past stays."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from lms.people.hr_feed import FeedRow
from lms.people.journaling import Journal
from lms.people.models import Posting, Structure, User

DAY = timedelta(days=1)


def place(
    journal: Journal,
    person: User,
    row: FeedRow,
    *,
    history: list[Posting],
    structure: Structure,
    manager: User | None,
    day: date,
) -> str:
    """Brings the person's postings in line with her row; `history` holds all of them by their first days.

    Returns "moved" for a new posting after others, "changed" for a first or a corrected one, "" where nothing was written.
    """
    # The last day of a contract still counts as a day in post; rows are half-open.
    ends_on = row.ends_on + DAY if row.ends_on else None
    values = {
        "structure_id": structure.pk,
        "duty_station": row.duty_station,
        "function_group": row.function_group,
        "contract_type": row.contract_type,
        "manager_id": manager.pk if manager else None,
        "entered_on": row.entered_on,
    }
    if not history:
        return "changed" if _begin(journal, person, starts_on=row.entered_on, ends_on=ends_on, **values) else ""
    last = history[-1]
    is_same = all(getattr(last, name) == value for name, value in values.items())
    if is_same and last.ends_on == _after(last.starts_on, ends_on):
        return ""
    if last.starts_on >= day:
        _correct(journal, history, starts_on=max(day, row.entered_on), ends_on=ends_on, **values)
        return "changed"
    if is_same and last.is_open_on(day):
        journal.change(last, ends_on=_after(last.starts_on, ends_on))
        return "changed"
    return _follow(journal, person, last, starts_on=max(day, row.entered_on), ends_on=ends_on, **values)


def take_out(journal: Journal, history: list[Posting], *, day: date) -> bool:
    """From `day` on she is not in post; a row that begins then or later keeps one day, since none can be empty.

    Whether that changed anything.
    """
    last = history[-1]
    ended = [journal.change(other, ends_on=day) for other in history[:-1] if other.is_open_on(day)]
    return journal.change(last, ends_on=_after(last.starts_on, day)) or any(ended)


def _correct(journal: Journal, history: list[Posting], *, starts_on: date, ends_on: date | None, **values: Any) -> None:
    """A row that was not yet in force for a whole day; the one that it follows reaches up to where it begins."""
    last = history[-1]
    for other in _reaching(history[:-1], last.starts_on, starts_on):
        journal.change(other, ends_on=starts_on)
    journal.change(last, starts_on=starts_on, ends_on=_after(starts_on, ends_on), **values)


def _reaching(rows: Iterable[Posting], begins: date, will_begin: date) -> list[Posting]:
    """Those that end where the last one begins, or after it will begin."""
    return [row for row in rows if row.ends_on is not None and (row.ends_on == begins or row.ends_on > will_begin)]


def _follow(journal: Journal, person: User, last: Posting, *, starts_on: date, ends_on: date | None, **values: Any) -> str:
    is_ended = last.is_open_on(starts_on)
    if is_ended:
        journal.change(last, ends_on=starts_on)
    is_begun = _begin(journal, person, starts_on=starts_on, ends_on=ends_on, **values)
    return "moved" if is_ended or is_begun else ""


def _begin(journal: Journal, person: User, *, starts_on: date, ends_on: date | None, **values: Any) -> bool:
    """False for a contract that was over before it could begin here."""
    if ends_on is not None and ends_on <= starts_on:
        return False
    journal.make_posting(Posting(person_id=person.pk, starts_on=starts_on, ends_on=ends_on, **values))
    return True


def _after(starts_on: date, ends_on: date | None) -> date | None:
    """The end, but never on or before the first day."""
    return ends_on and max(ends_on, starts_on + DAY)
