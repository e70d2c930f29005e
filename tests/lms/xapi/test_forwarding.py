"""Copies for other record stores: who gets what, in which order, and what happens when one of them fails."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from lms.xapi import forwarding, sending, storing, targets
from lms.xapi.models import Delivery, Statement, TargetState
from tests.factories.learning import complete
from tests.lms.xapi import stores
from tests.lms.xapi.past import ADL, move, record, said, voiding
from tests.racing import wait_until

COMPLETED = f"{ADL}verbs/completed"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    return stores.make_certificate(tmp_path_factory.mktemp("certificates"), "localhost")


@pytest.fixture
def trusted(certificate, settings, monkeypatch):
    """Stores on this machine may be forwarded to."""
    settings.FORWARD_TO_LOOPBACK = True
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    monkeypatch.setattr(sending, "TIME_LIMIT", 2.0)
    return certificate


def names(port: int, only: str = "", key: str = "key", secret: str = "secret") -> dict[str, str]:
    return {"url": f"https://localhost:{port}/xapi/", "key": key, "secret": secret, "only": only}


@pytest.fixture
def store(trusted, settings):
    with stores.stub(trusted) as made:
        settings.FORWARD_TARGETS = {"warehouse": names(made.port)}
        yield made


def completed(count: int = 1) -> list[str]:
    """Completions of courses, each recorded by itself."""
    return [str(record(said("completed"))[0]) for _ in range(count)]


def a_batch(count: int) -> list[str]:
    return [str(each) for each in record(*(said("completed") for _ in range(count)))]


def forward(name: str = "warehouse") -> int:
    """As the job does, once everything that was stored can be read by everybody."""
    last = Delivery.objects.latest("seq").seq
    wait_until(lambda: forwarding.sequencing.first_number(timezone.now() - timedelta(milliseconds=3)) > last)
    [target] = [target for target in targets.configured() if target.name == name]
    return forwarding.forward(target)


def state(name: str = "warehouse") -> TargetState:
    return TargetState.objects.get(target=name)


def end_pause() -> None:
    TargetState.objects.update(next_try_at=timezone.now() - timedelta(seconds=1))


def waiting() -> list[str]:
    numbers = Delivery.objects.waiting().order_by("seq").values_list("seq", flat=True)
    return [str(Statement.objects.get(seq=seq).id) for seq in numbers]


def bodies(*ids: str) -> list[dict]:
    return [json.loads(Statement.objects.get(id=statement_id).body) for statement_id in ids]


# --- who gets what ------------------------------------------------------------------------------------------------------
def test_threat_26_completions_of_courses_and_nothing_else(cast, course, settings):
    settings.FORWARD_TARGETS = {"warehouse": names(1)}

    complete(cast.lea, course)

    [statement_id] = waiting()
    [sent] = bodies(statement_id)
    verbs = {json.loads(body)["verb"]["id"].rpartition("/")[2] for body in Statement.objects.values_list("body", flat=True)}
    assert (sent["verb"]["id"], sent["object"]["definition"]["type"]) == (COMPLETED, f"{ADL}activities/course")
    assert verbs >= {"answered", "experienced", "passed", "completed", "registered"}


ONLY = {
    "": {("completed", "course"), ("passed", "course")},
    f"{ADL}verbs/answered": {("answered", "course"), ("answered", "module")},
    f"{ADL}verbs/answered, {COMPLETED}  {ADL}activities/module,": {
        ("answered", "course"),
        ("answered", "module"),
        ("completed", "module"),
    },
}


@pytest.mark.parametrize("only", ONLY)
def test_a_target_gets_what_its_filter_names(db, settings, only):
    settings.FORWARD_TARGETS = {"warehouse": names(1, only)}
    made = {
        str(record(said(verb, kind=kind))[0]): (verb, kind)
        for verb in ("completed", "passed", "answered", "experienced", "failed")
        for kind in ("course", "module")
    }

    assert {made[statement_id] for statement_id in waiting()} == ONLY[only]


def test_what_is_about_no_activity_has_no_type(db, settings):
    settings.FORWARD_TARGETS = {"warehouse": names(1), "other": names(1, COMPLETED)}

    record({**said("completed"), "object": {"objectType": "Agent", "mbox": "mailto:bo@example.org"}})

    assert list(Delivery.objects.values_list("target", flat=True)) == ["other"]


def test_a_voiding_statement_follows_what_it_voids(db, settings):
    settings.FORWARD_TARGETS = {"warehouse": names(1), "all": names(1, f"{COMPLETED}, {ADL}verbs/passed {ADL}activities/module")}
    [first] = completed()
    [second] = record(said("passed", kind="module"))
    [third] = record(said("answered"))

    voids = [str(record(voiding(target))[0]) for target in (first, second, third)]

    by_target = {name: Delivery.objects.filter(target=name).values_list("seq", flat=True) for name in ("warehouse", "all")}
    sent = {name: [str(Statement.objects.get(seq=seq).id) for seq in sorted(numbers)] for name, numbers in by_target.items()}
    assert sent == {"warehouse": [first, voids[0]], "all": [first, str(second), voids[0], voids[1]]}


def test_without_a_target_storing_does_not_even_look(db):
    with CaptureQueriesContext(connection) as queries:
        a_batch(3)

    assert [query["sql"] for query in queries if "delivery" in str(query["sql"])] == []
    assert Delivery.objects.count() == 0


def test_what_is_not_stored_is_not_forwarded(db, settings):
    settings.FORWARD_TARGETS = {"warehouse": names(1)}

    with transaction.atomic():
        completed()
        transaction.set_rollback(True)

    assert (Statement.objects.count(), Delivery.objects.count()) == (0, 0)


# --- sending ------------------------------------------------------------------------------------------------------------
def test_statements_arrive_as_they_are_kept_in_the_order_of_storing(db, store):
    ids = [*completed(2), *a_batch(3)]

    count = forward()

    [(path, headers, statements)] = store.requests
    assert (count, path, statements) == (5, "/xapi/statements", bodies(*store.ids))
    assert store.ids[:2] == ids[:2]
    assert set(store.ids) == set(ids)
    assert headers["Authorization"] == "Basic a2V5OnNlY3JldA=="
    assert (headers["X-Experience-API-Version"], headers["Content-Type"]) == ("1.0.3", "application/json")
    assert (state().failures, state().next_try_at, state().last_error) == (0, None, "")
    assert state().last_delivery_at is not None


def test_what_was_delivered_is_not_sent_again(db, store):
    completed(2)
    forward()
    last = completed()

    assert (forward(), forward()) == (1, 0)
    assert store.ids[2:] == last


def test_batches_end_where_they_grow_too_large(db, store, monkeypatch):
    monkeypatch.setattr(forwarding, "AT_ONCE", 4)
    ids = completed(9)

    assert forward() == 9
    assert (store.sizes, store.ids) == ([4, 4, 1], ids)


def test_or_too_long(db, store, monkeypatch):
    ids = completed(3)
    size = len(Statement.objects.get(id=ids[0]).body)
    monkeypatch.setattr(forwarding, "BYTES_AT_ONCE", size * 2 + 10)

    assert forward() == 3
    assert (store.sizes, store.ids) == ([2, 1], ids)


def test_each_version_is_sent_under_its_own_header(db, store):
    [first] = completed()
    [second] = record({**said("completed"), "version": "1.0.9"})
    newer = said("completed")
    storing.record([newer])
    Statement.objects.filter(id=newer["id"]).update(version="2.0.0")

    forward()

    found = [(headers["X-Experience-API-Version"], len(statements)) for _, headers, statements in store.requests]
    assert found == [("1.0.3", 2), ("2.0.0", 1)]
    assert store.ids == [first, str(second), newer["id"]]


def test_what_could_still_be_overtaken_waits(db, store):
    [first] = completed()
    [second] = completed()
    move(second, timezone.now() + timedelta(hours=1))
    Delivery.objects.filter(seq__gt=Statement.objects.get(id=first).seq).update(seq=Statement.objects.get(id=second).seq)
    wait_until(lambda: timezone.now() > Statement.objects.get(id=first).stored + timedelta(milliseconds=5))

    assert (forwarding.forward_all(), store.ids, waiting()) == (1, [first], [second])


def test_one_pass_ends_in_time_and_the_next_goes_on(db, store, monkeypatch):
    monkeypatch.setattr(forwarding, "AT_ONCE", 1)
    monkeypatch.setattr(forwarding, "PASS", 0.05)
    ids = completed(40)

    first = forward()
    while forward():
        pass

    assert 0 < first < 40
    assert store.ids == ids


# --- a target that fails ------------------------------------------------------------------------------------------------
FAILURES = {
    "time-out": (stores.hang, "It did not answer within 0.5 seconds."),
    "500": (stores.answer(500), "It answered 500."),
    "401": (stores.answer(401), "It answered 401. It does not take the key."),
    "403": (stores.answer(403), "It answered 403. The key does not reach so far there."),
    "404": (stores.answer(404), "It answered 404."),
    "204": (stores.answer(204), "It answered 204."),
    "redirect": (stores.answer(302, Location="/"), "It answered 302. It leads to another address, which is never followed."),
    "half answer": (stores.answer_half, "Its answer ended before its end."),
    "broken off": (stores.break_off, "The connection failed: RemoteDisconnected."),
    "no JSON": (stores.answer(200, b"thank you"), "It answered 200, but not with a list of ids."),
    "no UTF-8": (stores.answer(200, b"\xff"), "It answered 200, but not with a list of ids."),
    "no list": (stores.answer(200, b'{"ok": true}'), "It answered 200, but not with a list of ids."),
    "null": (stores.answer(200, b"null"), "It answered 200, but not with a list of ids."),
    "numbers": (stores.answer(200, b"[1, 2]"), "It answered 200, but not with a list of ids."),
    "deep": (stores.answer(200, b"[" * 100_000), "It answered 200, but not with a list of ids."),
    "fewer": (stores.answer(200, b"[]"), "It answered 200, but with other ids than were sent."),
    "others": (
        stores.answer(200, json.dumps([str(uuid4())] * 2).encode()),
        "It answered 200, but with other ids than were sent.",
    ),
    "slow drip": (stores.drip(stores.DRIPPED_BODY), "It did not answer within 0.5 seconds."),
    "too large": (stores.answer(200, b" " * 1_000_001), "Its answer is larger than 1000000 bytes."),
}


@pytest.mark.parametrize("failure", FAILURES)
def test_what_a_failing_target_did_not_take_is_kept_and_sent_later(db, store, monkeypatch, failure):
    monkeypatch.setattr(sending, "TIME_LIMIT", 0.5)
    turn, said_of_it = FAILURES[failure]
    store.turns = [turn]
    ids = completed(2)

    assert (forward(), waiting()) == (0, ids)
    assert (state().failures, state().last_error, state().last_delivery_at) == (1, said_of_it, None)
    in_peace = forward()
    end_pause()
    monkeypatch.setattr(sending, "TIME_LIMIT", 2.0)
    assert (in_peace, forward(), store.ids) == (0, 2, [*ids, *ids])
    assert (state().failures, state().last_error, waiting()) == (0, "", [])


def test_a_target_that_is_not_there_is_tried_later(db, trusted, settings):
    settings.FORWARD_TARGETS = {"warehouse": names(1)}
    completed()

    assert forward() == 0
    assert state().last_error == "The connection failed: ConnectionRefusedError."


def test_pauses_grow_to_an_hour(db, store):
    store.turns = [stores.answer(503)] * 9
    completed()
    pauses = []
    for _ in range(9):
        end_pause()
        forward()
        pauses.append(round((state().next_try_at - timezone.now()).total_seconds() / 60))

    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60, 60]


@pytest.mark.parametrize(
    ("status", "asked", "minutes"), [(429, "600", 10), (503, "0", 0), (429, "9" * 30, 24 * 60), (503, "soon", 1)]
)
def test_a_target_may_say_how_long_it_wants_peace(db, store, status, asked, minutes):
    store.turns = [stores.answer(status, Retry_After=asked)]
    completed()

    forward()

    assert round((state().next_try_at - timezone.now()).total_seconds() / 60) == minutes


def test_a_dead_target_holds_up_no_other(db, store, settings):
    settings.FORWARD_TARGETS = {"dead": names(1), **settings.FORWARD_TARGETS}
    ids = completed(2)
    wait_until(lambda: timezone.now() > Statement.objects.get(id=ids[-1]).stored + timedelta(milliseconds=5))

    assert (forwarding.forward_all(), store.ids) == (2, ids)
    assert (Delivery.objects.waiting().filter(target="dead").count(), state("dead").failures) == (2, 1)


def test_what_got_there_before_a_failure_counts(db, store, monkeypatch):
    monkeypatch.setattr(forwarding, "AT_ONCE", 2)
    ids = completed(4)
    store.turns = [stores.answer(200, json.dumps(ids[:2]).encode()), stores.answer(500)]

    assert (forward(), waiting()) == (2, ids[2:])


def test_a_target_that_is_written_down_wrongly_gets_nothing(db, store, settings):
    settings.FORWARD_TARGETS["warehouse"]["url"] = f"http://localhost:{store.port}/xapi"
    completed()

    forward()

    said_of_it = "Its address must be https://, a host and a path, without user, query or fragment."
    assert (store.requests, state().last_error) == ([], said_of_it)


# --- statements that a target does not take -----------------------------------------------------------------------------
def test_a_conflict_counts_as_delivered_and_the_rest_goes_on(db, store):
    ids = completed(7)
    store.refuses = lambda statements: 409 if ids[4] in {each["id"] for each in statements} else 200

    assert (forward(), waiting()) == (7, [])
    assert (Delivery.objects.refused().count(), store.sizes[0]) == (0, 7)
    assert len(store.requests) == 7  # 7, then 3 and 4, 2 and 2, 1 and 1


@pytest.mark.parametrize("status", [400, 413])
def test_one_bad_statement_is_set_aside_with_what_was_said_of_it(db, store, status):
    ids = completed(7)
    store.refuses = lambda statements: status if ids[4] in {each["id"] for each in statements} else 200

    count = forward()

    refused = Delivery.objects.refused().get()
    assert (count, waiting(), state().failures) == (6, [], 0)
    assert (refused.seq, refused.error) == (Statement.objects.get(id=ids[4]).seq, f'{status}: {{"finding": "Not here. "}}')
    assert targets.refusals() == [("warehouse", Statement.objects.get(id=ids[4]).id, refused.error)]


def test_too_much_at_once_is_sent_in_parts(db, store):
    ids = completed(7)
    store.refuses = lambda statements: 413 if len(statements) > 2 else 200

    assert (forward(), Delivery.objects.refused().count()) == (7, 0)
    assert [each for _, _, sent in store.requests if len(sent) <= 2 for each in [one["id"] for one in sent]] == ids


def test_what_was_set_aside_can_be_sent_again(db, store, capsys):
    store.turns = [stores.answer(400)]
    ids = completed()
    forward()

    call_command("forward_statements", "--once", "--again")

    assert store.ids == [*ids, *ids]
    assert capsys.readouterr().out.splitlines() == [
        "1 statements that were refused wait again.",
        "1 statements delivered.",
        "warehouse: 0 waiting, 0 refused.",
    ]


def test_the_command_says_how_it_stands(db, store, capsys):
    store.turns = [stores.answer(400, b"Too new."), stores.answer(500)]
    [first] = completed()
    forward()
    [second] = completed()
    wait_until(lambda: timezone.now() > Statement.objects.get(id=second).stored + timedelta(milliseconds=5))

    call_command("forward_statements", "--once")

    assert capsys.readouterr().out.splitlines() == [
        "0 statements delivered.",
        "warehouse: 1 waiting, 1 refused. It answered 500.",
        f"warehouse refused {first}. 400: Too new.",
    ]


# --- one sender at a time -----------------------------------------------------------------------------------------------
def test_nothing_is_sent_while_somebody_else_sends(db, store):
    completed()
    TargetState.objects.create(target="warehouse", next_try_at=timezone.now() + timedelta(minutes=2))

    assert (forward(), store.requests) == (0, [])


def test_a_sender_that_died_is_followed_by_another(db, store):
    completed()
    TargetState.objects.create(target="warehouse", next_try_at=timezone.now() - timedelta(seconds=1))

    assert (forward(), state().next_try_at) == (1, None)


# --- a second store of ours ---------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def second(certificate, tmp_path_factory):
    with stores.second_store(certificate, tmp_path_factory.mktemp("second")) as made:
        yield made


def test_a_second_store_gets_each_completion_once_and_forgets_what_is_taken_back(cast, course, trusted, settings, second):
    settings.FORWARD_TARGETS = {"second": names(second.port, key=second.key, secret=second.secret)}
    complete(cast.lea, course)
    complete(cast.ben, course)
    there = [json.loads(Statement.objects.get(id=each).body) for each in waiting()]

    first = forward("second")
    Delivery.objects.update(delivered_at=None)  # as if this one had died before it wrote down that they arrived
    again = forward("second")

    found = second.get("ascending=true")["statements"]
    set_anew = {"stored", "authority"}
    assert (first, again) == (2, 2)
    assert [without(each, set_anew) for each in found] == [without(each, set_anew) for each in there]
    record(voiding(there[0]["id"]))
    forward("second")
    assert second.get(f"statementId={there[0]['id']}")["status"] == 404
    assert second.get(f"voidedStatementId={there[0]['id']}")["id"] == there[0]["id"]


def without(statement: dict, members: set[str]) -> dict:
    return {name: value for name, value in statement.items() if name not in members}


def test_a_conflict_there_counts_as_delivered(db, trusted, settings, second):
    settings.FORWARD_TARGETS = {"second": names(second.port, key=second.key, secret=second.secret)}
    one, other = said("completed", about="https://learn.test/a"), said("completed", about="https://learn.test/b")
    record(one, other)
    forward("second")
    for statement in (one, other):  # the same ids, other content
        row = Statement.objects.get(id=statement["id"])
        Statement.objects.filter(pk=row.pk).update(body=row.body.replace("verbs/completed", "verbs/passed"))
    Delivery.objects.update(delivered_at=None)

    assert (forward("second"), waiting()) == (2, [])


def test_a_wrong_key_there_loses_nothing(db, trusted, settings, second):
    settings.FORWARD_TARGETS = {"second": names(second.port, key=second.key, secret="wrong")}
    ids = completed()

    assert (forward("second"), waiting()) == (0, ids)
    assert state("second").last_error == "It answered 401. It does not take the key."
