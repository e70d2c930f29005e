from functools import partial

import pytest
from django.test import Client

from courses import enrolling
from courses.models import Edition, Enrolment
from courses.statements import verb_id
from lms.xapi import queries
from tests.racing import at_once

pytestmark = pytest.mark.postgres


@pytest.fixture
def db(committed):
    """Threads have connections of their own, so everything is really committed here."""


def browser(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def registered(enrolment: Enrolment) -> int:
    return len(list(queries.of_registration(enrolment.registration, [verb_id("registered")])))


def test_a_course_begun_twice_at_once_is_one_enrolment(cast, course):
    answers = at_once(*[partial(browser(cast.lea).post, "/learn/tst/start/") for _ in range(2)], held_at=Enrolment)

    assert [answer.status_code for answer in answers] == [302, 302]
    assert registered(Enrolment.objects.get()) == 1


@pytest.mark.parametrize("first", ["enrolment", "publication"])
def test_who_enrols_while_the_course_is_published_gets_the_new_edition(cast, course, first):
    course.page.title = "Another title"
    acts = [partial(enrolling.enrol, cast.lea, course.course, language="en"), course.page.save_revision().publish]

    at_once(*(acts if first == "enrolment" else reversed(acts)), held_at=Enrolment)

    assert (Edition.objects.count(), Enrolment.objects.get().edition.number) == (2, "1.1")
