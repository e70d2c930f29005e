from datetime import timedelta
from functools import partial

import pytest

from lms.days import today
from lms.people import access, appointing
from lms.people.models import Role, RoleGrant
from lms.refusals import NotAllowed
from tests.racing import at_once

pytestmark = pytest.mark.postgres


@pytest.fixture
def db(committed):
    """Threads have connections of their own, so everything is really committed here."""


def appoint(person, by):
    return partial(appointing.grant, person, Role.AUDITOR, by=by, starts_on=today())


def test_two_administrators_who_appoint_at_once_make_one_appointment(cast):
    made, refused = at_once(appoint(cast.lea, cast.admin), appoint(cast.lea, cast.admin2), held_at=RoleGrant)

    assert isinstance(refused, NotAllowed)
    assert RoleGrant.objects.get(person=cast.lea) == made


@pytest.mark.parametrize("first", ["end", "approval"])
def test_an_appointment_that_is_ended_while_it_is_approved_is_over(cast, first):
    waiting = appointing.grant(cast.lea, Role.AUDITOR, by=cast.admin, starts_on=today())
    end, approve = (RoleGrant.objects.get(pk=waiting.pk) for _ in range(2))
    acts = [
        partial(appointing.end, end, by=cast.admin, day=today()),
        partial(appointing.approve, approve, by=cast.admin2, day=today()),
    ]

    at_once(*(acts if first == "end" else reversed(acts)), held_at=RoleGrant)

    assert access.Rights(cast.lea, today()).roles == {"learner"}
    assert list(cast.lea.groups.all()) == []


def test_of_two_administrators_who_end_a_role_at_once_the_second_is_told_that_it_is_over(cast):
    grant = cast.trainer.grants.get()
    now, later = (RoleGrant.objects.get(pk=grant.pk) for _ in range(2))

    _, refused = at_once(
        partial(appointing.end, now, by=cast.admin, day=today()),
        partial(appointing.end, later, by=cast.admin2, day=today() + timedelta(days=30)),
        held_at=RoleGrant,
    )

    grant.refresh_from_db()
    assert (grant.ends_on, str(refused)) == (today(), "This role is over already.")
