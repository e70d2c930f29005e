import pytest

from courses import regrading, withdrawing
from courses.models import Completion, Enrolment
from tests.factories.course import add_course, allow_test_out, make_course
from tests.factories.learning import complete, enrol, read_module, sit_quiz

KEYS = [f"{number}3333333-3333-4333-8333-333333333333" for number in range(3)]


@pytest.mark.parametrize("courses", [1, 3])
def test_the_catalogue_costs_five_queries(signed_in, cast, courses, django_assert_num_queries):
    for number in range(courses):
        complete(cast.lea, make_course(f"C{number}", key=KEYS[number]))
    client = signed_in(cast.lea)
    client.get("/learn/")

    with django_assert_num_queries(5):
        client.get("/learn/")


@pytest.mark.parametrize("modules", [1, 3])
def test_the_course_page_costs_at_most_eleven_queries(signed_in, cast, modules, django_assert_max_num_queries):
    made = make_course(reading_modules=modules)
    complete(cast.lea, made)
    client = signed_in(cast.lea)
    client.get("/learn/tst/")

    with django_assert_max_num_queries(11):
        client.get("/learn/tst/")


@pytest.mark.parametrize("modules", [1, 3])
def test_where_the_quiz_is_offered_first_it_costs_ten(signed_in, cast, modules, django_assert_max_num_queries):
    made = make_course(reading_modules=modules)
    allow_test_out(made)
    enrol(cast.lea, made)
    client = signed_in(cast.lea)
    client.get("/learn/tst/")

    with django_assert_max_num_queries(10):
        page = client.get("/learn/tst/").content.decode()

    assert "Take the quiz first" in page


def test_the_quiz_is_offered_first_where_the_edition_allows_it(signed_in, cast, course):
    client = signed_in(cast.lea)
    before = client.get("/learn/tst/").content.decode()
    allow_test_out(course)

    page = client.get("/learn/tst/").content.decode()
    began = client.post("/learn/tst/quiz-first/")

    assert ("Take the quiz first" in before, "Take the quiz first" in page) == (False, True)
    assert "If you pass at first go, the parts that are only for reading count as done." in page
    assert began.headers["Location"] == f"/learn/tst/{course.quiz.translation_key}/quiz/"
    assert Enrolment.objects.get().origin == "test-out"


def test_nothing_is_offered_any_more_to_who_has_begun(signed_in, cast, course):
    allow_test_out(course)
    read_module(enrol(cast.lea, course), course.second)
    client = signed_in(cast.lea)

    page = client.get("/learn/tst/").content.decode()
    refused = client.post("/learn/tst/quiz-first/", follow=True).content.decode()

    assert "Take the quiz first" not in page
    assert "The quiz cannot be taken first any more." in refused


def test_the_course_page_tells_her_what_came_of_a_wrong_question(signed_in, cast, course):
    sit_quiz(enrol(cast.lea, course), course.quiz, wrong={"TST-Q1"})
    sit_quiz(enrol(cast.ben, course), course.quiz, wrong={item.code for item in course.items})
    withdrawing.withdraw(course.items[0], by=cast.publisher, reason="The key is wrong.")
    regrading.regrade(course.items[0], by=cast.publisher)

    hers = signed_in(cast.lea).get("/learn/tst/").content.decode()
    his = signed_in(cast.ben).get("/learn/tst/").content.decode()
    sit_quiz(Enrolment.objects.get(person=cast.ben), course.quiz, leave=4)
    then = signed_in(cast.ben).get("/learn/tst/").content.decode()

    assert "was looked at again and counts as passed." in hers
    assert ["You may take the quiz again at once" in page for page in (his, then)] == [True, False]


def test_drafts_are_not_in_the_catalogue(signed_in, cast, course):
    add_course("DRAFT", "A draft course")

    page = signed_in(cast.lea).get("/learn/").content.decode()

    assert ("Course TST" in page, "A draft course" in page) == (True, False)
    assert signed_in(cast.lea).get("/learn/draft/").status_code == 404


def test_starting_twice_enrols_once(signed_in, cast, course):
    client = signed_in(cast.lea)

    places = {client.post("/learn/tst/start/").headers["Location"] for _ in range(2)}

    assert len(places) == 1
    assert Enrolment.objects.count() == 1


def test_an_unpublished_course_is_404_and_keeps_its_evidence(signed_in, cast, course):
    complete(cast.lea, course)

    course.page.unpublish()

    assert signed_in(cast.lea).get("/learn/tst/").status_code == 404
    assert "Course TST" in signed_in(cast.lea).get("/my/").content.decode()
    assert Completion.objects.count() == 1


def test_the_finish_button_stands_there_when_nothing_is_left_to_do(signed_in, cast, course):
    enrolment = enrol(cast.lea, course)
    read_module(enrolment, course.reading)
    sit_quiz(enrolment, course.quiz)
    course.second.unpublish()
    client = signed_in(cast.lea)
    before = client.get("/learn/tst/").content.decode()

    after = client.post("/learn/tst/finish/", follow=True).content.decode()

    assert "Finish the course" in before
    assert "You have completed this course" in after


def test_finishing_too_early_says_what_is_missing(signed_in, cast, course):
    enrol(cast.lea, course)

    page = signed_in(cast.lea).post("/learn/tst/finish/", follow=True).content.decode()

    assert "Something is missing still" in page
    assert not Completion.objects.exists()


def test_a_finished_course_can_be_read_again_without_new_records(signed_in, cast, course):
    enrolment = complete(cast.lea, course)
    client = signed_in(cast.lea)

    url = client.post("/learn/tst/start/").headers["Location"]
    page = client.get(url)
    client.post(url + "next/")

    assert page.status_code == 200
    assert (Enrolment.objects.count(), Completion.objects.get().enrolment) == (1, enrolment)
