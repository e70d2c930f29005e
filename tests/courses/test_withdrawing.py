"""A wrong question is taken out by one person, at once and everywhere."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.models import Locale, ModelLogEntry

from content.second_person import PublishingRefused
from courses import answering, judging, withdrawing
from courses.models import Attempt, Completion, Edition, Question, QuestionWithdrawal
from lms.people.models import AccessEntry
from lms.refusals import NotAllowed
from tests.courses.cutting import dying_at
from tests.factories.course import make_question
from tests.factories.learning import correct, enrol, read_module, right_answer, sit_quiz, wrong_answer


def withdraw(question, cast, reason="The key is wrong."):
    return withdrawing.withdraw(question, by=cast.publisher, reason=reason)


def numbers() -> list[str]:
    return [edition.number for edition in Edition.objects.order_by("major", "minor")]


def item(course, code: str) -> Question:
    return Question.objects.get(code=f"TST-{code}")


def answer(enrolment, course, line, response_of=right_answer):
    asked = answering.asked_item(line)
    return answering.answer_item(enrolment, module=course.quiz.translation_key, asked=asked, response=response_of(asked.content))


def test_it_keeps_who_when_why_and_which_and_is_logged(cast, course):
    question = item(course, "Q1")

    withdrawal = withdraw(question, cast, "  The key is wrong. ")

    assert (withdrawal.code, withdrawal.reason, withdrawal.withdrawn_by) == ("TST-Q1", "The key is wrong.", cast.publisher)
    assert (withdrawal.question, withdrawal.revision) == (question.translation_key, question.live_revision_id)
    entry = AccessEntry.objects.get(what="question withdrawn")
    assert (entry.actor, entry.purpose, entry.selection) == (cast.publisher, "The key is wrong.", {"question": "TST-Q1"})
    assert ModelLogEntry.objects.get(action="wagtail.unpublish").user == cast.publisher


def test_the_courses_that_use_it_get_a_minor_edition_in_which_nothing_is_to_be_done_again(cast, course):
    withdraw(item(course, "Q1"), cast)

    quiz = Edition.objects.latest("pk").modules[2]
    assert (numbers(), len(quiz.items()), quiz.counts_from) == (["1.0", "1.1"], 4, (1, 0))


def test_all_languages_stop_at_once(cast, course):
    question = item(course, "Q1")
    other = question.copy_for_translation(Locale.objects.get(language_code="ru"))
    other.save()
    other.save_revision().publish()

    withdraw(question, cast)

    assert set(Question.objects.filter(translation_key=question.translation_key).values_list("live", flat=True)) == {False}


def test_withdrawn_twice_is_withdrawn_once(cast, course):
    question = item(course, "Q1")

    first, second = withdraw(question, cast), withdraw(question, cast, "Again.")

    assert (first, QuestionWithdrawal.objects.count(), AccessEntry.objects.filter(what="question withdrawn").count()) == (
        second,
        1,
        1,
    )


@pytest.mark.parametrize("who", ["trainer", "lea", "admin", "hr", "owner"])
def test_nobody_but_a_publisher_does_it(cast, course, who):
    with pytest.raises(NotAllowed):
        withdrawing.withdraw(item(course, "Q1"), by=getattr(cast, who), reason="The key is wrong.")

    assert (QuestionWithdrawal.objects.count(), item(course, "Q1").live) == (0, True)


def test_a_reason_is_asked(cast, course):
    with pytest.raises(NotAllowed):
        withdraw(item(course, "Q1"), cast, "  ")


def test_a_draft_that_nobody_was_asked_is_not_withdrawn(cast, course):
    Question(code="DRAFT", rationale="R", source="S", objective="one", live=False).save()

    with pytest.raises(NotAllowed):
        withdraw(Question.objects.get(code="DRAFT"), cast)


def test_it_is_drawn_no_more(cast, course):
    withdraw(item(course, "Q1"), cast)

    attempt = answering.start_quiz(enrol(cast.lea, course), module=course.quiz.translation_key)

    assert str(item(course, "Q1").translation_key) not in {line["key"] for line in attempt.drawn}


def test_it_is_not_drawn_from_an_edition_that_names_it_still(cast, course):
    enrolment = enrol(cast.lea, course)
    withdraw(item(course, "Q1"), cast)
    enrolment.edition = Edition.objects.earliest("pk")
    enrolment.save()

    attempt = answering.start_quiz(enrolment, module=course.quiz.translation_key)

    assert str(item(course, "Q1").translation_key) not in {line["key"] for line in attempt.drawn}


def test_an_open_attempt_goes_on_without_it_and_is_judged_by_the_rest(cast, course):
    enrolment = enrol(cast.lea, course)
    attempt = sit_quiz(enrolment, course.quiz, wrong={"TST-Q1"}, leave=4)
    must = next(line for line in attempt.drawn if line["must_pass"])
    answer(enrolment, course, must, wrong_answer)
    withdraw(item(course, "Q1"), cast)

    for line in attempt.drawn:
        answer(enrolment, course, line)

    attempt.refresh_from_db()
    assert (attempt.result, attempt.score, attempt.answers.count()) == ("passed", 1, 4)


def test_an_answer_to_it_is_not_taken_any_more(cast, course):
    enrolment = enrol(cast.lea, course)
    attempt = sit_quiz(enrolment, course.quiz, leave=4)
    must = next(line for line in attempt.drawn if line["must_pass"])
    withdraw(item(course, "Q1"), cast)

    assert answer(enrolment, course, must) is None
    assert attempt.answers.count() == 0


def sit_but(enrolment, course, code: str, *, wrong=frozenset()) -> Attempt:
    """Answers all drawn items but one."""
    attempt = answering.start_quiz(enrolment, module=course.quiz.translation_key)
    for line in attempt.drawn:
        question = Question.objects.get(translation_key=line["key"])
        if question.code != code:
            answer(enrolment, course, line, wrong_answer if question.code in wrong else right_answer)
    return attempt


def test_an_attempt_in_which_it_alone_was_open_is_judged_at_once(cast, course):
    passing, failing = enrol(cast.lea, course), enrol(cast.ben, course)
    read_module(passing, course.reading)
    read_module(passing, course.second)
    one, other = sit_but(passing, course, "TST-Q1"), sit_but(failing, course, "TST-Q1", wrong={"TST-Q2"})

    withdraw(item(course, "Q1"), cast)

    one.refresh_from_db()
    other.refresh_from_db()
    assert (one.result, other.result, float(other.score)) == ("passed", "failed", 0.6667)
    assert Completion.objects.get().person == cast.lea


def test_what_was_cut_short_is_judged_when_she_goes_on(cast, course):
    enrolment = enrol(cast.lea, course)
    attempt = sit_but(enrolment, course, "TST-Q1")
    with pytest.raises(ConnectionError), dying_at('AS "drawn_text"'):
        withdraw(item(course, "Q1"), cast)

    again = answering.start_quiz(enrolment, module=course.quiz.translation_key)

    assert (again, again.result) == (attempt, "passed")


def test_an_attempt_of_withdrawn_questions_only_does_not_count(cast, course):
    enrolment = enrol(cast.lea, course)
    attempt = sit_quiz(enrolment, course.quiz, leave=4)
    for line in attempt.drawn:
        withdraw(Question.objects.get(translation_key=line["key"]), cast)

    attempt.refresh_from_db()
    assert attempt.result == "void"
    assert answering.start_quiz(enrolment, module=course.quiz.translation_key).drawn[0]["key"] == str(
        Question.objects.get(code__startswith="TST-Q", live=True).translation_key
    )


def test_a_withdrawn_version_is_published_by_nobody(cast, course):
    question = item(course, "Q1")
    revision = question.live_revision
    withdraw(question, cast)

    with pytest.raises(PublishingRefused):
        revision.publish(user=cast.publisher)


def test_a_correction_is_published_by_a_second_person_and_asked_again(cast, course):
    withdraw(item(course, "Q1"), cast)
    with pytest.raises(PublishingRefused):
        correct(item(course, "Q1"), "c", author=cast.publisher, publisher=cast.publisher)

    correct(item(course, "Q1"), "a", author=cast.trainer, publisher=cast.publisher)

    attempt = answering.start_quiz(enrol(cast.lea, course), module=course.quiz.translation_key)
    must = next(line for line in attempt.drawn if line["must_pass"])
    assert answer(Attempt.objects.get().enrolment, course, must, lambda content: ["a"]).is_right is True
    assert (numbers(), QuestionWithdrawal.objects.count()) == (["1.0", "1.1", "1.2"], 1)


def test_it_does_not_count_in_what_was_drawn_before_its_correction(cast, course):
    enrolment = enrol(cast.lea, course)
    attempt = sit_quiz(enrolment, course.quiz, leave=4)
    withdraw(item(course, "Q2"), cast)

    correct(item(course, "Q2"), "a", author=cast.trainer, publisher=cast.publisher)

    asked = {line["key"] for line in judging.counted(attempt)}
    assert (len(asked), str(item(course, "Q2").translation_key) in asked) == (3, False)


def test_the_text_around_it_can_still_be_published(cast, course):
    withdraw(item(course, "Q1"), cast)
    withdraw(course.check, cast)
    course.reading.title = "Mended"

    course.reading.save_revision().publish(user=cast.publisher)

    assert Edition.objects.latest("pk").modules[0].title("en") == "Mended"


def test_the_bank_says_so_in_one_query(cast, course):
    withdraw(item(course, "Q1"), cast)
    make_question("FREE")

    with CaptureQueriesContext(connection) as captured:
        found = {question.code for question in Question.objects.with_withdrawals() if question.is_withdrawn}

    assert (found, len(captured)) == ({"TST-Q1"}, 1)


def test_the_record_outlives_the_question(cast, course):
    withdraw(item(course, "Q5"), cast)

    item(course, "Q5").delete()

    assert QuestionWithdrawal.objects.get().code == "TST-Q5"
