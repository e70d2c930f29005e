"""Puts statements into the store: all of a batch or none, each once, and tells the platform what is new."""

import logging
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import DatabaseError, IntegrityError, transaction

from lms.xapi import admission, attaching, columns, formats, identifiers, inserting, queries, sequencing
from lms.xapi.inserting import Row
from lms.xapi.models import Alarm, Base, Credential, Statement, StatementLink
from lms.xapi.multipart import Part
from lms.xapi.refusals import Conflict, TooLarge
from lms.xapi.rules import Finding
from lms.xapi.signals import StoredStatement, statements_stored
from lms.xapi.texts import Received, digest, dump, filled

logger = logging.getLogger(__name__)

BASE_TABLE = Base._meta.db_table
VERSIONS = {"1.0.3": "1.0.0", "2.0.0": "2.0.0"}  # what a statement without version gets (Data 2.4.10)
ATTEMPTS = 5
MOST_LINKS = 100_000  # as many as are written within a request's time


class _Known(Exception):
    """Some of the statements are there already."""


def record(statements: Sequence[Mapping[str, Any]]) -> list[UUID]:
    """Stores statements of our own pages, all of one act at once, in the caller's transaction. Returns their ids.

    Each has an id that nobody else can compute and that stands for its act: the first record of it is the record.
    If a client took it all the same, the statement gets a new one and an alarm is kept: no learner is ever stopped by
    it. Raises Refused, which here means a fault in our own code.
    """
    batch = [Received(dump(statement), dict(statement)) for statement in statements]
    return _store(batch, version="1.0.3", credential=None)


def receive(
    batch: Sequence[Received], *, version: str, credential: Credential, parts: Mapping[str, Part] = admission.NO_PARTS
) -> list[UUID]:
    """Stores what a client sent under the rules of `version` ("1.0.3" or "2.0.0"), with the attachments that came along.

    Raises Refused, Forbidden, Conflict, TooLarge.
    """
    return _store(batch, version=version, credential=credential, parts=parts)


def remember_base() -> None:
    """Writes down the IRI of this installation when it is first used (a check compares it with the setting)."""
    Base.objects.get_or_create(is_the_one=True, defaults={"iri": settings.XAPI_BASE_IRI})


def kept_base() -> str | None:
    """The IRI under which this database's statements were written."""
    return Base.objects.values_list("iri", flat=True).first()


def _store(
    batch: Sequence[Received],
    *,
    version: str,
    credential: Credential | None,
    parts: Mapping[str, Part] = admission.NO_PARTS,
) -> list[UUID]:
    admission.check(batch, version=version, parts=parts)
    if credential is not None:
        admission.check_rights(batch, credential)
    looks_first = False
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with transaction.atomic():
                return _insert(batch, version, credential, parts, looks_first=looks_first)
        except _Known:
            looks_first = True
        except DatabaseError as error:
            if attempt == ATTEMPTS or not _is_race(error):
                raise
    raise RuntimeError("Others stored the same statements again and again.")


def _is_race(error: DatabaseError) -> bool:
    """Somebody drew one of our numbers, or each waited for an id of the other's batch."""
    return isinstance(error, IntegrityError) or getattr(error.__cause__, "sqlstate", "") == "40P01"


def _insert(
    batch: Sequence[Received], version: str, credential: Credential | None, parts: Mapping[str, Part], *, looks_first: bool
) -> list[UUID]:
    """Stores what is new. Mostly all of it is: only where less was inserted than sent, a second try looks before."""
    ids = [UUID(received.value["id"]) if "id" in received.value else uuid4() for received in batch]
    known = Statement.objects.only("id", "digest", "credential_id").in_bulk(ids, field_name="id") if looks_first else {}
    new: list[tuple[UUID, Received]] = []
    for position, received in enumerate(batch):
        row = known.get(ids[position])
        if row is not None and credential is None and row.credential_id is not None:
            ids[position], row = _moved_aside(row), None
            received = filled(received, {"id": str(ids[position])})
        if row is None:
            new.append((ids[position], received))
        elif credential is not None and row.digest != digest(received.value):
            finding = f"Statement {row.id} exists with other content. Send it with a new id."
            raise Conflict(Finding(f"{received.place}.id", finding, "xAPI 1.0.3 Data 2.3.1"))
    if new:
        _write(new, version, credential, parts)
    return ids


def _moved_aside(squatter: Statement) -> UUID:
    Alarm.objects.create(what=f"Statement id {squatter.id} of our own pages was taken by credential {squatter.credential_id}.")
    logger.error("A statement id of our own pages was taken by a client.")
    return uuid4()


def _write(new: Sequence[tuple[UUID, Received]], version: str, credential: Credential | None, parts: Mapping[str, Part]) -> None:
    refers = any(admission.referred_by(received.value) for _, received in new)
    # Nobody can refer to statements of our own pages before they are stored.
    drawn = sequencing.draw(len(new), waits=refers, takes_turns=credential is not None)
    rows, values = rows_of(new, drawn.numbers, drawn.stored, version, credential)
    _void(rows, credential)
    places = {identifiers.key(identifiers.statement_identifier(str(row.id))): place for place, row in enumerate(rows)}
    sought = inserting.Sought([row.id for row in rows], list(places), credential.pk) if credential else None
    inserted = inserting.insert(additions(rows, values, credential), sought)
    if inserted.new < len(rows):
        raise _Known
    if parts:
        attaching.attach(rows, values, parts)
    _mark_awaited(rows, inserted.voided)
    if refers or inserted.referring:
        _follow_references(rows, values, [(places[key], seq) for key, seq in inserted.referring])
    client = credential.key if credential else ""
    announced = tuple(
        StoredStatement(row.seq, row.id, row.stored, row.timestamp, value, admission.moves_progress(value, credential), client)
        for row, value in zip(rows, values, strict=True)
        if not row.is_voided
    )
    if announced:
        statements_stored.send(sender=Statement, statements=announced)


def rows_of(
    new: Sequence[tuple[UUID, Received]], numbers: Sequence[int], stored: datetime, version: str, credential: Credential | None
) -> tuple[list[Row], list[dict[str, Any]]]:
    """The rows of what is new, and the whole statements beside them."""
    moment = stored.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    authority = _authority(credential)
    completed = [_completed(received, statement_id, moment, version, authority) for statement_id, received in new]
    rows = [_row(received, seq, stored, credential) for received, seq in zip(completed, numbers, strict=True)]
    return rows, [received.value for received in completed]


def _completed(received: Received, statement_id: UUID, moment: str, version: str, authority: Mapping[str, Any]) -> Received:
    """The statement with what a store always sets, and with what its sender left to the store (Data 2.4)."""
    left = {"id": str(statement_id), "timestamp": moment, "version": VERSIONS[version]}
    members: dict[str, Any] = {name: value for name, value in left.items() if name not in received.value}
    return filled(received, members | formats.settled(received.value) | {"stored": moment, "authority": authority})


def _authority(credential: Credential | None) -> dict[str, Any]:
    account = {"homePage": settings.XAPI_BASE_IRI, "name": queries.authority_name(credential)}
    return {"objectType": "Agent", "account": account}


def _row(received: Received, seq: int, stored: datetime, credential: Credential | None) -> Row:
    pk = credential.pk if credential else None
    return Row(seq=seq, body=received.text, credential_id=pk, **columns.columns_of(received.value, stored))


def additions(rows: Sequence[Row], values: Sequence[Mapping[str, Any]], credential: Credential | None) -> inserting.Additions:
    """What these rows add to the tables of the store. Raises TooLarge."""
    links: list[inserting.Line] = []
    agents: set[tuple[int, str]] = set()
    activities: set[tuple[int, str]] = set()
    definitions: set[tuple[int, int, str]] = set()
    for row, value in zip(rows, values, strict=True):
        keys = identifiers.finding_keys(value)
        links += [(key, _part(is_direct), row.seq) for key, is_direct in keys.items()]
        if len(links) > MOST_LINKS:
            finding = f"A batch names at most {MOST_LINKS} agents and activities. Send the statements in smaller batches."
            raise TooLarge(Finding("$", finding, "xAPI 1.0.3 Communication 3.2"))
        agents |= identifiers.agents(value)
        if admission.is_activity(value["object"]):
            activities.add((row.object, value["object"]["id"]))
        definitions |= {
            (key, identifiers.key(body), body)
            for key, iri, definition in identifiers.definitions(value)
            if credential is None or credential.may_define(iri)
            for body in [dump(definition)]
        }
    return inserting.Additions(rows, links, agents, activities, definitions)


def _part(is_direct: bool) -> int:
    return (StatementLink.Part.DIRECT if is_direct else StatementLink.Part.RELATED).value


def _void(rows: Sequence[Row], credential: Credential | None) -> None:
    """A client voids what it stored itself, our own pages any statement, also in the same batch. A voiding statement itself
    cannot be voided (Data 2.3.2)."""
    targets = {row.voids for row in rows if row.voids}
    if targets:
        there = Statement.objects.filter(id__in=targets, voids=None)
        (there if credential is None else there.filter(credential=credential)).update(is_voided=True)
    for row in rows:
        row.is_voided = row.voids is None and row.id in targets


def _mark_awaited(rows: Sequence[Row], voided: Collection[UUID | None]) -> None:
    """Voiding works whichever of the two arrives first, among statements of one client."""
    awaited = [row for row in rows if row.voids is None and row.id in voided]
    if awaited:
        Statement.objects.filter(seq__in=[row.seq for row in awaited]).update(is_voided=True)
    for row in awaited:
        row.is_voided = True


def _follow_references(rows: Sequence[Row], values: Sequence[Mapping[str, Any]], referring: Sequence[tuple[int, int]]) -> None:
    """A statement that refers to another is found by whatever finds the other, and so on (Communication 2.1.3).

    `referring`: the place of a new statement, and the number of one that refers to it, directly or by way of others.
    """
    behind = {
        row.seq: queries.keys_behind(target)
        for row, value in zip(rows, values, strict=True)
        if (target := admission.referred_by(value)) is not None
    }
    further = list(behind.items())
    further += [(seq, identifiers.finding_keys(values[place]) | behind.get(rows[place].seq, {})) for place, seq in referring]
    inserting.insert_links({(key, _part(is_direct), seq) for seq, keys in further for key, is_direct in keys.items()})
