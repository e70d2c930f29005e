"""What a list costs at the server, at its beginning and deep in it, and how fast its rows become a file.

The rows lie there already: a living sheet of many people, and somebody who may see them all.
"""

import gc
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from lms.people.models import User
from lms.reports import files, listings, producing
from lms.reports.listings import Found, Listing
from tests.benchmarks.pages import milliseconds
from tests.benchmarks.rows import Row

LIMIT = {"postgresql": 60, "sqlite": 150}  # ms
MOST_QUERIES = 12
MOST_XLSX = 100_000  # rows
COLUMNS = (
    "number",
    "name",
    "structure",
    "station",
    "function",
    "contract",
    "course",
    "strength",
    "state",
    "due",
    "completed",
    "valid",
)
STATUS, PEAK = Path("/proc/self/status"), Path("/proc/self/clear_refs")
SORTS = ("name", "-due", "state", "completed", "-valid")


def measure(reader: User) -> Iterator[Row]:
    client = Client()
    client.force_login(reader)
    for sort in SORTS:
        yield from _pages(client, reader, sort)
    yield from _csv(reader)
    yield _xlsx(reader)


def _pages(client: Client, reader: User, sort: str) -> Iterator[Row]:
    """The first page, and the one before the last, reached from the other end."""
    other_end = sort.removeprefix("-") if sort.startswith("-") else f"-{sort}"
    last = _found(reader, Listing(sort=other_end)).page(None, is_back=False).after
    for place, address in (("first", f"?sort={sort}"), ("deep", f"?sort={sort}&before={last}")):

        def act(address: str = address) -> None:
            assert client.get(f"/reports/list/{address}").status_code == 200

        with CaptureQueriesContext(connection) as queries:
            act()
        asked = len(queries)
        name = f"list by {sort}, {place} page"
        yield Row(name, connection.vendor, milliseconds(act, times=10), "ms", "limit", LIMIT[connection.vendor])
        yield Row(name, connection.vendor, asked, "queries", "limit", MOST_QUERIES)


def _csv(reader: User) -> Iterator[Row]:
    found = _found(reader, Listing(columns=COLUMNS))
    count = found.rows.order_by().count()
    gc.collect()
    PEAK.write_text("5")  # forget the peak so far
    before = _megabytes("VmRSS")
    begun = time.perf_counter()
    with tempfile.TemporaryFile() as out:
        producing.write(found, "csv", out)
    speed = round(count / (time.perf_counter() - begun))
    name = f"CSV of {count:,} rows"
    more = _megabytes("VmHWM") - before
    yield Row(name, connection.vendor, speed, "rows/s", "goal", 60_000)
    yield Row(f"{name}, on top of the process", connection.vendor, more, "MB", "limit", 200)
    if connection.vendor == "postgresql":
        yield Row(name, connection.vendor, speed, "rows/s", "bare COPY", _copied(found, count))


def _megabytes(what: str) -> int:
    return next(int(line.split()[1]) for line in STATUS.read_text().splitlines() if line.startswith(what)) // 1024


def _copied(found: Found, count: int) -> int:
    rows = found.order.sorted(found.rows).values_list(*(column.field for column in found.columns))
    sql, values = rows.query.sql_with_params()
    begun = time.perf_counter()
    copying = f"COPY ({sql}) TO STDOUT (FORMAT csv)"
    with connection.cursor() as cursor, tempfile.TemporaryFile() as out, cursor.copy(copying, values) as copy:
        for block in copy:
            out.write(block)
    return round(count / (time.perf_counter() - begun))


def _xlsx(reader: User) -> Row:
    found = _found(reader, Listing(columns=COLUMNS))
    count = min(MOST_XLSX, found.rows.order_by().count())
    begun = time.perf_counter()
    with tempfile.TemporaryFile() as out:
        files.write_xlsx(out, found.head(), islice(found.lines(), count))
    return Row(f"XLSX of {count:,} rows", connection.vendor, round(time.perf_counter() - begun, 1), "s", "limit", 15)


def _found(reader: User, listing: Listing) -> Found:
    return Found(reader, listing, listings.sheet_of(listing, reader), action="X")
