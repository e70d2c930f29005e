"""Which rows of a sheet a list shows: what every number of a report links to, and what a saved view keeps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Q, QuerySet

from courses.models import Course, State
from lms.people.models import Tree

PERSON, COURSE = "person", "course"
NOTHING = "nothing"  # stands among the states for somebody of whom nothing mandatory is asked


@dataclass(frozen=True, kw_only=True)
class Filter:
    """`by`: a row a person (SheetPerson) or a row a person and course (SheetRow). A row a person knows no course and no
    strength: these are left out of its query and ignored when it is applied.

    `sheet`: None is the living one. `structure` is meant with everything below it. Days count from the sheet's day.
    """

    sheet: UUID | None = None
    structure: int | None = None
    course: str = ""  # its code
    states: tuple[str, ...] = ()  # of courses.State, and NOTHING
    strength: str = ""
    function_group: str = ""
    contract_type: str = ""
    duty_station: str = ""
    late_from: int | None = None  # days overdue, both ends inclusive
    late_to: int | None = None
    lapses_within: int | None = None  # days
    entered_within: int | None = None  # days since entry on duty
    by: str = COURSE

    def query(self) -> str:
        """The query string of the list that shows these rows; empty for all of them."""
        return urlencode(self._named(), doseq=True)

    def described(self) -> dict[str, str]:
        """As it is written into the access log."""
        return {name: ", ".join(value) if isinstance(value, tuple) else str(value) for name, value in self._named().items()}

    def applied(self, rows: QuerySet[Any], day: date, tree: Tree) -> QuerySet[Any]:
        """The rows, of the model that `by` means, to which all of it applies. `day`, `tree`: the sheet's."""
        found = self._who(day, tree) & self._states()
        if self.by == COURSE:
            found &= _same(strength=self.strength)
            if self.course:
                found &= Q(course=Course.objects.filter(code__iexact=self.course).values("pk")[:1])
        late, lapses = ("due_on", "valid_until") if self.by == COURSE else ("late_since", "lapses_on")
        if self.late_from is not None or self.late_to is not None:
            found &= Q(state=State.OVERDUE) & _between(late, _before(day, self.late_to), _before(day, self.late_from))
        if self.lapses_within is not None:
            still = Q(state__in=[State.DONE, State.EXPIRING]) if self.by == COURSE else Q()
            found &= still & _between(lapses, day, day + timedelta(days=self.lapses_within))
        return rows.filter(found)

    def _who(self, day: date, tree: Tree) -> Q:
        found = _same(
            function_group=self.function_group, contract_type=self.contract_type, duty_station__iexact=self.duty_station
        )
        if self.structure is not None:
            found &= Q(structure__in=tree.below(self.structure))
        if self.entered_within is not None:
            found &= _between("entered_on", _before(day, self.entered_within), day)
        return found

    def _states(self) -> Q:
        return Q(state__in=["" if state == NOTHING else state for state in self.states]) if self.states else Q()

    def _named(self) -> dict[str, Any]:
        """Name in the query → value, of what is chosen."""
        of_course = self.by == COURSE
        chosen = {
            "by": "" if of_course else self.by,
            "sheet": self.sheet and str(self.sheet),
            "structure": self.structure,
            "course": self.course if of_course else "",
            "states": tuple(str(state) for state in self.states),
            "strength": str(self.strength) if of_course else "",
            "function": str(self.function_group),
            "contract": str(self.contract_type),
            "station": self.duty_station,
            "late_from": self.late_from,
            "late_to": self.late_to,
            "lapses": self.lapses_within,
            "entered": self.entered_within,
        }
        return {name: value for name, value in chosen.items() if value not in (None, "", ())}


def _same(**wanted: str) -> Q:
    return Q(**{name: value for name, value in wanted.items() if value})


def _between(field: str, first: date | None, last: date | None) -> Q:
    found = Q(**{f"{field}__isnull": False})
    if first is not None:
        found &= Q(**{f"{field}__gte": first})
    if last is not None:
        found &= Q(**{f"{field}__lte": last})
    return found


def _before(day: date, days: int | None) -> date | None:
    return None if days is None else day - timedelta(days=days)
