"""Reads statements as evidence: those with certain verbs, voided ones too, newest first."""

import hashlib
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet

from lms.xapi import admission, identifiers, queries
from lms.xapi.models import Statement
from lms.xapi.queries import Filter


@dataclass(frozen=True)
class Line:
    """A stored statement with what the store knows of it."""

    seq: int
    id: UUID
    stored: datetime
    timestamp: datetime
    statement: dict[str, Any]
    digest: str  # SHA-256 of its content
    is_voided: bool


def lines(wanted: Sequence[Filter], *, verbs: Collection[str], after: int | None = None) -> tuple[list[Line], int | None]:
    """One page of what any of the filters finds, and the number behind which the next one begins, None at the end.

    Statements with other verbs are not there at all, nor is it told that one of them was voided: pages are filled, and ends
    found, as if there were none.
    """
    readable = _with_verbs(verbs)
    found = [queries.numbers(filter, readable=readable, after=after) for filter in wanted]
    ends = [last for _, last in found if last is not None]
    # Behind the earliest end another filter's page may go on.
    chosen = {seq for seqs, _ in found for seq in seqs if not ends or seq >= max(ends)}
    rows = Statement.objects.filter(seq__in=chosen).order_by("-seq")
    shown = [
        Line(row.seq, row.id, row.stored, row.timestamp, json.loads(row.body), row.digest, row.is_voided)
        for row in rows.iterator()
    ]
    return shown, max(ends) if ends else None


def pseudonym(name: UUID) -> str:
    """The identifier by which a filter asks for one of our people."""
    return identifiers.agent_identifier({"account": {"homePage": settings.XAPI_BASE_IRI, "name": str(name)}}) or ""


def identifiers_of(names: Collection[UUID], address: str | None) -> list[str]:
    """By what statements may speak of somebody: her pseudonyms, and her address where an outside client knows her by it."""
    found = [pseudonym(name) for name in names]
    if address:
        mailbox = f"mailto:{address}"
        hashed = hashlib.sha1(mailbox.encode(), usedforsecurity=False).hexdigest()
        found += [
            identifiers.agent_identifier({"mbox": mailbox}) or "",
            identifiers.agent_identifier({"mbox_sha1sum": hashed}) or "",
        ]
    return found


def _with_verbs(verbs: Collection[str]) -> QuerySet[Statement]:
    keys = queries.verb_keys(verbs)
    [voiding] = queries.verb_keys([admission.VOIDED])
    target = Statement.objects.filter(id=OuterRef("voids"), verb__in=keys)
    return Statement.objects.filter(Q(verb__in=keys) & (~Q(verb=voiding) | Exists(target)))
