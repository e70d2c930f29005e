"""Reads state and profile documents (Communication 2.2)."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import QuerySet

from lms.xapi import admission, identifiers
from lms.xapi.models import Activity, Agent, Document
from lms.xapi.models.documents import LONGEST_CONTENT_TYPE, LONGEST_ID, NO_REGISTRATION, NOBODY
from lms.xapi.refusals import Refused
from lms.xapi.rules import Finding

Kind = Document.Kind
RULE = "xAPI 1.0.3 Communication 2.2"

__all__ = ["LONGEST_CONTENT_TYPE", "LONGEST_ID", "Kind", "Shelf", "ids", "new_names", "of_agents", "on", "one", "rows"]


class Shelf(NamedTuple):
    """Where documents lie together: by what they are about, each as it was named."""

    kind: Kind
    activity: str | None = None  # IRI
    agent: str | None = None  # identifier
    registration: UUID | None = None

    @property
    def activity_key(self) -> int:
        return NOBODY if self.activity is None else identifiers.key(identifiers.activity_identifier(self.activity))

    @property
    def agent_key(self) -> int:
        return NOBODY if self.agent is None else identifiers.key(self.agent)


def one(shelf: Shelf, document_id: str) -> Document | None:
    """The document of this id; one without registration is another than one with. Raises Refused as `new_names` does."""
    return None if new_names(shelf) else rows(shelf, document_id).first()


def ids(shelf: Shelf, *, since: datetime | None) -> list[str]:
    """Ids of the shelf's documents, of any registration where it names none, changed later than `since`; the oldest
    change first, each once. Raises Refused as `new_names` does."""
    if new_names(shelf):
        return []
    found = on(shelf) if since is None else on(shelf).filter(updated_at__gt=since)
    return list(dict.fromkeys(found.order_by("updated_at", "pk").values_list("document_id", flat=True)))


def of_agents(names: Collection[str]) -> QuerySet[Document]:
    """Every document that is kept about who goes by one of these identifiers, the oldest first."""
    return Document.objects.filter(agent__in=[identifiers.key(name) for name in names]).order_by("updated_at", "pk")


def on(shelf: Shelf) -> QuerySet[Document]:
    """All documents of the shelf, of any registration where it names none."""
    found = Document.objects.filter(kind=shelf.kind, activity=shelf.activity_key, agent=shelf.agent_key)
    return found if shelf.registration is None else found.filter(registration=shelf.registration)


def rows(shelf: Shelf, document_id: str) -> QuerySet[Document]:
    """The one document of this id, or none."""
    return on(shelf).filter(registration=shelf.registration or NO_REGISTRATION, document_id=document_id)


def new_names(shelf: Shelf) -> list[Agent | Activity]:
    """Rows for whom of agent and activity the store has not heard of yet: then there are no documents either.

    Documents are found by 64-bit keys, so a name whose key is another's would find the other's documents: Raises
    Refused for such a name, and for one that is too long to be kept.
    """
    found: list[Agent | Activity] = []
    for model, name, key, said in (
        (Agent, shelf.agent, shelf.agent_key, "agent"),
        (Activity, shelf.activity, shelf.activity_key, "activityId"),
    ):
        if name is None:
            continue
        if len(name.encode()) > admission.LONGEST_IDENTIFIER:
            finding = f"{said} names something by more than {admission.LONGEST_IDENTIFIER} bytes. Shorten it."
            raise Refused(Finding(f"?{said}", finding, RULE))
        known = model.objects.filter(pk=key).values_list("identifier", flat=True).first()
        if known is None:
            found.append(model(key=key, identifier=name))
        elif known != name:
            raise Refused(Finding(f"?{said}", f"This store cannot keep {said} apart from another. Choose another name.", RULE))
    return found
