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

from django.db import transaction
from django.utils import timezone

from lms.xapi import granting, inserting, sequencing, storing, texts
from lms.xapi.models import Credential, Statement
from tests.benchmarks import statements
from tests.databases import ROOT
from tests.serving import served

PER_BATCH = 2_000


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
    basic = base64.b64encode(f"{credential.key}:{secret}".encode()).decode()
    wanted = {
        "address": ["127.0.0.1", port],
        "headers": {"Authorization": f"Basic {basic}", "X-Experience-API-Version": "1.0.3"},
        "connections": connections,
        "seconds": seconds,
        "act": act,
    }
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.client"], input=json.dumps(wanted), cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


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
