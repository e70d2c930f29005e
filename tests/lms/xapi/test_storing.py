"""What is in the store after statements came, and what the platform heard of it."""

import json
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.utils import timezone

from lms.xapi import identifiers, storing, texts
from lms.xapi.models import Activity, Agent, Alarm, Statement, StatementLink
from lms.xapi.refusals import Conflict, Forbidden, Refused, TooLarge
from lms.xapi.signals import statements_stored
from tests.lms.xapi.valid_statements import (
    ABOUT_AGENT,
    ABOUT_GROUP,
    AGENTS,
    GROUPS,
    NESTED,
    PLAIN,
    REFERRING,
    REGISTRATION,
    RICH,
    SECOND_STATEMENTS,
    STATEMENTS,
    TARGET,
    VOIDING,
    put,
)

PLATFORM = {"objectType": "Agent", "account": {"homePage": "https://learn.test/xapi", "name": "platform"}}


def with_id(statement, statement_id=None):
    return {**statement, "id": str(statement_id or uuid4())}


def voiding(target):
    return with_id({**VOIDING, "object": {"objectType": "StatementRef", "id": str(target)}})


def receive(client, *statements, version="1.0.3"):
    return storing.receive(texts.read(json.dumps(statements).encode()), version=version, credential=client.credential)


def stored(statement_id):
    return Statement.objects.get(id=statement_id)


def kept(statement_id):
    return json.loads(stored(statement_id).body)


def counts():
    return [model.objects.count() for model in (Statement, StatementLink, Agent, Activity, Alarm)]


def links_of(statement_id):
    return set(StatementLink.objects.filter(seq=stored(statement_id).seq).values_list("key", "part"))


def key_of(actor):
    return identifiers.key(identifiers.agent_identifier(actor))


def voided():
    return set(Statement.objects.filter(is_voided=True).values_list("id", flat=True))


# --- what a store fills in -------------------------------------------------------------------------------------------


def test_a_store_fills_in_what_is_missing(anybody):
    before = timezone.now() - timedelta(milliseconds=1)
    [statement_id] = receive(anybody, PLAIN)

    row, body = stored(statement_id), kept(statement_id)
    assert before <= row.stored <= timezone.now()
    assert row.timestamp == row.stored
    assert body == {
        "id": str(statement_id),
        "timestamp": body["stored"],
        "version": "1.0.0",
        "stored": row.stored.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "authority": {
            "objectType": "Agent",
            "account": {"homePage": "https://learn.test/xapi", "name": f"client:{anybody.credential.key}"},
        },
        **PLAIN,
    }


def test_what_came_without_version_gets_that_of_its_rules(anybody):
    [first] = receive(anybody, PLAIN, version="1.0.3")
    [second] = receive(anybody, PLAIN, version="2.0.0")
    [third] = receive(anybody, {**PLAIN, "version": "1.0.9"}, version="2.0.0")

    assert [kept(one)["version"] for one in (first, second, third)] == ["1.0.0", "2.0.0", "1.0.9"]
    assert [stored(one).version for one in (first, second, third)] == ["1.0.0", "2.0.0", "1.0.9"]


def test_a_sent_authority_and_a_sent_stored_are_replaced(anybody):
    [statement_id] = receive(anybody, RICH)

    body = kept(statement_id)
    assert body["authority"]["account"]["name"] == f"client:{anybody.credential.key}"
    assert body["stored"] != RICH["stored"]
    assert {**body, "authority": 0, "stored": 0} == {**RICH, "authority": 0, "stored": 0}
    assert key_of(body["authority"]) not in {key for key, _ in links_of(statement_id)}


@pytest.mark.parametrize("statement", [*STATEMENTS.values(), *SECOND_STATEMENTS.values()], ids=[*STATEMENTS, *SECOND_STATEMENTS])
def test_statements_of_every_kind_can_be_kept(anybody, statement):
    [statement_id] = receive(anybody, statement, version="2.0.0")

    row, body = stored(statement_id), kept(statement_id)
    assert body == {**body, **statement, "stored": body["stored"], "authority": body["authority"]}
    assert row.object == identifiers.key(identifiers.object_identifier(statement["object"]))
    assert links_of(statement_id) == {(key, int(not direct)) for key, direct in identifiers.finding_keys(body).items()}


def test_keys_of_look_ups_are_kept_beside_the_body(anybody):
    [statement_id] = receive(anybody, RICH)

    row = stored(statement_id)
    assert (row.actor, row.verb, row.object, row.registration, row.voids, row.credential) == (
        key_of(AGENTS["mbox"]),
        identifiers.key("verb:http://adlnet.gov/expapi/verbs/answered"),
        identifiers.key("activity:https://learn.example.org/courses/1/questions/7"),
        UUID(REGISTRATION),
        None,
        anybody.credential,
    )


def test_an_anonymous_group_shares_its_key_with_no_agent(anybody):
    [first] = receive(anybody, {**PLAIN, "actor": GROUPS["anonymous"]})
    [second] = receive(anybody, ABOUT_GROUP)

    assert stored(first).actor == stored(second).object == identifiers.key(identifiers.ANONYMOUS_GROUP)
    assert set(Agent.objects.values_list("identifier", flat=True)) == {"mbox:mailto:amina@example.org"}


def test_actors_and_objects_are_remembered_once(anybody):
    receive(anybody, PLAIN, PLAIN, {**PLAIN, "actor": GROUPS["identified by account with members"]})
    receive(anybody, ABOUT_AGENT, REFERRING, NESTED)

    assert sorted(Agent.objects.values_list("key", "identifier")) == sorted(
        (identifiers.key(text), text)
        for text in ("mbox:mailto:amina@example.org", 'account:["https://learn.example.org", "4711"]')
    )
    assert list(Activity.objects.values_list("key", "identifier")) == [
        (identifiers.key(f"activity:{PLAIN['object']['id']}"), PLAIN["object"]["id"])
    ]


# --- instants --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-01T09:30:00.123Z", datetime(2026, 3, 1, 9, 30, 0, 123_000, UTC)),
        ("20260301T093000,5Z", datetime(2026, 3, 1, 9, 30, 0, 500_000, UTC)),
        ("2016-12-31T23:59:60Z", datetime(2017, 1, 1, tzinfo=UTC)),
        ("0001-01-01T00:00:00Z", datetime(1, 1, 1, tzinfo=UTC)),
    ],
)
def test_a_timestamp_in_utc_is_kept_as_written_and_as_an_instant(anybody, text, expected):
    [statement_id] = receive(anybody, {**PLAIN, "timestamp": text})

    assert (stored(statement_id).timestamp, kept(statement_id)["timestamp"]) == (expected, text)


@pytest.mark.parametrize(
    ("text", "in_utc"),
    [
        ("2026-03-01T09:30:00.123456789+01:00", "2026-03-01T08:30:00.123456789Z"),
        ("2026-03-01T00:30:00-05:00", "2026-03-01T05:30:00Z"),
        ("20260301T093000,5+0530", "2026-03-01T04:00:00.5Z"),
        ("2026-03-01T09:30:00.10+00:00", "2026-03-01T09:30:00.10Z"),
        ("2026-03-01T09:30", "2026-03-01T09:30:00Z"),
        ("2017-01-01T00:59:60+01:00", "2017-01-01T00:00:00Z"),
    ],
)
def test_another_timestamp_is_kept_in_utc_as_fine_as_it_was(anybody, text, in_utc):  # D53
    statement = {**NESTED, "timestamp": text, "object": {**NESTED["object"], "timestamp": text}}

    [statement_id] = receive(anybody, statement)

    assert (kept(statement_id)["timestamp"], kept(statement_id)["object"]["timestamp"]) == (in_utc, in_utc)
    assert receive(anybody, {**statement, "id": str(statement_id)}) == [statement_id]


@pytest.mark.parametrize("text", ["2999-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
def test_a_timestamp_later_than_stored_counts_as_stored(anybody, announced, text):
    [statement_id] = receive(anybody, {**PLAIN, "timestamp": text})

    row = stored(statement_id)
    assert (row.timestamp, kept(statement_id)["timestamp"]) == (row.stored, text)
    assert announced[0][0].timestamp == row.stored


# --- the same id again -----------------------------------------------------------------------------------------------


def test_the_same_content_again_changes_nothing(anybody, announced):
    first = with_id(RICH)
    receive(anybody, first)
    before, body = counts(), stored(first["id"]).body

    again = receive(anybody, {**first, "verb": {"id": RICH["verb"]["id"]}, "stored": "2020-01-01T00:00:00Z"})

    assert (again, counts(), stored(first["id"]).body) == ([UUID(first["id"])], before, body)
    assert len(announced) == 1


def test_other_content_under_the_same_id_is_a_conflict_and_changes_nothing(anybody, other, announced):
    first = with_id(PLAIN)
    receive(anybody, first)
    before, body = counts(), stored(first["id"]).body

    for client in (anybody, other):
        with pytest.raises(Conflict) as caught:
            receive(client, PLAIN, {**first, "result": {"response": "x"}})
        assert caught.value.finding.path == "$[1].id"

    assert (counts(), stored(first["id"]).body) == (before, body)
    assert len(announced) == 1


def test_a_batch_stores_what_is_new_and_answers_with_all_ids_in_order(anybody, announced):
    known, new = with_id(PLAIN), with_id(PLAIN)
    receive(anybody, known)

    ids = receive(anybody, PLAIN, known, new)

    assert ids[1:] == [UUID(known["id"]), UUID(new["id"])]
    assert Statement.objects.count() == 3
    assert [[one.id for one in batch] for batch in announced] == [[UUID(known["id"])], [ids[0], ids[2]]]


def test_an_id_is_the_same_in_either_case_and_stays_as_written(anybody):
    statement = {**PLAIN, "id": str(uuid4()).upper()}

    first, second = receive(anybody, statement), receive(anybody, with_id(PLAIN, statement["id"].lower()))

    assert first == second == [UUID(statement["id"])]
    assert kept(statement["id"])["id"] == statement["id"]


# --- all or nothing --------------------------------------------------------------------------------------------------


def test_one_wrong_statement_refuses_the_batch(anybody, announced):
    with pytest.raises(Refused):
        receive(anybody, PLAIN, {**PLAIN, "verb": {}})

    assert (counts(), announced) == ([0] * 5, [])


def test_one_forbidden_statement_refuses_the_batch(writer, announced):
    with pytest.raises(Forbidden):
        receive(writer, PLAIN, {**PLAIN, "object": {"id": "urn:elsewhere"}})

    assert (counts(), announced) == ([0] * 5, [])


def test_what_follows_a_statement_fails_with_it(anybody):
    def fail(sender, **kwargs):
        raise RuntimeError("the effect failed")

    statements_stored.connect(fail)
    try:
        with pytest.raises(RuntimeError):
            receive(anybody, PLAIN)
    finally:
        statements_stored.disconnect(fail)

    assert counts() == [0] * 5


def test_a_batch_that_names_too_many_agents_is_too_large(anybody):
    members = [{"mbox": f"mailto:a{number}@b.c"} for number in range(storing.MOST_LINKS)]

    with pytest.raises(TooLarge):
        receive(anybody, {**PLAIN, "actor": {"objectType": "Group", "member": members}})

    assert counts() == [0] * 5


def test_an_empty_batch_is_nothing(anybody, announced):
    assert (receive(anybody), storing.record([])) == ([], [])
    assert (counts(), announced) == ([0] * 5, [])


# --- our own pages ---------------------------------------------------------------------------------------------------


def test_our_own_pages_need_no_credential(db, announced):
    statement = with_id(RICH)
    before = timezone.now()

    ids = storing.record([statement])

    row = stored(statement["id"])
    assert (ids, row.credential, row.stored >= before - timedelta(milliseconds=1)) == ([UUID(statement["id"])], None, True)
    assert kept(statement["id"]) == {**statement, "stored": kept(statement["id"])["stored"], "authority": PLATFORM}
    assert [[(one.id, one.moves_progress) for one in batch] for batch in announced] == [[(row.id, True)]]


def test_the_first_record_of_an_act_is_the_record(db, announced):
    statement = with_id(PLAIN)
    storing.record([statement])
    before, body = counts(), stored(statement["id"]).body

    again = storing.record([{**statement, "result": {"response": "another"}}])

    assert (again, counts(), stored(statement["id"]).body) == ([UUID(statement["id"])], before, body)
    assert len(announced) == 1


def test_a_fault_of_our_own_is_refused(db):
    with pytest.raises(Refused):
        storing.record([with_id({**PLAIN, "actor": {}})])

    assert counts() == [0] * 5


def test_an_id_that_a_client_took_gets_replaced_and_an_alarm_is_kept(writer, announced):
    taken, free = with_id(PLAIN), with_id(PLAIN)
    receive(writer, taken)
    squatted = stored(taken["id"]).body

    ids = storing.record([free, {**taken, "result": {"success": True}}])

    assert ids[0] == UUID(free["id"])
    assert ids[1] != UUID(taken["id"])
    assert (stored(taken["id"]).body, Statement.objects.count()) == (squatted, 3)
    assert kept(ids[1]) == {
        **taken,
        "id": str(ids[1]),
        "result": {"success": True},
        **{name: kept(ids[1])[name] for name in ("timestamp", "stored")},
        "version": "1.0.0",
        "authority": PLATFORM,
    }
    assert [alarm.what for alarm in Alarm.objects.all()] == [
        f"Statement id {taken['id']} of our own pages was taken by credential {writer.credential.pk}."
    ]
    assert [(one.id, one.statement["id"], one.moves_progress) for one in announced[-1]] == [
        (ids[0], free["id"], True),
        (ids[1], str(ids[1]), True),
    ]


# --- the announcement ------------------------------------------------------------------------------------------------


def test_the_platform_hears_of_each_statement_as_it_is_stored(anybody, announced):
    [statement_id] = receive(anybody, RICH)

    row = stored(statement_id)
    [[heard]] = announced
    assert (heard.seq, heard.id, heard.stored, heard.timestamp) == (row.seq, row.id, row.stored, row.timestamp)
    assert heard.statement == json.loads(row.body)


def test_what_a_client_sends_moves_no_progress(anybody, writer, announced):
    receive(anybody, PLAIN)
    receive(writer, PLAIN)

    assert [[one.moves_progress for one in batch] for batch in announced] == [[False], [False]]


def test_the_platform_hears_of_nothing_that_is_voided_already(anybody, announced):
    target = with_id(PLAIN)

    receive(anybody, voiding(target["id"]))
    receive(anybody, target)

    assert [[one.statement["verb"]["id"] for one in batch] for batch in announced] == [[VOIDING["verb"]["id"]]]


# --- voiding ---------------------------------------------------------------------------------------------------------


def test_a_statement_is_voided_after_it_came(writer):
    target = with_id(PLAIN)
    receive(writer, target)

    receive(writer, voiding(target["id"]))

    assert voided() == {UUID(target["id"])}


def test_a_statement_is_voided_before_it_comes(writer):
    target = with_id(PLAIN)
    receive(writer, voiding(target["id"]))

    receive(writer, target)

    assert voided() == {UUID(target["id"])}


@pytest.mark.parametrize("order", [1, -1], ids=["target first", "voiding first"])
def test_a_statement_is_voided_in_one_batch(writer, order):
    target = with_id(PLAIN)

    receive(writer, *[target, voiding(target["id"])][::order])

    assert voided() == {UUID(target["id"])}


def test_nobody_voids_what_another_will_send(writer, other):
    target = with_id(PLAIN)
    receive(other, voiding(target["id"]))

    receive(writer, target)

    assert voided() == set()


def test_nobody_hinders_a_voiding_by_one_of_her_own(writer, other):
    target = with_id(PLAIN)
    receive(writer, voiding(target["id"]))
    receive(other, voiding(target["id"]))

    receive(writer, target)

    assert voided() == {UUID(target["id"])}


def test_nobody_voids_what_our_pages_will_record(writer):
    target = with_id(PLAIN)
    receive(writer, voiding(target["id"]))

    storing.record([target])

    assert voided() == set()


def test_a_foreign_statement_is_not_voided(writer, other):
    target = with_id(PLAIN)
    receive(writer, target)

    with pytest.raises(Forbidden):
        receive(other, voiding(target["id"]))

    assert (voided(), Statement.objects.count()) == (set(), 1)


@pytest.mark.parametrize("order", [1, -1], ids=["later", "earlier"])
def test_a_voiding_statement_cannot_be_voided(writer, order):
    first = voiding(TARGET)

    for statement in [first, voiding(first["id"])][::order]:
        receive(writer, statement)

    assert (voided(), Statement.objects.count()) == (set(), 2)


# --- cost ------------------------------------------------------------------------------------------------------------

# SQLite inserts by table, and looks afterwards for what had come before; PostgreSQL does all of that at once.
INSERTS = 6 if settings.ON_SQLITE else 2
LOOKS = 2 if settings.ON_SQLITE else 0


def test_a_batch_of_three_costs_as_many_queries_as_one(anybody, django_assert_num_queries):
    for size in (1, 3):
        with django_assert_num_queries(2 + INSERTS + LOOKS):
            receive(anybody, *(with_id(put(RICH, "$.object.id", f"urn:x:{uuid4()}")) for _ in range(size)))


def test_what_is_known_costs_a_second_try(anybody, django_assert_num_queries):
    known = [with_id(RICH) for _ in range(3)]
    receive(anybody, *known)

    for size in (1, 3):
        with django_assert_num_queries(6 + INSERTS + LOOKS):
            receive(anybody, *known[:size])


def test_our_own_pages_pay_less(db, django_assert_num_queries):
    for size in (1, 3):
        with django_assert_num_queries(2 + INSERTS):
            storing.record([with_id(RICH) for _ in range(size)])


# --- the name of this installation -----------------------------------------------------------------------------------


def test_the_base_is_written_down_once(db, settings):
    assert storing.kept_base() is None

    storing.remember_base()
    settings.XAPI_BASE_IRI = "https://other.example/xapi"
    storing.remember_base()

    assert storing.kept_base() == "https://learn.test/xapi"
