"""The record store under load: real HTTP against the production server, beside bare driver code on the same tables."""

import base64
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from random import Random
from urllib.parse import quote
from uuid import UUID, uuid4

from django.db import connection, transaction
from django.utils import timezone

from lms.xapi import granting, inserting, sequencing, storing, texts
from lms.xapi.models import Credential, Statement
from tests.benchmarks import statements
from tests.benchmarks.rows import Row
from tests.databases import ROOT
from tests.serving import served

PER_BATCH = 2_000
SECONDS, BARE_SECONDS, SECONDS_AT_ONCE = 3, 2, 60
LATE = 1_000  # milliseconds by which Consistent-Through may lie behind the clock
# Milliseconds, p50 and p95, of a page of 100 statements: one thing asked for, or two of which one is only related.
LIMIT, LIMIT_OF_TWO = (5, 10), (8, 15)


def fill(total: int) -> None:
    """Brings the store to so many statements, a second apart until now."""
    chance = Random(total)
    there = Statement.objects.count()
    first = timezone.now().replace(microsecond=0) - timedelta(seconds=total - there)
    for start in range(0, total - there, PER_BATCH):
        size = min(PER_BATCH, total - there - start)
        rows, values = [], []
        for place in range(size):
            value = statements.statement(chance)
            stored = first + timedelta(seconds=start + place)
            received = texts.Received(texts.dump(value), value)
            [row], [value] = storing.rows_of(
                [(UUID(value["id"]), received)], [sequencing.first_number(stored)], stored, "1.0.3", None
            )
            rows.append(row)
            values.append(value)
        with transaction.atomic():
            inserting.insert(storing.additions(rows, values, None))


@contextmanager
def server(url: str) -> Iterator[int]:
    """The production server with two workers. Gives its port."""
    with tempfile.TemporaryDirectory() as var, served(url, Path(var), "--workers", "2", "--threads", "4") as (_, port):
        yield port


def client(port: int, credential: Credential, secret: str, act: dict, *, connections: int, seconds: float) -> dict:
    """What a client in a process of its own measured."""
    wanted = {"connections": connections, "seconds": seconds, "act": act}
    return _told("tests.benchmarks.client", _address(port, credential, secret) | wanted)


def _address(port: int, credential: Credential, secret: str) -> dict:
    basic = base64.b64encode(f"{credential.key}:{secret}".encode()).decode()
    headers = {"Authorization": f"Basic {basic}", "X-Experience-API-Version": "1.0.3"}
    return {"address": ["127.0.0.1", port], "headers": headers}


def key() -> tuple[Credential, str]:
    return granting.grant(
        "bench", scopes=["all"], expires_at=timezone.now() + timedelta(days=1), granted_by=uuid4(), agreed_by=uuid4()
    )


def questions() -> dict[str, list[str]]:
    """The addresses of each kind of GET, for other people and things in turn."""
    chance = Random(1)
    people = [statements.person(chance.randrange(statements.PEOPLE)) for _ in range(50)]
    verbs = sorted(set(statements.VERBS))
    screens = [statements.screen(chance.randrange(statements.COURSES), chance.randrange(statements.SCREENS)) for _ in range(50)]
    courses = [statements.course(chance.randrange(statements.COURSES)) for _ in range(50)]
    middle = Statement.objects.order_by("seq").values_list("stored", flat=True)[Statement.objects.count() // 2]
    found = {
        "no filter": [""],
        "agent": [f"&agent={quote(json.dumps(one))}" for one in people],
        "verb": [f"&verb={quote(one)}" for one in verbs],
        "activity": [f"&activity={quote(one)}" for one in screens],
        "related_activities": [f"&activity={quote(one)}&related_activities=true" for one in courses],
        "since": [f"&ascending=true&since={quote(middle.isoformat())}"],
        "agent+verb": [f"&agent={quote(json.dumps(one))}&verb={quote(verbs[0])}" for one in people],
        "agent+related": [
            f"&agent={quote(json.dumps(one))}&activity={quote(two)}&related_activities=true"
            for one, two in zip(people, courses, strict=True)
        ],
    }
    return {name: [f"/xapi/statements?limit=100{rest}" for rest in rests] for name, rests in found.items()}


def measure(url: str, size: int) -> Iterator[Row]:
    fill(size)
    settle()
    credential, secret = key()
    asked = questions()
    connection.close()
    with server(url) as port:
        for name, paths in asked.items():
            yield from reading(name, size, client(port, credential, secret, {"get": paths}, connections=1, seconds=2))
        for batch in (1, 50, 500):
            for connections in (1, 8):
                bare = driver(url, size=batch, connections=connections)
                found = client(port, credential, secret, {"post": batch}, connections=connections, seconds=SECONDS)
                yield writing(batch, connections, size, found, bare)
        yield from at_once(port, credential, secret)


def reading(name: str, size: int, found: dict) -> Iterator[Row]:
    limits = LIMIT_OF_TWO if "+" in name else LIMIT
    p50, p95 = round(found["p50"] * 1000, 2), round(found["p95"] * 1000, 2)
    for share, value, limit in (("p50", p50, limits[0]), ("p95", p95, limits[1])):
        yield Row(f"GET 100, {name}, at {size:,}: {share}", connection.vendor, value, "ms", "limit", limit, p50, p95)


def writing(batch: int, connections: int, size: int, found: dict, bare: dict) -> Row:
    return Row(
        f"POST {batch}, {connections} connections, at {size:,}",
        connection.vendor,
        round(found["acts"] * batch / found["spent"]),
        "statements/s",
        "bare driver",
        round(bare["acts"] * batch / bare["spent"]),
        round(found["p50"] * 1000, 2),
        round(found["p95"] * 1000, 2),
    )


def at_once(port: int, credential: Credential, secret: str) -> Iterator[Row]:
    """Writers and readers at once: one refusal, an error or a deadlock among them, ends the whole run."""
    before, since = Statement.objects.count(), sequencing.consistent_through().isoformat()
    connection.close()
    wanted = {"seconds": SECONDS_AT_ONCE, "since": since}
    found = _told("tests.benchmarks.minute", _address(port, credential, secret) | wanted)
    faults = found["faults"] + abs(Statement.objects.count() - before - found["written"])
    connection.close()
    name = "8 writers, 2 readers, 60 s"
    yield Row(f"{name}: lost, doubled", connection.vendor, faults, "statements", "limit", 0)
    yield Row(f"{name}: promised", connection.vendor, round(found["late"]), "ms behind", "limit", LATE)
    yield Row(f"{name}: written", connection.vendor, round(found["written"] / found["spent"]), "statements/s", "limit", 400)


def driver(url: str, *, size: int, connections: int) -> dict:
    """What bare driver code measured, in a process of its own."""
    wanted = {"database": url, "connections": connections, "seconds": BARE_SECONDS, "size": size}
    return _told("tests.benchmarks.bare", wanted)


def settle() -> None:
    """Lets the database learn what is in its tables, as it would by itself after a while."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE" if connection.vendor == "sqlite" else "VACUUM ANALYZE")


def _told(module: str, wanted: dict) -> dict:
    done = subprocess.run([sys.executable, "-m", module], input=json.dumps(wanted), cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
