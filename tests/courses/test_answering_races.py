"""The same learner in two requests at once: a double click, two devices, an answer while the course is published."""

from collections import Counter
from functools import partial

import pytest
from django.test import Client

from certificates.models import Certificate
from courses import answering, completing
from courses.models import Answer, Attempt, Completion, Edition, Enrolment, ModuleProgress, Question
from courses.statements import VERBS, verb_id
from lms.xapi import queries
from tests.factories.learning import complete, enrol, read_module, right_answer, sit_quiz, wrong_answer
from tests.racing import at_once

pytestmark = pytest.mark.postgres


@pytest.fixture
def db(committed):
    """Threads have connections of their own, so everything is really committed here."""


def verbs_of(enrolment: Enrolment) -> Counter:
    stored = queries.of_registration(enrolment.registration, [verb_id(name) for name in VERBS])
    return Counter(statement.statement["verb"]["id"].rpartition("/")[2] for statement in stored)


def last_item(enrolment, course) -> Question:
    """Everything is done but the last item of the quiz, which is returned."""
    read_module(enrolment, course.reading)
    read_module(enrolment, course.second)
    attempt = sit_quiz(enrolment, course.quiz, leave=1)
    return Question.objects.get(translation_key=attempt.drawn[-1]["key"])


def browser(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def post_answer(course, client, response):
    url = f"/learn/tst/{course.quiz.translation_key}/quiz/4/answer/"
    return client.post(url, {"option": response, "try_number": 1}).status_code


def test_the_last_answer_sent_twice_at_once_completes_once(cast, course):
    enrolment = enrol(cast.lea, course)
    right = right_answer(last_item(enrolment, course).content)
    before = verbs_of(enrolment)

    answers = at_once(*[partial(post_answer, course, browser(cast.lea), right) for _ in range(2)], held_at=Answer)

    assert answers == [302, 302]
    assert (Answer.objects.count(), Completion.objects.count(), Certificate.objects.count()) == (4, 1, 1)
    assert verbs_of(enrolment) - before == {"answered": 1, "passed": 1, "completed": 2}


def test_two_different_last_answers_at_once_are_one_answer(cast, course):
    enrolment = enrol(cast.lea, course)
    content = last_item(enrolment, course).content
    responses = (right_answer(content), wrong_answer(content))

    answers = at_once(*[partial(post_answer, course, browser(cast.lea), response) for response in responses], held_at=Answer)

    assert answers == [302, 302]
    kept = Answer.objects.get(question=Attempt.objects.get().drawn[-1]["key"])
    assert Completion.objects.count() == Attempt.objects.filter(result="passed").count()
    assert verbs_of(enrolment)["answered"] == 4
    assert kept.response in responses


def test_the_last_answer_and_the_last_screen_at_once_complete_once(cast, course):
    """On two devices: neither sees what the other is about to write, and the course is completed all the same."""
    enrolment = enrol(cast.lea, course)
    read_module(enrolment, course.reading)
    attempt = sit_quiz(enrolment, course.quiz, leave=1)
    asked = answering.asked_item(attempt.drawn[-1])
    right = right_answer(asked.content)
    [screen] = course.second.screen_ids

    at_once(
        partial(answering.answer_item, enrolment, module=course.quiz.translation_key, asked=asked, response=right),
        partial(answering.leave_screen, enrolment, module=course.second.translation_key, screen=screen),
        held_at=ModuleProgress,
    )

    assert (Completion.objects.count(), Certificate.objects.count()) == (1, 1)
    assert verbs_of(enrolment)["completed"] == 4


def test_a_check_sent_twice_at_once_is_one_try(cast, course):
    enrolment = enrol(cast.lea, course)
    url = f"/learn/tst/{course.reading.translation_key}/{course.screens[1]}/check/"
    data = {"question": course.check.translation_key, "try_number": 1, "option": "a"}

    answers = at_once(*[partial(browser(cast.lea).post, url, data) for _ in range(2)], held_at=Answer)

    assert [answer.status_code for answer in answers] == [302, 302]
    assert (Answer.objects.count(), Attempt.objects.count(), verbs_of(enrolment)["answered"]) == (1, 1, 1)


def test_a_quiz_begun_twice_at_once_is_one_attempt(cast, course):
    enrolment = enrol(cast.lea, course)
    start = partial(answering.start_quiz, enrolment, module=course.quiz.translation_key)

    first, second = at_once(start, start, held_at=Attempt)

    assert first == second
    assert (Attempt.objects.count(), verbs_of(enrolment)["launched"]) == (1, 1)


def test_a_completion_asked_for_twice_at_once_is_one(cast, course):
    enrolment = enrol(cast.lea, course)
    read_module(enrolment, course.reading)
    sit_quiz(enrolment, course.quiz)
    course.second.unpublish()

    made = at_once(*[partial(completing.finish, enrolment)] * 2, held_at=Completion)

    assert [None in made, Completion.objects.get() in made] == [True, True]
    assert (Certificate.objects.count(), verbs_of(enrolment)["completed"]) == (1, 3)


def test_a_waiting_certificate_asked_for_twice_at_once_is_issued_once(cast, course):
    cast.lea.display_name = "Lea Brandt"
    cast.lea.save()
    complete(cast.lea, course)
    cast.lea.agreed_name = "Lea Brandt"
    cast.lea.save()

    at_once(*[partial(completing.issue_waiting, cast.lea)] * 2, held_at=Certificate)

    assert Certificate.objects.get().name == "Lea Brandt"


def test_the_last_answer_and_a_publication_at_once_both_go_through(cast, course):
    """The answer holds the enrolment and needs the course; the publication holds the course and moves enrolments along."""
    enrolment = enrol(cast.lea, course)
    right = right_answer(last_item(enrolment, course).content)
    course.page.title = "Another title"
    publish = course.page.save_revision().publish

    answers = at_once(partial(post_answer, course, browser(cast.lea), right), publish, held_at=Completion)

    assert answers == [302, None]
    assert (Completion.objects.count(), Certificate.objects.count(), Edition.objects.count()) == (1, 1, 2)
