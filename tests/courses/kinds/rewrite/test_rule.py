from django.template.loader import get_template

from courses.states import PreviewState
from tests.factories.kinds import content_of, make_question_of


def test_what_is_to_be_said_anew_stands_before_and_after_the_answer(db):
    question = make_question_of("rewrite")
    template = get_template(question.content.template)

    shown = [template.render({"state": PreviewState(question, is_open), "content_language": "en"}) for is_open in (True, False)]

    quoted = '<blockquote class="original" lang="en">X. from Y told me all.</blockquote>'
    assert [quoted in text for text in shown] == [True, True]


def test_mixing_keeps_what_is_to_be_said_anew():
    content = content_of("rewrite")

    assert content.shuffled(7).original == content.original
