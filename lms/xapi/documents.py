"""Reads state and profile documents (Communication 2.2, 2.3, 2.6, 2.7)."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from lms.xapi import identifiers
from lms.xapi.models import Document
from lms.xapi.models.documents import NO_REGISTRATION, NOBODY


@dataclass(frozen=True)
class Place:
    """Where a document lies: what together is its key. `document_id` is empty for all documents of the place."""

    kind: Document.Kind
    activity: str | None = None  # IRI
    agent: str | None = None  # identifier
    registration: UUID | None = None
    document_id: str = ""

    @property
    def columns(self) -> dict[str, Any]:
        """The columns that tell the place, all but the document's id."""
        return {
            "kind": self.kind,
            "activity": identifiers.key(identifiers.activity_identifier(self.activity)) if self.activity else NOBODY,
            "agent": identifiers.key(self.agent) if self.agent else NOBODY,
            "registration": self.registration or NO_REGISTRATION,
        }

    def of(self, document_id: str) -> "Place":
        return replace(self, document_id=document_id)


def at(place: Place) -> Document | None:
    return Document.objects.filter(**place.columns, document_id=place.document_id).first()


def ids_at(place: Place, *, since: datetime | None) -> list[str]:
    """The ids of the documents of a place, changed after `since`. Without a registration those of all of them."""
    return list(around(place, since=since).order_by("document_id").values_list("document_id", flat=True).distinct())


def around(place: Place, *, since: datetime | None = None) -> QuerySet[Document]:
    """All documents of a place; of all registrations where it names none."""
    columns = place.columns
    if place.registration is None:
        del columns["registration"]
    rows = Document.objects.filter(**columns)
    return rows.filter(updated_at__gt=since) if since is not None else rows
