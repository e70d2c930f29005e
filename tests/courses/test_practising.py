"""Which way somebody went stands nowhere: two learners go two ways, and all that is left of them is alike."""

import json
import logging
import re
from collections import Counter
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.cache import cache
from django.db import connection, transaction
from huey.contrib.djhuey import HUEY

from courses import counting
from tests.factories.learning import enrol
from tests.factories.story import DETOUR, GOOD, MISSED, do_the_other, go, make_told, step, trail_in

pytestmark = pytest.mark.usefixtures("folder")  # other tests write files meanwhile

UUID = r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}"
# Ids, times and names; what is derived from them (digests, keys of 64 bits, codes of certificates) with them.
HIDDEN = [
    (UUID, "ID"),
    (r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)?", "TIME"),
    (r"\b[0-9a-f]{64}\b", "DIGEST"),
    (r"\b[0-9A-Z]{26}\b", "CODE"),
    (r"-?\d{15,}", "KEY"),
    (r"(lea|ben)[\w.]*@[\w.]+|(Lea|Ben) Learner", "NAME"),
]
IDS = {"id", "seq", "stored", "timestamp", "session_key", "expire_date", "session_data", "last_login", "password"}


@pytest.fixture(autouse=True)
def _nothing_waits():
    counting.forget()
    yield
    counting.forget()


def bare(text: str) -> str:
    for pattern, word in HIDDEN:
        text = re.sub(pattern, word, text)
    return text


def tables() -> Counter:
    """Every row of every table, without ids, times and names."""
    found: Counter = Counter()
    for model in apps.get_models(include_auto_created=True):
        if not model._meta.managed or model._meta.proxy:
            continue
        table = connection.ops.quote_name(model._meta.db_table)
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM {table}")
            names = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                plain = {
                    name: value for name, value in zip(names, row, strict=True) if name not in IDS and not name.endswith("_id")
                }
                found[table, bare(json.dumps(plain, default=str, sort_keys=True))] += 1
    for session in Session.objects.all():
        found["session", json.dumps(sorted(session.get_decoded()))] += 1
    return found


def files() -> Counter:
    folders = [Path(settings.MEDIA_ROOT), Path(settings.VAR_DIR)]
    paths = {path for folder in folders for path in folder.rglob("*") if path.is_file() and "sqlite3" not in path.name}
    return Counter(bare(f"{path} {path.stat().st_size}") for path in paths)


def others() -> dict:
    return {
        "mails": [bare(f"{one.to} {one.subject} {one.body}") for one in mail.outbox],
        "tasks": [bare(f"{task.name} {task.args} {task.kwargs}") for task in HUEY.pending()],
        "cache": sorted(bare(str(key)) for key in getattr(cache, "_cache", {})),
    }


def left_behind(client, person, told, walk, caplog) -> dict:
    """What is there after the walk and was not before it; the world is put back afterwards."""
    found = {}
    caplog.clear()
    with transaction.atomic():
        client.force_login(person)
        enrol(person, told)
        before = tables(), files()
        client.get(told.url())
        walk(client)
        client.post(told.url("leave"))
        client.post(told.url("leave", told.reading))
        client.get("/learn/sto/")
        found = {"tables": tables() - before[0], "gone": before[0] - tables(), "files": files() - before[1]} | others()
        found["logs"] = [bare(f"{record.name} {record.getMessage()}") for record in caplog.records]
        transaction.set_rollback(True)
    HUEY.storage.flush_all()
    cache.clear()
    mail.outbox.clear()
    return found


def replay(client, told) -> None:
    page = go(client, told, MISSED)
    back = client.post(told.url("story"), {"trail": trail_in(page), "back": "0"}).content.decode()
    for choice in GOOD:
        back = step(client, told, back, choice).content.decode()


WAYS = {
    "another way": lambda told: lambda client: go(client, told, DETOUR),
    "a missed ending": lambda told: lambda client: go(client, told, MISSED),
    "the alternative": lambda told: lambda client: do_the_other(client, told),
    "two runs": lambda told: lambda client: replay(client, told),
    "half a story, then the alternative": lambda told: lambda client: (go(client, told, ["a"]), do_the_other(client, told)),
}


@pytest.mark.parametrize("way", WAYS)
def test_threat_15_two_learners_two_ways_and_nothing_tells_them_apart(client, cast, caplog, way):
    told = make_told()
    caplog.set_level(logging.INFO)

    straight = left_behind(client, cast.lea, told, lambda client: go(client, told, GOOD), caplog)
    other = left_behind(client, cast.ben, told, WAYS[way](told), caplog)

    assert straight == other
    assert sum(number for (table, _row), number in straight["tables"].items() if "xapi_statement" in table) > 3


def test_the_comparison_would_notice_a_row_too_many(client, cast, caplog):
    told = make_told()

    straight = left_behind(client, cast.lea, told, lambda client: go(client, told, GOOD), caplog)
    unfinished = left_behind(client, cast.ben, told, lambda client: go(client, told, ["a"]), caplog)

    assert straight != unfinished


def test_nothing_of_choices_or_points_stands_in_a_statement(client, cast):
    told = make_told()
    enrol(cast.lea, told)
    client.force_login(cast.lea)
    go(client, told, MISSED)

    with connection.cursor() as cursor:
        cursor.execute("SELECT body FROM xapi_statement WHERE body LIKE %s", [f"%{told.screen}%"])
        [(body,)] = cursor.fetchall()
    statement = json.loads(body)

    assert statement["verb"]["id"].endswith("/completed")
    assert statement["result"] == {"completion": True}
    assert statement["object"]["definition"] == {
        "type": "http://adlnet.gov/expapi/activities/lesson",
        "name": {"en": "Story"},
    }
    assert set(statement["context"]) == {
        "registration",
        "revision",
        "language",
        "contextActivities",
        "extensions",
    }
