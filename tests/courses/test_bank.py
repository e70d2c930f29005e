"""The lists and forms in which trainers write questions and facts, half filled in or filled in twice."""

import pytest

from content.models import Fact
from courses.models import Question
from tests.factories.course import screen, stream

QUESTIONS, FACTS = "/admin/snippets/courses/question/", "/admin/snippets/content/fact/"
EMPTY_BODY = {"body-count": "0"}


@pytest.mark.parametrize(("path", "model"), [(QUESTIONS, Question), (FACTS, Fact)])
def test_a_form_without_a_code_is_given_back(signed_in, cast, course, path, model):
    before = model.objects.count()

    answer = signed_in(cast.trainer).post(path + "add/", EMPTY_BODY)

    assert (answer.status_code, model.objects.count()) == (200, before)
    assert "This field is required." in answer.content.decode()


@pytest.mark.parametrize(("path", "code"), [(QUESTIONS, "TST-Q1"), (FACTS, "TST-D1")])
def test_a_code_that_is_taken_is_refused_in_words(signed_in, cast, course, path, code):
    answer = signed_in(cast.trainer).post(path + "add/", EMPTY_BODY | {"code": code})

    assert answer.status_code == 200
    assert "This code is taken. Choose another one." in answer.content.decode()


def test_a_question_begun_stands_in_the_list_and_breaks_no_preview(signed_in, cast, course):
    client = signed_in(cast.trainer)
    client.post(QUESTIONS + "add/", EMPTY_BODY | {"code": "TST-NEW", "difficulty": "2"})
    begun = Question.objects.get(code="TST-NEW")
    with_it = screen("With it", {"type": "question", "value": begun.pk})
    course.second.body = stream(type(course.second), "body", [with_it])
    course.second.save_revision()

    listed = client.get(QUESTIONS).content.decode()
    shown = client.get(f"/admin/pages/{course.second.pk}/view_draft/")

    assert ("TST-NEW" in listed, "Single choice" in listed) == (True, True)
    assert (shown.status_code, "Text of With it." in shown.content.decode()) == (200, True)
