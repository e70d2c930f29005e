"""Listens to the store."""

from django.conf import settings
from django.dispatch import receiver

from lms.xapi import forwarding
from lms.xapi.signals import statements_stored


@receiver(statements_stored)
def note_what_is_forwarded(sender, statements, **kwargs):
    """Runs inside the storing transaction: what is stored and what is to be sent cannot differ."""
    if settings.FORWARD_TARGETS:
        forwarding.note(statements)
