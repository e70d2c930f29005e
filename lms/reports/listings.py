"""A list as somebody asked for it, and what a reader finds in it: never more than she may see today."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any
from urllib.parse import parse_qs, urlencode
from uuid import UUID

from django.db.models import Count, QuerySet

from courses.models import Course
from lms.people import access
from lms.people.models import Structure, Tree, User
from lms.reports import columns, sheets
from lms.reports.columns import Column
from lms.reports.files import Head, Rows
from lms.reports.filters import COURSE, NOTHING, PERSON, Filter
from lms.reports.keysets import Mark, Order, Page
from lms.reports.models import Sheet

MOST_COUNTED = 10_000  # rows; beyond it the page says "more than"
# By what a list is grouped: the column, and the field by which its rows are counted.
GROUPS = {
    "structure": "structure",
    "course": "course",
    "state": "state",
    "function": "function_group",
    "contract": "contract_type",
}


@dataclass(frozen=True)
class Listing:
    """`columns`: keys, none for those shown first. `sort`: a key, with - before it the other way round. `group`: of GROUPS."""

    filter: Filter = field(default_factory=Filter)
    columns: tuple[str, ...] = ()
    sort: str = "name"
    group: str = ""

    def query(self) -> str:
        chosen = {"columns": self.columns, "sort": "" if self.sort == "name" else self.sort, "group": self.group}
        rest = urlencode({name: value for name, value in chosen.items() if value}, doseq=True)
        return "&".join(part for part in (self.filter.query(), rest) if part)

    def within(self, **chosen: Any) -> Listing:
        """The same list, filtered further and not grouped."""
        return replace(self, filter=replace(self.filter, **chosen), group="")

    def sorted_by(self, key: str) -> Listing:
        """By that column, and by the one that it is sorted by already the other way round."""
        return replace(self, sort=f"-{key}" if self.sort == key else key)


@dataclass(frozen=True)
class Group:
    name: str
    count: int
    query: str  # of the list of those counted
    depth: int = 0  # of a structure, which counts with everything below it


class Found:
    """What one reader finds in a list. `action` as in `access`: sometimes less may be taken along than is shown."""

    def __init__(self, reader: User, listing: Listing, sheet: Sheet, *, action: str = "R"):
        self.reader, self.listing, self.sheet, self.action = reader, listing, sheet, action

    @cached_property
    def tree(self) -> Tree:
        return access.rights(self.reader).tree_on(self.sheet.day)

    @cached_property
    def columns(self) -> list[Column]:
        """Those that were chosen and that she may see, in their own order."""
        seen = columns.seen_by(self.reader, self.listing.filter.by)
        chosen = [column for column in seen if column.key in self.listing.columns]
        return chosen or [column for column in seen if column.is_shown_first]

    @cached_property
    def order(self) -> Order:
        """By name where such a list is not sorted by that column."""
        key = self.listing.sort.removeprefix("-")
        sorting = {column.key: column for column in columns.seen_by(self.reader, self.listing.filter.by) if column.sorts}
        return Order(sorting.get(key, sorting["name"]), self.listing.sort.startswith("-"))

    @property
    def group(self) -> str:
        """Empty where it is not grouped, or by what she may not see, or by what such a list has not."""
        return self.listing.group if columns.sees(self.reader, self.listing.group, self.listing.filter.by) else ""

    @cached_property
    def all(self) -> QuerySet[Any]:
        """Whatever she may see of the sheet, unfiltered."""
        read = sheets.people_on if self.listing.filter.by == PERSON else sheets.rows_on
        return read(self.sheet, self.reader, action=self.action)

    @cached_property
    def rows(self) -> QuerySet[Any]:
        chosen = self.listing.filter
        if chosen.contract_type and not columns.sees(self.reader, "contract", chosen.by):
            chosen = replace(chosen, contract_type="")
        return chosen.applied(self.all, self.sheet.day, self.tree)

    @property
    def leaves_out_contract(self) -> bool:
        """A filter of the list is not for her, so she finds more people than whoever made it."""
        return bool(self.listing.filter.contract_type) and not columns.sees(self.reader, "contract", self.listing.filter.by)

    def count(self, most: int = MOST_COUNTED) -> int:
        """How many rows; `most` + 1 for more than that."""
        return self.rows.order_by()[: most + 1].count()

    def page(self, mark: Mark | None, *, is_back: bool) -> Page:
        """Each row: the person's uuid, the code of the course, and the cells of `columns`."""
        fields = ["person__uuid", "course__code" if self.listing.filter.by == COURSE else "staff_number"]
        return self.order.page(self.rows, fields + self._fields, mark=mark, is_back=is_back, among=self.all)

    def head(self) -> list[Head]:
        return [Head(column.key, str(column.label), column.is_date) for column in self.columns]

    def lines(self) -> Rows:
        """Every row as cells for a file, in the order of the screen and in the language that is spoken now."""
        worded = [(at, column.read) for at, column in enumerate(self.columns) if column.words is not None]
        rows = self.order.sorted(self.rows).values_list(*self._fields).iterator(chunk_size=5000)
        return _worded(rows, worded) if worded else rows

    def groups(self) -> list[Group]:
        """How many rows stand in each group, and where they are listed."""
        counted = self.rows.order_by().values_list(GROUPS[self.group]).annotate(rows=Count("pk"))
        counts = dict(counted)
        if self.group == "structure":
            return list(self._structures(counts))
        if self.group == "course":
            offered = Course.objects.filter(pk__in=counts).order_by("title", "pk")
            return [Group(one.title, counts[one.pk], self.listing.within(course=one.code).query()) for one in offered]
        words = columns.EVERY[self.group].words or {}
        return [
            Group(str(word), counts[code], self._narrowed(str(code)).query()) for code, word in words.items() if code in counts
        ]

    def _structures(self, counts: dict[int, int]) -> Iterator[Group]:
        for key, depth in self.tree.walk():
            count = sum(counts.get(below, 0) for below in self.tree.below(key))
            if count:
                yield Group(self.tree.name(key), count, self.listing.within(structure=key).query(), depth)
        for closed in Structure.objects.filter(pk__in=counts.keys() - self.tree.periods.keys()).order_by("code"):
            yield Group(closed.code, counts[closed.pk], self.listing.within(structure=closed.pk).query())

    def _narrowed(self, code: str) -> Listing:
        if self.group == "state":
            return self.listing.within(states=(code or NOTHING,))
        return self.listing.within(**{GROUPS[self.group]: code})

    @property
    def _fields(self) -> list[str]:
        return [column.field for column in self.columns]


def sheet_of(listing: Listing, reader: User) -> Sheet | None:
    """The one that the list names, or the living one; None where she may look at none."""
    return sheets.find(reader, listing.filter.sheet) if listing.filter.sheet else sheets.living()


def read(query: str) -> Listing:
    """The list whose `query()` this is."""
    said = parse_qs(query)
    text = {name: values[0] for name, values in said.items()}
    days = {name: int(text[name]) for name in ("structure", "late_from", "late_to", "lapses", "entered") if name in text}
    return Listing(
        filter=Filter(
            sheet=UUID(text["sheet"]) if "sheet" in text else None,
            structure=days.get("structure"),
            course=text.get("course", ""),
            states=tuple(said.get("states", [])),
            strength=text.get("strength", ""),
            function_group=text.get("function", ""),
            contract_type=text.get("contract", ""),
            duty_station=text.get("station", ""),
            late_from=days.get("late_from"),
            late_to=days.get("late_to"),
            lapses_within=days.get("lapses"),
            entered_within=days.get("entered"),
            by=text.get("by", COURSE),
        ),
        columns=tuple(said.get("columns", [])),
        sort=text.get("sort", "name"),
        group=text.get("group", ""),
    )


def reach_of(reader: User) -> str:
    """How far her right to take lists along goes today, as something that can be compared."""
    reach = access.reach(reader, "P3", "X")
    scopes = sorted(reach.scopes & access.NAMED)
    structures = [] if access.Scope.ALL in scopes else sorted(reach.structures)
    seen = [column.key for by in columns.BY for column in columns.seen_by(reader, by)]
    return hashlib.sha256(repr((scopes, structures, seen)).encode()).hexdigest()


def _worded(rows: Iterable[Sequence[Any]], worded: list[tuple[int, dict[str, str]]]) -> Iterator[list[Any]]:
    for found in rows:
        row = list(found)
        for at, read in worded:
            row[at] = read.get(row[at], row[at])
        yield row
