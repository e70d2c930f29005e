"""What it costs to work out who is asked what: a hundred thousand staff under forty lines, from nothing and once more."""

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from django.db import connection

from courses.models import Course, Requirement
from lms.people.models import ContractType, FunctionGroup, Posting, Role, RoleGrant, Structure, StructurePeriod, User
from tests.benchmarks.rows import Row
from tests.databases import ROOT

STAFF, LINES = 100_000, 40
SECONDS, MEGABYTES = 60, 1000
SHEET_SECONDS = 240  # the living sheet, which follows by itself during the day and is worked out whole once a night
FIRST = date(2023, 1, 1)


def measure(url: str) -> Iterator[Row]:
    """In a process of its own, whose memory nothing else has filled."""
    fill()
    connection.close()
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.night"], input=url, cwd=ROOT, capture_output=True, text=True, check=True
    )
    found = json.loads(done.stdout)
    name = f"{STAFF:,} staff, {LINES} lines"
    yield Row(f"{name}: from nothing", connection.vendor, found["first"], "s", "limit", SECONDS)
    yield Row(f"{name}: once more", connection.vendor, found["again"], "s", "limit", SECONDS)
    yield Row(f"{name}: the living sheet", connection.vendor, found["sheet"], "s", "limit", SHEET_SECONDS)
    yield Row(f"{name}: memory", connection.vendor, found["memory"], "MB", "limit", MEGABYTES)


def fill() -> None:
    """Staff over a tree of 200 structures, one in four with a post before this one, one in fifty with a role."""
    chance = Random(1)
    structures = [Structure(code=f"S{number}", kind="unit") for number in range(200)]
    Structure.objects.bulk_create(structures)
    StructurePeriod.objects.bulk_create(
        StructurePeriod(
            structure=one, names={"en": one.code}, parent=structures[(number - 1) // 6] if number else None, starts_on=FIRST
        )
        for number, one in enumerate(structures)
    )
    for start in range(0, STAFF, 5_000):
        people = [_person(number) for number in range(start, start + 5_000)]
        User.objects.bulk_create(people)
        Posting.objects.bulk_create(post for person in people for post in _posts(person, structures, chance))
        chosen = chance.sample(people, 100)
        RoleGrant.objects.bulk_create(
            RoleGrant(person=one, role=Role.FOCAL_POINT, structure=chance.choice(structures), starts_on=_some_day(chance))
            for one in chosen
        )
    _lines(structures, chance)


def _lines(structures: list[Structure], chance: Random) -> None:
    courses = [Course(code=f"C{number}", title=f"Course {number}") for number in range(10)]
    Course.objects.bulk_create(courses)
    Requirement.objects.bulk_create(
        Requirement(
            course=courses[number % len(courses)],
            strength="mandatory" if number % 3 else "recommended",
            structure=chance.choice([None, None, None, *structures[:6]]),
            function_groups=[] if number < 2 else chance.sample(FunctionGroup.values, 4),
            contract_types=chance.choice([[], [], chance.sample(ContractType.values, 2)]),
            roles=["focal-point"] if number % 8 == 7 else [],
            due_days=chance.choice([30, 60, 90]),
            due_from="appointment" if number % 8 == 7 else "entry",
            valid_months=24,
            starts_on=_some_day(chance),
        )
        for number in range(LINES)
    )


def _person(number: int) -> User:
    return User(staff_number=f"B-{number}", email=f"b{number}@osce.test", official_name=f"B {number}", display_name=f"B {number}")


def _posts(person: User, structures: list[Structure], chance: Random) -> Iterator[Posting]:
    began, moved = _some_day(chance), _some_day(chance)
    days = [began, moved] if chance.random() < 0.25 and began < moved else [began]
    for starts_on, ends_on in zip(days, [*days[1:], None], strict=True):
        yield Posting(
            person=person,
            structure=chance.choice(structures),
            duty_station=chance.choice(["Skopje", "Vienna", "Warsaw"]),
            function_group=chance.choice(FunctionGroup.values),
            contract_type=chance.choice(ContractType.values),
            entered_on=began,
            starts_on=starts_on,
            ends_on=ends_on,
        )


def _some_day(chance: Random) -> date:
    return FIRST + timedelta(days=chance.randrange((date(2026, 11, 26) - FIRST).days))
