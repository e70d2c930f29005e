"""What a line of the matrix asks, of whom, and what comes out where several lines meet. Plain values, no database.

Structures and courses are named by their keys in the database; days are dates, durations days or months.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from uuid import UUID

MANDATORY, RECOMMENDED = "mandatory", "recommended"
ENTRY, POSTING, APPOINTMENT, RULE = "entry", "posting", "appointment", "rule"

VALIDITIES = (6, 12, 18, 24, 36, 48, 60)  # months
WINDOWS = (30, 60, 90, 120)  # days before the end in which renewing counts from the old end
GRACE = timedelta(days=30)  # of people in post when a line comes to hold for them, and of who returns from an exemption


@dataclass(frozen=True)
class Standing:
    """Who somebody is on a day. `structures`: her own and all above it. `roles`: role → since when without a gap."""

    structures: frozenset[int]
    function_group: str
    contract_type: str
    duty_station: str
    entered_on: date
    posted_on: date
    roles: Mapping[str, date] = field(default_factory=dict)


@dataclass(frozen=True)
class Audience:
    """Every part that is named must hold, any value within it will do. A part that is empty leaves all people in."""

    structure: int | None = None
    function_groups: frozenset[str] = frozenset()
    contract_types: frozenset[str] = frozenset()
    duty_stations: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()

    def __contains__(self, standing: object) -> bool:
        return (
            isinstance(standing, Standing)
            and (self.structure is None or self.structure in standing.structures)
            and (not self.function_groups or standing.function_group in self.function_groups)
            and (not self.contract_types or standing.contract_type in self.contract_types)
            and (not self.duty_stations or standing.duty_station in self.duty_stations)
            and (not self.roles or not self.roles.isdisjoint(standing.roles))
        )

    def holds_all_of(self, other: Audience, above: Mapping[int | None, Collection[int]]) -> bool:
        """Whether everybody of the other audience is in this one. `above`: structure → itself and all above it."""
        parts = (
            (self.function_groups, other.function_groups),
            (self.contract_types, other.contract_types),
            (self.duty_stations, other.duty_stations),
            (self.roles, other.roles),
        )
        is_below = self.structure is None or self.structure in above.get(other.structure, ())
        return is_below and all(not mine or (bool(theirs) and theirs <= mine) for mine, theirs in parts)


@dataclass(frozen=True)
class Line:
    """What is asked of an audience from one day to another (`ends_on` None: open).

    `key` names this version (a kind of line and its number), `chain` all versions of the line.
    """

    key: tuple[str, int]
    chain: UUID
    course: int
    audience: Audience
    strength: str
    due_days: int
    due_from: str
    starts_on: date
    ends_on: date | None = None
    valid_months: int | None = None
    renewal_days: int = 60
    refresher: int | None = None

    def holds_on(self, day: date) -> bool:
        return self.starts_on <= day and (self.ends_on is None or day < self.ends_on)


@dataclass(frozen=True)
class Asked:
    """One line as it meets one person: by when."""

    line: Line
    due_on: date


@dataclass(frozen=True)
class Terms:
    """What comes out of all lines that meet a person in a course. `line` is the one that gives the date."""

    line: Line
    strength: str
    due_on: date
    valid_months: int | None
    renewal_days: int
    refresher: int | None
    later: int | None = None  # the later date that was agreed on, where it gives the date


@dataclass(frozen=True)
class Later:
    """For one person a course is due on a later day than its lines say. `key` is its number."""

    key: int
    course: int
    due_on: date
    starts_on: date


def due_on(line: Line, standing: Standing, *, since: date, before: Asked | None = None) -> date:
    """By when a line asks somebody for whom this version of it holds `since` that day.

    Its days are counted from the day that it names. If it came to hold for her later than that, she has 30 days at least.
    `before` is what the version before it asked: a change moves no date beyond what both versions say.
    """
    anchor = _anchor(line, standing, since)
    plain = anchor + timedelta(days=line.due_days)
    due = plain if since <= anchor else max(plain, since + GRACE)
    if before is not None and before.line.strength == line.strength:
        due = min(due, max(before.due_on, plain))
    return due


def _anchor(line: Line, standing: Standing, since: date) -> date:
    if line.due_from == ENTRY:
        return standing.entered_on
    if line.due_from == POSTING:
        return standing.posted_on
    if line.due_from == RULE:
        return line.starts_on
    return min((day for role, day in standing.roles.items() if role in line.audience.roles), default=since)


def merge(asked: Iterable[Asked]) -> Terms:
    """The strictest value of each column: mandatory before recommended, the earliest date, the shortest validity, the longest
    window, the whole course before a refresher. A recommended line adds nothing where the course is mandatory. Asks for one at
    least.
    """
    lines = list(asked)
    if len(lines) == 1:  # as most are
        [one] = lines
        return Terms(one.line, one.line.strength, one.due_on, one.line.valid_months, one.line.renewal_days, one.line.refresher)
    if any(one.line.strength == MANDATORY for one in lines):
        lines = [one for one in lines if one.line.strength == MANDATORY]
    first = min(lines, key=lambda one: (one.due_on, one.line.starts_on, str(one.line.key)))
    refreshers = {one.line.refresher for one in lines}
    return Terms(
        line=first.line,
        strength=first.line.strength,
        due_on=first.due_on,
        valid_months=min((one.line.valid_months for one in lines if one.line.valid_months), default=None),
        renewal_days=max(one.line.renewal_days for one in lines),
        refresher=refreshers.pop() if len(refreshers) == 1 else None,
    )


def postponed(terms: Terms, laters: Iterable[Later]) -> Terms:
    """The latest of the later dates, where it is later than what the lines say."""
    last = max((one for one in laters if one.course == terms.line.course), key=lambda one: (one.due_on, one.key), default=None)
    if last is None or last.due_on <= terms.due_on:
        return terms
    return replace(terms, due_on=last.due_on, later=last.key)


def covering(line: Line, others: Iterable[Line], above: Mapping[int | None, Collection[int]]) -> list[Line]:
    """The lines because of which this one has no effect; none where it has one, or where that depends on the person.

    They ask the same course of everybody in its audience for as long, and in each column one of them is as strict.
    """
    wider = [
        other
        for other in others
        if other.course == line.course
        and other.chain != line.chain
        and other.starts_on <= line.starts_on
        and (other.ends_on is None or (line.ends_on is not None and line.ends_on <= other.ends_on))
        and other.audience.holds_all_of(line.audience, above)
    ]
    mandatory = [other for other in wider if other.strength == MANDATORY]
    if line.strength == RECOMMENDED and mandatory:
        return mandatory[:1]
    found: list[Line] = []
    for is_as_strict in (_is_as_early, _is_valid_as_short, _has_as_long_a_window, _spares_as_little):
        one = next((other for other in (mandatory or wider) if is_as_strict(other, line)), None)
        if one is None or (line.strength == MANDATORY and not mandatory):
            return []
        found += [] if one in found else [one]
    return found


def _is_as_early(other: Line, line: Line) -> bool:
    # Entry on duty comes before every posting; nothing else can be told without the person.
    is_comparable = other.due_from == line.due_from or (other.due_from, line.due_from) == (ENTRY, POSTING)
    return is_comparable and other.due_days <= line.due_days


def _is_valid_as_short(other: Line, line: Line) -> bool:
    return line.valid_months is None or (other.valid_months is not None and other.valid_months <= line.valid_months)


def _has_as_long_a_window(other: Line, line: Line) -> bool:
    return other.renewal_days >= line.renewal_days


def _spares_as_little(other: Line, line: Line) -> bool:
    return other.refresher in (None, line.refresher)
