"""Gives and withdraws the keys of outside clients."""

import hashlib
import secrets
from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from lms.days import today
from lms.xapi import rules
from lms.xapi.models import Credential

SCOPES = ("statements/write", "statements/read/mine", "statements/read", "all")


class NotAllowed(ValueError):
    """The credential breaks a rule; the message says which."""


def grant(
    name: str,
    *,
    scopes: Collection[str],
    expires_at: datetime,
    activity_prefix: str = "",
    granted_by: UUID | None = None,
    agreed_by: UUID | None = None,
) -> tuple[Credential, str]:
    """Makes a credential and returns it with its secret, which is kept nowhere. Raises NotAllowed."""
    secret = secrets.token_urlsafe(32)
    credential = Credential(
        key=secrets.token_hex(12),
        secret_sha256=hash_of(secret),
        name=name,
        scopes=sorted(scopes),
        activity_prefix=activity_prefix,
        granted_by=granted_by,
        agreed_by=agreed_by,
        expires_at=expires_at,
        is_demo=settings.DEMO,
    )
    fault = _fault_of(credential)
    if fault is not None:
        raise NotAllowed(fault)
    credential.save()
    return credential, secret


def withdraw(credential: Credential) -> None:
    """From now on it is worth nothing. Safe to repeat: the first moment stays."""
    if credential.withdrawn_at is None:
        credential.withdrawn_at = timezone.now()
        credential.save(update_fields=["withdrawn_at"])


def note_use(credential: Credential) -> None:
    """Keeps the day of the last use; one write a day."""
    day = today()
    if credential.last_used_on != day:
        Credential.objects.filter(pk=credential.pk).update(last_used_on=day)


def hash_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _fault_of(credential: Credential) -> str | None:
    """What stands against a credential (permissions.md, section 5)."""
    prefix = credential.activity_prefix
    persons = {credential.granted_by, credential.agreed_by} - {None}
    faults = {
        "Give the client a name of at most 120 characters.": not 0 < len(credential.name.strip()) <= 120,
        f"Name at least one scope of: {', '.join(SCOPES)}.": not credential.scopes or not {*credential.scopes} <= {*SCOPES},
        "The prefix must be an IRI of at most 500 characters.": prefix and not (rules.check_iri(prefix) and len(prefix) <= 500),
        "A client that writes statements needs the prefix of the activities it may write about.": (
            credential.can_write and not credential.writes_anywhere and not prefix
        ),
        "A client that reads all statements needs two administrators.": credential.reads_everything and len(persons) < 2,
        "The credential must expire on a day to come.": credential.expires_at <= timezone.now(),
    }
    return next((fault for fault, holds in faults.items() if holds), None)
