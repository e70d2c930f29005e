"""Takes the person out of statements that decide nothing any more: a random account stands in her place, the registration goes.

What was said stays, so that counts stay right. The seal of the day goes on being right, too: it knows a body by its hash alone,
and that of the body as it was is kept (`verification`).
"""

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.core.files.storage import storages
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from lms.xapi import columns, identifiers, inserting, queries, sequencing
from lms.xapi.models import Agent, Attachment, AttachmentUse, Document, ErasedStatement, Statement, StatementLink
from lms.xapi.texts import Received, filled
from lms.xapi.verification import ERASABLE

AT_ONCE = 200  # statements of one transaction


def due(*, before: datetime, person: Collection[str] | None = None) -> QuerySet[Statement]:
    """Statements stored before that moment that may lose their person and have not: of these identifiers, or of everybody."""
    rows = Statement.objects.filter(
        ~Exists(ErasedStatement.objects.filter(seq=OuterRef("seq"))),
        verb__in=queries.verb_keys(ERASABLE),
        seq__lt=sequencing.first_number(before),
    )
    if person is None:
        return rows
    keys = [identifiers.key(one) for one in person]
    links = StatementLink.objects.filter(key__in=keys, part=StatementLink.Part.DIRECT)
    return rows.filter(seq__in=links.values("seq"), actor__in=keys)


def documents_due(*, before: datetime, person: Collection[str] | None = None) -> QuerySet[Document]:
    """The same of documents that lead to somebody: of a learner's state, and her profiles."""
    rows = Document.objects.filter(kind__in=[Document.Kind.STATE, Document.Kind.AGENT_PROFILE], updated_at__lt=before)
    return rows if person is None else rows.filter(agent__in=[identifiers.key(one) for one in person])


def outside(registrations: Collection[UUID]) -> Q:
    """What was not said in one of these registrations."""
    return Q(registration__isnull=True) | ~Q(registration__in=list(registrations))


def erase(rows: QuerySet[Statement]) -> int:
    """Erases the person in these rows, which are among those due. Returns how many.

    Safe to repeat and to stop at any point: each few statements are a transaction of their own.
    """
    count = 0
    while some := _erase_some(rows):
        count += some
    return count


def forget_documents(rows: QuerySet[Document]) -> int:
    """And the addresses by which nothing but these knew somebody. Returns how many went. Safe to repeat."""
    with transaction.atomic():
        agents = set(rows.values_list("agent", flat=True))
        gone = rows.delete()[0]
        _forget_agents(agents)
    return gone


def _erase_some(rows: QuerySet[Statement]) -> int:
    with transaction.atomic():
        chunk = list(rows.select_for_update(of=("self",)).order_by("seq")[:AT_ONCE])
        changed = [_changed(row) for row in chunk]
        Statement.objects.bulk_update([new for new, _gone in changed], ["body", "digest", "actor", "registration"])
        now = timezone.now()
        ErasedStatement.objects.bulk_create(
            [
                ErasedStatement(seq=row.seq, was_sha256=_hash(row.body), now_sha256=_hash(new.body), erased_at=now)
                for row, (new, _gone) in zip(chunk, changed, strict=True)
            ]
        )
        for new, gone in changed:
            _forget_links([new.seq], gone)
            _forget_links(_referring(new.id), gone)
        inserting.insert_links({(new.actor, StatementLink.Part.DIRECT.value, new.seq) for new, _gone in changed})
        _forget_agents({row.actor for row in chunk})
        _forget_attachments([row.seq for row in chunk])
    return len(chunk)


def _changed(row: Statement) -> tuple[Statement, set[int]]:
    """The row as it will be, and the keys by which it is not found any more."""
    was = json.loads(row.body)
    actor = {"objectType": "Agent", "account": {"homePage": settings.XAPI_BASE_IRI, "name": str(uuid4())}}
    members: dict[str, Any] = {"actor": actor}
    if "registration" in was.get("context", {}):
        members["context"] = {name: value for name, value in was["context"].items() if name != "registration"}
    body = filled(Received(row.body, was), members)
    wanted = columns.columns_of(body.value, row.stored)
    new = Statement(pk=row.seq, id=row.id, body=body.text)
    for name in ("digest", "actor", "registration"):
        setattr(new, name, wanted[name])
    return new, {*identifiers.finding_keys(was)} - {*identifiers.finding_keys(body.value)}


def _referring(statement: UUID) -> list[int]:
    """The numbers of statements that are found by whatever finds this one."""
    key = identifiers.key(identifiers.statement_identifier(str(statement)))
    return list(StatementLink.objects.filter(key=key).values_list("seq", flat=True))


def _forget_links(seqs: Sequence[int], gone: Collection[int]) -> None:
    """Whoever refers to the statement and names the person herself is found by her as before."""
    for row in Statement.objects.filter(seq__in=seqs).only("seq", "body"):
        own = {*identifiers.finding_keys(json.loads(row.body))}
        StatementLink.objects.filter(seq=row.seq, key__in={*gone} - own).delete()


def _forget_agents(keys: Collection[int]) -> None:
    """Identifiers that nothing names any more, such as an address that a client sent; pseudonyms of ours tell nothing."""
    linked = StatementLink.objects.filter(key=OuterRef("key"))
    documents = Document.objects.filter(agent=OuterRef("key"))
    ours = f'account:["{settings.XAPI_BASE_IRI}"'
    unused = Agent.objects.filter(~Exists(linked), ~Exists(documents), key__in=keys).exclude(identifier__startswith=ours)
    unused.delete()


def _forget_attachments(seqs: Collection[int]) -> None:
    uses = AttachmentUse.objects.filter(statement__in=seqs)
    kept = {use.attachment_id for use in uses}
    uses.delete()
    unused = Attachment.objects.filter(~Exists(AttachmentUse.objects.filter(attachment=OuterRef("pk"))), pk__in=kept)
    files = list(unused.values_list("sha2", "file"))
    unused.delete()
    transaction.on_commit(lambda: _delete_files(files))


def _delete_files(files: Iterable[tuple[str, str]]) -> None:
    """Unless somebody sent the same content meanwhile."""
    for sha2, name in files:
        if not Attachment.objects.filter(sha2=sha2).exists():
            storages["private"].delete(name)


def last_numbers(registrations: Collection[UUID]) -> Mapping[UUID, int]:
    """The number of the last statement of each of these registrations."""
    keys = {identifiers.key(identifiers.registration_identifier(str(one))): one for one in registrations}
    found: dict[UUID, int] = {}
    for key, seq in _links_of(list(keys)):
        found[keys[key]] = max(seq, found.get(keys[key], 0))
    return found


def _links_of(keys: Sequence[int]) -> Iterator[tuple[int, int]]:
    for first in range(0, len(keys), AT_ONCE):
        some = StatementLink.objects.filter(key__in=keys[first : first + AT_ONCE], part=StatementLink.Part.DIRECT)
        yield from some.values_list("key", "seq")


def _hash(body: str) -> str:
    return hashlib.sha256(body.encode()).hexdigest()
