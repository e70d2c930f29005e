"""Reads the store."""

import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.db.models import Exists, Max, OuterRef, Q, QuerySet

from lms.xapi import admission, identifiers, sequencing
from lms.xapi.models import Activity, Credential, Definition, Statement, StatementLink
from lms.xapi.refusals import Forbidden
from lms.xapi.rules import Finding
from lms.xapi.signals import StoredStatement

# The names of authorities: our own pages, and CLIENT with a client's key.
PLATFORM, CLIENT = "platform", "client:"
AT_ONCE = 200  # statements, each of which may be as large as a request
_MOVING = Q(credential__isnull=True) | Q(credential__moves_progress=True)
MOST_REFERENCES = 100  # that are followed from one statement to the next


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


class Found(NamedTuple):
    seq: int
    body: str
    version: str
    stored: datetime


@dataclass(frozen=True)
class Page:
    found: list[Found]
    last_seq: int | None  # where the next page begins, None at the end

    @property
    def bodies(self) -> list[str]:
        return [one.body for one in self.found]


def page(wanted: Filter, *, readable: QuerySet[Statement], after: int | None = None, through: datetime | None = None) -> Page:
    """One page of bodies, newest first unless `ascending`, going on behind the statement `after`.

    Whoever polls for what is new gets nothing stored later than `through`, so that nothing stored earlier can come after it.
    """
    chosen, last_seq = numbers(wanted, readable=readable.filter(is_voided=False), after=after, through=through)
    order = "seq" if wanted.ascending else "-seq"
    rows = Statement.objects.filter(seq__in=chosen).order_by(order).values_list("seq", "body", "version", "stored")
    return Page([Found(*row) for row in rows], last_seq)


def numbers(
    wanted: Filter, *, readable: QuerySet[Statement], after: int | None, through: datetime | None = None
) -> tuple[list[int], int | None]:
    """The numbers of the statements of one page in its order, and the one where the next page begins, None at the end."""
    order = "seq" if wanted.ascending else "-seq"
    size = min(wanted.limit or settings.XAPI_PAGE_LIMIT, settings.XAPI_PAGE_LIMIT)
    ways, *others = [*_filters(wanted), [readable]]
    conditions = [_bounds(wanted, after, through), *map(_found_by, others)]
    seqs: set[int] = set()
    for way in ways:
        # Each is read from its index in order, and only as far as the page needs.
        seqs.update(way.filter(*conditions).order_by(order).values_list("seq", flat=True)[: size + 1])
    chosen = sorted(seqs, reverse=not wanted.ascending)[: size + 1]
    return chosen[:size], chosen[size - 1] if len(chosen) > size else None


def readable_by(credential: Credential) -> QuerySet[Statement]:
    """All statements, those the client wrote itself, or for a learner's browser those of its registration. Raises Forbidden."""
    if not credential.can_read:
        raise Forbidden(Finding("$", "This credential may not read statements.", "xAPI 1.0.3 Communication 4.0"))
    if credential.actor is not None:
        return Statement.objects.filter(actor=identifiers.key(credential.actor), registration=credential.registration)
    return Statement.objects.all() if credential.reads_everything else Statement.objects.filter(credential=credential)


def one(statement_id: UUID, *, readable: QuerySet[Statement], is_voided: bool) -> Found | None:
    row = readable.filter(id=statement_id, is_voided=is_voided).values_list("seq", "body", "version", "stored").first()
    return None if row is None else Found(*row)


def of_registration(registration: UUID, verbs: Iterable[str]) -> Iterator[StoredStatement]:
    """What moves progress in one enrolment with these verbs, in the order of storing: what our own pages recorded and what
    clients sent who may. Voided ones are left out."""
    rows = in_registration(registration).filter(_MOVING, verb__in=verb_keys(verbs), is_voided=False)
    return moving(rows)


def bodies_of_actors(names: Collection[str]) -> Iterator[str]:
    """Everything that was said of who goes by one of these identifiers, voided statements too, the oldest first."""
    return _of_actors(names).values_list("body", flat=True).iterator(chunk_size=2000)


def with_attachments_of_actors(names: Collection[str]) -> list[int]:
    """The numbers of those of them to which something is attached."""
    return list(_of_actors(names).filter(attachments__isnull=False).distinct().values_list("seq", flat=True))


def _of_actors(names: Collection[str]) -> QuerySet[Statement]:
    keys = [identifiers.key(name) for name in names]
    links = StatementLink.objects.filter(key__in=keys, part=StatementLink.Part.DIRECT)
    return Statement.objects.filter(seq__in=links.values("seq"), actor__in=keys).order_by("seq")


def in_registration(registration: UUID) -> QuerySet[Statement]:
    """Everything that was said in one registration."""
    links = _links(identifiers.registration_identifier(str(registration)), related=False)
    return Statement.objects.filter(seq__in=links[0].values("seq"), registration=registration)


def moving(rows: QuerySet[Statement]) -> Iterator[StoredStatement]:
    """Of these rows those that move progress: a client's prefix is looked for in the text itself."""
    for row in rows.select_related("credential").order_by("seq").iterator():
        value = json.loads(row.body)
        if admission.moves_progress(value, row.credential):
            client = row.credential.key if row.credential else ""
            yield StoredStatement(row.seq, row.id, row.stored, row.timestamp, value, moves_progress=True, client=client)


def verb_keys(verbs: Iterable[str]) -> list[int]:
    """The keys under which statements with these verbs stand."""
    return [identifiers.key(identifiers.verb_identifier(verb)) for verb in verbs]


def is_told_from_outside(registration: UUID) -> bool:
    """Whether a client that moves progress spoke of this registration."""
    return in_registration(registration).filter(credential__moves_progress=True).exists()


def last_number() -> int:
    """The sequence number of the newest statement; 0 where there is none."""
    return Statement.objects.aggregate(last=Max("seq"))["last"] or 0


def demo_keys() -> list[str]:
    """Names of the clients whose keys were given in the demo and still open the store."""
    return [client.name for client in Credential.objects.filter(is_demo=True) if client.is_valid]


def registrations_of(statements: Iterable[UUID]) -> set[UUID]:
    """The registrations of those among these statements that may have moved progress."""
    rows = Statement.objects.filter(_MOVING, id__in=list(statements))
    return {registration for registration in rows.values_list("registration", flat=True) if registration is not None}


def digest_of(statement_id: UUID) -> str | None:
    """SHA-256 of a stored statement's content."""
    return Statement.objects.filter(id=statement_id).values_list("digest", flat=True).first()


def chunks_in_order(first: int | None, end: int | None, *fields: str) -> Iterator[list[Statement]]:
    """Every statement, voided ones too, from number `first` on and before number `end`, in the order of storing.

    Read a chunk at a time by its number, so that neither this process nor the database holds more than that.
    """
    rows = Statement.objects.order_by("seq")
    rows = rows.only(*fields) if fields else rows
    rows = rows if end is None else rows.filter(seq__lt=end)
    following = rows if first is None else rows.filter(seq__gte=first)
    while chunk := list(following[:AT_ONCE]):
        yield chunk
        following = rows.filter(seq__gt=chunk[-1].seq)


def in_order(first: int | None, end: int | None, *fields: str) -> Iterator[Statement]:
    """The same one by one."""
    return chain.from_iterable(chunks_in_order(first, end, *fields))


def authority_name(client: Credential | None) -> str:
    """What the authority is called of whatever the client, or our own pages, stored."""
    return PLATFORM if client is None else f"{CLIENT}{client.key}"


def definitions_of(activity: str) -> list[dict[str, Any]]:
    """What statements said of an activity, the oldest first."""
    return definitions_by_id({activity}).get(activity, [])


def definitions_by_id(activities: Collection[str]) -> dict[str, list[dict[str, Any]]]:
    """What statements said of these activities, by their ids; nothing where a key is another's (64 bits can meet)."""
    by_key = {identifiers.key(identifiers.activity_identifier(iri)): iri for iri in activities}
    others = {key for key, iri in Activity.objects.filter(pk__in=by_key).values_list("pk", "identifier") if by_key[key] != iri}
    found: dict[str, list[dict[str, Any]]] = {}
    for key, body in Definition.objects.filter(activity__in=by_key).order_by("pk").values_list("activity", "body"):
        if key not in others:
            found.setdefault(by_key[key], []).append(json.loads(body))
    return found


def keys_behind(target: UUID) -> dict[int, bool]:
    """The finding keys of a statement and of those to which it refers, one after the other."""
    keys: dict[int, bool] = {}
    seen: set[UUID] = set()
    waiting: UUID | None = target
    while waiting is not None and waiting not in seen and len(seen) < MOST_REFERENCES:
        seen.add(waiting)
        body = Statement.objects.filter(id=waiting).values_list("body", flat=True).first()
        if body is None:
            break
        value = json.loads(body)
        keys |= identifiers.finding_keys(value)
        waiting = admission.referred_by(value)
    return keys


def _bounds(wanted: Filter, after: int | None, through: datetime | None) -> Q:
    """The numbers between which the page lies: `stored` is in them."""
    bounds = Q()
    ends = [wanted.until] if wanted.until is not None else []
    if wanted.since is not None:
        bounds &= Q(seq__gte=sequencing.first_number(wanted.since + sequencing.MILLISECOND))
    if through is not None and (wanted.ascending or wanted.since is not None):
        ends.append(through)
    if ends:
        bounds &= Q(seq__lt=sequencing.first_number(min(ends) + sequencing.MILLISECOND))
    if after is not None:
        bounds &= Q(seq__gt=after) if wanted.ascending else Q(seq__lt=after)
    return bounds


def _filters(wanted: Filter) -> list[list[QuerySet]]:
    """For each thing that is asked for the rows by which it is found; first what few statements share."""
    found: list[list[QuerySet]] = []
    if wanted.registration is not None:
        found.append(_links(identifiers.registration_identifier(str(wanted.registration)), related=False))
    if wanted.agent is not None:
        found.append(_links(wanted.agent, related=wanted.related_agents))
        if wanted.related_agents and (authority := _authority(wanted.agent)) is not None:
            found[-1].append(authority)
    if wanted.activity is not None:
        found.append(_links(identifiers.activity_identifier(wanted.activity), related=wanted.related_activities))
    if wanted.verb is not None:
        found.append(_links(identifiers.verb_identifier(wanted.verb), related=False))
    return found


def _links(identifier: str, *, related: bool) -> list[QuerySet]:
    parts = list(StatementLink.Part) if related else [StatementLink.Part.DIRECT]
    return [StatementLink.objects.filter(key=identifiers.key(identifier), part=part) for part in parts]


def _authority(agent: str) -> QuerySet | None:
    """What a client or our own pages stored, where the agent is the authority of such statements."""
    kind, _, account = agent.partition(":")
    home, name = json.loads(account) if kind == "account" else ("", "")
    if home != settings.XAPI_BASE_IRI:
        return None
    if name == PLATFORM:
        return Statement.objects.filter(credential__isnull=True)
    client = Credential.objects.filter(key=name.removeprefix(CLIENT)).first() if name.startswith(CLIENT) else None
    return None if client is None else Statement.objects.filter(credential=client)


def _found_by(ways: list[QuerySet]) -> Q:
    found = Q()
    for way in ways:
        found |= Q(Exists(way.filter(seq=OuterRef("seq"))))
    return found
