"""Works out how everybody stood at the ends of months: for the trend by structure, and for those who read totals.

Safe to repeat. The sums for the trend are worked out again for the last months, since facts come late; what readers of totals
were told of a month stays, for a second answer could be subtracted from the first.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from django.db import transaction
from django.db.models import Min, OuterRef, Subquery
from django.utils import timezone

from courses.models import Assignment, Completion, State, Strength
from lms.months import month_ends
from lms.people.models import Posting, Tree
from lms.reports.coverage import AGES, COUNTED, HELD, MONTHS, NEW, SOON
from lms.reports.groups import FEWEST, OTHER, WHOLE, group, permitted, together
from lms.reports.models import MonthTotal, Told

AGAIN = 3  # months whose sums are worked out each night
AT_ONCE = 1000
ALL = None  # in the place of a course: with all that is asked of somebody

Answer = dict[str, int]  # part → group
Question = tuple[date, str, int | None]  # month, grouping, course


Measures = dict[int | None, tuple[set[int], set[int], set[int]]]


@dataclass
class Standing:
    """Of everybody in post on a day: `places` has structure, function, contract and entry on duty, `states` is by course."""

    places: dict[int, tuple[int, str, str, date]]
    states: dict[int, dict[int, str]] = field(default_factory=lambda: defaultdict(dict))
    late_since: dict[int, date] = field(default_factory=dict)
    lapses_on: dict[int, date] = field(default_factory=dict)

    @cached_property
    def measures(self) -> Measures:
        """Whom it is asked of, who holds it and who is late, of each course and of ALL."""
        found = {}
        of_person: dict[int, set[str]] = defaultdict(set)
        for course, states in self.states.items():
            found[course] = _measure({person: {state} for person, state in states.items()})
            for person, state in states.items():
                of_person[person].add(state)
        return {ALL: _measure(of_person), **dict(sorted(found.items()))}

    def without(self) -> tuple[int, int]:
        """How many are exempt from all of it that they could take, and how many can take nothing yet."""
        rest = {person for states in self.states.values() for person in states} - self.measures[ALL][0]
        exempt = {person for person in rest if any(states.get(person) == State.EXEMPT for states in self.states.values())}
        return len(exempt), len(rest - exempt)


def follow_months(day: date) -> int:
    """Works out what is missing of the last months that are over on `day`. Returns how many months were written."""
    first = Assignment.objects.aggregate(first=Min("starts_on"))["first"]
    months = [month for month in month_ends(day, MONTHS) if first and first <= month]
    counted = set(MonthTotal.objects.filter(month__in=months).values_list("month", flat=True).distinct())
    told = set(Told.objects.filter(month__in=months).values_list("month", flat=True).distinct())
    again = [month for month in months if month not in counted or month in months[-AGAIN:]]
    is_to_tell = any(month not in told for month in months)
    standings = {month: _read(month) for month in (months if is_to_tell else again)}
    for month in again:
        _write_totals(month, standings[month])
    if is_to_tell:
        _tell({month: standings[month] for month in months}, told)
    Told.objects.filter(month__lt=month_ends(day, MONTHS)[0]).delete()
    return len(again)


@transaction.atomic
def _write_totals(month: date, standing: Standing) -> None:
    rows = []
    for course, (required, valid, _late) in standing.measures.items():
        asked, held = (Counter(standing.places[person][0] for person in people) for people in (required, valid))
        rows += [
            MonthTotal(month=month, structure_id=structure, course_id=course, required=number, valid=held[structure])
            for structure, number in asked.items()
        ]
    MonthTotal.objects.filter(month=month).delete()
    MonthTotal.objects.bulk_create(rows, batch_size=AT_ONCE)


@transaction.atomic
def _tell(standings: Mapping[date, Standing], told: set[date]) -> None:
    """Lets `groups` decide about all months that nothing was told of yet, the oldest first, beside what was told."""
    questions = {question: parts for month, standing in standings.items() for question, parts in _questions(month, standing)}
    new = [question for question in questions if question[0] not in told]
    joiners = {month: group(_new(month, standings[month])) for month in standings if month not in told}
    asked = [questions[question] for question in new] + [{"joiners": people} for people in joiners.values()]
    answers = permitted(asked, before=_told_before(questions))
    may_join = {month for month, answer in zip(joiners, answers[len(new) :], strict=True) if answer}
    rows: list[Told] = []
    for question, answer in zip(new, answers, strict=False):
        rows += _rows(question, answer, standings[question[0]], with_joiners=question[0] in may_join)
    silent = joiners.keys() - {row.month for row in rows}  # they are written down as well, so that they stay decided
    rows += [
        Told(month=month, grouping=Told.Grouping.STRUCTURE, part=WHOLE, required=0, valid=0, told_at=timezone.now())
        for month in silent
    ]
    Told.objects.bulk_create(rows, batch_size=AT_ONCE)


def _told_before(questions: Mapping[Question, Answer]) -> Iterator[int]:
    """The groups that readers were told of, as far as they are known."""
    named: dict[Question, set[str]] = defaultdict(set)
    for month, grouping, course, part in Told.objects.values_list("month", "grouping", "course", "part"):
        named[month, grouping, course].add(part)
    for question, names in named.items():
        parts = questions.get(question, {})
        yield from [together(parts.values())] if WHOLE in names else []
        yield from (people for name, people in parts.items() if name in names)
        yield together(people for name, people in parts.items() if OTHER in names and name not in names)


def _questions(month: date, standing: Standing) -> Iterator[tuple[Question, Answer]]:
    tree = Tree(month)
    tops = {place[0]: str(list(tree.upwards(place[0]))[-1]) for place in standing.places.values()}
    part_of = {
        Told.Grouping.STRUCTURE: lambda place: tops[place[0]],
        Told.Grouping.FUNCTION: lambda place: place[1],
        Told.Grouping.CONTRACT: lambda place: place[2],
    }
    for course, (required, _valid, _late) in standing.measures.items():
        for grouping, part in part_of.items():
            people: dict[str, list[int]] = defaultdict(list)
            for person in required:
                people[part(standing.places[person])].append(person)
            yield (month, grouping, course), {name: group(keys) for name, keys in people.items()}


def _rows(question: Question, answer: Answer, standing: Standing, *, with_joiners: bool) -> Iterator[Told]:
    month, grouping, course = question
    valid = group(standing.measures[course][1])
    for part, people in answer.items():
        is_whole = (grouping, part, course) == (Told.Grouping.STRUCTURE, WHOLE, ALL)
        yield Told(
            month=month,
            grouping=grouping,
            part=part,
            course_id=course,
            required=people.bit_count(),
            valid=(people & valid).bit_count(),
            more=_more(month, standing, with_joiners=with_joiners) if is_whole else {},
            told_at=timezone.now(),
        )


def _more(month: date, standing: Standing, *, with_joiners: bool) -> dict[str, Any]:
    """None in the place of a group of one to four."""
    exempt, waiting = (number if number == 0 or number >= FEWEST else None for number in standing.without())
    ages = [(month - since).days for since in standing.late_since.values()]
    ends = [(until - month).days for until in standing.lapses_on.values()]
    new, held = _new(month, standing), standing.measures[ALL][1]
    return {
        "overdue": len(standing.measures[ALL][2]),
        "exempt": exempt,
        "waiting": waiting,
        "late": [sum(first <= age and (last is None or age <= last) for age in ages) for first, last in AGES],
        "lapses": [sum(0 <= days <= end for days in ends) for end in SOON],
        "joiners": [len(new & held), len(new)] if with_joiners else None,
    }


def _new(month: date, standing: Standing) -> set[int]:
    """Who is in her first days, and is asked something."""
    required = standing.measures[ALL][0]
    return {person for person in required if month - timedelta(NEW) <= standing.places[person][3] <= month}


def _measure(states: Mapping[int, set[str]]) -> tuple[set[int], set[int], set[int]]:
    asked = {person: found & {*COUNTED} for person, found in states.items() if found & {*COUNTED}}
    valid = {person for person, found in asked.items() if found <= {*HELD}}
    return set(asked), valid, {person for person, found in asked.items() if State.OVERDUE in found}


def _read(day: date) -> Standing:
    """Everybody in post that day, by what is known today. Two queries."""
    postings = Posting.objects.on(day).values_list("person", "structure", "function_group", "contract_type", "entered_on")
    standing = Standing({row[0]: row[1:] for row in postings})
    for person, course, state, due_on, valid_until in _assignments(day):
        if person not in standing.places:
            continue
        standing.states[course][person] = state
        if state == State.OVERDUE:
            _earliest(standing.late_since, person, due_on)
        if state in HELD and valid_until:
            _earliest(standing.lapses_on, person, valid_until)
    return standing


def _earliest(days: dict[int, date], person: int, day: date) -> None:
    days[person] = min(days.get(person, day), day)


def _assignments(day: date) -> Iterable[tuple[int, int, str, date, date | None]]:
    done = Completion.objects.standing().filter(completed_on__lte=day, person=OuterRef("person"), course=OuterRef("course"))
    latest = done.order_by("-completed_on", "-pk").values("valid_until")[:1]
    rows = Assignment.objects.with_state(day).filter(strength=Strength.MANDATORY).annotate(until=Subquery(latest))
    found: Iterable[Any] = rows.values_list("person", "course", "state", "due_on", "until").iterator(chunk_size=10_000)
    return found
