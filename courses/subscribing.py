"""Gives the address under which a calendar program reads somebody's due days. A new one ends the one before at once."""

import secrets
from hashlib import sha256

from django.utils import timezone

from courses.models import CalendarAddress
from lms.people.models import User


def renew(person: User) -> str:
    """The secret of a new address, which is shown once and kept nowhere."""
    secret = secrets.token_urlsafe(32)
    values = {"secret_sha256": hash_of(secret), "made_at": timezone.now()}
    CalendarAddress.objects.update_or_create(person=person, defaults=values)
    return secret


def end(person: User) -> None:
    """Her address is refused from now on. Safe to repeat."""
    CalendarAddress.objects.filter(person=person).delete()


def hash_of(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()
