"""A living sheet of many people, ten courses each, put down by the database itself; no record stands behind it."""

from collections.abc import Sequence
from datetime import date, timedelta

from allauth.mfa.models import Authenticator
from django.db import connection
from django.utils import timezone

from courses.models import Course, State
from lms.days import month_ends, today
from lms.people.models import ContractType, FunctionGroup, Role, Structure, StructurePeriod, User
from lms.reports.models import MonthTotal, Sheet
from tests.factories.people import make_grant, make_person

FIRST = date(2020, 1, 1)
STRUCTURES, COURSES = 200, 10
WHO = "sheet_id, person_id, name, staff_number, structure_id, duty_station, function_group, contract_type, entered_on"
STATES = [State.DONE] * 15 + [State.EXPIRING, State.OVERDUE, State.IN_PROGRESS, State.NOT_STARTED, State.EXEMPT]


def fill(staff: int) -> User:
    """Returns an HR officer with a second factor, who may see them all."""
    structures, courses = (
        _structures(),
        [Course.objects.create(code=f"C{number}", title=f"Course {number}") for number in range(COURSES)],
    )
    for start in range(0, staff, 5_000):
        User.objects.bulk_create(_person(number) for number in range(start, min(start + 5_000, staff)))
    now = timezone.now()
    sheet = Sheet.objects.create(day=today(), is_living=True, stage=Sheet.Stage.READY, asked_at=now, ready_at=now, total=staff)
    with connection.cursor() as cursor:
        cursor.execute(*_people(sheet, structures))
        cursor.execute(*_rows(sheet, courses))
    MonthTotal.objects.bulk_create(
        MonthTotal(month=month, structure=structure, required=100, valid=80)
        for month in month_ends(today(), 24)
        for structure in structures
    )
    officer = make_person("Officer", structure=structures[0])
    make_grant(officer, Role.HR)
    Authenticator.objects.create(user=officer, type=Authenticator.Type.TOTP, data={})
    settle()
    return officer


def settle() -> None:
    """What the database does by itself some minutes after so many rows."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def _person(number: int) -> User:
    name = f"Person {number * 7919 % 100_003:06}"
    return User(staff_number=f"R-{number}", email=f"r{number}@osce.test", official_name=name, display_name=name)


def _structures() -> list[Structure]:
    made = Structure.objects.bulk_create(Structure(code=f"R{number}", kind="unit") for number in range(STRUCTURES))
    StructurePeriod.objects.bulk_create(
        StructurePeriod(
            structure=one, names={"en": one.code}, parent=made[number // 10 - 1] if number >= 20 else None, starts_on=FIRST
        )
        for number, one in enumerate(made)
    )
    return made


def _people(sheet: Sheet, structures: Sequence[Structure]) -> tuple[str, list[object]]:
    def one_of(values: Sequence[str], shift: int) -> str:
        cases = " ".join(f"WHEN {place} THEN '{value}'" for place, value in enumerate(values))
        return f"CASE (id / {shift}) %% {len(values)} {cases} END"

    state = one_of(STATES, 1)
    sql = f"""INSERT INTO reports_sheetperson ({WHO}, state, late_since, lapses_on)
        SELECT %s, id, official_name, staff_number, %s + id %% {len(structures)}, 'Vienna', {one_of(FunctionGroup.values, 3)},
            {one_of(ContractType.values, 7)}, CASE WHEN id %% 50 = 0 THEN {_day()} ELSE {_day()} END, {state},
            CASE ({state}) WHEN 'overdue' THEN CASE id %% 3 WHEN 0 THEN {_day()} ELSE {_day()} END END,
            CASE ({state}) WHEN 'done' THEN {_day()} WHEN 'expiring' THEN {_day()} END
        FROM people_user WHERE staff_number LIKE 'R-%%'"""
    days = [today() - timedelta(days=back) for back in (10, 900, 20, 70, -400, -40)]
    return sql, [sheet.pk, structures[0].pk, *days]


def _rows(sheet: Sheet, courses: Sequence[Course]) -> tuple[str, list[object]]:
    """The first course as the person stands, the others done, every third of them recommended."""
    keys = ", ".join(str(course.pk) for course in courses)
    sql = f"""INSERT INTO reports_sheetrow
            ({WHO}, course_id, strength, state, due_on, completed_on, valid_until, source, exempt_as)
        SELECT {", ".join(f"person.{name.strip()}" for name in WHO.split(","))}, course.id,
            CASE course.id %% 3 WHEN 0 THEN 'recommended' ELSE 'mandatory' END,
            CASE course.id WHEN %s THEN person.state ELSE 'done' END,
            CASE course.id WHEN %s THEN person.late_since END, {_day()}, {_day()}, 'own', ''
        FROM reports_sheetperson person CROSS JOIN courses_course course
        WHERE person.sheet_id = %s AND course.id IN ({keys})"""
    days = [today() - timedelta(days=300), today() + timedelta(days=400)]
    return sql, [courses[0].pk, courses[0].pk, *days, sheet.pk]


def _day() -> str:
    return "CAST(%s AS date)" if connection.vendor == "postgresql" else "%s"
