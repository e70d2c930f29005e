"""Reads the store."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet

from lms.xapi import identifiers
from lms.xapi.models import Credential, Statement, StatementLink
from lms.xapi.refusals import Forbidden
from lms.xapi.rules import Finding
from lms.xapi.signals import StoredStatement

AGENT_PARTS = ("actor", "object", "member")
RELATED_AGENT_PARTS = (*AGENT_PARTS, "authority", "instructor", "team", "context-agent", "context-group")
RELATED_ACTIVITY_PARTS = ("object", "parent", "grouping", "category", "other")


@dataclass(frozen=True)
class Filter:
    """What GET statements asks for (Communication 2.1.3). Times are instants of `stored`."""

    agent: str | None = None  # identifier
    verb: str | None = None
    activity: str | None = None
    registration: UUID | None = None
    related_agents: bool = False
    related_activities: bool = False
    since: datetime | None = None  # exclusive
    until: datetime | None = None  # inclusive
    limit: int = 0  # 0: as many as the server gives at once
    ascending: bool = False


@dataclass(frozen=True)
class Page:
    bodies: list[str]
    last_seq: int | None  # where the next page begins, None at the end


def page(wanted: Filter, *, readable: QuerySet[Statement], after: int | None = None) -> Page:
    """One page of bodies, newest first unless `ascending`, going on behind the statement `after`."""
    rows = _matching(wanted, readable)
    if after is not None:
        rows = rows.filter(seq__gt=after) if wanted.ascending else rows.filter(seq__lt=after)
    size = min(wanted.limit or settings.XAPI_PAGE_LIMIT, settings.XAPI_PAGE_LIMIT)
    found = list(rows.order_by("seq" if wanted.ascending else "-seq").values_list("seq", "body")[: size + 1])
    bodies = [body for _, body in found[:size]]
    return Page(bodies, found[size - 1][0] if len(found) > size else None)


def readable_by(credential: Credential) -> QuerySet[Statement]:
    """All statements, or those the client wrote itself. Raises Forbidden."""
    if not credential.can_read:
        raise Forbidden(Finding("$", "This credential may not read statements.", "xAPI 1.0.3 Communication 4.0"))
    return Statement.objects.all() if credential.reads_everything else Statement.objects.filter(credential=credential)


def one(statement_id: UUID, *, readable: QuerySet[Statement], is_voided: bool) -> str | None:
    return readable.filter(id=statement_id, is_voided=is_voided).values_list("body", flat=True).first()


def of_registration(registration: UUID, verbs: Iterable[str]) -> Iterator[StoredStatement]:
    """What our own pages recorded in one enrolment with these verbs, voided ones left out, in the order of storing."""
    keys = [identifiers.key(identifiers.verb_identifier(verb)) for verb in verbs]
    rows = Statement.objects.filter(registration=registration, verb__in=keys, credential__isnull=True, is_voided=False)
    for row in rows.order_by("seq").iterator():
        yield StoredStatement(row.seq, row.id, row.stored, row.timestamp, json.loads(row.body), moves_progress=True)


def demo_keys() -> list[str]:
    """Names of the clients whose keys were given in the demo and still open the store."""
    return [client.name for client in Credential.objects.filter(is_demo=True) if client.is_valid]


def registrations_of(statements: Iterable[UUID]) -> set[UUID]:
    """The registrations of our own pages' statements among these."""
    rows = Statement.objects.filter(id__in=list(statements), credential__isnull=True)
    return {registration for registration in rows.values_list("registration", flat=True) if registration is not None}


def digest_of(statement_id: UUID) -> str | None:
    """SHA-256 of a stored statement's content."""
    return Statement.objects.filter(id=statement_id).values_list("digest", flat=True).first()


def _matching(wanted: Filter, rows: QuerySet[Statement]) -> QuerySet[Statement]:
    rows = rows.filter(is_voided=False)
    if wanted.agent is not None:
        parts = RELATED_AGENT_PARTS if wanted.related_agents else AGENT_PARTS
        rows = rows.filter(_linked(identifiers.key(wanted.agent), parts, inside_too=wanted.related_agents))
    if wanted.verb is not None:
        rows = rows.filter(verb=identifiers.key(identifiers.verb_identifier(wanted.verb)))
    if wanted.activity is not None:
        key = identifiers.key(identifiers.activity_identifier(wanted.activity))
        if wanted.related_activities:
            rows = rows.filter(_linked(key, RELATED_ACTIVITY_PARTS, inside_too=True))
        else:
            rows = rows.filter(object=key)
    if wanted.registration is not None:
        rows = rows.filter(registration=wanted.registration)
    if wanted.since is not None:
        rows = rows.filter(stored__gt=wanted.since)
    if wanted.until is not None:
        rows = rows.filter(stored__lte=wanted.until)
    return rows


def _linked(key: int, parts: tuple[str, ...], *, inside_too: bool) -> Q:
    wanted = [*parts, *(f"sub-{part}" for part in parts)] if inside_too else list(parts)
    return Q(Exists(StatementLink.objects.filter(key=key, part__in=wanted, statement=OuterRef("pk"))))
