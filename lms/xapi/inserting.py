"""Writes what a batch adds to the tables of the store, the way each database likes it best.

PostgreSQL takes all of it in one command of arrays, SQLite row by row. Rows of each table come in the order of their keys, so
that batches which meet wait for each other and never block each other. Nothing is written twice.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, NamedTuple, TypeAlias
from uuid import UUID

import psycopg
from django.db import connection

Line: TypeAlias = tuple[Any, ...]


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

    statements: Sequence[Line]
    links: Sequence[Line]
    agents: Iterable[Line] = ()
    activities: Iterable[Line] = ()
    definitions: Iterable[Line] = ()


def insert(new: Additions) -> int:
    """Inserts the rows, within the caller's transaction. Returns how many of the statements were not there before."""
    lines = {
        STATEMENTS: sorted(new.statements, key=lambda line: line[1]),
        LINKS: sorted(new.links),
        AGENTS: sorted(new.agents),
        ACTIVITIES: sorted(new.activities),
        DEFINITIONS: sorted(new.definitions),
    }
    if connection.vendor == "postgresql":
        return _insert_arrays(lines)
    return [_insert_lines(table, rows) for table, rows in lines.items()][0]


def insert_links(links: Iterable[Line]) -> None:
    """Inserts further links of statements that are there."""
    lines = sorted(links)
    if connection.vendor == "postgresql":
        _execute(_of_arrays(LINKS), _arrays(LINKS, lines))
    else:
        _insert_lines(LINKS, lines)


def _insert_arrays(lines: dict[_Table, list[Line]]) -> int:
    given = {table: rows for table, rows in lines.items() if rows}
    beside = ", ".join(f"to_{table.name} AS ({_of_arrays(table)})" for table in given if table is not STATEMENTS)
    command = f"WITH new AS ({_of_arrays(STATEMENTS)} RETURNING 1), {beside} SELECT count(*) FROM new"
    return _execute(command, [array for table, rows in given.items() for array in _arrays(table, rows)])


def _of_arrays(table: _Table) -> str:
    arrays = ", ".join(f"%b::{kind}[]" for kind in table.columns.values())
    return f"INSERT INTO {table.name} ({table.names}) SELECT * FROM unnest({arrays}) ON CONFLICT {table.once} DO NOTHING"


def _arrays(table: _Table, lines: Sequence[Line]) -> list[list[Any]]:
    return [list(column) for column in zip(*lines, strict=True)] if lines else [[] for _ in table.columns]


def _execute(command: str, arrays: Sequence[list[Any]]) -> int:
    """Django's own cursors put values into the text of a command; arrays of thousands want to be sent in binary form."""
    connection.ensure_connection()
    prepare = connection.make_debug_cursor if connection.queries_logged else connection.make_cursor
    with prepare(psycopg.Cursor(connection.connection)) as cursor:
        cursor.execute(command, arrays)
        row = cursor.fetchone() if cursor.description else None
        return row[0] if row else 0


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
