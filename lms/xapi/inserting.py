"""Writes what a batch adds to the tables of the store, the way each database likes it best.

PostgreSQL takes all of it in one command of arrays, SQLite row by row. Rows of each table come in the order of their keys, so
that batches which meet wait for each other and never block each other. Nothing is written twice.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from operator import attrgetter, itemgetter
from typing import Any, NamedTuple, Self, TypeAlias, cast
from uuid import UUID

import psycopg
from django.db import connection
from django.db.backends.utils import CursorWrapper

from lms.xapi.models import Statement, StatementLink

Line: TypeAlias = tuple[Any, ...]


@dataclass(slots=True)
class Row:
    """A statement to be stored, in the order of its columns: the model's fields without its costs."""

    seq: int
    id: UUID
    stored: datetime
    timestamp: datetime
    body: str
    digest: str
    actor: int
    verb: int
    object: int
    registration: UUID | None
    version: str
    credential_id: int | None
    voids: UUID | None
    is_voided: bool = False


@dataclass(frozen=True, eq=False)
class _Table:
    name: str
    columns: dict[str, str]  # with PostgreSQL's types
    once: str = ""  # the column that tells whether a row is there already, empty: any that is unique

    @property
    def names(self) -> str:
        return ", ".join(self.columns)


STATEMENTS = _Table(
    "xapi_statement",
    {
        "seq": "bigint",
        "id": "uuid",
        "stored": "timestamptz",
        "timestamp": "timestamptz",
        "body": "text",
        "digest": "text",
        "actor": "bigint",
        "verb": "bigint",
        "object": "bigint",
        "registration": "uuid",
        "version": "text",
        "credential_id": "bigint",
        "voids": "uuid",
        "is_voided": "boolean",
    },
    "(id)",
)
LINKS = _Table("xapi_statementlink", {"key": "bigint", "part": "smallint", "seq": "bigint"})
AGENTS = _Table("xapi_agent", {"key": "bigint", "identifier": "text"})
ACTIVITIES = _Table("xapi_activity", {"key": "bigint", "identifier": "text"})
DEFINITIONS = _Table("xapi_definition", {"activity": "bigint", "digest": "bigint", "body": "text"})
LINES_AT_ONCE = 10_000


class Additions(NamedTuple):
    """Rows by table, each in the order of its columns."""

    statements: Sequence[Row]
    links: Sequence[Line]
    agents: Iterable[Line] = ()
    activities: Iterable[Line] = ()
    definitions: Iterable[Line] = ()


class Sought(NamedTuple):
    """What may have been waiting for the new statements."""

    ids: list[UUID]
    keys: list[int]  # by which who refers to them is found
    credential: int


class Inserted(NamedTuple):
    new: int  # how many of the statements were not there before
    voided: Sequence[UUID | None] = ()  # which of them a statement of the same client voids that came earlier
    referring: Sequence[tuple[int, int]] = ()  # key of one of them, number of a statement that refers to it


def insert(new: Additions, sought: Sought | None = None) -> Inserted:
    """Inserts the rows, within the caller's transaction, and looks for what had come before them."""
    lines = {
        STATEMENTS: sorted(map(attrgetter(*STATEMENTS.columns), new.statements), key=itemgetter(1)),
        LINKS: sorted(new.links),
        AGENTS: sorted(new.agents),
        ACTIVITIES: sorted(new.activities),
        DEFINITIONS: sorted(new.definitions),
    }
    if connection.vendor == "postgresql":
        return _insert_arrays({table: rows for table, rows in lines.items() if rows}, sought)
    count, *_ = [_insert_lines(table, rows) for table, rows in lines.items()]
    if sought is None:
        return Inserted(count)
    # SQLite, too, would rather read all that a client ever sent, believing it to be little: so the client is compared here.
    voiding = Statement.objects.filter(voids__in=sought.ids).values_list("voids", "credential_id")
    referring = StatementLink.objects.filter(key__in=sought.keys, part=StatementLink.Part.DIRECT).values_list("key", "seq")
    return Inserted(count, [voided for voided, client in voiding if client == sought.credential], list(referring))


def insert_links(links: Iterable[Line]) -> None:
    """Inserts further links of statements that are there."""
    lines = sorted(links)
    if connection.vendor == "postgresql":
        _execute(_of_arrays(LINKS), _arrays(LINKS, lines))
    else:
        _insert_lines(LINKS, lines)


def _insert_arrays(given: dict[_Table, list[Line]], sought: Sought | None) -> Inserted:
    beside = ", ".join(f"to_{table.name} AS ({_of_arrays(table)})" for table in given if table is not STATEMENTS)
    values: list[Any] = [array for table, rows in given.items() for array in _arrays(table, rows)]
    found = "(SELECT count(*) FROM new)"
    if sought is not None:
        found += SOUGHT
        values += [sought.ids, sought.credential, sought.keys]
    row = _execute(f"WITH new AS ({_of_arrays(STATEMENTS)} RETURNING 1), {beside} SELECT {found}", values)
    if sought is None:
        return Inserted(row[0])
    count, voided, keys, numbers = row
    return Inserted(count, voided or [], list(zip(keys or [], numbers or [], strict=True)))


# The sum keeps PostgreSQL from the index of what a client sent.
SOUGHT = """,
    (SELECT array_agg(voids) FROM xapi_statement WHERE voids = ANY(%b::uuid[]) AND credential_id + 0 = %b::bigint),
    referring.keys, referring.numbers
    FROM (
        SELECT array_agg(key) AS keys, array_agg(seq) AS numbers
        FROM xapi_statementlink WHERE key = ANY(%b::bigint[]) AND part = 0
    ) AS referring"""


def _of_arrays(table: _Table) -> str:
    arrays = ", ".join(f"%b::{kind}[]" for kind in table.columns.values())
    return f"INSERT INTO {table.name} ({table.names}) SELECT * FROM unnest({arrays}) ON CONFLICT {table.once} DO NOTHING"


def _arrays(table: _Table, lines: Sequence[Line]) -> list[list[Any]]:
    return [list(column) for column in zip(*lines, strict=True)] if lines else [[] for _ in table.columns]


class _ArrayCursor(psycopg.Cursor):
    """Django's own cursors put values into the text of a command. Arrays are better sent in binary form, and the command, which
    is always the same, planned once."""

    def execute(self, query: Any, params: Any = None, **options: Any) -> Self:
        return super().execute(query, params, **options, prepare=True)


def _execute(command: str, arrays: Sequence[Any]) -> Any:
    connection.ensure_connection()
    prepare = connection.make_debug_cursor if connection.queries_logged else connection.make_cursor
    with prepare(cast(CursorWrapper, _ArrayCursor(connection.connection))) as cursor:
        cursor.execute(command, arrays)
        return cursor.fetchone() if cursor.description else None


def _insert_lines(table: _Table, lines: Sequence[Line]) -> int:
    marks = ", ".join(["%s"] * len(table.columns))
    command = f"INSERT INTO {table.name} ({table.names}) VALUES ({marks}) ON CONFLICT {table.once} DO NOTHING"
    waiting, count = ([_of_sqlite(value) for value in line] for line in lines), 0
    with connection.cursor() as cursor:
        while chunk := list(islice(waiting, LINES_AT_ONCE)):
            cursor.executemany(command, chunk)
            count += cursor.rowcount
    return count


def _of_sqlite(value: Any) -> Any:
    """As Django keeps it there."""
    if isinstance(value, UUID):
        return value.hex
    return connection.ops.adapt_datetimefield_value(value) if isinstance(value, datetime) else value
