"""What is counted of answers: each person once, without her."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from courses import answering, enrolling
from courses.models import Answer, Attempt, Course, Enrolment, ItemTally, Question
from lms.days import today
from tests.factories.course import add_course, add_module, make_question, screen
from tests.factories.kinds import make_question_of
from tests.factories.learning import complete, enrol, right_answer, sit_quiz


def check(enrolment, course, response, try_number=1, question=None):
    module = course.reading.translation_key
    asked = question or course.check
    return answering.answer_check(enrolment, module=module, question=asked, response=response, try_number=try_number)


def counted(question=None) -> dict:
    """(option, band) → (count, right), of all items or of one."""
    rows = ItemTally.objects.filter(question=question.translation_key) if question else ItemTally.objects.all()
    return {(row.option, row.band): (row.count, row.right_count) for row in rows}


def whole() -> list[int]:
    """How many people answered each item."""
    return [row.count for row in ItemTally.objects.filter(option="")]


# --- knowledge checks --------------------------------------------------------------------------------------------------
def test_the_first_try_at_a_check_is_counted_and_no_other(cast, course):
    enrolment = enrol(cast.lea, course)

    check(enrolment, course, ["a"])
    check(enrolment, course, ["b"], 2)

    assert counted() == {("", 0): (1, 0), ("a", 0): (1, 0)}


def test_a_double_click_counts_once(cast, course):
    enrolment = enrol(cast.lea, course)

    for _ in range(3):
        check(enrolment, course, ["b"])

    assert counted() == {("", 0): (1, 1), ("b", 0): (1, 0)}


def test_two_people_add_up_and_a_language_has_rows_of_its_own(cast, course):
    check(enrol(cast.lea, course), course, ["b"])
    check(enrol(cast.ben, course), course, ["a"])
    check(enrolling.enrol(cast.nora, course.course, language="ru"), course, ["a"])

    found = {(row.language, row.option): (row.count, row.right_count) for row in ItemTally.objects.all()}
    assert found == {
        ("en", ""): (2, 1),
        ("en", "b"): (1, 0),
        ("en", "a"): (1, 0),
        ("ru", ""): (1, 0),
        ("ru", "a"): (1, 0),
    }


def test_a_row_says_module_revision_and_month(cast, course):
    check(enrol(cast.lea, course), course, ["b"])

    row = ItemTally.objects.get(option="")
    assert (row.module, row.question) == (course.reading.translation_key, course.check.translation_key)
    assert (row.revision, row.month) == (course.check.live_revision_id, today().replace(day=1))


def test_a_refused_answer_is_not_counted(cast, course):
    with pytest.raises(ValueError, match="no answer"):
        check(enrol(cast.lea, course), course, ["a", "b"])

    assert counted() == {}


@pytest.mark.parametrize(
    ("kind", "response", "parts"),
    [
        ("several_answers", ["k2", "k7"], {"k2", "k7"}),
        ("matching", ["c4[.]p1", "c2[.]p1", "c7[.]p5"], {"c4[.]p1", "c2[.]p1", "c7[.]p5"}),
        ("sequencing", ["s3", "s8", "s5"], {"s3[.]1", "s8[.]2", "s5[.]3"}),
        ("numeric", ["12"], set()),
        ("likert", ["l7"], {"l7"}),
    ],
)
def test_each_part_of_a_response_is_counted(cast, course, kind, response, parts):
    question = make_question_of(kind)

    check(enrol(cast.lea, course), course, response, question=question)

    assert counted(question) == {("", 0): (1, 0), **{(part, 0): (1, 0) for part in parts}}


# --- quizzes -----------------------------------------------------------------------------------------------------------
def test_a_quiz_is_counted_when_it_ends(cast, course):
    enrolment = enrol(cast.lea, course)

    sit_quiz(enrolment, course.quiz, leave=1)
    before = counted()
    sit_quiz(enrolment, course.quiz)

    assert (before, whole()) == ({}, [1] * 4)


def test_each_item_is_counted_in_the_band_of_the_others(cast, course):
    attempt = sit_quiz(enrol(cast.lea, course), course.quiz, wrong={"TST-Q1"})

    wrong, *others = sorted(Question.objects.filter(translation_key__in=[line["key"] for line in attempt.drawn]), key=str)
    # All three others of Q1 were right; of those of any other item two of three.
    assert counted(wrong) == {("", 9): (1, 0), ("a", 0): (1, 0)}
    assert [{key: found for key, found in counted(one).items() if not key[0]} for one in others] == [{("", 6): (1, 1)}] * 3


def test_a_quiz_counts_in_the_month_in_which_it_ends_so_that_a_month_that_is_over_stands_still(cast, course):
    enrolment = enrol(cast.lea, course)
    sit_quiz(enrolment, course.quiz, leave=1)
    Answer.objects.update(answered_at=timezone.now() - timedelta(days=40))

    sit_quiz(enrolment, course.quiz)

    assert {row.month for row in ItemTally.objects.all()} == {today().replace(day=1)}


def test_an_item_that_was_deleted_meanwhile_is_left_out(cast, course):
    enrolment = enrol(cast.lea, course)
    attempt = sit_quiz(enrolment, course.quiz, leave=1)
    asked = answering.asked_item(attempt.drawn[-1])
    Question.objects.get(translation_key=attempt.drawn[0]["key"]).delete()

    answering.answer_item(enrolment, module=course.quiz.translation_key, asked=asked, response=right_answer(asked.content))

    assert {str(row.question) for row in ItemTally.objects.all()} == {line["key"] for line in attempt.drawn[1:]}


def test_the_last_answer_sent_twice_counts_once(cast, course):
    enrolment = enrol(cast.lea, course)
    attempt = sit_quiz(enrolment, course.quiz)
    before = list(ItemTally.objects.order_by("pk").values())

    asked = answering.asked_item(attempt.drawn[-1])
    answering.answer_item(enrolment, module=course.quiz.translation_key, asked=asked, response=right_answer(asked.content))

    assert list(ItemTally.objects.order_by("pk").values()) == before


def test_a_second_attempt_is_not_counted(cast, course):
    enrolment = enrol(cast.lea, course)

    sit_quiz(enrolment, course.quiz, wrong={"TST-Q1"})
    sit_quiz(enrolment, course.quiz)

    assert whole() == [1] * 4


def test_a_renewal_years_later_counts_nobody_twice(cast, course):
    first = complete(cast.lea, course)
    before = list(ItemTally.objects.order_by("pk").values())
    again = Enrolment.objects.create(
        person=cast.lea, course=course.course, edition=first.edition, cycle=2, language="en", enrolled_at=timezone.now()
    )

    sit_quiz(again, course.quiz)

    assert list(ItemTally.objects.order_by("pk").values()) == before


def test_what_breaks_off_counts_nothing(cast, course, monkeypatch):
    enrolment = enrol(cast.lea, course)
    sit_quiz(enrolment, course.quiz, leave=1)

    def fail(execute, sql, params, many, context):
        if "courses_itemtally" in sql:
            sql = sql.replace("courses_itemtally", "nowhere")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(fail), pytest.raises(DatabaseError, match="nowhere"):
        sit_quiz(enrolment, course.quiz)

    assert (counted(), Attempt.objects.get(is_graded=True).finished_at) == ({}, None)


def test_the_table_has_no_column_for_a_person_a_day_or_a_structure(db):
    assert {field.name for field in ItemTally._meta.fields} == {
        *("pk", "module", "question", "revision", "language", "month", "option", "band", "count", "right_count")
    }


# --- what it costs -----------------------------------------------------------------------------------------------------
def queries_of_the_last_answer(person, items: int) -> int:
    """Of a quiz with so many items, in a course of its own."""
    course_page = add_course(f"N{items}", f"Course of {items}")
    quiz = {
        "pass_mark": 50,
        "count": items,
        "blueprint": [{"objective": "one", "words": "", "share": 100}],
        "pool": [make_question(f"N{items}-{number}").pk for number in range(items)],
    }
    module = add_module(course_page, f"Quiz of {items}", [screen(f"N{items}")], quiz=quiz)
    course_page.get_latest_revision().publish()
    enrolment = enrolling.enrol(person, Course.objects.get(key=course_page.translation_key), language="en")
    attempt = sit_quiz(enrolment, module, leave=1)
    asked = answering.asked_item(attempt.drawn[-1])
    with CaptureQueriesContext(connection) as captured:
        answering.answer_item(enrolment, module=module.translation_key, asked=asked, response=right_answer(asked.content))
    return len(captured)


def test_the_last_answer_costs_the_same_for_any_number_of_items(cast, db):
    people = (cast.lea, cast.ben, cast.nora)  # who completed something before is asked one question more
    costs = [queries_of_the_last_answer(person, items) for person, items in zip(people, (1, 3, 9), strict=True)]

    assert costs == [costs[0]] * 3
    assert sorted(whole()) == [1] * 13


def test_only_the_first_try_at_a_check_writes_a_count(cast, course):
    enrolment = enrol(cast.lea, course)

    with CaptureQueriesContext(connection) as first:
        check(enrolment, course, ["a"])
    with CaptureQueriesContext(connection) as second:
        check(enrolment, course, ["b"], 2)

    # The second try writes an answer and a statement as the first one did.
    assert len([query for query in first if "itemtally" in str(query["sql"])]) == 1
    assert not any("itemtally" in str(query["sql"]) for query in second)
