"""How those whom a reader knows by name stand on a sheet: sums, each with the filter of the list of whom it counts.

What is counted is what is mandatory. Who is exempt from it, and who waits since no version of it is offered to her yet, leaves
the denominator.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from django.db.models import Case, Count, IntegerField, Q, Sum, Value, When
from django.utils.translation import gettext as _

from courses.models import Course, State, Strength
from lms.months import month_ends
from lms.people import access
from lms.people.models import Tree, User
from lms.reports import sheets
from lms.reports.filters import COURSE, NOTHING, PERSON, Filter
from lms.reports.models import MonthTotal, Sheet

HELD = (State.DONE, State.EXPIRING)
COUNTED = (*HELD, State.IN_PROGRESS, State.NOT_STARTED, State.EXPIRED, State.OVERDUE)
MONTHS = 24
SOON = (30, 60, 90)  # days, each with those before
AGES = ((1, 30), (31, 60), (61, 90), (91, None))  # days overdue
NEW = 30  # days after entry on duty


@dataclass(frozen=True)
class Number:
    """So many people, and where they are listed: nowhere for readers without names."""

    value: int
    filter: Filter | None = None

    @cached_property
    def query(self) -> str | None:
        return None if self.filter is None else self.filter.query()


@dataclass(frozen=True)
class Share:
    held: Number
    of: Number

    @property
    def percent(self) -> int:
        """100 only where nobody is missing."""
        if not self.of.value:
            return 0
        return 100 if self.held.value == self.of.value else min(99, round(100 * self.held.value / self.of.value))


@dataclass(frozen=True)
class Line:
    """Of the heat map: the share of all courses together, and one for each course; None where nothing is asked of anybody.
    `structure` leads to a page of its own."""

    name: str
    whole: Share | None
    shares: list[Share | None]
    structure: int | None = None


@dataclass(frozen=True)
class Point:
    day: date
    held: int
    of: int

    @property
    def percent(self) -> int:
        return Share(Number(self.held), Number(self.of)).percent


@dataclass(frozen=True)
class Ages:
    """People by days, overdue or (`first` 0) until something lapses; `last` None means: and more."""

    first: int
    last: int | None
    people: Number

    def __str__(self) -> str:
        if not self.first:
            return _("within %(days)s days") % {"days": self.last}
        if self.last is None:
            return _("more than %(days)s days") % {"days": self.first - 1}
        return _("%(first)s to %(last)s days") % {"first": self.first, "last": self.last}


class Coverage:
    """`chosen`: the sheet, structure, function and contract of the page. At most eight queries. `action` as in `access`."""

    is_total = False

    def __init__(self, reader: User, sheet: Sheet, chosen: Filter, *, action: str = "R"):
        self.day = sheet.day
        self.reader, self.sheet, self.chosen, self.action = reader, sheet, chosen, action
        rights = access.rights(reader)
        self.tree: Tree = rights.tree_on(sheet.day)
        reach = rights.reach("P3", action)
        self.reach = None if access.Scope.ALL in reach.scopes else reach.structures

    def described(self) -> dict[str, str]:
        return self.chosen.described()

    # People
    @cached_property
    def _people(self) -> list[dict]:
        """How many people by structure, state, age of what is overdue, days until something lapses, and whether they are new."""
        day = self.day
        rows = replace(self.chosen, by=PERSON).applied(
            sheets.people_on(self.sheet, self.reader, action=self.action), day, self.tree
        )
        ages = [When(late_since__gte=day - timedelta(last), then=Value(first)) for first, last in AGES if last]
        soon = [When(lapses_on__lt=day, then=None), *(When(lapses_on__lte=day + timedelta(end), then=Value(end)) for end in SOON)]
        sums = rows.order_by().annotate(
            age=Case(
                *[When(Q(late_since__isnull=True) | Q(late_since__gte=day), then=None), *ages],
                default=Value(AGES[-1][0]),
                output_field=IntegerField(),
            ),
            soon=Case(*soon, output_field=IntegerField()),
            is_new=Case(When(entered_on__range=(day - timedelta(NEW), day), then=Value(1)), default=Value(0)),
        )
        return list(sums.values("structure", "state", "age", "soon", "is_new").annotate(people=Count("*")))

    def _number(self, rows: Iterable[dict], **chosen: Any) -> Number:
        return Number(sum(row["people"] for row in rows), replace(self.chosen, by=PERSON, **chosen))

    def _in(self, *states: str) -> Number:
        wanted = {"" if state == NOTHING else state for state in states}
        return self._number([row for row in self._people if row["state"] in wanted], states=states)

    @cached_property
    def everybody(self) -> Number:
        return self._number(self._people)

    @cached_property
    def exempt(self) -> Number:
        return self._in(State.EXEMPT)

    @cached_property
    def waiting(self) -> Number:
        return self._in(State.WAITING)

    @cached_property
    def unasked(self) -> Number:
        return self._in(NOTHING)

    @cached_property
    def whole(self) -> Share:
        return Share(self._in(*HELD), self._in(*COUNTED))

    @cached_property
    def overdue(self) -> Number:
        return self._in(State.OVERDUE)

    @cached_property
    def late(self) -> list[Ages]:
        return [
            Ages(
                *(first, last),
                self._number([row for row in self._people if row["age"] == first], late_from=first, late_to=last),
            )
            for first, last in AGES
        ]

    @cached_property
    def lapses(self) -> list[Ages]:
        return [
            Ages(0, end, self._number([row for row in self._people if row["soon"] and row["soon"] <= end], lapses_within=end))
            for end in SOON
        ]

    @cached_property
    def joiners(self) -> Share:
        """Those in their first days of whom something is asked."""
        new = [row for row in self._people if row["is_new"]]
        return Share(*(self._joined(new, states) for states in (HELD, COUNTED)))

    @cached_property
    def joiners_by_state(self) -> list[tuple[str, Number]]:
        new = [row for row in self._people if row["is_new"]]
        found = [(str(State(state).label), self._joined(new, (state,))) for state in COUNTED]
        return [(label, number) for label, number in found if number.value]

    def _joined(self, new: Iterable[dict], states: Collection[str]) -> Number:
        return self._number([row for row in new if row["state"] in states], states=tuple(states), entered_within=NEW)

    # Structures and courses
    @cached_property
    def _cells(self) -> dict[tuple[int | None, int], Counter]:
        """How many people by state, of each line and course; of all of them under None."""
        mandatory = replace(self.chosen, by=COURSE, strength=Strength.MANDATORY)
        rows = mandatory.applied(sheets.rows_on(self.sheet, self.reader, action=self.action), self.day, self.tree)
        found: dict[tuple[int | None, int], Counter] = defaultdict(Counter)
        for row in rows.order_by().values("structure", "course", "state").annotate(people=Count("*")):
            for key in (None, *self._lines_above(row["structure"])):
                found[key, row["course"]][row["state"]] += row["people"]
        return found

    @cached_property
    def _courses(self) -> list[Course]:
        return list(Course.objects.filter(pk__in={course for _line, course in self._cells}).order_by("code"))

    @cached_property
    def courses(self) -> list[Course]:
        """Those that are asked of anybody who can take them."""
        return [course for course in self._courses if self._share(course, None)]

    @cached_property
    def not_offered(self) -> list[tuple[Course, Number]]:
        """Courses with those of whom they are asked and who cannot take them yet."""
        found = [(course, self._rows(course, None, (State.WAITING,))) for course in self._courses]
        return [(course, number) for course, number in found if number.value]

    @cached_property
    def _keys(self) -> list[int]:
        """The structures right below the chosen one, or the highest she may see; the chosen one where nothing is below it."""
        chosen = self.chosen.structure
        tops = {row["structure"]: self._top(row["structure"], chosen) for row in self._people}
        if chosen is None and self.reach is not None and len(set(tops.values())) == 1:
            [chosen] = set(tops.values())
            tops = {structure: self._top(structure, chosen) for structure in tops}
        keys = {top for top in tops.values() if top is not None} or {key for key in (chosen,) if tops and key is not None}
        ordered = [key for key, _deep in self.tree.walk() if key in keys]
        return [*ordered, *sorted(keys - set(ordered))]

    @cached_property
    def lines(self) -> list[Line]:
        """Of each of those structures, with everything below it."""
        people: dict[int, list[dict]] = defaultdict(list)
        for row in self._people:
            for key in self._lines_above(row["structure"]):
                people[key].append(row)
        return [self._line(key, people[key]) for key in self._keys]

    @cached_property
    def total(self) -> Line:
        return Line("", self.whole, [self._share(course, None) for course in self.courses])

    def _top(self, structure: int, below: int | None) -> int | None:
        """Under which line it counts; None for the structure itself that the lines lie below."""
        path = list(self.tree.upwards(structure))
        if below is not None:
            path = path[: path.index(below)]
        elif self.reach is not None:
            path = [key for key in path if key in self.reach] or [structure]
        return path[-1] if path else None

    def _lines_above(self, structure: int) -> list[int]:
        return [key for key in self.tree.upwards(structure) if key in self._keys]

    def _line(self, key: int, people: list[dict]) -> Line:
        held, of = (
            self._number([row for row in people if row["state"] in states], states=states, structure=key)
            for states in (HELD, COUNTED)
        )
        whole = Share(held, of) if of.value else None
        return Line(self.tree.name(key), whole, [self._share(course, key) for course in self.courses], key)

    def _share(self, course: Course, line: int | None) -> Share | None:
        share = Share(*(self._rows(course, line, states) for states in (HELD, COUNTED)))
        return share if share.of.value else None

    def _rows(self, course: Course, line: int | None, states: tuple[str, ...]) -> Number:
        found = self._cells.get((line, course.pk), Counter())
        chosen = self.chosen if line is None else replace(self.chosen, structure=line)
        of_course = replace(chosen, by=COURSE, course=course.code, strength=Strength.MANDATORY, states=states)
        return Number(sum(found[state] for state in states), of_course)

    # Time
    @cached_property
    def trend(self) -> list[Point]:
        """The ends of the months before, and the day of the sheet; empty where function or contract are chosen."""
        if self.chosen.function_group or self.chosen.contract_type:
            return []
        rows = MonthTotal.objects.filter(course=None, month__in=month_ends(self.day, MONTHS))
        within = self.reach if self.chosen.structure is None else self.tree.below(self.chosen.structure)
        if within is not None:
            rows = rows.filter(structure__in=within)
        sums = rows.values("month").annotate(valid=Sum("valid"), required=Sum("required")).order_by("month")
        points = [Point(row["month"], row["valid"], row["required"]) for row in sums if row["required"]]
        return [*points, Point(self.day, self.whole.held.value, self.whole.of.value)]
