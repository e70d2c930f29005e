"""The bank's list, a question's page, and the window in which pages choose questions."""

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from courses.models import Question
from courses.uses import uses_of
from tests.factories.course import make_course, make_question
from tests.factories.kinds import make_question_of

LIST = "/admin/snippets/courses/question/"
CHOOSER = "/admin/snippets/choose/courses/question/"


def listed(page) -> set[str]:
    return {question.code for question in page.context["object_list"]}


@pytest.fixture
def bank(cast, course):
    """Besides the course's own: a question of another kind in Russian words, and one that no course uses."""
    words = make_question_of("numeric", code="OWN-1", objective="two", rationale="Тридцать дней.", difficulty=3)
    words.save_revision()
    unused = make_question("OWN-2")
    Question.objects.filter(pk=unused.pk).update(course="LATER", live=False)
    changed = course.items[0]
    changed.rationale = "Newer."
    changed.save_revision()


@pytest.mark.parametrize(
    ("asked", "codes"),
    [
        ("course=TST", {"TST-K1", "TST-Q1", "TST-Q2", "TST-Q3", "TST-Q4", "TST-Q5"}),
        ("course=LATER", {"OWN-2"}),
        ("objective=two&kind=numeric", {"OWN-1"}),
        ("difficulty=3", {"OWN-1"}),
        ("kind=numeric", {"OWN-1"}),
        ("kind=sorting", set()),
        ("state=draft", {"OWN-2"}),
        ("state=changed&course=TST", {"TST-Q1"}),
        ("state=live&kind=numeric", set()),
        ("q=many+DAYS", {"OWN-1"}),
        ("q=тридцать", {"OWN-1"}),
        ("q=OWN-2", {"OWN-2"}),
        ("q=days+nowhere", set()),
    ],
)
def test_the_list_is_filtered_and_searched(cast, bank, signed_in, asked, codes):
    page = signed_in(cast.trainer).get(f"{LIST}?{asked}")

    assert listed(page) == codes


def test_the_list_and_a_questions_page_say_where_it_is_used(cast, course, signed_in):
    client = signed_in(cast.trainer)
    unused = make_question("OWN-2")

    page = client.get(LIST).content.decode()
    of_check = client.get(f"{LIST}edit/{course.check.pk}/").content.decode()
    of_item = client.get(f"{LIST}edit/{course.items[0].pk}/").content.decode()
    of_unused = client.get(f"{LIST}edit/{unused.pk}/").content.decode()

    assert (f"TST: {course.reading.title}" in page, f"TST: {course.quiz.title} (drawn)" in page) == (True, True)
    assert f'edit/">TST: {course.reading.title}</a></li>' in of_check
    assert f'edit/">TST: {course.quiz.title}</a> (drawn in its quiz)</li>' in of_item
    assert "No module uses it yet." in of_unused


@pytest.mark.parametrize("count", [1, 3])
def test_where_questions_are_used_takes_three_queries(course, django_assert_num_queries, count):
    with django_assert_num_queries(3):
        found = uses_of(course.items[:count])

    assert [[use.is_drawn for use in uses] for uses in found.values()] == [[True]] * count


def test_the_list_and_the_chooser_ask_as_often_however_many_there_are(cast, course, signed_in):
    client = signed_in(cast.trainer)
    asked = []
    for path in (LIST, CHOOSER) * 2:
        with CaptureQueriesContext(connection) as queries:
            client.get(path)
        asked.append(len(queries))
        make_question(f"OWN-{len(asked)}")

    later = []
    for path in (LIST, CHOOSER):
        with CaptureQueriesContext(connection) as queries:
            client.get(path)
        later.append(len(queries))

    assert later == asked[2:]


def test_the_chooser_shows_what_is_chosen_and_no_key(cast, bank, course, signed_in):
    client = signed_in(cast.trainer)

    shown = client.get(CHOOSER).json()["html"]
    found = client.get(f"{CHOOSER}results/?q=many+days").content.decode()

    assert ("How many days at least?" in found, "Number" in found, "hard" in found, "two" in found) == (True,) * 4
    assert ("Prompt of TST-Q1?" in shown, "Prompt of TST-Q1?" in found) == (True, False)
    assert ("Rationale of TST-Q1." in shown, "TST-Q1 second" in shown) == (False, False)


def test_questions_out_of_reach_are_neither_listed_nor_chosen(cast, course, signed_in):
    foreign = make_course("OTH", key=uuid4())
    client = signed_in(cast.trainer)
    ids = "&".join(f"id={question.pk}" for question in foreign.items)

    shown = client.get(CHOOSER).json()["html"]
    chosen = client.get(f"{CHOOSER}chosen/{foreign.items[0].pk}/")
    several = client.get(f"{CHOOSER}chosen-multiple/?multiple=1&{ids}").json()

    assert ("Prompt of TST-Q1?" in shown, "Prompt of OTH-Q1?" in shown) == (True, False)
    assert (chosen.status_code, several["result"]) == (404, [])
