"""Cuts the link between feedback and its sender. The feedback itself stays: it never named her unless she wanted it to."""

from content.models import GuideFeedback
from content.models.feedback import FeedbackSender
from lms.people.models import User


def unlink(person: User) -> int:
    """Nobody can be told who sent it from now on, she herself neither. Returns how many. Safe to repeat."""
    GuideFeedback.objects.filter(sender__person=person).update(is_named=False)
    return FeedbackSender.objects.filter(person=person).delete()[0]
