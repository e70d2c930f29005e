"""What two sheets of the same day say otherwise, person by person, each with its cause."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from courses.models import Course
from lms.people.models import User
from lms.reports import sheets
from lms.reports.causes import Cause, Window, causes_of, changed_rules
from lms.reports.models import Sheet, SheetPerson, SheetRow

SAID = ("person", "course", "strength", "state", "due_on", "completed_on", "valid_until")
UNNAMED = _("Something else was recorded, such as a new version of the course or another place of a structure.")


@dataclass
class Line:
    """How a course stood, by either sheet; None: it is not on it."""

    course: Course
    before: SheetRow | None
    after: SheetRow | None


@dataclass
class Difference:
    """One person. `before`, `after`: who she was, by either sheet; None: not in post."""

    person: int
    before: SheetPerson | None
    after: SheetPerson | None
    lines: list[Line] = field(default_factory=list)
    causes: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        known = self.after or self.before
        return known.name if known else ""

    @property
    def has_moved(self) -> bool:
        return self.before is None or self.after is None or self.before.structure_id != self.after.structure_id


def differing(one: Sheet, other: Sheet, reader: User) -> list[int]:
    """Of whom the two say something else that the reader may know: in the order of names. Four queries."""
    names: dict[int, str] = {}
    mine, others = (sheets.rows_on(sheet, reader).order_by() for sheet in (one, other))
    keys = {values[0] for rows in (_unlike(mine, others), _unlike(others, mine)) for values in rows}
    here, there = (sheets.people_on(sheet, reader).order_by() for sheet in (one, other))
    places, others_places = here.values_list("person", "structure"), there.values_list("person", "structure")
    keys |= {values[0] for rows in (places.difference(others_places), others_places.difference(places)) for values in rows}
    for sheet in (one, other):
        names |= {key: name for key, name in SheetPerson.objects.filter(sheet=sheet).values_list("person", "name") if key in keys}
    return sorted(keys, key=lambda key: (names.get(key, ""), key))


def described(one: Sheet, other: Sheet, people: Collection[int]) -> list[Difference]:
    """What differs of these people, in their order. `one` is the one of the earlier knowledge."""
    found = {key: Difference(key, None, None) for key in people}
    for sheet, name in ((one, "before"), (other, "after")):
        for row in SheetPerson.objects.filter(sheet=sheet, person__in=people).select_related("structure"):
            setattr(found[row.person_id], name, row)
    rows: dict[tuple[int, int], dict[Sheet, SheetRow]] = defaultdict(dict)
    both = SheetRow.objects.filter(sheet__in=[one, other], person__in=people).select_related("course")
    for line in both.order_by("course__code"):
        rows[line.person_id, line.course_id][one if line.sheet_id == one.pk else other] = line
    for (person, _course), pair in rows.items():
        before, after = pair.get(one), pair.get(other)
        known = after or before
        if known is not None and _said(before) != _said(after):
            found[person].lines.append(Line(known.course, before, after))
    _explain(found.values(), one, other)
    return list(found.values())


def _explain(found: Iterable[Difference], one: Sheet, other: Sheet) -> None:
    window = Window(one.known_at or timezone.now(), other.known_at or timezone.now())
    causes = causes_of([difference.person for difference in found], one.day, window)
    rules = changed_rules(window)
    for difference in found:
        courses = {line.course.pk for line in difference.lines}
        difference.causes = [cause.words for cause in causes.get(difference.person, []) if _bears_on(cause, courses)]
        for line in difference.lines:
            if _asked(line.before) != _asked(line.after):
                difference.causes += [words for words in rules.get(line.course.pk, []) if words not in difference.causes]
        difference.causes = difference.causes or [str(UNNAMED)]


def _bears_on(cause: Cause, courses: Collection[int]) -> bool:
    return cause.course is None or cause.course in courses


def _unlike(rows: QuerySet[SheetRow], others: QuerySet[SheetRow]) -> QuerySet:
    return rows.values_list(*SAID).difference(others.values_list(*SAID))


def _said(row: SheetRow | None) -> tuple[object, ...] | None:
    return None if row is None else (row.strength, row.state, row.due_on, row.completed_on, row.valid_until)


def _asked(row: SheetRow | None) -> tuple[object, ...] | None:
    return None if row is None else (row.strength, row.due_on, row.valid_until)
