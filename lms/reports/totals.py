"""What readers without names are told: ends of months only, one grouping at a time, and nothing but what `Told` holds."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from courses.models import Course
from lms.people import access
from lms.people.models import Tree, User
from lms.people.models.postings import ContractType, FunctionGroup
from lms.reports.coverage import AGES, SOON, Ages, Line, Number, Point, Share
from lms.reports.groups import OTHER, WHOLE
from lms.reports.models import Told


def reads_totals(reader: User, action: str = "R") -> bool:
    """The reader gets numbers of everybody, under the rules for small groups. A few names in another role do not lift them."""
    scopes = access.rights(reader).scopes("P3", action)
    return access.Scope.TOTAL in scopes and access.Scope.ALL not in scopes


def months() -> list[date]:
    """Those of which anything is told, the last first."""
    return list(Told.objects.values_list("month", flat=True).distinct().order_by("-month"))


class Totals:
    """The same page as a `Coverage`, at the end of a month of which something is told. Four queries."""

    is_total = True

    def __init__(self, month: date, grouping: str):
        self.day, self.grouping = month, grouping

    def described(self) -> dict[str, str]:
        return {"month": str(self.day), "grouping": self.grouping}

    @cached_property
    def _told(self) -> dict[tuple[str, int | None], Told]:
        rows = Told.objects.filter(month=self.day, grouping=self.grouping)
        return {(row.part, row.course_id): row for row in rows}

    @cached_property
    def _wholes(self) -> list[Told]:
        """Of all courses, month by month up to this one."""
        whole = {"grouping": Told.Grouping.STRUCTURE, "part": WHOLE, "course": None}
        rows = Told.objects.filter(month__lte=self.day, required__gt=0, **whole)
        return list(rows.order_by("month"))

    @property
    def _more(self) -> dict[str, Any]:
        last = self._wholes[-1:]
        return last[0].more if last and last[0].month == self.day else {}

    @property
    def whole(self) -> Share | None:
        """None where nothing may be told of everybody."""
        last = self._wholes[-1:]
        return _share(last[0]) if last and last[0].month == self.day else None

    @property
    def overdue(self) -> Number:
        return Number(self._more.get("overdue", 0))

    @property
    def exempt(self) -> Number | None:
        """None where they are under five."""
        return _number(self._more.get("exempt", 0))

    @property
    def waiting(self) -> Number | None:
        return _number(self._more.get("waiting", 0))

    @property
    def late(self) -> list[Ages]:
        numbers = self._more.get("late", [])
        return [Ages(first, last, Number(number)) for (first, last), number in zip(AGES, numbers, strict=False)]

    @property
    def lapses(self) -> list[Ages]:
        return [Ages(0, end, Number(number)) for end, number in zip(SOON, self._more.get("lapses", []), strict=False)]

    @property
    def joiners(self) -> Share | None:
        """None where they may not be told of."""
        joined = self._more.get("joiners")
        return None if joined is None else Share(*map(Number, joined))

    @property
    def joiners_by_state(self) -> list[tuple[str, Number]]:
        if self.joiners is None:
            return []
        held, of = self.joiners.held.value, self.joiners.of.value
        return [(_("done"), Number(held)), (_("not done yet"), Number(of - held))]

    @cached_property
    def courses(self) -> list[Course]:
        return list(Course.objects.filter(pk__in={course for _part, course in self._told if course}).order_by("code"))

    @cached_property
    def lines(self) -> list[Line]:
        parts = {part for part, _course in self._told} - {WHOLE}
        names = {part: self._names.get(part, "") or _("others, together") for part in parts}
        ordered = [part for part in self._names if part in parts] + [part for part in (OTHER,) if part in parts]
        return [Line(names[part], self._whole_of(part), self._shares(part)) for part in ordered]

    @property
    def total(self) -> Line:
        return Line("", self.whole, self._shares(WHOLE))

    @property
    def trend(self) -> list[Point]:
        return [Point(row.month, row.valid, row.required) for row in self._wholes]

    def _whole_of(self, part: str) -> Share | None:
        row = self._told.get((part, None))
        return None if row is None else _share(row)

    def _shares(self, part: str) -> list[Share | None]:
        rows = [self._told.get((part, course.pk)) for course in self.courses]
        return [None if row is None else _share(row) for row in rows]

    @cached_property
    def _names(self) -> dict[str, str]:
        """In the order in which they are listed."""
        if self.grouping == Told.Grouping.STRUCTURE:
            tree = Tree(self.day)
            known = {str(key): tree.name(key) for key, _depth in tree.walk()}
            closed = {part for part, _course in self._told if part.isdigit()} - known.keys()
            return known | {part: tree.name(int(part)) for part in sorted(closed)}
        labels = FunctionGroup if self.grouping == Told.Grouping.FUNCTION else ContractType
        return {value: str(label) for value, label in labels.choices}


def _share(row: Told) -> Share:
    return Share(Number(row.valid), Number(row.required))


def _number(value: int | None) -> Number | None:
    return None if value is None else Number(value)
