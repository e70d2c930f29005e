"""Files state and profile documents. What a request demands of the document that is there is checked under the lock that the
writing takes, so that of two who saw the same document one is told so (Communication 3.1)."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone

from lms.xapi import documents, identifiers, texts
from lms.xapi.documents import Place
from lms.xapi.models import Activity, Agent, Document
from lms.xapi.refusals import Conflict, Refused, Unmet
from lms.xapi.rules import Finding

LOCK = 0x444F43  # "DOC": the first half of an advisory lock's key, a hash of the document's place is the second
CONCURRENCY, MERGING = "xAPI 1.0.3 Communication 3.1", "xAPI 1.0.3 Communication 2.2"


@dataclass(frozen=True)
class Demands:
    """What a request says of the document that it means: tags as in the headers, None where it says nothing."""

    if_match: str | None = None
    if_none_match: str | None = None
    needs_headers: bool = False  # whether a PUT over an existing document must say which one it saw
    needs_headers_when_new: bool = False


@dataclass(frozen=True)
class Content:
    body: bytes
    content_type: str


def put(place: Place, content: Content, demands: Demands) -> None:
    """Files a document in the place of what may be there. Raises Unmet, Conflict, Refused."""

    def change(there: Document | None) -> Content:
        is_silent = demands.if_match is None and demands.if_none_match is None
        if is_silent and there is not None and demands.needs_headers:
            said = "There is a document already: say by If-Match or If-None-Match which one you have seen."
            raise Conflict(Finding("If-Match", said, CONCURRENCY))
        if is_silent and there is None and demands.needs_headers_when_new:
            said = "Send If-None-Match: * for a new document, or If-Match for one that you have seen."
            raise Refused(Finding("If-None-Match", said, CONCURRENCY))
        return content

    _change(place, demands, change)


def merge(place: Place, content: Content, demands: Demands) -> None:
    """Puts the members of a JSON object over those of the document that is there. Raises Unmet, Refused."""

    def change(there: Document | None) -> Content:
        sent = _object(content, "$")
        if there is None:
            return content
        kept = _object(Content(bytes(there.content), there.content_type), "the stored document")
        return Content(texts.dump({**kept, **sent}).encode(), there.content_type)

    _change(place, demands, change)


def remove(place: Place, demands: Demands) -> None:
    """Removes a document; without an id all documents of the place. Raises Unmet."""
    with transaction.atomic():
        if place.document_id:
            _take_turns(place)
            _meet(demands, documents.at(place))
            Document.objects.filter(**place.columns, document_id=place.document_id).delete()
        else:
            documents.around(place).delete()


def _change(place: Place, demands: Demands, change: Callable[[Document | None], Content]) -> None:
    with transaction.atomic():
        _take_turns(place)
        there = documents.at(place)
        _meet(demands, there)
        content = change(there)
        _name(place)
        Document.objects.update_or_create(
            **place.columns,
            document_id=place.document_id,
            defaults={
                "content": content.body,
                "content_type": content.content_type,
                "etag": hashlib.sha1(content.body, usedforsecurity=False).hexdigest(),
                "updated_at": _later_than(there),
            },
        )


def _take_turns(place: Place) -> None:
    """A row that is not there cannot be locked, so the lock is on the place. SQLite has one writer anyway."""
    if connection.vendor == "postgresql":
        half = identifiers.key(repr(place)) >> 32
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, half])


def _meet(demands: Demands, there: Document | None) -> None:
    tag = None if there is None else there.etag
    if demands.if_match is not None and not _names(demands.if_match, tag):
        raise Unmet(Finding("If-Match", "The document is not the one you saw. Get it again.", CONCURRENCY))
    if demands.if_none_match is not None and _names(demands.if_none_match, tag):
        raise Unmet(Finding("If-None-Match", "There is such a document already. Get it first.", CONCURRENCY))


def _names(header: str, tag: str | None) -> bool:
    """Whether one of the entity tags of a header is this one; * is any that exists."""
    if tag is None:
        return False
    tags = [part.strip().removeprefix("W/").strip('"') for part in header.split(",")]
    return "*" in tags or tag in tags


def _object(content: Content, path: str) -> dict[str, object]:
    if content.content_type.partition(";")[0].strip().lower() != "application/json":
        raise Refused(Finding(path, "Only documents of application/json can be merged. Use PUT.", MERGING))
    try:
        value = json.loads(content.body)
    except (ValueError, RecursionError) as error:
        raise Refused(Finding(path, "This cannot be read as JSON, so it cannot be merged.", MERGING)) from error
    if not isinstance(value, dict):
        raise Refused(Finding(path, "Only a JSON object can be merged.", MERGING))
    return value


def _name(place: Place) -> None:
    """Keeps the identifiers behind the keys, and lets nobody reach another's document by an identifier with the same key."""
    named: list[tuple[type[Agent] | type[Activity], str, str]] = []
    if place.agent is not None:
        named.append((Agent, place.agent, place.agent))
    if place.activity is not None:
        named.append((Activity, identifiers.activity_identifier(place.activity), place.activity))
    for model, identifier, kept in named:
        row, _ = model.objects.get_or_create(key=identifiers.key(identifier), defaults={"identifier": kept})
        if row.identifier != kept:
            raise Refused(Finding("?", "This identifier cannot be told from another that is stored.", MERGING))


def _later_than(there: Document | None) -> datetime:
    now = timezone.now()
    return now if there is None else max(now, there.updated_at)
