"""Listens to the sign-in, and calls the verb."""

from allauth.account.signals import password_reset
from django.dispatch import receiver

from lms.people import hosting


@receiver(password_reset)
def let_guest_in(sender, user, **kwargs):
    """Who follows the link of her invitation chooses a password; that, and no visit to the page, takes the invitation."""
    hosting.accept(user)
