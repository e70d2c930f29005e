"""A publisher takes a wrong question out and helps those whom it touched; learners meet it nowhere any more."""

import pytest
from django.urls import reverse

from courses import answering, withdrawing
from courses.models import Enrolment, Question, QuestionWithdrawal, Regrade
from courses.views.wrong_questions import in_words
from tests.factories.learning import enrol, right_answer, sit_quiz

BANK = "/admin/snippets/courses/question/"


def door(name: str, question) -> str:
    return f"{BANK}{name}/{question.pk}/"


def item_url(course, place: int) -> str:
    return reverse("courses:quiz_item", args=["tst", course.quiz.translation_key, place])


def withdraw(question, cast):
    withdrawing.withdraw(question, by=cast.publisher, reason="The key is wrong.")


def place_of(attempt, question) -> int:
    return [line["key"] for line in attempt.drawn].index(str(question.translation_key)) + 1


def test_the_edit_page_leads_a_publisher_and_no_trainer_to_the_doors(signed_in, cast, course):
    edit = door("edit", course.check)

    found = {name: signed_in(getattr(cast, name)).get(edit).content.decode() for name in ("publisher", "trainer")}

    assert {name: door("withdraw", course.check) in page for name, page in found.items()} == {"publisher": True, "trainer": False}
    assert door("regrade", course.check) in found["publisher"]


def test_withdrawing_asks_for_a_reason_and_leads_to_whom_it_touched(signed_in, cast, course):
    client, url = signed_in(cast.publisher), door("withdraw", course.check)

    without = client.post(url, {"reason": " "})
    done = client.post(url, {"reason": "The key is wrong."}, follow=True)

    assert (without.status_code, QuestionWithdrawal.objects.get().withdrawn_by) == (422, cast.publisher)
    assert "Nobody is asked it any more." in done.content.decode()
    assert "Whom the wrong question touched" in done.content.decode()
    assert "withdrawn" in client.get(BANK).content.decode()


def test_nothing_is_written_by_looking(signed_in, cast, course):
    sit_quiz(enrol(cast.lea, course), course.quiz, wrong={"TST-Q1"})
    client = signed_in(cast.publisher)
    client.get(door("withdraw", course.items[0]))
    withdraw(course.items[0], cast)

    page = client.get(door("regrade", course.items[0])).content.decode()

    assert (Regrade.objects.count(), Enrolment.objects.get().attempts.get().result) == (0, "failed")
    assert page.count("fewer than five") == 2


@pytest.mark.parametrize(("people", "words"), [(0, "fewer than five"), (1, "fewer than five"), (4, "fewer than five"), (5, "5")])
def test_small_numbers_are_not_printed_and_none_is_one_of_them(people, words):
    assert in_words(people) == words


def test_no_name_stands_on_the_page(signed_in, cast, course):
    sit_quiz(enrol(cast.lea, course), course.quiz, wrong={"TST-Q1"})
    withdraw(course.items[0], cast)

    page = signed_in(cast.publisher).get(door("regrade", course.items[0])).content.decode()

    assert [word in page for word in ("Lea", cast.lea.email, str(cast.lea.uuid))] == [False] * 3


def test_the_button_helps(signed_in, cast, course):
    attempt = sit_quiz(enrol(cast.lea, course), course.quiz, wrong={"TST-Q1"})
    withdraw(course.items[0], cast)

    done = signed_in(cast.publisher).post(door("regrade", course.items[0]), follow=True).content.decode()

    attempt.refresh_from_db()
    assert ("Done. Everybody whom the question touched sees it" in done, attempt.result) == (True, "passed")


def test_a_question_that_was_never_published_has_nothing_to_withdraw(signed_in, cast, course):
    Question(code="DRAFT", rationale="R", source="S", objective="one", live=False).save()
    draft = Question.objects.get(code="DRAFT")
    client = signed_in(cast.publisher)

    answers = [client.post(door(name, draft), {"reason": "R"}, follow=True).content.decode() for name in ("withdraw", "regrade")]

    assert "This question was never published" in answers[0]
    assert "Withdraw the question or publish its correction first." in answers[1]


def test_a_check_stands_on_its_screen_no_more_and_takes_no_answer(signed_in, cast, course):
    enrol(cast.lea, course)
    url = reverse("courses:screen", args=["tst", course.reading.translation_key, course.screens[1]])
    withdraw(course.check, cast)
    client = signed_in(cast.lea)

    sent = client.post(url + "check/", {"question": course.check.translation_key, "try_number": 1, "option": "a"})

    assert (sent.status_code, sent.headers["Location"]) == (302, url)
    assert "Prompt of TST-K1" not in client.get(url).content.decode()


def test_in_an_open_attempt_its_place_says_so_and_leads_on(signed_in, cast, course):
    attempt = answering.start_quiz(enrol(cast.lea, course), module=course.quiz.translation_key)
    place = place_of(attempt, course.items[0])
    withdraw(course.items[0], cast)
    client = signed_in(cast.lea)

    page = client.get(item_url(course, place)).content.decode()
    sent = client.post(item_url(course, place) + "answer/", {"option": "b", "try_number": 1})
    quiz = client.get(reverse("courses:quiz", args=["tst", course.quiz.translation_key])).content.decode()

    assert ("It counts for nobody" in page, "Prompt of" in page) == (True, False)
    assert (sent.status_code, attempt.answers.count()) == (302, 0)
    assert "You have answered 0 of 3 questions." in quiz


def test_a_question_that_was_deleted_after_it_was_withdrawn_stops_nobody(signed_in, cast, course):
    attempt = answering.start_quiz(enrol(cast.lea, course), module=course.quiz.translation_key)
    place = place_of(attempt, course.items[0])
    withdraw(course.items[0], cast)
    Question.objects.get(pk=course.items[0].pk).delete()
    client = signed_in(cast.lea)

    page = client.get(item_url(course, place)).content.decode()
    again = client.post(reverse("courses:start_quiz", args=["tst", course.quiz.translation_key]))

    assert ("It counts for nobody" in page, Enrolment.objects.get().attempts.count()) == (True, 1)
    assert again.headers["Location"].startswith(f"/learn/tst/{course.quiz.translation_key}/quiz/")


def test_the_last_answer_leads_to_the_result_though_a_question_is_out(signed_in, cast, course):
    attempt = answering.start_quiz(enrol(cast.lea, course), module=course.quiz.translation_key)
    withdraw(course.items[0], cast)
    client = signed_in(cast.lea)
    pages = []
    for place, line in enumerate(attempt.drawn, start=1):
        content = answering.asked_item(line).content
        response = {"option": right_answer(content), "question": line["key"], "try_number": 1}
        pages.append(client.post(item_url(course, place) + "answer/", response, follow=True).content.decode())

    quiz = client.get(reverse("courses:quiz", args=["tst", course.quiz.translation_key])).content.decode()

    assert "See the result" in pages[-1]
    assert ("3 of 3 answers were right." in quiz, "Passed" in quiz) == (True, True)


def test_the_result_of_an_attempt_that_counts_as_passed_now_says_what_counts(signed_in, cast, course):
    sit_quiz(enrol(cast.lea, course), course.quiz, wrong={"TST-Q1"})
    withdraw(course.items[0], cast)
    client = signed_in(cast.lea)
    url = reverse("courses:quiz", args=["tst", course.quiz.translation_key])
    before = client.get(url).content.decode()

    signed_in(cast.publisher).post(door("regrade", course.items[0]))

    after = signed_in(cast.lea).get(url).content.decode()
    assert "3 of 4 answers were right." in before
    assert ("3 of 3 answers were right." in after, "Passed" in after) == (True, True)


def test_who_may_try_again_at_once_finds_the_button_and_no_pause(signed_in, cast, course):
    for _ in range(2):
        sit_quiz(enrol(cast.lea, course), course.quiz, wrong={item.code for item in course.items})
    withdraw(course.items[0], cast)
    url = reverse("courses:quiz", args=["tst", course.quiz.translation_key])
    before = signed_in(cast.lea).get(url).content.decode()

    signed_in(cast.publisher).post(door("regrade", course.items[0]))

    after = signed_in(cast.lea).get(url).content.decode()
    assert ("Try again" in before, "Try again" in after) == (False, True)
