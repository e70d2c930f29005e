"""Random people with all from which their states follow, a few courses and lines, around a handful of days."""

from datetime import date, datetime, timedelta
from random import Random
from uuid import uuid4

from courses import terms
from courses.models import Completion, Course, Enrolment, Exemption, LanguageVersion, Requirement
from lms.people import versioning
from lms.people.models import Posting, PostingVersion, Structure, User
from tests.factories.asking import make_offered, make_planned, noon
from tests.factories.people import make_person, make_structure

FIRST = date(2024, 1, 1)
SPAN = 1000  # days
FUNCTIONS = ("police", "media")


def some_day(chance: Random) -> date:
    return FIRST + timedelta(days=chance.randrange(SPAN))


def populate(chance: Random, *, people: int, with_refresher: bool = True) -> tuple[list[User], list[Course]]:
    """What was done on a day is recorded some days later, or much later."""
    structures = [make_structure(code) for code in ("ONE", "TWO")]
    officers = [make_person("Hedi"), make_person("Hans")]
    courses = [make_offered("AAA"), make_offered("BBB", languages=("en", "ru")), make_planned("CCC")]
    version = LanguageVersion.objects.get(language="ru")
    version.reviewed_on = some_day(chance)
    version.save()
    for course in courses:
        _ask(chance, course, courses[1] if with_refresher and course == courses[0] else None)
    staff = [make_person(f"Person {number:02}", language=chance.choice(["en", "en", "ru"])) for number in range(people)]
    with versioning.inventing():
        for person in staff:
            _post(chance, person, structures)
            for course in courses[:2]:
                _learn(chance, person, course)
                _excuse(chance, person, course, officers)
    return staff, courses


def recorded(chance: Random, day: date) -> datetime:
    return noon(day + timedelta(days=chance.choice([0, 0, 1, 40, 200])))


def _ask(chance: Random, course: Course, refresher: Course | None) -> None:
    Requirement.objects.create(
        course=course,
        strength=chance.choice(["mandatory", "mandatory", "recommended"]),
        function_groups=chance.choice([[], [FUNCTIONS[0]]]),
        due_days=chance.choice([0, 30, 90]),
        due_from="entry",
        starts_on=date(2020, 1, 1),
        valid_months=chance.choice([None, *terms.VALIDITIES[:3]]),
        renewal_days=chance.choice(terms.WINDOWS),
        refresher=refresher,
        recorded_at=noon(FIRST),
    )


def _post(chance: Random, person: User, structures: list[Structure]) -> None:
    entered = some_day(chance)
    made = Posting.objects.create(
        person=person,
        structure=chance.choice(structures),
        duty_station="Skopje",
        function_group=chance.choice(FUNCTIONS),
        contract_type="seconded",
        entered_on=entered,
        starts_on=entered,
        ends_on=chance.choice([None, None, entered + timedelta(days=chance.randrange(1, SPAN))]),
    )
    PostingVersion.objects.filter(row=made.pk).update(recorded_at=recorded(chance, entered))


def _learn(chance: Random, person: User, course: Course) -> None:
    edition = course.editions.get()
    days = sorted(chance.sample(range(0, SPAN, 5), chance.randrange(3)))
    for cycle, begun in enumerate((FIRST + timedelta(days=day) for day in days), start=1):
        end = chance.choice([begun + timedelta(days=chance.randrange(400)), begun + timedelta(days=1)])
        values = {"person": person, "course": course, "edition": edition, "language": "en"}
        Enrolment.objects.create(
            **values,
            cycle=cycle,
            enrolled_at=noon(begun),
            closed_at=noon(end) if cycle == 1 or chance.random() < 0.5 else noon(FIRST + timedelta(days=SPAN + 500 + cycle)),
        )
        done = begun + timedelta(days=cycle)
        withdrawn = {"withdrawn_at": noon(done + timedelta(days=100)), "withdrawn_by": person, "withdrawn_reason": "No."}
        Completion.objects.create(
            **values,
            **(withdrawn if chance.random() < 0.2 else {}),
            completed_at=noon(done),
            completed_on=done,
            valid_until=chance.choice([None, done + timedelta(days=chance.randrange(600))]),
            renews_from=chance.choice([None, None, done + timedelta(days=20)]),
            statement=uuid4(),
            source="import",
            recorded_at=recorded(chance, done),
        )


def _excuse(chance: Random, person: User, course: Course, officers: list[User]) -> None:
    if chance.random() < 0.4:
        starts_on = some_day(chance)
        at = recorded(chance, starts_on)
        is_agreed = chance.random() < 0.8
        Exemption.objects.create(
            person=person,
            course=course,
            reason="long-leave",
            starts_on=starts_on,
            ends_on=starts_on + timedelta(days=chance.randrange(1, 90)),
            recorded_by=officers[0],
            recorded_at=at,
            approved_by=officers[1] if is_agreed else None,
            approved_at=at if is_agreed else None,
        )
