"""Finds whom a provider of sign-in speaks of, and joins her to its name for her. Nobody is made by signing in."""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lms.days import today
from lms.people import recording
from lms.people.models import SignInLink, User
from lms.refusals import NotAllowed


@dataclass(frozen=True)
class Claim:
    """What a provider says. `staff_number` and `email` are empty where it is not trusted to say them, or did not verify them."""

    issuer: str
    subject: str
    staff_number: str = ""
    email: str = ""


def find(claim: Claim) -> User:
    """Whom the claim is about, known by an earlier sign-in or joined now; she may be out of post. Raises NotAllowed."""
    known = SignInLink.objects.filter(issuer=claim.issuer, subject=claim.subject).select_related("person").first()
    if known is not None:
        return known.person
    person, joined_by = _unlinked(claim)
    if person is None:
        raise NotAllowed(
            _("The staff record does not know this account. Ask Human Resources whether your number and address are right.")
        )
    if not User.objects.active_on(today()).filter(pk=person.pk).exists():
        return person  # told so at the door; no link is made
    with transaction.atomic():
        User.objects.lock([person.pk])
        held = SignInLink.objects.filter(issuer=claim.issuer, person=person).first()
        if held is not None and held.subject != claim.subject:
            raise NotAllowed(_("You signed in with another account of this provider before. An administrator can part the two."))
        if held is None:
            SignInLink.objects.create(
                issuer=claim.issuer, subject=claim.subject, person=person, joined_by=joined_by, joined_at=timezone.now()
            )
            recording.decided(person, "sign-in joined", {"issuer": claim.issuer, "by": joined_by}, purpose="", person=person)
    return person


def _unlinked(claim: Claim) -> tuple[User | None, str]:
    """By the number if the provider names one, else by the address: a wrong number is not made good by an address."""
    if claim.staff_number:
        return User.objects.filter(staff_number=claim.staff_number).first(), "staff number"
    if claim.email:
        return User.objects.filter(email__iexact=claim.email).first(), "e-mail"
    return None, ""
