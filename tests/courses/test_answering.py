from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from courses import answering
from courses.models import Answer, Attempt, Completion, ModuleProgress, Question
from lms.xapi import queries
from tests.factories.learning import complete, enrol, read_module, right_answer, sit_quiz, wrong_answer


@pytest.fixture
def enrolment(cast, course):
    return enrol(cast.lea, course)


def verbs_of(enrolment) -> list[str]:
    names = ("registered", "launched", "experienced", "answered", "completed", "passed", "failed")
    stored = queries.of_registration(enrolment.registration, [f"http://adlnet.gov/expapi/verbs/{name}" for name in names])
    return [statement.statement["verb"]["id"].rpartition("/")[2] for statement in stored]


def check(enrolment, course, response, try_number):
    return answering.answer_check(
        enrolment, module=course.reading.translation_key, question=course.check, response=response, try_number=try_number
    )


def test_reading_all_and_passing_completes_the_course(cast, course):
    enrolment = complete(cast.lea, course)

    completion = Completion.objects.get(person=cast.lea)
    assert (completion.enrolment, enrolment.closed_because) == (enrolment, "completed")
    assert verbs_of(enrolment)[-4:] == ["answered", "passed", "completed", "completed"]


def test_the_last_screen_of_a_module_completes_it(enrolment, course):
    read_module(enrolment, course.second)

    assert ModuleProgress.objects.get(module=course.second.translation_key).completed_at is not None
    assert verbs_of(enrolment) == ["registered", "experienced", "completed"]


def test_the_screens_before_a_quiz_do_not_complete_it(enrolment, course):
    read_module(enrolment, course.quiz)

    assert ModuleProgress.objects.get().completed_at is None


def test_a_screen_that_the_edition_does_not_have_leaves_no_trace(enrolment, course):
    answering.leave_screen(enrolment, module=course.reading.translation_key, screen=str(uuid4()))
    answering.leave_screen(enrolment, module=uuid4(), screen=course.screens[0])

    assert verbs_of(enrolment) == ["registered"]


def test_a_knowledge_check_may_be_repeated_freely(enrolment, course):
    tries = [check(enrolment, course, ["a"], 1), check(enrolment, course, ["c"], 2), check(enrolment, course, ["b"], 3)]

    assert [answer.is_right for answer in tries] == [False, False, True]
    assert [answer.try_number for answer in tries] == [1, 2, 3]


def test_a_try_that_exists_is_shown_again_whatever_was_sent(enrolment, course):
    first = check(enrolment, course, ["a"], 1)

    again = check(enrolment, course, ["b"], 1)

    assert (again, again.response) == (first, ["a"])
    assert verbs_of(enrolment).count("answered") == 1


def test_a_try_from_far_ahead_counts_as_the_next(enrolment, course):
    assert check(enrolment, course, ["a"], 99).try_number == 1


def test_an_impossible_answer_is_refused_and_stores_nothing(enrolment, course):
    with pytest.raises(ValueError, match="no answer"):
        check(enrolment, course, ["a", "b"], 1)

    assert (Answer.objects.count(), verbs_of(enrolment)) == (0, ["registered"])


def test_a_quiz_draws_its_items_with_the_must_pass_one(enrolment, course):
    attempt = answering.start_quiz(enrolment, module=course.quiz.translation_key)

    drawn = {line["key"]: line for line in attempt.drawn}
    assert len(drawn) == 4
    assert drawn[str(course.items[0].translation_key)]["must_pass"] is True
    assert all(set(line["options"]) == {"a", "b", "c"} or line["options"] == ["true", "false"] for line in attempt.drawn)


def test_an_unfinished_attempt_is_resumed_and_never_counted(enrolment, course):
    first = sit_quiz(enrolment, course.quiz, leave=2)

    again = answering.start_quiz(enrolment, module=course.quiz.translation_key)

    assert again == first
    assert Attempt.objects.filter(is_graded=True).count() == 1


def test_an_item_takes_one_answer_only(enrolment, course):
    attempt = sit_quiz(enrolment, course.quiz, leave=3)
    asked = answering.asked_item(attempt.drawn[0])
    response = wrong_answer(asked.content)

    again = answering.answer_item(enrolment, module=course.quiz.translation_key, asked=asked, response=response)

    assert (again.is_right, again.response) == (True, right_answer(asked.content))


def test_an_item_that_was_not_drawn_takes_none(enrolment, course):
    attempt = answering.start_quiz(enrolment, module=course.quiz.translation_key)
    asked = answering.asked_item(attempt.drawn[0])

    for other in (replace(asked, key=uuid4()), replace(asked, revision=asked.revision + 1)):
        assert answering.answer_item(enrolment, module=course.quiz.translation_key, asked=other, response=["a"]) is None


def test_a_missed_must_pass_item_fails_whatever_the_score(enrolment, course):
    attempt = sit_quiz(enrolment, course.quiz, wrong={"TST-Q1"})

    assert (attempt.result, float(attempt.score)) == ("failed", 0.75)
    assert verbs_of(enrolment)[-1] == "failed"


def test_two_failed_attempts_then_a_pause_then_as_many_as_wanted(enrolment, course):
    module = course.quiz.translation_key
    for _ in range(2):
        sit_quiz(enrolment, course.quiz, wrong={"TST-Q1"})

    with pytest.raises(answering.NotNow) as refusal:
        answering.start_quiz(enrolment, module=module)
    Attempt.objects.update(finished_at=timezone.now() - timedelta(hours=24, minutes=1))
    third = sit_quiz(enrolment, course.quiz, wrong={"TST-Q1"})
    fourth = answering.start_quiz(enrolment, module=module)

    assert refusal.value.at > timezone.now() + timedelta(hours=23)
    assert (third.number, fourth.number) == (3, 4)


def test_a_passed_quiz_is_not_sat_again(enrolment, course):
    sit_quiz(enrolment, course.quiz)

    with pytest.raises(answering.NothingToSit):
        answering.start_quiz(enrolment, module=course.quiz.translation_key)


def test_an_attempt_whose_question_was_deleted_does_not_count(enrolment, course):
    attempt = answering.start_quiz(enrolment, module=course.quiz.translation_key)
    Question.objects.get(translation_key=attempt.drawn[1]["key"]).delete()

    fresh = answering.start_quiz(enrolment, module=course.quiz.translation_key)

    attempt.refresh_from_db()
    assert (attempt.result, fresh.number) == ("void", 2)
    assert len(fresh.drawn) == 4


def test_an_edited_question_is_graded_as_it_was_drawn(enrolment, course):
    attempt = answering.start_quiz(enrolment, module=course.quiz.translation_key)
    line = next(line for line in attempt.drawn if line["key"] == str(course.items[0].translation_key))
    question = course.items[0]
    question.body[0].value["options"][0]["is_right"] = True
    question.body[0].value["options"][1]["is_right"] = False
    question.save_revision().publish()

    asked = answering.asked_item(line)
    answer = answering.answer_item(enrolment, module=course.quiz.translation_key, asked=asked, response=["b"])

    assert (answer.is_right, answer.revision) == (True, line["revision"])
