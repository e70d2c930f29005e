"""Puts statements into the store: all of a batch or none, each once, and tells the platform what is new."""

import logging
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from lms.xapi import admission, identifiers
from lms.xapi.models import Activity, Agent, Alarm, Base, Credential, Statement, StatementLink
from lms.xapi.refusals import Conflict, TooLarge
from lms.xapi.rules import Finding, instant
from lms.xapi.signals import StoredStatement, statements_stored
from lms.xapi.texts import Received, digest, dump, filled

logger = logging.getLogger(__name__)

PLATFORM = "platform"
BASE_TABLE = Base._meta.db_table
VERSIONS = {"1.0.3": "1.0.0", "2.0.0": "2.0.0"}  # what a statement without version gets (Data 2.4.10)
ATTEMPTS = 3
VOIDING_LOCK = 0x78415049  # "xAPI": the first half of an advisory lock's key, a credential is the second
LINKS_AT_ONCE = 2_000
MOST_LINKS = 100_000  # as many as are written within a request's time


def record(statements: Sequence[Mapping[str, Any]]) -> list[UUID]:
    """Stores statements of our own pages, all of one act at once, in the caller's transaction. Returns their ids.

    Each has an id that nobody else can compute and that stands for its act: the first record of it is the record.
    If a client took it all the same, the statement gets a new one and an alarm is kept: no learner is ever stopped by
    it. Raises Refused, which here means a fault in our own code.
    """
    batch = [Received(dump(statement), dict(statement)) for statement in statements]
    return _store(batch, version="1.0.3", credential=None)


def receive(batch: Sequence[Received], *, version: str, credential: Credential) -> list[UUID]:
    """Stores what a client sent under the rules of `version` ("1.0.3" or "2.0.0"). Raises Refused, Forbidden, Conflict."""
    return _store(batch, version=version, credential=credential)


def remember_base() -> None:
    """Writes down the IRI of this installation when it is first used (a check compares it with the setting)."""
    Base.objects.get_or_create(is_the_one=True, defaults={"iri": settings.XAPI_BASE_IRI})


def kept_base() -> str | None:
    """The IRI under which this database's statements were written."""
    return Base.objects.values_list("iri", flat=True).first()


def _store(batch: Sequence[Received], *, version: str, credential: Credential | None) -> list[UUID]:
    admission.check(batch, version=version)
    if credential is not None:
        admission.check_rights(batch, credential)
    attempt = 1
    while True:
        try:
            with transaction.atomic():
                return _insert(batch, version, credential)
        except DatabaseError as error:
            if attempt == ATTEMPTS or not _is_race(error):
                raise
            attempt += 1


def _is_race(error: DatabaseError) -> bool:
    """Somebody stored one of our ids between our look and our insert, or each waited for an id of the other's batch."""
    return isinstance(error, IntegrityError) or getattr(error.__cause__, "sqlstate", "") == "40P01"


def _insert(batch: Sequence[Received], version: str, credential: Credential | None) -> list[UUID]:
    if credential is not None:
        _take_turns(batch, credential)
    ids = [UUID(received.value["id"]) if "id" in received.value else uuid4() for received in batch]
    known = Statement.objects.only("id", "digest", "credential_id").in_bulk(ids, field_name="id")
    stored = _now()
    new: list[Received] = []
    for position, received in enumerate(batch):
        row = known.get(ids[position])
        if row is not None and credential is None and row.credential_id is not None:
            ids[position], row = _moved_aside(row), None
            received = filled(received, {"id": str(ids[position])})
        if row is None:
            new.append(_completed(received, ids[position], stored, version, credential))
        elif credential is not None and row.digest != digest(received.value):
            finding = f"Statement {row.id} exists with other content. Send it with a new id."
            raise Conflict(Finding(f"{received.place}.id", finding, "xAPI 1.0.3 Data 2.3.1"))
    if new:
        _write(new, stored, credential)
    return ids


def _take_turns(batch: Sequence[Received], credential: Credential) -> None:
    """A voiding and its target that arrive at once would not see each other: who voids waits for what the same client is
    storing, and that waits for her. SQLite has one writer anyway."""
    if connection.vendor == "postgresql":
        is_voiding = any(admission.voided_by(received.value) for received in batch)
        lock = "pg_advisory_xact_lock" if is_voiding else "pg_advisory_xact_lock_shared"
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {lock}(%s, %s)", [VOIDING_LOCK, credential.pk])


def _moved_aside(squatter: Statement) -> UUID:
    Alarm.objects.create(what=f"Statement id {squatter.id} of our own pages was taken by credential {squatter.credential_id}.")
    logger.error("A statement id of our own pages was taken by a client.")
    return uuid4()


def _completed(received: Received, statement_id: UUID, stored: datetime, version: str, credential: Credential | None) -> Received:
    """The statement with what a store always sets, and with what its sender left to the store (Data 2.4)."""
    moment = stored.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    left = {"id": str(statement_id), "timestamp": moment, "version": VERSIONS[version]}
    members: dict[str, Any] = {name: value for name, value in left.items() if name not in received.value}
    return filled(received, members | {"stored": moment, "authority": _authority(credential)})


def _authority(credential: Credential | None) -> dict[str, Any]:
    name = f"client:{credential.key}" if credential else PLATFORM
    return {"objectType": "Agent", "account": {"homePage": settings.XAPI_BASE_IRI, "name": name}}


def _write(new: Sequence[Received], stored: datetime, credential: Credential | None) -> None:
    rows = [_row(received, stored, credential) for received in new]
    values = [received.value for received in new]
    _mark_voided(rows, credential)
    Statement.objects.bulk_create(rows)
    _write_links(rows, values)
    _write_names(values)
    announced = tuple(
        StoredStatement(row.seq, row.id, row.stored, row.timestamp, value, moves_progress=credential is None)
        for row, value in zip(rows, values, strict=True)
        if not row.is_voided
    )
    if announced:
        statements_stored.send(sender=Statement, statements=announced)


def _row(received: Received, stored: datetime, credential: Credential | None) -> Statement:
    value = received.value
    registration = value.get("context", {}).get("registration")
    actor = identifiers.agent_identifier(value["actor"]) or identifiers.ANONYMOUS_GROUP
    return Statement(
        id=UUID(value["id"]),
        stored=stored,
        timestamp=min(instant(value["timestamp"]) or stored, stored),
        body=received.text,
        digest=digest(value),
        actor=identifiers.key(actor),
        verb=identifiers.key(identifiers.verb_identifier(value["verb"]["id"])),
        object=identifiers.key(identifiers.object_identifier(value["object"])),
        registration=UUID(registration) if registration else None,
        version=value["version"],
        credential=credential,
        voids=admission.voided_by(value),
    )


def _mark_voided(rows: Sequence[Statement], credential: Credential | None) -> None:
    """Voiding works whichever of the two arrives first, among statements of one writer. A voiding statement itself
    cannot be voided (Data 2.3.2)."""
    by_writer = Statement.objects.filter(credential=credential)
    targets = [row.voids for row in rows if row.voids]
    by_writer.filter(id__in=targets, voids=None).update(is_voided=True)
    # Our own pages void nothing that is still to come.
    waiting = by_writer.filter(voids__in=[row.id for row in rows]) if credential else Statement.objects.none()
    voided = {*targets, *waiting.values_list("voids", flat=True)}
    for row in rows:
        row.is_voided = row.voids is None and row.id in voided


def _write_links(rows: Sequence[Statement], values: Sequence[Mapping[str, Any]]) -> None:
    found = [(row, identifiers.links(value)) for row, value in zip(rows, values, strict=True)]
    if sum(len(links) for _, links in found) > MOST_LINKS:
        finding = f"A batch names at most {MOST_LINKS} agents and activities. Send the statements in smaller batches."
        raise TooLarge(Finding("$", finding, "xAPI 1.0.3 Communication 3.2"))
    made = (StatementLink(key=key, part=part, statement=row) for row, links in found for key, part in links)
    while chunk := list(islice(made, LINKS_AT_ONCE)):
        StatementLink.objects.bulk_create(chunk)


def _write_names(values: Sequence[Mapping[str, Any]]) -> None:
    """Keeps the identifiers behind the keys of actors and objects."""
    parties = [value["actor"] for value in values]
    parties += [value["object"] for value in values if value["object"].get("objectType") in {"Agent", "Group"}]
    agents = {identifier for party in parties if (identifier := identifiers.agent_identifier(party))}
    activities = {value["object"]["id"] for value in values if admission.is_activity(value["object"])}
    # Sorted, so that concurrent batches take the same rows in the same order and cannot block each other.
    Agent.objects.bulk_create(
        [Agent(key=identifiers.key(agent), identifier=agent) for agent in sorted(agents)], ignore_conflicts=True
    )
    Activity.objects.bulk_create(
        [Activity(key=identifiers.key(identifiers.activity_identifier(iri)), identifier=iri) for iri in sorted(activities)],
        ignore_conflicts=True,
    )


def _now() -> datetime:
    """To the millisecond, as it is written in the statement (Data 4.5)."""
    moment = timezone.now()
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
