"""In which order statements are stored, and how far reading is complete (rules C35, C37, C42)."""

import json
import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import UUID

import pytest
from django.db import connection, transaction

from lms.xapi import queries, sequencing, storing, texts
from lms.xapi.models import Statement
from lms.xapi.queries import Filter
from tests.lms.xapi.outside import make_outside
from tests.lms.xapi.valid_statements import PLAIN


def receive(client, *statements):
    return storing.receive(texts.read(json.dumps(statements).encode()), version="1.0.3", credential=client.credential)


def ids_of(page):
    return [UUID(json.loads(body)["id"]) for body in page.bodies]


def test_numbers_grow_with_the_moment_of_storing(anybody):
    ids = [statement_id for _ in range(20) for statement_id in receive(anybody, PLAIN, PLAIN, PLAIN)]

    rows = Statement.objects.in_bulk(ids, field_name="id")
    numbers = [rows[statement_id].seq for statement_id in ids]
    moments = [rows[statement_id].stored for statement_id in ids]
    assert (numbers, moments) == (sorted(numbers), sorted(moments))
    assert [sequencing.first_number(moment) for moment in moments] == [number >> 21 << 21 for number in numbers]


def test_a_millisecond_begins_with_its_first_number():
    moment = datetime(2026, 11, 25, 12, 0, 0, 123_000, tzinfo=UTC)

    assert sequencing.first_number(moment + timedelta(microseconds=999)) == sequencing.first_number(moment)
    assert sequencing.first_number(moment + timedelta(milliseconds=1)) == sequencing.first_number(moment) + (1 << 21)
    assert sequencing.first_number(datetime(2100, 1, 1, tzinfo=UTC)) < 1 << 63


# --- others write meanwhile ------------------------------------------------------------------------------------------


@pytest.fixture
def db(committed):
    """Threads see what others commit."""


@pytest.fixture
def client(db):
    """A client whose people and things are known: whoever names a new one waits until another who does so is done."""
    client = make_outside("all")
    receive(client, PLAIN)
    time.sleep(0.005)
    return client


@contextmanager
def slow_writer(client):
    """Somebody who has stored a statement and has not yet committed it."""
    stored, may_end, ended = threading.Event(), threading.Event(), threading.Event()

    def write():
        try:
            with transaction.atomic():
                receive(client, PLAIN)
                stored.set()
                may_end.wait(20)
        finally:
            connection.close()
            ended.set()

    threading.Thread(target=write).start()
    assert stored.wait(20)
    yield lambda: (may_end.set(), ended.wait(20))
    may_end.set()
    assert ended.wait(20)  # it may not work on where its test is over


def test_reading_is_complete_up_to_a_moment_ago(db):
    before = datetime.now(UTC)
    time.sleep(0.005)

    assert before < sequencing.consistent_through() <= datetime.now(UTC)


def test_reading_is_not_complete_beyond_what_is_still_being_stored(client):
    with slow_writer(client) as let_go:
        time.sleep(0.01)
        meanwhile = sequencing.consistent_through()
        let_go()

    late = Statement.objects.latest("seq")
    assert meanwhile < late.stored
    time.sleep(0.005)
    assert sequencing.consistent_through() >= late.stored


def test_reading_stays_complete_beyond_what_was_taken_back(client):
    with transaction.atomic():
        receive(client, PLAIN)
        transaction.set_rollback(True)
    now = datetime.now(UTC)
    time.sleep(0.005)

    assert sequencing.consistent_through() >= now


@pytest.mark.postgres
def test_whoever_polls_misses_nothing_that_is_committed_late(client):
    readable = queries.readable_by(client.credential)
    [known] = Statement.objects.all()
    with slow_writer(client) as let_go:
        time.sleep(0.01)
        [fast] = receive(client, PLAIN)
        through = sequencing.consistent_through()
        first = queries.page(Filter(ascending=True), readable=readable, through=through)
        newest = queries.page(Filter(), readable=readable, through=through)
        let_go()
    time.sleep(0.005)
    second = queries.page(Filter(ascending=True, since=through), readable=readable, through=sequencing.consistent_through())

    late = Statement.objects.exclude(id__in=[fast, known.id]).get()
    assert late.stored < Statement.objects.get(id=fast).stored
    assert [ids_of(page) for page in (first, newest, second)] == [[known.id], [fast, known.id], [late.id, fast]]


@pytest.mark.postgres
def test_two_writers_do_not_wait_for_each_other(client):
    with slow_writer(client):
        receive(client, PLAIN)

        assert Statement.objects.count() == 2


@pytest.mark.postgres
def test_who_refers_to_others_waits_until_they_are_stored(client):
    referring = {**PLAIN, "object": {"objectType": "StatementRef", "id": "7d9a3f6e-0000-4000-8000-000000000001"}}
    target = {**PLAIN, "id": "7d9a3f6e-0000-4000-8000-000000000001", "object": {"id": "urn:x:target"}}
    done = []
    with transaction.atomic():
        receive(client, target)
        thread = threading.Thread(target=lambda: (done.extend(receive(client, referring)), connection.close()))
        thread.start()
        thread.join(0.3)
        waited = not done
    thread.join(20)

    found = queries.page(Filter(activity="urn:x:target"), readable=queries.readable_by(client.credential))
    assert (waited, len(found.bodies)) == (True, 2)


def test_readers_and_writers_at_once_lose_and_double_nothing(client):
    until = time.monotonic() + 3
    written, faults = [str(Statement.objects.get().id)], []

    def write():
        while time.monotonic() < until:
            written.extend(map(str, receive(client, *[PLAIN] * 3)))

    def poll():
        """Reads what is new since the last look, and looks a last time when all have stopped."""
        seen, since = [], None
        readable = queries.readable_by(client.credential)
        while True:
            is_over = not any(writer.is_alive() for writer in writers)
            time.sleep(0.003)
            through = sequencing.consistent_through()
            wanted = Filter(since=since, ascending=True, limit=50)
            page = queries.page(wanted, readable=readable, through=through)
            seen += map(str, ids_of(page))
            while page.last_seq is not None:
                page = queries.page(wanted, readable=readable, after=page.last_seq, through=through)
                seen += map(str, ids_of(page))
            since = max(since or through, through)
            if is_over:
                break
        if sorted(seen) != sorted(written):
            faults.append((len(seen), len(set(seen)), len(written)))

    writers = [threading.Thread(target=partial(_alone, write)) for _ in range(4)]
    readers = [threading.Thread(target=partial(_alone, poll)) for _ in range(2)]
    for thread in [*writers, *readers]:
        thread.start()
    for thread in [*writers, *readers]:
        thread.join()

    assert (faults, len(set(written)) == len(written) == Statement.objects.count()) == ([], True)
    assert len(written) > 30


def _alone(act):
    try:
        act()
    finally:
        connection.close()
