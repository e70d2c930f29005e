"""Lines of the matrix, completions and exemptions for tests: rows as the verbs write them."""

from datetime import date, datetime, time, timedelta
from uuid import uuid4

from courses.models import Completion, Course, Edition, Exemption, LanguageVersion, Requirement
from lms.days import organisation_zone, today
from lms.people.models import User
from tests.factories.people import LONG_AGO


def make_planned(code: str) -> Course:
    """A course that the matrix asks for and that nobody has written yet."""
    return Course.objects.get_or_create(code=code, defaults={"title": f"Course {code}"})[0]


def make_offered(code: str, *, languages=("en",), valid_months: int | None = 24) -> Course:
    """A course with an edition, by its rows alone."""
    course = make_planned(code)
    edition = Edition.objects.create(
        course=course,
        major=1,
        minor=0,
        kind="first",
        published_at=noon(LONG_AGO),
        outline={"title": dict.fromkeys(languages, course.title), "valid_months": valid_months, "modules": []},
    )
    for language in languages:
        LanguageVersion.objects.create(edition=edition, language=language, reviewed_on=LONG_AGO)
    return course


def make_line(course: Course, **values) -> Requirement:
    values = {"strength": "mandatory", "due_days": 30, "due_from": "entry", "starts_on": LONG_AGO, **values}
    return Requirement.objects.create(course=course, **values)


def make_completion(person: User, course: Course, on: date, **values) -> Completion:
    values = {"valid_until": None, "source": "import", "language": "en", "edition": course.editions.first(), **values}
    return Completion.objects.create(
        person=person, course=course, completed_at=noon(on), completed_on=on, statement=uuid4(), **values
    )


def make_exemption(person: User, course: Course, *, by: User | None, agreed: User | None, **values) -> Exemption:
    values = {"reason": "long-leave", "starts_on": today() - timedelta(days=1), **values}
    return Exemption.objects.create(
        person=person,
        course=course,
        recorded_by=by,
        approved_by=agreed,
        approved_at=noon(values["starts_on"]) if agreed else None,
        **values,
    )


def noon(day: date) -> datetime:
    return datetime.combine(day, time(12), organisation_zone())
