"""A server that is killed while it stores: what it acknowledged is there, once, and no batch is there by half (rule L91)."""

import http.client
import json
import os
import signal
import threading
import time
from collections import Counter
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from lms.xapi.models import Statement, StatementLink
from tests.lms.xapi.outside import make_outside
from tests.lms.xapi.valid_statements import PLAIN
from tests.racing import wait_until
from tests.serving import served

KILLS = 50
SIZE = 20


@pytest.fixture
def db(committed):
    """The server works in it."""


class Sender(threading.Thread):
    """Sends batch after batch over a connection that breaks again and again."""

    def __init__(self, port, client, stop):
        super().__init__(daemon=True)
        self.port, self.stop = port, stop
        self.headers = {**client.headers, "Host": "localhost", "Content-Type": "application/json"}
        self.sent, self.acknowledged = [], []

    def run(self):
        line = None
        while not self.stop.is_set():
            ids = [str(uuid4()) for _ in range(SIZE)]
            self.sent.append(ids)
            try:
                line = line or http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
                line.request("POST", "/xapi/statements", json.dumps([{**PLAIN, "id": one} for one in ids]), self.headers)
                answer = line.getresponse()
                is_stored = answer.status == 200 and json.loads(answer.read()) == ids
            except (OSError, http.client.HTTPException):
                line, is_stored = None, False
                time.sleep(0.01)
            if is_stored:
                self.acknowledged.append(ids)


def workers_of(master):
    return [int(pid) for pid in Path(f"/proc/{master}/task/{master}/children").read_text().split()]


def test_what_was_acknowledged_is_there_once(committed, tmp_path):
    client, stop = make_outside("all"), threading.Event()
    with served(committed, tmp_path, "--workers", "2", "--threads", "2", "--preload") as (master, port):
        senders = [Sender(port, client, stop) for _ in range(4)]
        for sender in senders:
            sender.start()
        for number in range(KILLS):
            acknowledged = sum(len(sender.acknowledged) for sender in senders)
            wait_until(lambda seen=acknowledged: sum(len(sender.acknowledged) for sender in senders) > seen + 2)
            killed = workers_of(master)[number % 2]
            os.kill(killed, signal.SIGKILL)
            wait_until(lambda killed=killed: len(set(workers_of(master)) - {killed}) == 2)
        stop.set()
        for sender in senders:
            sender.join()

    there = set(Statement.objects.values_list("id", flat=True))
    linked = Counter(StatementLink.objects.values_list("seq", flat=True))
    acknowledged = [UUID(one) for sender in senders for ids in sender.acknowledged for one in ids]
    parts = {sum(UUID(one) in there for one in ids) for sender in senders for ids in sender.sent}
    assert (set(acknowledged) - there, parts - {0, SIZE}) == (set(), set())
    assert len(there) == Statement.objects.count() >= len(acknowledged) > KILLS * SIZE
    assert set(linked.values()) == {3}
    assert len(linked) == len(there)
