"""Statements that were stored on a day gone by."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db.models import Max

from lms.xapi import sequencing, storing
from lms.xapi.models import Statement, StatementLink

LEA = {"objectType": "Agent", "account": {"homePage": "https://learn.test/xapi", "name": "4711"}}
ADL = "http://adlnet.gov/expapi/"


def said(verb: str = "experienced", about: str = "https://learn.example.org/courses/1", kind: str = "course") -> dict:
    definition = {"type": f"{ADL}activities/{kind}"}
    return {
        "id": str(uuid4()),
        "actor": LEA,
        "verb": {"id": f"{ADL}verbs/{verb}"},
        "object": {"objectType": "Activity", "id": about, "definition": definition},
    }


def voiding(target) -> dict:
    return {**said("voided"), "object": {"objectType": "StatementRef", "id": str(target)}}


def record(*statements: dict, at: datetime | None = None) -> list[UUID]:
    """Records statements of our own pages, as if it had been then."""
    ids = storing.record(statements)
    if at is not None:
        for statement_id in ids:
            move(statement_id, at)
    return ids


def move(statement_id: UUID, at: datetime) -> None:
    row = Statement.objects.get(id=statement_id)
    now, then = (f"{moment.isoformat(timespec='milliseconds')[:-6]}Z" for moment in (row.stored, at))
    first = sequencing.first_number(at)
    of_then = Statement.objects.filter(seq__gte=first, seq__lt=sequencing.first_number(at + timedelta(milliseconds=1)))
    last = of_then.aggregate(last=Max("seq"))["last"]
    seq = first if last is None else last + 1
    StatementLink.objects.filter(seq=row.seq).update(seq=seq)  # else nothing would be found by what it names
    Statement.objects.filter(pk=row.pk).update(
        seq=seq,
        stored=at,
        timestamp=at if row.timestamp == row.stored else min(row.timestamp, at),
        body=row.body.replace(now, then),
    )
