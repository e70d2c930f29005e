"""Gives and withdraws the keys of outside clients."""

import hashlib
import secrets
from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from lms.xapi.models import Credential

SCOPES = ("statements/write", "statements/read/mine", "statements/read", "all")
READS_EVERYTHING = {"statements/read", "all"}


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
    unknown = set(scopes) - set(SCOPES)
    if unknown or not scopes:
        raise NotAllowed(f"Name at least one scope of: {', '.join(SCOPES)}.")
    if "statements/write" in scopes and not activity_prefix:
        raise NotAllowed("A client that writes statements needs the prefix of the activities it may write about.")
    if READS_EVERYTHING & set(scopes) and (agreed_by is None or granted_by is None or agreed_by == granted_by):
        raise NotAllowed("A client that reads all statements needs two administrators.")
    secret = secrets.token_urlsafe(32)
    credential = Credential.objects.create(
        key=secrets.token_hex(12),
        secret_sha256=hash_of(secret),
        name=name,
        scopes=sorted(scopes),
        activity_prefix=activity_prefix,
        granted_by=granted_by,
        agreed_by=agreed_by,
        expires_at=expires_at,
    )
    return credential, secret


def withdraw(credential: Credential) -> None:
    credential.withdrawn_at = timezone.now()
    credential.save(update_fields=["withdrawn_at"])


def note_use(credential: Credential) -> None:
    """Keeps the day of the last use; one write a day."""
    day = timezone.now().date()
    if credential.last_used_on != day:
        Credential.objects.filter(pk=credential.pk).update(last_used_on=day)


def hash_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
