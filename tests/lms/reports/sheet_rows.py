"""Sheets for tests, put down row by row."""

from django.utils import timezone

from courses.models import Course, State
from lms.days import today
from lms.people.models import Posting, User
from lms.reports.models import Sheet, SheetPerson, SheetRow


def make_sheet() -> Sheet:
    """The living one, of today."""
    now = timezone.now()
    return Sheet.objects.create(day=today(), is_living=True, stage=Sheet.Stage.READY, asked_at=now, ready_at=now)


def who(person: User) -> dict:
    """As the posting of today says."""
    posting = Posting.objects.on(today()).get(person=person)
    return {
        "person": person,
        "name": person.official_name,
        "staff_number": person.staff_number or "",
        "structure": posting.structure,
        "duty_station": posting.duty_station,
        "function_group": posting.function_group,
        "contract_type": posting.contract_type,
        "manager": posting.manager,
        "entered_on": posting.entered_on,
    }


def add_row(sheet: Sheet, person: User, course: Course, **values) -> SheetRow:
    values = {"strength": "mandatory", "state": State.NOT_STARTED, **who(person), **values}
    return SheetRow.objects.create(sheet=sheet, course=course, **values)


def add_person(sheet: Sheet, person: User, **values) -> SheetPerson:
    return SheetPerson.objects.create(sheet=sheet, **who(person) | values)
