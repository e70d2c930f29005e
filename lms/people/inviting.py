"""Invites people of the feed and of a directory to set a password: once each, when they are in post and have a mailbox."""

from django.conf import settings
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from lms import mailing
from lms.days import today
from lms.people.adapters import link_for
from lms.people.models import User


class NoMailbox(ValueError):
    """Nothing can be sent to her; the message says what to do."""


def invite_newcomers() -> int:
    """Invites everybody in post who was never invited and has no password yet. Returns how many."""
    waiting = User.objects.active_on(today()).filter(
        invited_at__isnull=True,
        email__isnull=False,
        source__in=[User.Source.FEED, User.Source.SCIM],
        password__startswith=UNUSABLE_PASSWORD_PREFIX,
    )
    count = 0
    for person in waiting:
        count += _claim_and_invite(person)
    return count


def pass_by(people: QuerySet[User]) -> int:
    """These accounts are there to be looked at: nobody is invited to them. Returns how many there are. Safe to repeat."""
    return people.filter(invited_at__isnull=True).update(invited_at=timezone.now())


def invite(person: User) -> None:
    """Sends a link that works once, for seven days; links sent before stay valid until one of them is used.

    Raises NoMailbox.
    """
    if not person.email:
        raise NoMailbox(_("She has no mailbox to send a link to: give her a one-time code."))
    person.invited_at = timezone.now()
    person.save(update_fields=["invited_at"])
    mailing.send(
        "invitation",
        address=person.email,
        language=person.language,
        name=person.display_name,
        link=link_for(person),
        organisation=settings.ORGANISATION_NAME,
    )


def _claim_and_invite(person: User) -> bool:
    """Two workers may look at the same time: the UPDATE that counts a row sends the mail."""
    with transaction.atomic():
        if not User.objects.filter(pk=person.pk, invited_at__isnull=True).update(invited_at=timezone.now()):
            return False
        invite(person)
    return True
