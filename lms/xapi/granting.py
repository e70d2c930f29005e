"""Gives and withdraws the keys of outside clients."""

import hashlib
import re
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from ipaddress import ip_network
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from lms import bookkeeping
from lms.days import today
from lms.refusals import NotAllowed
from lms.xapi import rules
from lms.xapi.models import Credential

SCOPES = (
    "statements/write",
    "progress",
    "statements/read/mine",
    "statements/read",
    "state",
    "profile",
    "define",
    "all",
)
OF_A_PREFIX = frozenset({"statements/write", "progress", "state", "profile", "define"})
OVERLAP = timedelta(days=14)  # in which a renewed secret and the one before it both open the store
LAUNCH = timedelta(minutes=30)
LAUNCHED = "A launch in a browser"


def grant(
    name: str,
    *,
    scopes: Collection[str],
    expires_at: datetime,
    activity_prefix: str = "",
    granted_by: UUID | None = None,
    agreed_by: UUID | None = None,
    origins: Collection[str] = (),
    networks: Collection[str] = (),
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
        moves_progress="progress" in scopes,
        origins=sorted(origins),
        networks=sorted(networks),
        expires_at=expires_at,
        is_demo=settings.DEMO,
    )
    fault = _fault_of(credential)
    if fault is not None:
        raise NotAllowed(fault)
    credential.save()
    return credential, secret


def launch(
    actor: str, *, registration: UUID, activity_prefix: str, moves_progress: bool = False, origins: Collection[str] = ()
) -> tuple[Credential, str]:
    """A token for a learner's browser: it speaks of one person in one registration about one activity, for half an hour.

    `actor` is the person's identifier (identifiers.agent_identifier). Only the launch of an imported package moves progress.
    """
    secret = secrets.token_urlsafe(32)
    token = Credential.objects.create(
        key=secrets.token_hex(12),
        secret_sha256=hash_of(secret),
        name=LAUNCHED,
        scopes=["state", "statements/read/mine", "statements/write"],
        activity_prefix=activity_prefix,
        actor=actor,
        registration=registration,
        moves_progress=moves_progress,
        origins=sorted(origins),
        expires_at=timezone.now() + LAUNCH,
        is_demo=settings.DEMO,
    )
    return token, secret


def client_of(key: str) -> Credential:
    """The client with this key. Raises NotAllowed."""
    found = Credential.objects.filter(key=key).first()
    if found is None:
        raise NotAllowed("No client has this key: see list_credentials.")
    return found


def renew(credential: Credential) -> str:
    """A new secret; the one before it opens the store for two weeks more. Raises NotAllowed."""
    if not credential.is_valid:
        raise NotAllowed("This credential is expired or withdrawn. Grant a new one.")
    secret = secrets.token_urlsafe(32)
    with transaction.atomic():
        kept = Credential.objects.select_for_update().get(pk=credential.pk)
        kept.former_secret_sha256, kept.former_until = kept.secret_sha256, timezone.now() + OVERLAP
        kept.secret_sha256 = hash_of(secret)
        kept.save(update_fields=["secret_sha256", "former_secret_sha256", "former_until"])
    return secret


def withdraw(credential: Credential) -> None:
    """From now on it is worth nothing. Safe to repeat: the first moment stays."""
    if credential.withdrawn_at is None:
        bookkeeping.note(bookkeeping.WITHDRAWALS, {"client": credential.key})
        credential.withdrawn_at = timezone.now()
        credential.save(update_fields=["withdrawn_at"])


def withdraw_again(key: str) -> bool:
    """After a restore: whether a client with this key had come back to life."""
    return bool(Credential.objects.filter(key=key, withdrawn_at=None).update(withdrawn_at=timezone.now()))


def end_tokens_of(actor: str) -> int:
    """Ends what a person's browsers were launched with. Returns how many."""
    return Credential.objects.live().filter(actor=actor).update(withdrawn_at=timezone.now())


def forget_use_of(actors: Collection[str]) -> None:
    """Where the browsers of a learner were, by her identifiers. Safe to repeat."""
    Credential.objects.filter(actor__in=actors).update(last_used_on=None, last_used_from="")


def note_use(credential: Credential, address: str) -> None:
    """Keeps the day of the last use and where it came from; one write a day, unless the client moved."""
    day = today()
    if (credential.last_used_on, credential.last_used_from) != (day, address):
        Credential.objects.filter(pk=credential.pk).update(last_used_on=day, last_used_from=address)


def hash_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _fault_of(credential: Credential) -> str | None:
    """What stands against a credential (permissions.md, section 5)."""
    prefix, scopes = credential.activity_prefix, {*credential.scopes}
    persons = {credential.granted_by, credential.agreed_by} - {None}
    faults = {
        "Give the client a name of at most 120 characters.": not 0 < len(credential.name.strip()) <= 120,
        f"Name at least one scope of: {', '.join(SCOPES)}.": not scopes or not scopes <= {*SCOPES},
        "The prefix must be an IRI of at most 500 characters.": prefix and not (rules.check_iri(prefix) and len(prefix) <= 500),
        "A client that writes, keeps documents or defines needs the prefix of the activities it may do so about.": (
            not scopes.isdisjoint(OF_A_PREFIX) and not credential.writes_anywhere and not prefix
        ),
        "A client that moves progress needs the scope statements/write and a prefix of its own, never all.": (
            "progress" in scopes and ("statements/write" not in scopes or "all" in scopes)
        ),
        "A client that moves progress needs two administrators.": "progress" in scopes and len(persons) < 2,
        "A client that reads all statements needs two administrators.": credential.reads_everything and len(persons) < 2,
        "A client that reads all statements needs the networks from which it may.": (
            "statements/read" in scopes and not credential.networks
        ),
        "A network is written like 192.0.2.0/24 or 2001:db8::/32.": not all(map(_is_network, credential.networks)),
        "An origin is written like https://learn.example.org, without a path.": not all(map(_is_origin, credential.origins)),
        "The credential must expire on a day to come.": credential.expires_at <= timezone.now(),
    }
    return next((fault for fault, holds in faults.items() if holds), None)


def _is_network(text: str) -> bool:
    try:
        ip_network(text)
    except ValueError:
        return False
    return True


def _is_origin(text: str) -> bool:
    return re.fullmatch(r"https?://[A-Za-z0-9.\-\[\]:]+", text) is not None
