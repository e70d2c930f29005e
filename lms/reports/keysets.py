"""Pages of a long list: each begins after the last row of the one before, so that the thousandth costs what the first does.

An address tells neither a name nor a number of anybody: it names the row's person by key, and what she is called is looked up.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, QuerySet
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan

from lms.reports.columns import Column

SIZE = 50
MARK = re.compile(r"(\d{1,18})\.(\d{1,18})\.(.*)", re.DOTALL)
NAME = ["name", "id"]
EMPTY = "-"  # of a column that may be empty


@dataclass(frozen=True)
class Mark:
    """A row that was on a page: its person, its key, and what stands in the column by which the list is sorted."""

    person: int
    row: int
    value: str

    def __str__(self) -> str:
        return f"{self.person}.{self.row}.{self.value}"


def read(text: str) -> Mark | None:
    """None where it is none."""
    found = MARK.fullmatch(text)
    return Mark(int(found[1]), int(found[2]), found[3]) if found else None


@dataclass(frozen=True)
class Page:
    """`rows` as `fields` were asked for. `before` and `after` are marks, empty where nothing comes."""

    rows: list[tuple]
    before: str = ""
    after: str = ""


@dataclass(frozen=True)
class Order:
    """By a column, then by name; rows in which the column is empty come last, whichever way it runs."""

    column: Column
    is_down: bool = False

    def sorted(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """All of them, for a file."""
        sign = "-" if self.is_down else ""
        field = F(self.column.field)
        empty_last = field.desc(nulls_last=True) if self.is_down else field.asc(nulls_last=True)
        return rows.order_by(empty_last if self.column.is_sparse else f"{sign}{self.column.field}", f"{sign}name", f"{sign}id")

    def page(self, rows: QuerySet[Any], fields: list[str], *, mark: Mark | None, is_back: bool, among: QuerySet[Any]) -> Page:
        """The page after the mark, or before it. `among`: the rows in which the mark's person is looked up."""
        place = self._place(mark, among) if mark else None
        return self._back(rows, fields, place) if place and is_back else self._forward(rows, fields, place)

    def _forward(self, rows: QuerySet[Any], fields: list[str], place: _Place | None) -> Page:
        found = self._read(rows, fields, place, is_back=False)
        shown = found[:SIZE]
        return self._page(shown, has_before=place is not None, has_after=len(found) > SIZE)

    def _back(self, rows: QuerySet[Any], fields: list[str], place: _Place) -> Page:
        found = self._read(rows, fields, place, is_back=True)
        return self._page(found[:SIZE][::-1], has_before=len(found) > SIZE, has_after=True)

    def _page(self, found: list[tuple], *, has_before: bool, has_after: bool) -> Page:
        rows = [row[3:] for row in found]
        if not found:
            return Page(rows)
        return Page(rows, self._mark(found[0]) if has_before else "", self._mark(found[-1]) if has_after else "")

    def _mark(self, row: tuple) -> str:
        key, person, value = row[:3]
        return str(Mark(person, key, "" if self.column.is_about_her else EMPTY if value is None else str(value)))

    def _read(self, rows: QuerySet[Any], fields: list[str], place: _Place | None, *, is_back: bool) -> list[tuple]:
        """One row more than a page holds, from the part of the list that holds the place and those beyond it."""
        runs_down = self.is_down != is_back
        found: list[tuple] = []
        for part, keys in self._parts(rows, place, runs_down=runs_down, is_back=is_back):
            part = part.order_by(*(f"-{key}" if runs_down else key for key in keys))
            found += part.values_list("id", "person", self.column.field, *fields)[: SIZE + 1 - len(found)]
            if len(found) > SIZE:
                break
        return found

    def _parts(
        self, rows: QuerySet[Any], place: _Place | None, *, runs_down: bool, is_back: bool
    ) -> list[tuple[QuerySet[Any], list[str]]]:
        """What comes beyond the place, piece by piece, each with the keys by which an index keeps it.

        The rows with the same value in the column are a piece of their own. One comparison of value, name and id would find
        them too, but PostgreSQL takes what it leaves for next to nothing where many rows share a day, and reads them all.
        """
        field = self.column.field
        behind = rows if place is None else rows.filter(_beyond(place.name, place.row, runs_down=runs_down))
        if field == "name":
            return [(behind, NAME)]
        is_empty = {f"{field}__isnull": True}
        every = (rows.exclude(**is_empty) if self.column.is_sparse else rows), [field, *NAME]
        if place is None:
            filled, empty = [every], [(rows.filter(**is_empty), NAME)]
        elif place.is_empty:
            filled, empty = [every] if is_back else [], [(behind.filter(**is_empty), NAME)]
        else:
            further = rows.filter(**{f"{field}__{'lt' if runs_down else 'gt'}": place.value})
            filled = [(behind.filter(**{field: place.value}), NAME), (further, [field, *NAME])]
            empty = [] if is_back else [(rows.filter(**is_empty), NAME)]
        if not self.column.is_sparse:
            return filled
        return [*empty, *filled] if is_back else [*filled, *empty]

    def _place(self, mark: Mark, among: QuerySet[Any]) -> _Place | None:
        """None where the person is gone from the list, or the mark was meant for another order."""
        her = among.filter(person=mark.person).order_by().values_list("name", self.column.field).first()
        if her is None:
            return None
        is_empty = self.column.is_sparse and mark.value == EMPTY
        value: str | date | None = her[1] if self.column.is_about_her else mark.value
        if self.column.is_date and not is_empty:
            value = _day(mark.value)
            if value is None:
                return None
        return _Place(is_empty, value, her[0], mark.row)


@dataclass(frozen=True)
class _Place:
    is_empty: bool
    value: str | date | None
    name: str
    row: int


def _beyond(name: str, row: int, *, runs_down: bool) -> TupleLessThan | TupleGreaterThan:
    compared = TupleLessThan if runs_down else TupleGreaterThan
    return compared(Tuple(F("name"), F("id")), (name, row))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
