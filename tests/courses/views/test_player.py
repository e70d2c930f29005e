import re
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from courses import answering
from courses.models import Answer, Attempt, Enrolment, ModuleProgress, Question
from tests.factories.course import add_module, make_course, make_question, screen
from tests.factories.learning import enrol, read_module, right_answer, sit_quiz


@pytest.fixture
def lea(signed_in, cast, course):
    enrol(cast.lea, course)
    return signed_in(cast.lea)


def screen_url(course, number: int = 0) -> str:
    return reverse("courses:screen", args=["tst", course.reading.translation_key, course.screens[number]])


def item_url(course, place: int = 1) -> str:
    return reverse("courses:quiz_item", args=["tst", course.quiz.translation_key, place])


def test_a_screen_has_its_own_address(lea, course):
    page = lea.get(screen_url(course)).content.decode()

    assert "Text of TST one." in page
    assert "Part 1 of 3" in page
    assert "Fact TST-D1." in page
    assert "checked against the source · checked on 1 January 2026" in page


def test_reading_writes_nothing(lea, course):
    for url in (screen_url(course), screen_url(course, 1), "/learn/", "/learn/tst/", "/my/", item_url(course)):
        lea.get(url)

    assert (ModuleProgress.objects.count(), Attempt.objects.count(), Answer.objects.count()) == (0, 0, 0)


def test_next_marks_the_screen_and_leads_on(lea, course):
    response = lea.post(screen_url(course) + "next/")

    assert response.headers["Location"] == screen_url(course, 1)
    assert ModuleProgress.objects.get().screens == [course.screens[0]]


def test_next_on_the_last_screen_of_a_module_leads_into_the_next_module(lea, course):
    response = lea.post(screen_url(course, 1) + "next/")

    assert response.headers["Location"] == reverse(
        "courses:screen", args=["tst", course.second.translation_key, course.second.screen_ids[0]]
    )


def test_she_goes_on_where_she_was_on_any_device(lea, course):
    lea.post(screen_url(course) + "next/")

    assert lea.post("/learn/tst/start/").headers["Location"] == screen_url(course, 1)


def test_a_screen_that_was_taken_out_leads_to_the_module(lea, course):
    gone = reverse("courses:screen", args=["tst", course.reading.translation_key, "gone"])

    assert lea.get(gone).headers["Location"] == reverse("courses:module", args=["tst", course.reading.translation_key])


def test_who_is_not_enrolled_is_led_to_the_course_and_get_enrols_nobody(signed_in, cast, course):
    client = signed_in(cast.ben)

    responses = [client.get(screen_url(course)), client.get(item_url(course))]

    assert {response.headers["Location"] for response in responses} == {
        "/learn/tst/",
        reverse("courses:quiz", args=["tst", course.quiz.translation_key]),
    }
    assert client.post(screen_url(course) + "next/").status_code == 404
    assert not Enrolment.objects.filter(person=cast.ben).exists()


def test_after_check_the_focus_stands_on_the_verdict_in_words(lea, course):
    data = {"question": course.check.translation_key, "try_number": 1, "option": "b"}

    page = lea.post(screen_url(course, 1) + "check/", data, follow=True).content.decode()

    assert re.search(r'class="verdict stack tight" tabindex="-1" autofocus', page)
    assert "Yes, that is right." in page
    assert "Rationale of TST-K1." in page


def test_an_empty_answer_gets_a_sentence_and_loses_nothing(lea, course):
    response = lea.post(screen_url(course, 1) + "check/", {"question": course.check.translation_key, "try_number": 1})

    assert response.status_code == 422
    assert "Choose an answer first." in response.content.decode()
    assert Answer.objects.count() == 0


@pytest.mark.parametrize("option", ["x", "a' OR 1=1", "a" * 5000])
def test_an_answer_that_was_never_offered_is_refused(lea, course, option):
    data = {"question": course.check.translation_key, "try_number": 1, "option": option}

    assert lea.post(screen_url(course, 1) + "check/", data).status_code == 422


@pytest.mark.parametrize("question", ["", "x", "11111111-1111-4111-8111-111111111111"])
def test_a_question_that_is_not_on_the_screen_is_404(lea, course, question):
    assert lea.post(screen_url(course, 1) + "check/", {"question": question, "option": "a"}).status_code == 404


def test_a_double_click_is_one_answer(lea, course):
    data = {"question": course.check.translation_key, "try_number": 1, "option": "a"}

    lea.post(screen_url(course, 1) + "check/", data)
    lea.post(screen_url(course, 1) + "check/", data | {"option": "b"})

    assert Answer.objects.get().response == ["a"]


def test_trying_again_shows_an_empty_form_for_the_next_try(lea, course):
    url = screen_url(course, 1)
    lea.post(url + "check/", {"question": course.check.translation_key, "try_number": 1, "option": "a"})

    page = lea.get(f"{url}?again={course.check.translation_key}").content.decode()

    assert 'name="try_number" value="2"' in page
    assert "Rationale" not in page


def test_the_quiz_page_says_the_rules_before_it_begins(lea, course):
    page = lea.get(reverse("courses:quiz", args=["tst", course.quiz.translation_key])).content.decode()

    assert "4 questions, one after the other. No time limit." in page
    assert "You pass with 75 per cent." in page
    assert "You have 2 attempts, then a pause of 24 hours" in page


def test_an_item_shows_reason_and_source_only_after_the_answer(lea, cast, course):
    attempt = answering.start_quiz(Enrolment.objects.get(), module=course.quiz.translation_key)
    question = Question.objects.get(translation_key=attempt.drawn[0]["key"])
    before = lea.get(item_url(course)).content.decode()

    data = {"option": right_answer(question.content), "question": question.translation_key, "try_number": 1}
    after = lea.post(item_url(course) + "answer/", data, follow=True).content.decode()

    assert ("Rationale" in before, "Source of" in before) == (False, False)
    assert f"Rationale of {question.code}." in after
    assert "Next question" in after


def test_the_result_says_what_to_read_again(lea, cast, course):
    sit_quiz(Enrolment.objects.get(), course.quiz, wrong={"TST-Q1"})

    page = lea.get(reverse("courses:quiz", args=["tst", course.quiz.translation_key])).content.decode()

    assert "Not passed yet" in page
    assert "3 of 4 answers were right." in page
    assert "One question about safety must be right and was not." in page
    reading = reverse("courses:module", args=["tst", course.reading.translation_key])
    assert f'<span lang="en">The first</span> (1 of 2): <a href="{reading}" lang="en">Reading</a>' in page
    assert "You have 1 attempt, then a pause of 24 hours" in page


def test_an_objective_without_words_is_called_by_its_key(lea, cast, course):
    sit_quiz(Enrolment.objects.get(), course.quiz, wrong={question.code for question in course.items})

    page = lea.get(reverse("courses:quiz", args=["tst", course.quiz.translation_key])).content.decode()

    assert '<span lang="en">Two</span> (0 of 2)</li>' in page


def test_the_pause_is_said_with_its_end(lea, cast, course):
    for _ in range(2):
        sit_quiz(Enrolment.objects.get(), course.quiz, wrong={"TST-Q1"})

    url = reverse("courses:quiz", args=["tst", course.quiz.translation_key])

    assert "You can try again from" in lea.get(url).content.decode()
    assert lea.post(url + "start/").headers["Location"] == url


def test_a_deleted_question_leads_to_a_fresh_attempt(lea, cast, course):
    attempt = answering.start_quiz(Enrolment.objects.get(), module=course.quiz.translation_key)
    Question.objects.get(translation_key=attempt.drawn[0]["key"]).delete()

    page = lea.get(item_url(course)).content.decode()
    answer = lea.post(item_url(course) + "answer/", {"option": "a", "question": attempt.drawn[0]["key"], "try_number": 1})
    again = lea.post(reverse("courses:start_quiz", args=["tst", course.quiz.translation_key]))

    assert "This attempt does not count" in page
    assert answer.status_code == 200
    assert again.headers["Location"] == item_url(course)


def test_the_course_page_says_what_is_missing_and_why(lea, cast, course):
    read_module(Enrolment.objects.get(), course.second)

    page = lea.get("/learn/tst/").content.decode()

    assert "2 screens not read yet" in page
    assert "1 screen not read yet" in page


def test_the_quick_exit_is_the_second_link_of_the_page(lea, course):
    page = lea.get(screen_url(course)).content.decode()

    links = re.findall(r"<a [^>]*>", page)
    assert 'href="#main"' in links[0]
    assert 'href="https://www.wikipedia.org/" rel="noreferrer" data-quick-exit' in links[1]


# --- an expired session costs no answer ---------------------------------------------------------------------------------


def test_an_answer_sent_too_late_waits_behind_the_sign_in(client, cast, course):
    enrol(cast.lea, course)
    url = screen_url(course, 1)

    response = client.post(url + "check/", {"question": course.check.translation_key, "try_number": 1, "option": "b"})
    client.post("/account/login/", {"login": cast.lea.email, "password": "correct horse battery staple"})
    page = client.get(url).content.decode()

    assert response.headers["Location"] == f"/account/login/?next={url}"
    assert "Your session had ended. Your answer is still here" in page
    assert re.search(r'value="b" checked', page)
    assert Answer.objects.count() == 0


def test_so_does_an_answer_in_the_quiz(client, cast, course):
    answering.start_quiz(enrol(cast.lea, course), module=course.quiz.translation_key)
    attempt = Attempt.objects.get()
    first = attempt.drawn[0]

    client.post(item_url(course) + "answer/", {"question": first["key"], "try_number": 1, "option": first["options"][0]})
    client.force_login(cast.lea)
    session = client.session
    page = client.get(item_url(course)).content.decode()

    assert session["kept_answer"]["question"] == first["key"]
    assert "Your answer is still here" in page


def test_a_kept_answer_shows_to_nobody_else_on_another_page(client, cast, course):
    enrol(cast.lea, course)
    client.post(screen_url(course, 1) + "check/", {"question": course.check.translation_key, "try_number": 1, "option": "b"})
    client.force_login(cast.lea)

    assert "Your answer is still here" not in client.get(screen_url(course)).content.decode()


# --- what a page costs ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("items", [1, 3])
def test_a_screen_costs_eight_queries(signed_in, cast, course, items, django_assert_num_queries):
    questions = [{"type": "question", "value": make_question(f"BUDGET-{number}").pk} for number in range(items)]
    facts = [{"type": "fact", "value": course.fact.pk}] * items
    page = add_module(course.page.__class__.objects.get(pk=course.page.pk), "Budget", [screen("budget", *questions, *facts)])
    page.get_latest_revision().publish()
    enrol(cast.lea, course)
    client = signed_in(cast.lea)
    url = reverse("courses:screen", args=["tst", page.translation_key, page.screen_ids[0]])
    client.get(url)

    with django_assert_num_queries(8):
        client.get(url)


def test_a_screen_with_contacts_costs_eight_queries(signed_in, cast, course, django_assert_max_num_queries):
    page = add_module(
        course.page.__class__.objects.get(pk=course.page.pk),
        "Contacts",
        [screen("contacts", {"type": "contact", "value": {"audience": "staff"}}, {"type": "care", "value": None})],
    )
    page.get_latest_revision().publish()
    enrol(cast.lea, course)
    client = signed_in(cast.lea)
    url = reverse("courses:screen", args=["tst", page.translation_key, page.screen_ids[0]])
    client.get(url)

    with django_assert_max_num_queries(9):
        client.get(url)


@pytest.mark.parametrize("modules", [3, 20, 60])
def test_an_answer_that_completes_costs_the_same_for_any_number_of_modules(
    signed_in, cast, modules, django_assert_max_num_queries
):
    made = make_course(reading_modules=modules - 2)
    enrolment = enrol(cast.lea, made)
    for page in made.page.get_children().specific():
        read_module(enrolment, page)
    attempt = sit_quiz(enrolment, made.quiz, leave=1)
    client = signed_in(cast.lea)
    client.get("/my/")
    last = attempt.drawn[-1]
    question = Question.objects.get(translation_key=last["key"])
    url = item_url(made, len(attempt.drawn)) + "answer/"

    with CaptureQueriesContext(connection) as captured:
        client.post(url, {"option": right_answer(question.content), "question": last["key"], "try_number": 1})

    real = [query["sql"] for query in captured if not re.match(r"(RELEASE )?SAVEPOINT|BEGIN|COMMIT", query["sql"] or "")]
    assert Enrolment.objects.get().closed_because == "completed"
    assert len(real) <= 35, "\n".join(real)
    assert UUID(last["key"]) in set(Answer.objects.values_list("question", flat=True))
