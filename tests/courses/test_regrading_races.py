"""A question is withdrawn while it is answered, and two publishers press the same button at once."""

from functools import partial

import pytest

from certificates.models import Certificate
from courses import answering, enrolling, regrading, withdrawing
from courses.models import Answer, Attempt, Completion, Enrolment, Question, QuestionWithdrawal, Regrade
from courses.regrading import Touched
from lms.people.models import AccessEntry, Role
from tests.factories.cast import COURSE_KEY
from tests.factories.course import allow_test_out
from tests.factories.learning import enrol, read_module, right_answer, sit_quiz, wrong_answer
from tests.factories.people import make_grant
from tests.racing import at_once

pytestmark = pytest.mark.postgres


@pytest.fixture
def db(committed):
    """Threads have connections of their own, so everything is really committed here."""


def item(code: str) -> Question:
    return Question.objects.get(code=f"TST-{code}")


def read_all(person, course) -> Enrolment:
    enrolment = enrol(person, course)
    read_module(enrolment, course.reading)
    read_module(enrolment, course.second)
    return enrolment


def withdraw(question, by):
    return withdrawing.withdraw(question, by=by, reason="The key is wrong.")


def test_withdrawn_twice_at_once_it_is_withdrawn_once(cast, course):
    question = item("Q1")

    first, second = at_once(*[partial(withdraw, question, cast.publisher)] * 2, held_at=QuestionWithdrawal)

    assert first == second
    assert AccessEntry.objects.filter(what="question withdrawn").count() == 1


def test_withdrawn_while_its_wrong_answer_is_on_its_way_the_rest_decides(cast, course):
    """The answer is there first and was the last one: judged with it, and looked at again."""
    enrolment = read_all(cast.lea, course)
    attempt = answering.start_quiz(enrolment, module=course.quiz.translation_key)
    must = next(line for line in attempt.drawn if line["must_pass"])
    for line in attempt.drawn:
        if line is not must:
            asked = answering.asked_item(line)
            answering.answer_item(
                enrolment, module=course.quiz.translation_key, asked=asked, response=right_answer(asked.content)
            )
    asked = answering.asked_item(must)
    answer = partial(
        answering.answer_item,
        enrolment,
        module=course.quiz.translation_key,
        asked=asked,
        response=wrong_answer(asked.content),
    )

    given, withdrawal = at_once(answer, partial(withdraw, item("Q1"), cast.publisher), held_at=Answer)
    regrading.regrade(item("Q1"), by=cast.publisher)

    assert (given.question, withdrawal.question) == (asked.key, asked.key)
    assert (Attempt.objects.get(is_graded=True).result, Completion.objects.count()) == ("passed", 1)


def test_a_quiz_begun_while_a_question_is_withdrawn_goes_on_without_it(cast, course):
    enrolment = enrol(cast.lea, course)
    begin = partial(answering.start_quiz, enrolment, module=course.quiz.translation_key)

    attempt, _withdrawal = at_once(begin, partial(withdraw, item("Q1"), cast.publisher), held_at=Attempt)

    must = next(line for line in attempt.drawn if line["must_pass"])
    asked = answering.asked_item(must)
    taken = answering.answer_item(enrolment, module=attempt.module, asked=asked, response=right_answer(asked.content))
    assert (taken, Answer.objects.count()) == (None, 0)


def test_two_publishers_regrade_at_once_and_everybody_is_helped_once(cast, course):
    make_grant(cast.trainer, Role.PUBLISHER, keys=[COURSE_KEY])
    for person in (cast.lea, cast.ben):
        sit_quiz(read_all(person, course), course.quiz, wrong={"TST-Q1"})
    withdraw(item("Q1"), cast.publisher)
    acts = [partial(regrading.regrade, item("Q1"), by=by) for by in (cast.publisher, cast.trainer)]

    results = at_once(*acts, held_at=Regrade)

    assert sum(result.passes for result in results) == 2
    assert {type(result) for result in results} == {Touched}
    assert (Completion.objects.count(), Certificate.objects.count(), Regrade.objects.count()) == (2, 2, 2)


def test_a_regrade_and_a_new_attempt_at_once_both_go_through(cast, course):
    enrolment = read_all(cast.lea, course)
    sit_quiz(enrolment, course.quiz, wrong={"TST-Q1"})
    withdraw(item("Q1"), cast.publisher)
    begin = partial(answering.start_quiz, enrolment, module=course.quiz.translation_key)

    begun, touched = at_once(begin, partial(regrading.regrade, item("Q1"), by=cast.publisher), held_at=Attempt)

    begun.refresh_from_db()
    assert (begun.result, touched, Completion.objects.count()) == ("void", Touched(passes=1, again=0), 1)


def test_the_quiz_is_taken_first_and_the_course_begun_at_once_on_one_enrolment(cast, course):
    allow_test_out(course)
    first = partial(enrolling.take_quiz_first, cast.lea, course.course, language="en")

    at_once(first, partial(enrolling.enrol, cast.lea, course.course, language="en"), held_at=Enrolment)

    assert Enrolment.objects.get().origin == "test-out"
