"""What is asked of one person in the course of time.

Worked out from dated rows alone: whenever it is done, it comes out the same.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from courses.terms import Asked, Later, Line, Standing, Terms, due_on, merge, postponed

LAST = date.max


@dataclass(frozen=True)
class Spell:
    """Somebody is in one post. `ends_on` None: open."""

    starts_on: date
    ends_on: date | None
    structure: int
    function_group: str
    contract_type: str
    duty_station: str
    entered_on: date


@dataclass(frozen=True)
class Office:
    """Somebody holds a role."""

    role: str
    starts_on: date
    ends_on: date | None


@dataclass(frozen=True)
class Single:
    """Somebody is asked by name, whatever her post; `line` has no audience."""

    line: Line
    due_on: date


@dataclass(frozen=True)
class History:
    """All that is known of one person."""

    spells: Sequence[Spell]
    offices: Sequence[Office] = ()
    singles: Sequence[Single] = ()
    laters: Sequence[Later] = ()


@dataclass(frozen=True)
class Demand:
    """From one day to another (None: open) the same is asked of a person."""

    course: int
    starts_on: date
    ends_on: date | None
    terms: Terms


@dataclass(frozen=True)
class Chosen:
    """The lines that can ever meet somebody in a post, and the days on which that may change."""

    lines: tuple[Line, ...]
    changes: tuple[date, ...]


class Rules:
    """All lines, and where structures stand: (structure, day) → itself and all above it. Serves for many people."""

    def __init__(
        self,
        lines: Iterable[Line],
        above: Callable[[int, date], frozenset[int]],
        changes_of_structures: Iterable[date] = (),
    ):
        self.lines = list(lines)
        self._above = above
        self._changes_of_structures = {*changes_of_structures}
        self._chosen: dict[tuple[object, ...], Chosen] = {}

    def standing(self, spell: Spell, roles: Mapping[str, date], day: date) -> Standing:
        return Standing(
            structures=self._above(spell.structure, day),
            function_group=spell.function_group,
            contract_type=spell.contract_type,
            duty_station=spell.duty_station,
            entered_on=spell.entered_on,
            posted_on=spell.starts_on,
            roles=roles,
        )

    def chosen(self, spell: Spell, roles: Mapping[str, object]) -> Chosen:
        """`roles`: all that she ever held. Many people have the same answer."""
        key = (spell.function_group, spell.contract_type, spell.duty_station, *sorted(roles))
        found = self._chosen.get(key)
        if found is None:
            anywhere = self.standing(spell, dict.fromkeys(roles, spell.starts_on), spell.starts_on)
            lines = tuple(line for line in self.lines if anywhere in replace(line.audience, structure=None))
            changes = {edge for line in lines for edge in (line.starts_on, _end(line.ends_on))}
            if any(line.audience.structure is not None for line in lines):
                changes |= self._changes_of_structures
            found = self._chosen[key] = Chosen(lines, tuple(sorted(changes)))
        return found

    def meeting(self, spell: Spell, chosen: Chosen, roles: Mapping[str, date], day: date) -> list[Line]:
        """The lines that meet her on a day."""
        places = self._above(spell.structure, day)
        return [
            line
            for line in chosen.lines
            if line.holds_on(day)
            and (line.audience.structure is None or line.audience.structure in places)
            and (not line.audience.roles or not line.audience.roles.isdisjoint(roles))
        ]


@dataclass
class _Held:
    """A line as it meets the person without a gap: since when this version does, and what it asks."""

    since: date
    asked: Asked
    before: Asked | None  # what the version before it asked, as long as the chain runs


@dataclass
class _Row:
    starts_on: date
    ends_on: date
    terms: Terms


def demands(history: History, rules: Rules, *, day: date) -> list[Demand]:
    """What was and is asked of her up to that day, in order of courses and days; what begins later is left out."""
    roles = _without_gaps(history.offices)
    found: dict[int, list[_Row]] = {}
    held: dict[UUID, _Held] = {}
    state: tuple[object, ...] | None = None
    merged: dict[int, Terms] = {}
    reached: date | None = None
    for spell, chosen, starts_on, ends_on in _stretches(history, roles, rules):
        if reached != starts_on:
            held = {}
        in_force = _on(roles, starts_on)
        singles = [single for single in history.singles if single.line.holds_on(starts_on)]
        laters = [later for later in history.laters if later.starts_on <= starts_on]
        lines = rules.meeting(spell, chosen, in_force, starts_on)
        now = (spell, in_force, lines, singles, laters)
        if now != state or reached != starts_on:
            held = _carried_on(held, lines, rules.standing(spell, in_force, starts_on), starts_on)
            by_course: dict[int, list[Asked]] = {}
            for one in [*(one.asked for one in held.values()), *(Asked(one.line, one.due_on) for one in singles)]:
                by_course.setdefault(one.line.course, []).append(one)
            merged = {course: postponed(merge(asked), laters) for course, asked in by_course.items()}
        state, reached = now, ends_on
        for course, terms in merged.items():
            _append(found.setdefault(course, []), _Row(starts_on, ends_on, terms))
    return [
        Demand(course, row.starts_on, None if row.ends_on == LAST else row.ends_on, row.terms)
        for course, rows in sorted(found.items())
        for row in rows
        if row.starts_on <= day
    ]


def _carried_on(held: dict[UUID, _Held], lines: Sequence[Line], standing: Standing, day: date) -> dict[UUID, _Held]:
    after: dict[UUID, _Held] = {}
    for line in lines:
        known = held.get(line.chain)
        if known is not None and known.asked.line == line:
            since, before = known.since, known.before
        else:
            since, before = day, known.asked if known else None
        after[line.chain] = _Held(since, Asked(line, due_on(line, standing, since=since, before=before)), before)
    return after


def _append(rows: list[_Row], row: _Row) -> None:
    """Lengthens the last one, if the same was asked up to this day."""
    if rows and rows[-1].ends_on == row.starts_on and rows[-1].terms == row.terms:
        rows[-1].ends_on = row.ends_on
    else:
        rows.append(row)


def _stretches(
    history: History, roles: Mapping[str, list[tuple[date, date]]], rules: Rules
) -> Iterator[tuple[Spell, Chosen, date, date]]:
    """Her posts, cut wherever anything begins or ends."""
    own = {edge for spans in roles.values() for span in spans for edge in span}
    own |= {edge for one in history.singles for edge in (one.line.starts_on, _end(one.line.ends_on))}
    own |= {later.starts_on for later in history.laters}
    for spell in sorted(history.spells, key=lambda spell: spell.starts_on):
        first, last = spell.starts_on, _end(spell.ends_on)
        chosen = rules.chosen(spell, roles)
        shared = chosen.changes[bisect_right(chosen.changes, first) : bisect_left(chosen.changes, last)]
        cuts = sorted({first, *shared, *(edge for edge in own if first < edge < last)})
        for starts_on, ends_on in zip(cuts, [*cuts[1:], last], strict=True):
            yield spell, chosen, starts_on, ends_on


def _without_gaps(offices: Iterable[Office]) -> dict[str, list[tuple[date, date]]]:
    """Role → (first day, end) of each time in which she held it without a gap."""
    spans: dict[str, list[tuple[date, date]]] = {}
    for office in sorted(offices, key=lambda office: office.starts_on):
        row = spans.setdefault(office.role, [])
        end = _end(office.ends_on)
        if row and office.starts_on <= row[-1][1]:
            row[-1] = (row[-1][0], max(row[-1][1], end))
        else:
            row.append((office.starts_on, end))
    return spans


def _on(roles: Mapping[str, list[tuple[date, date]]], day: date) -> dict[str, date]:
    return {role: start for role, spans in roles.items() for start, end in spans if start <= day < end}


def _end(ends_on: date | None) -> date:
    return LAST if ends_on is None else ends_on
