from django import template

from courses.states import PreviewState, QuestionState

register = template.Library()


@register.filter
def state_of(states, question):
    """How a question of the screen stands with this learner; None in a preview."""
    return states.get(question.translation_key) if states else None


@register.simple_tag
def preview_of(question, *, is_open=True):
    """The question as learners see it before or after a right answer."""
    return PreviewState(question, is_open)


@register.simple_tag
def open_question(question):
    """The question as it stands before somebody who has not answered: on paper nobody has."""
    return QuestionState(question, None)
