"""Works the rows of a sheet out, for many people in a few queries: from what was known at its moment alone."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from courses.facts import Person, offered_on, people_on
from courses.histories import histories_of, rules_at
from courses.knowledge import Knowledge
from courses.models import State, Strength
from courses.standing_rules import Demanded, Found
from courses.timelines import demands
from lms.reports.models import Sheet, SheetPerson, SheetRow

# From bad to good; the worst of somebody's mandatory courses is how she stands. What she cannot take yet counts last, so that who
# holds all that she can take has done what is asked.
WORST_FIRST = (
    State.OVERDUE,
    State.EXPIRED,
    State.NOT_STARTED,
    State.IN_PROGRESS,
    State.EXPIRING,
    State.DONE,
    State.EXEMPT,
    State.WAITING,
)


class Work:
    """A sheet of `day`, with what is the same for all its people: rules, places of structures, versions of courses."""

    def __init__(self, sheet: Sheet, day: date) -> None:
        self.sheet, self.day = sheet, day
        self.knowledge = Knowledge(sheet.known_at)
        self.rules = rules_at(self.knowledge)
        self.offered = offered_on(day)

    def people(self) -> list[int]:
        """Who was in post, in the order of keys."""
        return sorted(set(self.knowledge.postings.on(self.day).values_list("person", flat=True)))

    def rows(self, people: Collection[int]) -> tuple[list[SheetPerson], list[SheetRow]]:
        """Of those who were in post; not stored. Nine queries, however many they are."""
        postings = {
            posting.person_id: posting
            for posting in self.knowledge.postings.on(self.day).filter(person__in=people).select_related("person")
        }
        histories = histories_of(people, self.knowledge)
        facts = people_on(self.day, people, self.knowledge)
        persons, rows = [], []
        for key, posting in postings.items():
            who, hers = _who(self.sheet, posting), facts[key]
            standings = hers.standings(demands(histories[key], self.rules, day=self.day), self.offered, self.day)
            mine = [_row(who, course, asked, found, hers) for course, (asked, found) in standings.items()]
            persons.append(_person(who, mine))
            rows += mine
        return persons, rows


def _who(sheet: Sheet, posting: Any) -> dict[str, Any]:
    return {
        "sheet": sheet,
        "person_id": posting.person_id,
        "name": posting.person.official_name,
        "staff_number": posting.person.staff_number or "",
        "structure_id": posting.structure_id,
        "duty_station": posting.duty_station,
        "function_group": posting.function_group,
        "contract_type": posting.contract_type,
        "manager_id": posting.manager_id,
        "entered_on": posting.entered_on,
    }


def _row(who: dict[str, Any], course: int, asked: Demanded, found: Found, hers: Person) -> SheetRow:
    return SheetRow(
        **who,
        course_id=course,
        strength=asked.strength,
        state=found.state,
        due_on=asked.due_on,
        begun_on=hers.begun.get(course),
        completed_on=found.last.completed_on if found.last else None,
        valid_until=found.valid_until,
        source=found.last.source if found.last else "",
        exempt_as=found.exempt_as,
    )


def _person(who: dict[str, Any], rows: Iterable[SheetRow]) -> SheetPerson:
    mandatory = [row for row in rows if row.strength == Strength.MANDATORY]
    states = {row.state for row in mandatory}
    ends = [row.valid_until for row in mandatory if row.valid_until and row.state in {State.DONE, State.EXPIRING}]
    late = [row.due_on for row in mandatory if row.due_on and row.state == State.OVERDUE]
    return SheetPerson(
        **who,
        state=next((state for state in WORST_FIRST if state in states), ""),
        late_since=min(late, default=None),
        lapses_on=min(ends, default=None),
    )
