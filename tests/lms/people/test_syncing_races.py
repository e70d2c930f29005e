from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from courses import enrolling
from courses.models import Enrolment
from lms.days import today
from lms.people.models import User
from tests.factories.course import make_course
from tests.factories.people import make_structure
from tests.lms.people.feeds import feed, line, sync_staff

pytestmark = pytest.mark.postgres


@pytest.fixture
def db(committed):
    """Threads have connections of their own, so everything is really committed here."""


def test_a_learner_goes_on_while_a_feed_is_applied(db):
    make_structure("MIS")
    made = make_course()
    sync_staff(feed(line(1), line(2)), day=today())

    def enrol():
        try:
            enrolling.enrol(User.objects.get(staff_number="S1"), made.course, language="en")
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as thread, transaction.atomic():
        sync_staff(feed(line(1, duty_station="Bitola"), line(2)), day=today())
        thread.submit(enrol).result(timeout=20)

    assert Enrolment.objects.get().person.postings.get(ends_on=None).duty_station == "Bitola"
