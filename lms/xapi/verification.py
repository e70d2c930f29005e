"""What the daily seals say, and whether the rows still agree with them.

A seal is SHA-256 over the seal of the day before, the day, and the id and the SHA-256 of the body of each statement stored on
that day in UTC, in the order of storing. Who voided a statement is no part of it, since that changes.

A seal knows a body by its hash alone. Where a person was taken out of a statement (`erasing`), the hash of the body as it was is
kept and gives the same seal, and the hash of what stands there since says whether that was changed. Only statements that decide
nothing (ERASABLE) are ever erased: a mark on any other is a fault.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from lms.xapi import columns, queries, sequencing
from lms.xapi.models import Credential, ErasedStatement, Seal, Statement
from lms.xapi.rules import instant

DAY = timedelta(days=1)
FIRST = ""  # stands for the seal before the first one
# Verbs of statements that decide no completion.
ERASABLE = ("http://adlnet.gov/expapi/verbs/answered", "http://adlnet.gov/expapi/verbs/experienced")


@dataclass(frozen=True)
class Sealed:
    """What a seal says of its day."""

    count: int
    digest: str


class Fault(NamedTuple):
    day: date
    what: str


def first_of(day: date) -> int:
    """The smallest number of a statement stored on a day in UTC."""
    return sequencing.first_number(datetime.combine(day, time.min, UTC))


def day_of(seq: int) -> date:
    return sequencing.moment_of(seq).date()


def seal_of(day: date, previous: str, chunks: Iterable[Collection[Statement]]) -> Sealed:
    """The seal of a day's statements, which come in the order of storing, after the seal `previous`."""
    found, count = hashlib.sha256(f"{previous}\n{day}\n".encode()), 0
    for chunk in chunks:
        erased = _erased(chunk)
        for statement in chunk:
            was = erased[statement.seq].was_sha256 if statement.seq in erased else _hash(statement)
            found.update(f"{statement.id} {was}\n".encode())
        count += len(chunk)
    return Sealed(count, found.hexdigest())


def chain() -> dict[date, Sealed]:
    """All seals, the oldest first."""
    return {
        day: Sealed(count, digest) for day, count, digest in Seal.objects.order_by("day").values_list("day", "count", "digest")
    }


def complete_days() -> tuple[date, date] | None:
    """The first and the last day on which a seal is due by now: the first is that of the first statement. None: there is none."""
    first = Statement.objects.order_by("seq").values_list("seq", flat=True).first()
    last = sequencing.consistent_through().date() - DAY
    return (day_of(first), last) if first is not None and day_of(first) <= last else None


def days_without_seal() -> int:
    """How many days at the end of the chain are complete and not sealed yet."""
    due = complete_days()
    newest = Seal.objects.order_by("-day").values_list("day", flat=True).first()
    if due is None:
        return 0
    begin = due[0] if newest is None else newest + DAY
    return max(0, (due[1] - begin).days + 1)


def faults(copy: Mapping[date, Sealed] | None = None) -> Iterator[Fault]:
    """Everything in which rows and seals disagree, by day.

    `copy` is what was kept elsewhere: where it knows a day, it counts, so that somebody who wrote new seals for what she
    changed is found.
    """
    kept = chain()
    trusted = kept | dict(copy or {})
    end = sequencing.first_number(sequencing.consistent_through() + sequencing.MILLISECOND)
    rest = None
    if trusted:
        first, last = min(trusted), max(trusted)
        rest = first_of(last + DAY)
        for row in queries.in_order(None, first_of(first), "id"):
            yield Fault(day_of(row.seq), f"Statement {row.id} is older than the first seal.")
        for day in (first + number * DAY for number in range((last - first).days + 1)):
            yield from _faults_of(day, trusted.get(day), FIRST if day == first else _digest(trusted, day - DAY))
        yield from _faults_of_seals(kept, copy or {})
    for chunk in queries.chunks_in_order(rest, end):
        yield from _faults_of_rows(chunk)


def _digest(seals: Mapping[date, Sealed], day: date) -> str | None:
    return seals[day].digest if day in seals else None


def _faults_of(day: date, sealed: Sealed | None, previous: str | None) -> Iterator[Fault]:
    misfits: list[Fault] = []
    found = seal_of(day, previous or "", _noting(queries.chunks_in_order(first_of(day), first_of(day + DAY)), misfits))
    yield from misfits
    if sealed is None:
        yield Fault(day, "This day has no seal.")
    elif previous is not None and found != sealed:
        said = f"What was stored on this day is not what was sealed: {sealed.count} statements then, {found.count} now."
        yield Fault(day, said)


def _faults_of_seals(kept: Mapping[date, Sealed], copy: Mapping[date, Sealed]) -> Iterator[Fault]:
    """Once one is another, all that follow are."""
    others = [day for day, sealed in copy.items() if kept.get(day) != sealed]
    if others:
        yield Fault(min(others), f"{len(others)} seals from this day on are not those of the copy.")


def _hash(statement: Statement) -> str:
    return hashlib.sha256(statement.body.encode()).hexdigest()


def _erased(rows: Collection[Statement]) -> dict[int, ErasedStatement]:
    return ErasedStatement.objects.in_bulk([row.seq for row in rows])


def _noting(chunks: Iterable[list[Statement]], found: list[Fault]) -> Iterator[list[Statement]]:
    """The rows; what is wrong with them is added to `found`."""
    for chunk in chunks:
        found += _faults_of_rows(chunk)
        yield chunk


def _faults_of_rows(rows: list[Statement]) -> Iterator[Fault]:
    clients = Credential.objects.in_bulk({row.credential_id for row in rows if row.credential_id is not None})
    voiding = defaultdict(list)
    for other in Statement.objects.filter(voids__in=[row.id for row in rows]).only("voids", "stored", "credential_id"):
        voiding[other.voids].append(other)
    erased, erasable = _erased(rows), queries.verb_keys(ERASABLE)
    for row in rows:
        mark = erased.get(row.seq)
        if mark is not None and row.verb not in erasable:
            yield Fault(day_of(row.seq), f"Statement {row.id} is marked as erased, which none with its verb ever is.")
        elif mark is not None and mark.now_sha256 != _hash(row):
            yield Fault(day_of(row.seq), f"Statement {row.id} was changed after its person was erased.")
        wrong = _wrong_columns(row, clients.get(row.credential_id))
        if wrong:
            yield Fault(day_of(row.seq), f"Statement {row.id}: its body says otherwise than its {', '.join(wrong)}.")
        if _is_marked_wrongly(row, voiding[row.id]):
            yield Fault(day_of(row.seq), f"Statement {row.id}: is_voided does not follow from what voids it.")


def _wrong_columns(row: Statement, client: Credential | None) -> list[str]:
    """The columns that do not follow from the body, or from one another."""
    try:
        statement = json.loads(row.body)
        wanted = columns.columns_of(statement, instant(statement["stored"]) or row.stored)
        is_theirs = statement["authority"]["account"]["name"] == queries.authority_name(client)
    except (ValueError, KeyError, TypeError, AttributeError):
        return ["being a statement"]
    wrong = [name for name, value in wanted.items() if getattr(row, name) != value]
    if sequencing.moment_of(row.seq) != sequencing.moment_of(sequencing.first_number(row.stored)):
        wrong.append("seq")
    return wrong if is_theirs and (client is None) == (row.credential_id is None) else [*wrong, "credential"]


def _is_marked_wrongly(row: Statement, others: list[Statement]) -> bool:
    """`others` void it, and were read after it."""
    is_voided = row.voids is None and any(_reaches(other, row) for other in others)
    if row.is_voided == is_voided:
        return False
    # A statement that came between the two reads marked in its own transaction what it voids.
    return Statement.objects.filter(pk=row.pk, is_voided=not is_voided).exists()


def _reaches(other: Statement, row: Statement) -> bool:
    """A client voids what it wrote, whichever comes first; our own pages void what is there (see storing)."""
    if other.credential_id is None:
        return row.stored <= other.stored
    return row.credential_id == other.credential_id
