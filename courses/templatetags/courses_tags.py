from django import template

register = template.Library()


@register.filter
def state_of(states, question):
    """How a question of the screen stands with this learner; None in a preview."""
    return states.get(question.translation_key) if states else None
