from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from lms.days import today
from lms.people import access, auditing
from lms.people.models import AccessEntry, Case, User
from lms.refusals import NotAllowed
from tests.factories.cast import COURSE_KEY

REASON = "A complaint of 3 November."


def open_case(cast, **changes) -> Case:
    asked = {"auditor": cast.auditor, "person": cast.lea, "course": COURSE_KEY, "reason": REASON, "by": cast.admin} | changes
    return auditing.open_case(asked.pop("auditor"), asked.pop("person"), **asked)


def reads(person) -> list[Case]:
    """With the rights of a new request."""
    return list(access.given_cases(User.objects.get(pk=person.pk), "P5"))


def test_an_auditor_reads_in_it_for_thirty_days(cast):
    made = open_case(cast)

    assert reads(cast.auditor) == [made]
    assert made.closes_on == today() + timedelta(days=30)
    Case.objects.update(closes_on=today() + timedelta(days=1))
    assert reads(cast.auditor) == [made]
    Case.objects.update(closes_on=today())
    assert reads(cast.auditor) == []


def test_nobody_else_reads_in_it(cast):
    open_case(cast)

    assert [name for name, person in cast.everybody.items() if reads(person)] == ["auditor"]


def test_it_ends_with_the_role(cast):
    open_case(cast)
    cast.auditor.grants.update(ends_on=today())

    assert reads(cast.auditor) == []


def test_who_opened_it_for_whom_and_why_is_kept(cast):
    open_case(cast)

    entry = AccessEntry.objects.get()
    assert (entry.actor, entry.person, entry.what, entry.purpose) == (cast.admin, cast.lea, "case opened", REASON)
    assert entry.selection == {"auditor": str(cast.auditor.uuid)}


def test_opened_twice_it_is_one_case(cast):
    assert open_case(cast) == open_case(cast, by=cast.admin2)
    assert AccessEntry.objects.count() == 1


def test_another_course_and_one_that_is_closed_are_cases_of_their_own(cast):
    first = open_case(cast)
    second = open_case(cast, course=uuid4())
    Case.objects.filter(pk=first.pk).update(closes_on=today())

    assert len({first, second, open_case(cast)}) == 3


@pytest.mark.parametrize(
    "who",
    [
        {"by": "auditor"},
        {"person": "admin"},
        {"person": "auditor"},
        {"auditor": "hr"},
        {"auditor": "lea", "person": "ben"},
    ],
    ids=str,
)
def test_nobody_opens_one_for_herself_or_about_herself_or_for_who_is_no_auditor(cast, who):
    with pytest.raises(NotAllowed, match=r"\w+\.$"):
        open_case(cast, **{part: getattr(cast, name) for part, name in who.items()})

    assert Case.objects.count() == 0


def test_a_reason_is_asked_for(cast):
    with pytest.raises(NotAllowed):
        open_case(cast, reason="  ")


@pytest.mark.parametrize("who", [("auditor", "auditor", "admin"), ("auditor", "lea", "auditor"), ("auditor", "admin", "admin")])
def test_the_table_itself_keeps_the_three_apart(cast, who):
    auditor, person, by = (getattr(cast, name) for name in who)
    case = Case(auditor=auditor, person=person, opened_by=by, course=COURSE_KEY, opened_at=timezone.now(), closes_on=today())

    with pytest.raises(IntegrityError), transaction.atomic():
        case.save()
