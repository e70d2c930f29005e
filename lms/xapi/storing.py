"""Puts statements into the store: all of a batch or none, each once, and tells the platform what is new."""

import logging
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from lms.xapi import identifiers, rules
from lms.xapi.models import Activity, Agent, Alarm, Base, Credential, Statement, StatementLink
from lms.xapi.signals import StoredStatement, statements_stored
from lms.xapi.texts import Received, Refused, digest, dump, filled

logger = logging.getLogger(__name__)

VOIDED = "http://adlnet.gov/expapi/verbs/voided"
PLATFORM = "platform"
BASE_TABLE = Base._meta.db_table
DEFAULT_VERSION = {"1.0.3": "1.0.0", "2.0.0": "2.0.0"}


class Conflict(ValueError):
    """A statement id is taken by other content (Data 2.3.2). Nothing of the batch was stored."""


class Forbidden(ValueError):
    """The client may not write this. Nothing of the batch was stored."""


def record(statements: Sequence[Mapping[str, Any]]) -> list[UUID]:
    """Stores statements of our own pages, all of one act at once, in the caller's transaction. Returns their ids.

    Each has an id that nobody else can compute. If it is taken all the same, the statement gets a new one and an alarm
    is kept: no learner is ever stopped by it. Raises Refused, which here means a fault in our own code.
    """
    batch = [Received(dump(statement), dict(statement)) for statement in statements]
    return _store(batch, version="1.0.3", credential=None)


def receive(batch: Sequence[Received], *, version: str, credential: Credential) -> list[UUID]:
    """Stores what a client sent under the rules of `version` ("1.0.3" or "2.0.0"). Raises Refused, Conflict, Forbidden."""
    return _store(batch, version=version, credential=credential)


def remember_base() -> None:
    """Writes down the IRI of this installation when it is first used (a check compares it with the setting)."""
    Base.objects.get_or_create(is_the_one=True, defaults={"iri": settings.XAPI_BASE_IRI})


def instant(text: str) -> datetime:
    """The instant of a timestamp that `rules` let pass; one without zone is UTC."""
    moment = parse_datetime(text)
    if moment is None:
        raise AssertionError(f"the validator let {text!r} pass, which cannot be read")
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def kept_base() -> str | None:
    """The IRI under which this database's statements were written."""
    return Base.objects.values_list("iri", flat=True).first()


def _store(batch: Sequence[Received], *, version: str, credential: Credential | None) -> list[UUID]:
    _check(batch, version)
    if credential is not None:
        _check_rights(batch, credential)
    for attempt in (1, 2):
        try:
            with transaction.atomic():
                return _insert(batch, version, credential)
        except IntegrityError:
            # Somebody stored one of these ids between our look and our insert: look again, once.
            if attempt == 2:
                raise
    raise AssertionError("unreachable")


def _check(batch: Sequence[Received], version: str) -> None:
    seen: set[str] = set()
    for position, received in enumerate(batch):
        finding = rules.check(received.value, version=version)
        if finding is None and "id" in received.value:
            text = received.value["id"].lower()
            if text in seen:
                finding = rules.Finding("$.id", "The same id stands twice in this batch.", "Communication 2.1.2")
            seen.add(text)
        if finding is not None:
            where = finding.path if len(batch) == 1 else f"$[{position}]{finding.path[1:]}"
            raise Refused(finding._replace(path=where))


def _check_rights(batch: Sequence[Received], credential: Credential) -> None:
    """A client writes about its own activities only, and voids only what it wrote (permissions.md, section 5)."""
    if "all" in credential.scopes:
        prefixless = True
    elif "statements/write" in credential.scopes:
        prefixless = False
    else:
        raise Forbidden("This credential may not write statements.")
    for received in batch:
        if received.value["verb"]["id"] == VOIDED:
            target = Statement.objects.filter(id=received.value["object"]["id"]).only("credential_id").first()
            if target is not None and target.credential_id != credential.pk:
                raise Forbidden("A client voids only statements that it wrote itself.")
        elif not prefixless:
            activity = received.value["object"].get("id", "")
            if not activity.startswith(credential.activity_prefix):
                raise Forbidden(f"This credential writes only about activities under {credential.activity_prefix}.")


def _insert(batch: Sequence[Received], version: str, credential: Credential | None) -> list[UUID]:
    stored = _now()
    ids = [UUID(received.value["id"]) if "id" in received.value else uuid4() for received in batch]
    taken = {row.id: row for row in Statement.objects.filter(id__in=ids).only("id", "digest", "credential_id")}
    rows: list[Statement] = []
    values: list[dict[str, Any]] = []
    for position, received in enumerate(batch):
        value = received.value
        known = taken.get(ids[position])
        if known is not None and credential is None:
            if known.credential_id is None:
                continue  # the id stands for an act: the first record of it is the record
            ids[position] = _moved_aside(ids[position], known)
            value = {**value, "id": str(ids[position])}
            received = Received(dump(value), value)
        elif known is not None:
            if known.digest != digest(value):
                raise Conflict(f"Statement {known.id} exists with other content. Send it with a new id.")
            continue
        rows.append(_row(received, ids[position], stored, version, credential))
        values.append(value)
    if rows:
        _write(rows, values)
        _announce(rows, values, credential)
    return ids


def _moved_aside(squatted: UUID, known: Statement) -> UUID:
    Alarm.objects.create(what=f"Statement id {squatted} of our own pages was taken by credential {known.credential_id}.")
    logger.error("A statement id of our own pages was taken by a client.")
    return uuid4()


def _row(received: Received, statement_id: UUID, stored: datetime, version: str, credential: Credential | None) -> Statement:
    value = received.value
    moment = _iso(stored)
    front: dict[str, Any] = {}
    if "id" not in value:
        front["id"] = str(statement_id)
    if "timestamp" not in value:
        front["timestamp"] = moment
    if "version" not in value:
        front["version"] = DEFAULT_VERSION[version]
    front |= {"stored": moment, "authority": _authority(credential)}
    said = instant(value["timestamp"]) if "timestamp" in value else stored
    registration = value.get("context", {}).get("registration")
    return Statement(
        id=statement_id,
        stored=stored,
        timestamp=min(said, stored),
        body=filled(received, before=front),
        digest=digest(value),
        actor=_actor_key(value["actor"]),
        verb=identifiers.key(identifiers.verb_identifier(value["verb"]["id"])),
        object=identifiers.key(identifiers.object_identifier(value["object"])),
        registration=UUID(registration) if registration else None,
        version=value.get("version", DEFAULT_VERSION[version]),
        credential=credential,
        voids=UUID(value["object"]["id"]) if value["verb"]["id"] == VOIDED else None,
    )


def _write(rows: list[Statement], values: list[dict[str, Any]]) -> None:
    _mark_voided(rows)
    Statement.objects.bulk_create(rows)
    links = {
        (key, part, row.seq)
        for row, value in zip(rows, values, strict=True)
        for key, part in identifiers.links({**value, "authority": _authority(row.credential)})
    }
    ordered = (StatementLink(key=key, part=part, statement_id=seq) for key, part, seq in sorted(links))
    while chunk := list(islice(ordered, 2_000)):
        StatementLink.objects.bulk_create(chunk)
    # Sorted, so that concurrent batches take the same rows in the same order and cannot block each other.
    agents = sorted({identifier for value in values for identifier in _agents(value)})
    activities = sorted({value["object"]["id"] for value in values if _is_activity(value["object"])})
    Agent.objects.bulk_create(
        [Agent(key=identifiers.key(text), identifier=text) for text in agents], ignore_conflicts=True
    )
    Activity.objects.bulk_create(
        [Activity(key=identifiers.key(identifiers.activity_identifier(iri)), identifier=iri) for iri in activities],
        ignore_conflicts=True,
    )


def _mark_voided(rows: list[Statement]) -> None:
    """Voiding works whichever of the two arrives first; a voiding statement itself cannot be voided (Data 2.3.2)."""
    targets = [row.voids for row in rows if row.voids]
    if targets:
        Statement.objects.filter(id__in=targets, voids__isnull=True).update(is_voided=True)
    voiders = dict(Statement.objects.filter(voids__in=[row.id for row in rows]).values_list("voids", "credential_id"))
    within = {row.voids: row.credential_id for row in rows if row.voids}
    for row in rows:
        voider = {**voiders, **within}
        row.is_voided = row.voids is None and row.id in voider and voider[row.id] == row.credential_id


def _announce(rows: list[Statement], values: list[dict[str, Any]], credential: Credential | None) -> None:
    new = tuple(
        StoredStatement(row.seq, row.id, row.stored, row.timestamp, value, moves_progress=credential is None)
        for row, value in zip(rows, values, strict=True)
        if not row.is_voided
    )
    statements_stored.send(sender=Statement, statements=new)


def _authority(credential: Credential | None) -> dict[str, Any]:
    name = f"client:{credential.key}" if credential else PLATFORM
    return {"objectType": "Agent", "account": {"homePage": settings.XAPI_BASE_IRI, "name": name}}


def _actor_key(actor: Mapping[str, Any]) -> int:
    return identifiers.key(identifiers.agent_identifier(actor) or "anonymous group")


def _agents(value: Mapping[str, Any]) -> set[str]:
    found = {identifiers.agent_identifier(value["actor"])}
    if value["object"].get("objectType") in {"Agent", "Group"}:
        found.add(identifiers.agent_identifier(value["object"]))
    return {identifier for identifier in found if identifier}


def _is_activity(thing: Mapping[str, Any]) -> bool:
    return thing.get("objectType", "Activity") == "Activity"


def _now() -> datetime:
    """To the millisecond, as it is written in the statement (Data 4.5)."""
    moment = timezone.now()
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
