"""Reads who the outside clients are, and what each of them sent."""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from lms.xapi import queries, sequencing
from lms.xapi.models import Credential, Statement
from lms.xapi.signals import StoredStatement


def known() -> QuerySet[Credential]:
    """All outside clients without their secrets; the browsers of learners are left out."""
    return Credential.objects.filter(actor=None).defer("secret_sha256", "former_secret_sha256")


def find(key: str) -> Credential | None:
    """The client or the browser with this key."""
    return Credential.objects.filter(key=key).first()


def browsers_of(actors: Collection[str]) -> QuerySet[Credential]:
    """What the browsers of a learner were given, by her identifiers; without secrets, the oldest first."""
    return Credential.objects.filter(actor__in=actors).defer("secret_sha256", "former_secret_sha256").order_by("pk")


def registrations_of(key: str, since: datetime) -> set[UUID]:
    """The registrations in which a client sent anything from an instant on."""
    found = _sent(key, since).values_list("registration", flat=True).distinct()
    return {registration for registration in found if registration is not None}


def moving(key: str, since: datetime, registration: UUID, verbs: Iterable[str]) -> Iterator[StoredStatement]:
    """What a client sent in one registration with these verbs from an instant on and what moves progress, or did until it was
    voided, in the order of storing."""
    inside = queries.in_registration(registration).values("seq")
    return queries.moving(_sent(key, since).filter(seq__in=inside, verb__in=queries.verb_keys(verbs)))


def standing(key: str, since: datetime, registration: UUID | None = None) -> QuerySet[Statement]:
    """What a client sent from an instant on and what can still be voided, in one registration or in all."""
    rows = _sent(key, since).filter(is_voided=False, voids__isnull=True).order_by("seq")
    return rows if registration is None else rows.filter(seq__in=queries.in_registration(registration).values("seq"))


def count_taken_back(key: str, since: datetime) -> int:
    """How many of its own statements from before an instant a client took back after it: they do not come back."""
    targets = _sent(key, since).filter(voids__isnull=False).values("voids")
    earlier = Statement.objects.filter(id__in=targets, credential__key=key, seq__lt=sequencing.first_number(since))
    return earlier.filter(is_voided=True).count()


def _sent(key: str, since: datetime) -> QuerySet[Statement]:
    return Statement.objects.filter(credential__key=key, seq__gte=sequencing.first_number(since))
