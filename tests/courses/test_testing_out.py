"""Who knows the subject takes the quiz first: what a pass at first go spares her, and what remains."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from courses import answering, enrolling, publishing, regrading, tracking, withdrawing
from courses.models import Attempt, Completion, CoursePage, Edition, Enrolment, ModuleProgress, Question
from courses.statements import VERBS, verb_id
from lms.xapi import queries
from tests.factories.course import add_module, allow_test_out, make_course, screen
from tests.factories.learning import enrol, read_module, right_answer, sit_quiz
from tests.factories.story import story_value


@pytest.fixture
def open_course(course):
    allow_test_out(course)
    return course


def with_exercise(made):
    block = {"type": "scenario", "value": story_value()}
    module = add_module(made.page, "Exercise", [screen("TST story", block)], minutes=7)
    module.get_latest_revision().publish()
    return module


def first(person, made) -> Enrolment:
    return enrolling.take_quiz_first(person, made.course, language="en")


def marked(enrolment) -> list[str]:
    """The objects of the statements that carry the mark."""
    stored = queries.of_registration(enrolment.registration, [verb_id(name) for name in VERBS])
    told = [one.statement for one in stored if any("test-out" in key for key in one.statement["context"].get("extensions", {}))]
    return [statement["object"]["id"].rpartition("/")[2] for statement in told]


def test_the_edition_says_that_it_is_allowed_and_older_ones_that_it_is_not(course):
    allow_test_out(course)

    assert [edition.has_test_out for edition in Edition.objects.order_by("minor")] == [False, True]


def test_where_nothing_is_only_read_there_is_nothing_to_spare(course):
    allow_test_out(course)
    edition = Edition.objects.latest("minor")

    edition.outline["modules"] = [module.plain for module in edition.quizzes]

    assert not Edition(outline=edition.outline).has_test_out


def test_a_pass_at_first_go_completes_what_is_only_read_and_with_it_the_course(cast, open_course):
    enrolment = first(cast.lea, open_course)

    sit_quiz(enrolment, open_course.quiz)

    assert (enrolment.origin, Completion.objects.get().person) == ("test-out", cast.lea)
    assert sorted(marked(enrolment)) == sorted(
        str(module.translation_key) for module in (open_course.reading, open_course.second)
    )
    assert tracking.check(Enrolment.objects.get()).differences == []


def test_a_scenario_remains(cast, open_course):
    exercise = with_exercise(open_course)
    enrolment = first(cast.lea, open_course)
    sit_quiz(enrolment, open_course.quiz)
    before = Completion.objects.count()

    read_module(enrolment, exercise)

    assert (before, Completion.objects.count(), len(marked(enrolment))) == (0, 1, 2)


def test_a_missed_safety_question_spares_nothing(cast, open_course):
    enrolment = first(cast.lea, open_course)

    sit_quiz(enrolment, open_course.quiz, wrong={"TST-Q1"})

    assert (Attempt.objects.get().result, marked(enrolment), Completion.objects.count()) == ("failed", [], 0)


def test_after_a_failure_she_takes_the_course_the_usual_way(cast, open_course):
    enrolment = first(cast.lea, open_course)
    sit_quiz(enrolment, open_course.quiz, wrong={"TST-Q1"})

    sit_quiz(enrolment, open_course.quiz)

    assert (marked(enrolment), Completion.objects.count()) == ([], 0)
    assert not enrolling.may_take_quiz_first(Enrolment.objects.get())
    with pytest.raises(enrolling.NotOffered):
        first(cast.lea, open_course)


def test_the_usual_pause_holds(cast, open_course):
    enrolment = first(cast.lea, open_course)
    for _ in range(2):
        sit_quiz(enrolment, open_course.quiz, wrong={"TST-Q1"})

    with pytest.raises(answering.NotNow):
        answering.start_quiz(enrolment, module=open_course.quiz.translation_key)


def test_a_course_that_does_not_allow_it_refuses_and_enrols_nobody(cast, course):
    with pytest.raises(enrolling.NotOffered):
        first(cast.lea, course)

    assert Enrolment.objects.count() == 0


def test_who_has_begun_the_usual_way_goes_on_that_way(cast, open_course):
    enrolment = enrol(cast.lea, open_course)
    read_module(enrolment, open_course.second)

    with pytest.raises(enrolling.NotOffered):
        first(cast.lea, open_course)


def test_who_was_enrolled_and_did_nothing_may_still_choose_it(cast, open_course):
    enrolment = enrol(cast.lea, open_course)

    assert (first(cast.lea, open_course), Enrolment.objects.get().origin) == (enrolment, "test-out")


def test_chosen_twice_it_is_chosen_once(cast, open_course):
    one = first(cast.lea, open_course)
    answering.start_quiz(one, module=open_course.quiz.translation_key)

    assert first(cast.lea, open_course) == one


def test_the_usual_way_a_pass_spares_nothing(cast, open_course):
    enrolment = enrol(cast.lea, open_course)

    sit_quiz(enrolment, open_course.quiz)

    assert (marked(enrolment), Completion.objects.count()) == ([], 0)


def test_the_edition_decides_and_not_the_page(cast, open_course):
    enrolment = first(cast.lea, open_course)
    CoursePage.objects.update(has_test_out=False)

    sit_quiz(enrolment, open_course.quiz)

    assert (len(marked(enrolment)), Completion.objects.count()) == (2, 1)


def test_where_a_new_edition_takes_it_back_a_pass_spares_nothing(cast, open_course):
    enrolment = first(cast.lea, open_course)
    CoursePage.objects.update(has_test_out=False)
    publishing.follow(CoursePage.objects.get())

    sit_quiz(enrolment, open_course.quiz)

    assert (marked(enrolment), Completion.objects.count()) == ([], 0)


def test_of_two_quizzes_the_last_one_spares_the_reading(cast, open_course):
    quiz = {
        "pass_mark": 100,
        "count": 1,
        "blueprint": [{"objective": "one", "share": 100}],
        "pool": [open_course.items[0].pk],
    }
    other = add_module(open_course.page, "Other quiz", [screen("TST other")], minutes=2, quiz=quiz)
    other.get_latest_revision().publish()
    enrolment = first(cast.lea, open_course)

    sit_quiz(enrolment, open_course.quiz)
    between = marked(enrolment)
    sit_quiz(enrolment, other)

    assert (between, len(marked(enrolment)), Completion.objects.count()) == ([], 2, 1)


def test_a_failure_that_becomes_a_pass_spares_the_reading_on_that_day(cast, open_course):
    enrolment = first(cast.lea, open_course)
    attempt = sit_quiz(enrolment, open_course.quiz, wrong={"TST-Q1"})
    attempt.finished_at -= timedelta(days=3)
    attempt.save()
    Edition.objects.update(published_at=timezone.now() - timedelta(days=9))
    question = Question.objects.get(code="TST-Q1")
    withdrawing.withdraw(question, by=cast.publisher, reason="The key is wrong.")

    regrading.regrade(question, by=cast.publisher)

    assert Completion.objects.get().completed_at.date() == attempt.finished_at.date()
    assert {row.completed_at.date() for row in ModuleProgress.objects.all()} == {attempt.finished_at.date()}
    assert tracking.check(Enrolment.objects.get()).differences == []


@pytest.mark.parametrize("modules", [3, 12])
def test_the_answer_that_completes_costs_the_same_for_any_number_of_modules(cast, modules):
    made = make_course(reading_modules=modules - 2)
    allow_test_out(made)
    enrolment = first(cast.lea, made)
    attempt = sit_quiz(enrolment, made.quiz, leave=1)
    asked = answering.asked_item(attempt.drawn[-1])

    with CaptureQueriesContext(connection) as captured:
        answering.answer_item(enrolment, module=made.quiz.translation_key, asked=asked, response=right_answer(asked.content))

    statements = [query["sql"] or "" for query in captured]  # PostgreSQL shows nothing of what is sent in binary
    real = [statement for statement in statements if "SAVEPOINT" not in statement]
    assert Enrolment.objects.get().closed_because == "completed"
    assert len(real) <= 35, "\n".join(real)
