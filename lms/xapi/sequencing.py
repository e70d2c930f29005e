"""Draws the moment and the numbers of what is being stored, and tells how far reading is complete.

PostgreSQL: `stored` is older than its commit, so a reader could see a later statement and miss an earlier one that is not
committed yet. A writer therefore locks the clock's reading before it draws `stored`, and a reader takes the clock first and
then looks for the oldest lock: what is older than both is all there. The database's clock is the only one that counts.

SQLite: there is one writer, who draws `stored` inside his transaction. A reader who could take his place knows that nobody
is writing.
"""

import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from django.db import OperationalError, connection
from django.db.models import Max
from django.utils import timezone

from lms.xapi.models import Statement

TICK_BITS = 21
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)
# Advisory locks. By clock: one 64-bit key, this number in the bits above the milliseconds.
WRITERS = 0x585 << 42
# By turn: two 32-bit keys.
TURNS = "2017546313, 0"

CLOCK = "floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint"
_LOCKED = f"""
    SELECT clock, (
        SELECT min((classid::bigint << 32 | objid::bigint) - {WRITERS}) FROM pg_locks
        WHERE locktype = 'advisory' AND objsubid = 1 AND pid <> pg_backend_pid()
          AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
          AND classid::bigint >> 10 = {WRITERS >> 42} AND clock IS NOT NULL
    )
    FROM (SELECT {CLOCK} AS clock OFFSET 0) AS now
"""


class Drawn(NamedTuple):
    stored: datetime  # to the millisecond, as it is written in the statements (Data 4.5)
    numbers: Sequence[int]  # ascending


def draw(count: int, *, waits: bool = False, takes_turns: bool = True) -> Drawn:
    """The moment of storing and as many numbers, within a transaction that writes.

    A statement and one that refers to it, stored at once, would not see each other: whoever refers to others `waits` until
    nobody else who takes turns is storing, and they wait for her. SQLite has one writer anyway.
    """
    if connection.vendor == "postgresql":
        turn = f"pg_advisory_xact_lock{'' if waits else '_shared'}({TURNS})" if takes_turns else "true"
        with connection.cursor() as cursor:
            cursor.execute(
                f"WITH held AS MATERIALIZED (SELECT {turn}, pg_advisory_xact_lock_shared({WRITERS} + {CLOCK}))"
                f" SELECT {CLOCK}, nextval('xapi_tick') FROM held, generate_series(1, {count:d})"
            )
            drawn = cursor.fetchall()
        millisecond = drawn[0][0]
        return Drawn(_moment(millisecond), sorted((millisecond << TICK_BITS) + tick for _, tick in drawn))
    last = Statement.objects.aggregate(last=Max("seq"))["last"] or 0
    first = max(first_number(_clock()), last + 1)
    return Drawn(_moment(first >> TICK_BITS), range(first, first + count))


def consistent_through() -> datetime:
    """Everything stored up to this moment can be read by now (Communication 2.1.3). Ask before reading."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(_LOCKED)
            clock, oldest = cursor.fetchone()
        return _moment(min(clock, oldest if oldest is not None else clock) - 1)
    now = _clock()
    if connection.in_atomic_block or _nobody_writes():
        return now - MILLISECOND
    last = Statement.objects.aggregate(last=Max("seq"))["last"] or 0
    return _moment((last >> TICK_BITS) - 1)


def lately_consistent_through() -> datetime:
    """The same as this process knew it within the last second: what was complete then is complete now."""
    name = str(connection.settings_dict["NAME"])
    asked_at, known = _known.get(name, (0.0, EPOCH))
    now = time.monotonic()
    if now - asked_at > 1:
        known = max(known, consistent_through())
        _known[name] = (now, known)
    return known


_known: dict[str, tuple[float, datetime]] = {}  # by database


def first_number(moment: datetime) -> int:
    """The smallest number of a statement stored in this millisecond."""
    return (moment - EPOCH) // MILLISECOND << TICK_BITS


def moment_of(number: int) -> datetime:
    """When the statement of this number was stored."""
    return _moment(number >> TICK_BITS)


def _nobody_writes() -> bool:
    with connection.cursor() as cursor:
        waits = cursor.execute("PRAGMA busy_timeout").fetchone()[0]
        cursor.execute("PRAGMA busy_timeout = 0")
        try:
            cursor.execute("BEGIN IMMEDIATE")
            cursor.execute("ROLLBACK")
        except OperationalError:
            return False
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {waits}")
    return True


def _clock() -> datetime:
    now = timezone.now()
    return now.replace(microsecond=now.microsecond // 1000 * 1000)


def _moment(milliseconds: int) -> datetime:
    return EPOCH + milliseconds * MILLISECOND
