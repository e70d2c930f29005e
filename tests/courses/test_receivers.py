"""What a launch left in a learner's browser ends with her way in."""

from uuid import uuid4

import pytest

from lms.days import today
from lms.people import unlocking
from lms.people.models import User
from lms.xapi import evidence, granting
from lms.xapi.models import Credential
from tests.factories.people import make_structure
from tests.lms.people.feeds import feed, line, sync_staff


def launched(person):
    actor = evidence.pseudonym(person.uuid)
    token, _ = granting.launch(actor, registration=uuid4(), activity_prefix="https://learn.test/xapi/packages/1")
    return token


def are_valid(*tokens):
    return [Credential.objects.get(pk=token.pk).is_valid for token in tokens]


@pytest.mark.parametrize(
    "end",
    [
        lambda cast: unlocking.end_sessions(cast.lea, by=cast.admin),
        lambda cast: unlocking.set_active(cast.lea, is_active=False, by=cast.admin),
    ],
    ids=["sessions", "account"],
)
def test_threat_4_an_administrator_ends_her_launches_and_nobody_elses(cast, end):
    tokens = launched(cast.lea), launched(cast.ben)

    end(cast)

    assert are_valid(*tokens) == [False, True]


def test_threat_4_launches_end_with_who_left_and_not_by_a_dry_run(db):
    make_structure("MIS")
    sync_staff(feed(line(1), line(2), line(3)), day=today())
    tokens = [launched(User.objects.get(staff_number=f"S{number}")) for number in (1, 2)]
    without = feed(line(2), line(3))

    sync_staff(without, day=today(), dry_run=True)
    before = are_valid(*tokens)
    sync_staff(without, day=today())

    assert (before, are_valid(*tokens)) == ([True, True], [False, True])
