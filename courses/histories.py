"""Reads the rows from which it follows who is asked what: as plain values, for many people in a few queries."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from uuid import UUID

from courses.knowledge import Knowledge
from courses.models import LaterDate, ManualAssignment, Requirement
from courses.terms import Audience, Later, Line
from courses.timelines import History, Office, Rules, Single, Spell

NOW = Knowledge()
REQUIREMENT, MANUAL = "requirement", "manual"  # what the key of a line names
OF_MANUAL = ("pk", "line", "course_id", "strength", "starts_on", "ends_on", "due_on")


class Places:
    """Where structures stood and stand: all rows in one query."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._periods: dict[int, list[tuple[date, date, int | None]]] = defaultdict(list)
        for structure, parent, starts_on, ends_on in knowledge.periods.values_list("structure", "parent", "starts_on", "ends_on"):
            self._periods[structure].append((starts_on, ends_on or date.max, parent))
        self.changes = sorted({edge for rows in self._periods.values() for row in rows for edge in row[:2]})
        self._above: dict[tuple[int, int], frozenset[int]] = {}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Places) and self._periods == other._periods

    def above(self, structure: int, day: date) -> frozenset[int]:
        """The structure itself and all above it on that day."""
        key = (structure, bisect_right(self.changes, day))  # between two changes nothing moves
        found = self._above.get(key)
        if found is None:
            found = self._above[key] = frozenset(self._upwards(structure, day))
        return found

    def _upwards(self, structure: int | None, day: date) -> Iterable[int]:
        seen: set[int] = set()
        while structure is not None and structure not in seen:
            seen.add(structure)
            yield structure
            rows = self._periods.get(structure, [])
            structure = next((parent for starts_on, ends_on, parent in rows if starts_on <= day < ends_on), None)


def line_of(requirement: Requirement) -> Line:
    return Line(
        key=(REQUIREMENT, requirement.pk or 0),  # one that is not stored yet has none
        chain=requirement.line,
        course=requirement.course_id,
        audience=Audience(
            structure=requirement.structure_id,
            function_groups=frozenset(requirement.function_groups),
            contract_types=frozenset(requirement.contract_types),
            duty_stations=frozenset(requirement.duty_stations),
            roles=frozenset(requirement.roles),
        ),
        strength=requirement.strength,
        due_days=requirement.due_days,
        due_from=requirement.due_from,
        starts_on=requirement.starts_on,
        ends_on=requirement.ends_on,
        valid_months=requirement.valid_months,
        renewal_days=requirement.renewal_days,
        refresher=requirement.refresher_id,
    )


def all_lines(knowledge: Knowledge = NOW) -> list[Line]:
    """One query."""
    return [line_of(requirement) for requirement in knowledge.versions(Requirement.objects.all()).order_by("pk")]


class CurrentRules(Rules):
    """The lines and structures of one moment."""

    def __init__(self, lines: Iterable[Line], places: Places) -> None:
        super().__init__(lines, places.above, places.changes)
        self.places = places


def current_rules(known: CurrentRules | None = None) -> CurrentRules:
    """As they are now; those that are known already where nothing changed, with what they have worked out. Two queries."""
    lines, places = all_lines(), Places(NOW)
    if known is not None and known.lines == lines and known.places == places:
        return known
    return CurrentRules(lines, places)


def rules_at(knowledge: Knowledge) -> CurrentRules:
    """As they were known then. Two queries."""
    return CurrentRules(all_lines(knowledge), Places(knowledge))


def histories_of(people: Collection[int], knowledge: Knowledge = NOW) -> Mapping[int, History]:
    """By person, for those who were ever in post. Four queries."""
    spells: dict[int, list[Spell]] = defaultdict(list)
    names = ("starts_on", "ends_on", "structure_id", "function_group", "contract_type", "duty_station", "entered_on")
    for values in knowledge.postings.filter(person__in=people).values_list("person", *names):
        spells[values[0]].append(Spell(*values[1:]))
    offices: dict[int, list[Office]] = defaultdict(list)
    grants = knowledge.grants.filter(person__in=people)
    for person, role, starts_on, ends_on in grants.values_list("person", "role", "starts_on", "ends_on"):
        offices[person].append(Office(role, starts_on, ends_on))
    singles: dict[int, list[Single]] = defaultdict(list)
    asked = knowledge.versions(ManualAssignment.objects.all())
    for person, *values in knowledge.values("assignments", asked, people, *OF_MANUAL):
        singles[person].append(_single(*values))
    laters: dict[int, list[Later]] = defaultdict(list)
    dates = knowledge.versions(LaterDate.objects.all())
    for person, *values in knowledge.values("later dates", dates, people, "pk", "course_id", "due_on", "starts_on"):
        laters[person].append(Later(*values))
    return {person: History(spells[person], offices[person], singles[person], laters[person]) for person in spells}


def _single(key: int, chain: UUID, course: int, strength: str, starts_on: date, ends_on: date | None, due_on: date) -> Single:
    line = Line(
        key=(MANUAL, key),
        chain=chain,
        course=course,
        audience=Audience(),
        strength=strength,
        due_days=0,
        due_from="",
        starts_on=starts_on,
        ends_on=ends_on,
    )
    return Single(line, due_on)
