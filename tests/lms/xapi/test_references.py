"""Statements that refer to others are found by what finds the others (rules C44, C45)."""

import json
from uuid import UUID, uuid4

import pytest

from lms.xapi import identifiers, queries, rules, storing, texts
from lms.xapi.queries import Filter
from tests.lms.xapi.valid_statements import PLAIN, put

TOPIC = "urn:x:topic"
VERB = "urn:x:noticed"
PARTY = {"mbox": "mailto:zoe@example.org"}
REGISTRATION = str(uuid4())
TARGET = {
    "actor": PARTY,
    "verb": {"id": VERB},
    "object": {"id": TOPIC},
    "context": {
        "registration": REGISTRATION,
        "contextActivities": {"grouping": [{"id": "urn:x:course"}]},
        "instructor": {"mbox": "mailto:teacher@example.org"},
    },
}
# Everything by which the target is found.
WAYS = {
    "agent": Filter(agent=identifiers.agent_identifier(PARTY)),
    "verb": Filter(verb=VERB),
    "activity": Filter(activity=TOPIC),
    "registration": Filter(registration=UUID(REGISTRATION)),
    "related activity": Filter(activity="urn:x:course", related_activities=True),
    "related agent": Filter(agent="mbox:mailto:teacher@example.org", related_agents=True),
    "all": Filter(agent=identifiers.agent_identifier(PARTY), verb=VERB, activity=TOPIC, registration=UUID(REGISTRATION)),
}


def receive(client, *statements):
    return storing.receive(texts.read(json.dumps(statements).encode()), version="1.0.3", credential=client.credential)


def named(statement):
    return {**statement, "id": str(uuid4())}


def referring(target):
    return named({**PLAIN, "object": {"objectType": "StatementRef", "id": target["id"]}})


def found(client, wanted):
    return [json.loads(body)["id"] for body in queries.page(wanted, readable=queries.readable_by(client.credential)).bodies]


def chain():
    """A statement, one that refers to it, and one that refers to that."""
    target = named(TARGET)
    first = referring(target)
    return [target, first, referring(first)]


@pytest.mark.parametrize("way", WAYS)
def test_it_is_found_by_what_finds_its_target(anybody, way):
    target, first, second = chain()
    for statement in (target, first, second):
        receive(anybody, statement)

    assert found(anybody, WAYS[way]) == [second["id"], first["id"], target["id"]]


@pytest.mark.parametrize("order", [(0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)])
def test_whichever_comes_first(anybody, order):
    statements = chain()
    for place in order:
        receive(anybody, statements[place])

    for wanted in WAYS.values():
        assert found(anybody, wanted) == [statements[place]["id"] for place in reversed(order)]


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_also_in_one_batch(anybody, order):
    statements = chain()
    receive(anybody, *(statements[place] for place in order))

    for wanted in WAYS.values():
        assert found(anybody, wanted) == [statements[place]["id"] for place in reversed(order)]


def test_what_has_nothing_to_do_with_it_is_not_found(anybody):
    target, first, _ = chain()
    receive(anybody, target, first, PLAIN)

    assert found(anybody, Filter(activity=PLAIN["object"]["id"]))[1:] == []
    assert found(anybody, Filter(activity="urn:x:course")) == []


def test_since_and_until_look_at_the_referring_statement(anybody, wait_a_millisecond):
    target, first, _ = chain()
    receive(anybody, target)
    wait_a_millisecond()
    receive(anybody, first)
    [body] = queries.page(Filter(limit=1), readable=queries.readable_by(anybody.credential)).bodies
    stored = rules.instant(json.loads(body)["stored"])

    assert found(anybody, Filter(activity=TOPIC, since=stored)) == []
    assert found(anybody, Filter(activity=TOPIC, until=stored)) == [first["id"], target["id"]]


def test_a_voided_target_still_finds_what_refers_to_it(anybody):
    target, first, _ = chain()
    receive(anybody, target, first)
    void = named(put(PLAIN, "$.verb.id", "http://adlnet.gov/expapi/verbs/voided"))
    void["object"] = {"objectType": "StatementRef", "id": target["id"]}
    receive(anybody, void)

    assert found(anybody, WAYS["activity"]) == [void["id"], first["id"]]


def test_those_that_refer_to_themselves_or_in_a_ring_are_kept(anybody):
    one, two = named(PLAIN), named(PLAIN)
    one["object"] = {"objectType": "StatementRef", "id": two["id"]}
    two["object"] = {"objectType": "StatementRef", "id": one["id"]}
    own = named(PLAIN)
    own["object"] = {"objectType": "StatementRef", "id": own["id"]}
    for statement in (one, two, own):
        receive(anybody, statement)

    assert len(found(anybody, Filter())) == 3


def test_a_client_that_reads_its_own_finds_no_foreign_target(anybody, writer):
    target = named(TARGET)
    receive(anybody, target)
    first = named({**PLAIN, "object": {"objectType": "StatementRef", "id": target["id"]}})
    receive(anybody, first)

    assert found(writer, WAYS["activity"]) == []
