"""Writes state and profile documents (Communication 2.2, 3.1): what a client wants to be true is checked and the document
changed under one lock, so that of two who change the same version one is told so."""

import hashlib
from collections.abc import Callable
from typing import NamedTuple

from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from lms.xapi import documents, identifiers, texts
from lms.xapi.conditions import RULE, Conditions
from lms.xapi.documents import Kind, Shelf
from lms.xapi.models import Activity, Agent, Document
from lms.xapi.models.documents import NO_REGISTRATION
from lms.xapi.refusals import Conflict, Refused, TooLarge
from lms.xapi.rules import Finding

MERGING = "xAPI 1.0.3 Communication 2.2"
JSON = "application/json"
ATTEMPTS = 5
# The first of the two 32-bit keys of an advisory lock; sequencing.py has another.
DOCUMENTS = 2017546314


class Content(NamedTuple):
    """What stands in a document, and the Content-Type with which it came."""

    content_type: str
    body: bytes


def put(shelf: Shelf, document_id: str, sent: Content, *, conditions: Conditions, version: str) -> None:
    """Stores the document in place of what was there. Raises Refused, Conflict, PreconditionFailed."""

    def replace(kept: Document | None) -> None:
        conditions.check(tag_of(kept))
        if not conditions.are_given:
            _check_unconditional(shelf.kind, is_there=kept is not None, version=version)
        _write(shelf, document_id, kept, sent)

    _change(shelf, document_id, replace)


def merge(shelf: Shelf, document_id: str, sent: Content, *, conditions: Conditions) -> None:
    """Puts the members of a JSON object into the one that is there; stores a new document as it is.

    Raises Refused where one of both is no JSON object, PreconditionFailed, TooLarge.
    """
    if _is_json(sent.content_type):
        _members(sent.body, "$")

    def add(kept: Document | None) -> None:
        conditions.check(tag_of(kept))
        _write(shelf, document_id, kept, sent if kept is None else _merged(kept, sent))

    _change(shelf, document_id, add)


def remove(shelf: Shelf, document_id: str, *, conditions: Conditions) -> None:
    """Safe to repeat: what is not there is gone. Raises PreconditionFailed."""

    def drop(kept: Document | None) -> None:
        conditions.check(tag_of(kept))
        if kept is not None:
            kept.delete()

    _change(shelf, document_id, drop)


def remove_all(shelf: Shelf) -> None:
    """Removes the documents of the shelf, of any registration where it names none. Safe to repeat. Raises Refused."""
    if documents.new_names(shelf):
        return
    with transaction.atomic():
        # Locked in one order, so that two who empty the same shelf do not block each other.
        list(documents.on(shelf).select_for_update().order_by("pk").values_list("pk"))
        documents.on(shelf).delete()


def tag_of(document: Document | None) -> str | None:
    """The ETag, in its quotes (Communication 3.1)."""
    return None if document is None else f'"{document.etag}"'


def _check_unconditional(kind: Kind, *, is_there: bool, version: str) -> None:
    """Who replaces a document must say which one; 1.0.3 asks it of profiles only, but of new ones as well."""
    if version == "1.0.3" and kind == Kind.STATE:
        return
    if is_there:
        said = "The document is there already. Get it, and send If-Match with its ETag to replace it."
        raise Conflict(Finding("If-Match", said, RULE))
    if version == "1.0.3":
        said = "Send If-None-Match: * to store a new document, If-Match with its ETag to replace one."
        raise Refused(Finding("If-None-Match", said, RULE))


def _change(shelf: Shelf, document_id: str, change: Callable[[Document | None], None]) -> None:
    """Calls `change` with the document as it is, which nobody else changes before the end of the transaction."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with transaction.atomic():
                _lock(shelf, document_id)
                documents.new_names(shelf)  # refuses a name by which another's document would be found
                # The row is locked as well, since who empties a shelf takes no lock for each id.
                change(documents.rows(shelf, document_id).select_for_update().first())
                return
        except OperationalError as error:
            # Statements and documents that name new agents and activities may have waited for each other.
            if attempt == ATTEMPTS or getattr(error.__cause__, "sqlstate", "") != "40P01":
                raise


def _lock(shelf: Shelf, document_id: str) -> None:
    """A document that is not there yet has no row to lock. SQLite has one writer anyway."""
    if connection.vendor == "postgresql":
        place = f"{shelf.kind} {shelf.activity_key} {shelf.agent_key} {shelf.registration} {document_id}"
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s::int, %s::int)", [DOCUMENTS, identifiers.key(place) >> 32])


def _write(shelf: Shelf, document_id: str, kept: Document | None, content: Content) -> None:
    now = timezone.now()
    if kept is None:
        _remember_names(shelf)
        kept = Document(
            kind=shelf.kind,
            activity=shelf.activity_key,
            agent=shelf.agent_key,
            registration=shelf.registration or NO_REGISTRATION,
            document_id=document_id,
            updated_at=now,
        )
    kept.content_type, kept.content = content
    kept.etag = hashlib.sha1(content.body, usedforsecurity=False).hexdigest()
    kept.updated_at = max(now, kept.updated_at)  # another machine's clock may be ahead
    kept.save()


def _remember_names(shelf: Shelf) -> None:
    names = documents.new_names(shelf)
    Agent.objects.bulk_create([row for row in names if isinstance(row, Agent)], ignore_conflicts=True)
    Activity.objects.bulk_create([row for row in names if isinstance(row, Activity)], ignore_conflicts=True)
    if names:
        # Somebody may have taken a key meanwhile.
        documents.new_names(shelf)


def _is_json(content_type: str) -> bool:
    return content_type.partition(";")[0].strip().lower() == JSON


def _merged(kept: Document, sent: Content) -> Content:
    """The stored object with the sent members in place of its own of the same names, every other letter as it was."""
    for name, content_type in (("document", kept.content_type), ("Content-Type", sent.content_type)):
        if not _is_json(content_type):
            said = f"Only {JSON} can be merged, and one of both is {content_type}. Replace the document with PUT."
            raise Refused(Finding(name, said, MERGING))
    members = _members(bytes(kept.content), "document") | _members(sent.body, "$")
    body = ",".join(members.values())
    content = Content(kept.content_type, f"{{{body}}}".encode())
    if len(content.body) > settings.XAPI_BODY_LIMIT:
        said = f"The document would become larger than {settings.XAPI_BODY_LIMIT} bytes. Keep some of it in another one."
        raise TooLarge(Finding("$", said, MERGING))
    return content


def _members(body: bytes, place: str) -> dict[str, str]:
    return texts.members(body, place=place, limits=texts.Limits(levels=settings.XAPI_DEPTH_LIMIT))
