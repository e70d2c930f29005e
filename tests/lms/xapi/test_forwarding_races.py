"""Forwarding while others store and send."""

import json
import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from lms.xapi import forwarding, targets
from lms.xapi.models import Delivery, Statement, TargetState
from tests.lms.xapi import stores
from tests.lms.xapi.test_forwarding import certificate, completed, forward, state, store, trusted, waiting
from tests.racing import wait_until

__all__ = ["certificate", "store", "trusted"]


@pytest.fixture
def db(committed):
    """Other threads see what is in it."""


def test_who_lost_the_target_to_another_stops_and_leaves_it_to_her(db, store, monkeypatch):
    monkeypatch.setattr(forwarding, "AT_ONCE", 1)
    ids = completed(3)
    until = timezone.now() + timedelta(minutes=9)

    def take(handler, made):
        TargetState.objects.update(next_try_at=until)
        connection.close()
        stores.answer(200, json.dumps(made.ids[-1:]).encode())(handler, made)

    store.turns = [take]

    assert forward() == 0
    assert (store.ids, state().next_try_at) == (ids[:1], until)


def test_two_senders_at_once_send_each_statement_once(db, store):
    ids = completed(20)
    wait_until(lambda: timezone.now() > Statement.objects.get(id=ids[-1]).stored + timedelta(milliseconds=5))
    [target] = targets.configured()
    counts = []

    def send():
        counts.append(forwarding.forward(target))
        connection.close()

    threads = [threading.Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (sorted(counts), store.ids, waiting()) == ([0, 20], ids, [])


@pytest.mark.postgres
def test_who_stored_earlier_and_commits_later_is_not_overtaken(db, store):
    first = completed()  # agent and activity are known: nobody waits for the other to name them
    is_stored, may_commit = threading.Event(), threading.Event()
    late = []

    def store_slowly():
        with transaction.atomic():
            late.extend(completed())
            is_stored.set()
            may_commit.wait(20)
        connection.close()

    thread = threading.Thread(target=store_slowly)
    thread.start()
    is_stored.wait(20)
    quick = completed()

    too_early = forward()
    may_commit.set()
    thread.join()

    assert (too_early, forward(), store.ids) == (1, 2, [*first, *late, *quick])
    assert Delivery.objects.waiting().count() == 0
