"""Answers that are counted at the same time."""

from functools import partial

import pytest

from courses import answering
from courses.models import Answer, Enrolment, ItemTally
from tests.factories.learning import enrol, right_answer, sit_quiz
from tests.racing import at_once

pytestmark = pytest.mark.postgres


@pytest.fixture
def db(committed):
    """Threads have connections of their own, so everything is really committed here."""


def last_answer(enrolment: Enrolment, module) -> partial:
    attempt = sit_quiz(enrolment, module, leave=1)
    asked = answering.asked_item(attempt.drawn[-1])
    response = right_answer(asked.content)
    return partial(answering.answer_item, enrolment, module=module.translation_key, asked=asked, response=response)


def test_people_who_end_a_quiz_at_once_are_all_counted_and_nobody_is_stopped(cast, course):
    people = (cast.lea, cast.ben, cast.nora)
    acts = [last_answer(enrol(person, course), course.quiz) for person in people]

    answers = at_once(*acts, held_at=ItemTally)

    rows = ItemTally.objects.filter(option="")
    assert [type(answer) for answer in answers] == [Answer] * 3
    assert sum(row.count for row in rows) == sum(row.right_count for row in rows) == 3 * 4


def test_the_last_answer_sent_twice_at_once_is_counted_once(cast, course):
    act = last_answer(enrol(cast.lea, course), course.quiz)

    answers = at_once(act, act, held_at=ItemTally)

    assert answers[0] == answers[1]
    assert [row.count for row in ItemTally.objects.filter(option="")] == [1] * 4
