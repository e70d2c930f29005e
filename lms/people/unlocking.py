"""What an administrator may do with somebody's account. Nobody sets another's password or signs in as another."""

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils.translation import gettext as _

from lms.people import closing, inviting, recording
from lms.people.models import SignInLink, User
from lms.refusals import NotAllowed


def set_active(person: User, *, is_active: bool, by: User) -> None:
    _refuse_oneself(person, by)
    with transaction.atomic():
        User.objects.filter(pk=person.pk).update(is_active=is_active)
        if not is_active:
            end_sessions(person, by=by)
        recording.opened(by, person, "account activated" if is_active else "account deactivated")


def send_link(person: User, *, by: User) -> None:
    """A link with which the person sets a password herself. Raises NotAllowed for guests and for who has no mailbox."""
    if person.is_guest:
        raise NotAllowed(_("She is a guest: her host sends a new link, or she asks for one at the sign-in page."))
    try:
        inviting.invite(person)
    except inviting.NoMailbox as error:
        raise NotAllowed(str(error)) from error
    recording.opened(by, person, "link sent")


def end_sessions(person: User, *, by: User) -> None:
    """Every session of hers, on every device."""
    closing.end_access([person])
    recording.opened(by, person, "sessions ended")


def remove_factor(person: User, *, by: User) -> None:
    """For somebody who lost her telephone and her recovery codes: she enrols anew at the next sign-in."""
    _refuse_oneself(person, by)
    with transaction.atomic():
        Authenticator.objects.filter(user=person).delete()
        recording.opened(by, person, "second factor removed")


def remove_links(person: User, *, by: User) -> None:
    """For somebody whose provider knows her under a new name: her next sign-in there joins her anew."""
    _refuse_oneself(person, by)
    with transaction.atomic():
        SignInLink.objects.filter(person=person).delete()
        recording.opened(by, person, "sign-in links removed")


def _refuse_oneself(person: User, by: User) -> None:
    if person == by:
        raise NotAllowed(_("Ask another administrator: nobody decides about her own account."))
