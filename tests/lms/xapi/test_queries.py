"""What the store gives back, in which order and to whom."""

import json
import time
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from lms.xapi import identifiers, queries, storing, texts
from lms.xapi.models import Statement
from lms.xapi.queries import Filter
from lms.xapi.refusals import Forbidden
from tests.lms.xapi.outside import make_outside
from tests.lms.xapi.valid_statements import (
    AGENTS,
    CONTEXT,
    GROUPS,
    NESTED_PLAIN,
    PLAIN,
    REGISTRATION,
    SECOND_CONTEXT,
    VOIDING,
    put,
)

PARTY = {"mbox": "mailto:zoe@example.org"}
MEMBERS = {"objectType": "Group", "member": [PARTY]}
NAMED = {"objectType": "Group", "openid": "https://example.org/watch", "member": [PARTY]}
PLACE = "https://learn.example.org/places/7"
ATTEMPTED, PASSED = PLAIN["verb"]["id"], "http://adlnet.gov/expapi/verbs/passed"

# Where somebody stands in a statement: by the narrow look-up, by the wide one alone, by none.
NARROW = {
    "actor": put(PLAIN, "$.actor", PARTY),
    "member of the actor": put(PLAIN, "$.actor", MEMBERS),
    "member of a named actor": put(PLAIN, "$.actor", NAMED),
    "object": put(PLAIN, "$.object", {"objectType": "Agent", **PARTY}),
    "member of the object": put(PLAIN, "$.object", MEMBERS),
}
WIDE = {
    "instructor": put(PLAIN, "$.context", {"instructor": PARTY}),
    "member of the instructor": put(PLAIN, "$.context", {"instructor": MEMBERS}),
    "member of the team": put(PLAIN, "$.context", {"team": MEMBERS}),
    "agent of the context": put(PLAIN, "$.context", {"contextAgents": [{"objectType": "contextAgent", "agent": PARTY}]}),
    "group of the context": put(PLAIN, "$.context", {"contextGroups": [{"objectType": "contextGroup", "group": MEMBERS}]}),
    "inner actor": put(NESTED_PLAIN, "$.object.actor", PARTY),
    "inner object": put(NESTED_PLAIN, "$.object.object", {"objectType": "Agent", **PARTY}),
    "inner team": put(NESTED_PLAIN, "$.object.context", {"team": MEMBERS}),
}
RELATED = {
    **{
        name: put(PLAIN, "$.context", {"contextActivities": {name: [{"id": PLACE}]}})
        for name in ("parent", "grouping", "category", "other")
    },
    "single parent": put(PLAIN, "$.context", {"contextActivities": {"parent": {"id": PLACE}}}),
    "inner object": put(NESTED_PLAIN, "$.object.object", {"id": PLACE}),
    "inner parent": put(NESTED_PLAIN, "$.object.context", {"contextActivities": {"parent": [{"id": PLACE}]}}),
}


def receive(client, *statements):
    return storing.receive(texts.read(json.dumps(statements).encode()), version="2.0.0", credential=client.credential)


def found(wanted=None, readable=None, after=None):
    """The ids of one page."""
    readable = Statement.objects.all() if readable is None else readable
    page = queries.page(wanted or Filter(), readable=readable, after=after)
    return [UUID(json.loads(body)["id"]) for body in page.bodies]


def voiding(target):
    return put(VOIDING, "$.object.id", str(target))


# --- filters ---------------------------------------------------------------------------------------------------------


def test_without_a_filter_the_newest_comes_first(anybody):
    first, second = receive(anybody, PLAIN, PLAIN)
    [third] = receive(anybody, PLAIN)

    assert found() == [third, second, first]
    assert found(Filter(ascending=True)) == [first, second, third]


def test_an_empty_store_has_an_empty_page(db):
    assert queries.page(Filter(), readable=Statement.objects.all()) == queries.Page([], None)


@pytest.mark.parametrize("statement", NARROW.values(), ids=NARROW)
def test_an_agent_is_found_as_actor_or_object_or_member_of_them(anybody, statement):
    [wanted, _] = receive(anybody, statement, PLAIN)
    agent = identifiers.agent_identifier(PARTY)

    assert found(Filter(agent=agent)) == [wanted]
    assert found(Filter(agent=agent, related_agents=True)) == [wanted]


@pytest.mark.parametrize("statement", WIDE.values(), ids=WIDE)
def test_a_related_agent_is_found_on_request_only(anybody, statement):
    [wanted, _] = receive(anybody, statement, PLAIN)
    agent = identifiers.agent_identifier(PARTY)

    assert found(Filter(agent=agent)) == []
    assert found(Filter(agent=agent, related_agents=True)) == [wanted]


def test_an_authority_is_a_related_agent(anybody, writer):
    [wanted] = receive(writer, PLAIN)
    receive(anybody, PLAIN)
    authority = {"account": {"homePage": "https://learn.test/xapi", "name": f"client:{writer.credential.key}"}}
    agent = identifiers.agent_identifier(authority)

    assert found(Filter(agent=agent)) == []
    assert found(Filter(agent=agent, related_agents=True)) == [wanted]


def test_an_identified_group_is_found_by_its_identifier(anybody):
    [wanted, _] = receive(anybody, put(PLAIN, "$.actor", NAMED), put(PLAIN, "$.actor", GROUPS["anonymous"]))

    assert found(Filter(agent=identifiers.agent_identifier(NAMED))) == [wanted]


def test_an_anonymous_group_is_found_by_no_group_alike(anybody):
    receive(anybody, put(PLAIN, "$.actor", MEMBERS))

    assert found(Filter(agent=identifiers.ANONYMOUS_GROUP, related_agents=True)) == []


def test_an_activity_is_found_as_object(anybody):
    [wanted, *_] = receive(anybody, put(PLAIN, "$.object", {"id": PLACE}), PLAIN, *RELATED.values())

    assert found(Filter(activity=PLACE)) == [wanted]
    assert found(Filter(activity=PLACE.upper())) == []


@pytest.mark.parametrize("statement", RELATED.values(), ids=RELATED)
def test_a_related_activity_is_found_on_request_only(anybody, statement):
    [wanted, _] = receive(anybody, statement, PLAIN)

    assert found(Filter(activity=PLACE)) == []
    assert found(Filter(activity=PLACE, related_activities=True)) == [wanted]


def test_an_activity_as_object_is_related_too(anybody):
    [wanted, _] = receive(anybody, put(PLAIN, "$.object", {"id": PLACE}), PLAIN)

    assert found(Filter(activity=PLACE, related_activities=True)) == [wanted]


def test_whoever_stands_in_several_places_is_found_once(anybody):
    [wanted] = receive(anybody, put(put(PLAIN, "$.context", SECOND_CONTEXT), "$.actor", AGENTS["account"]))
    account = identifiers.agent_identifier(AGENTS["account"])

    assert found(Filter(agent=account, related_agents=True)) == [wanted]


def test_verb_and_registration_match_exactly(anybody):
    passed, registered, plain = receive(
        anybody, put(PLAIN, "$.verb.id", PASSED), put(PLAIN, "$.context", {"registration": REGISTRATION.upper()}), PLAIN
    )

    assert found(Filter(verb=PASSED)) == [passed]
    assert found(Filter(verb=ATTEMPTED)) == [plain, registered]
    assert found(Filter(registration=UUID(REGISTRATION))) == [registered]
    assert found(Filter(registration=uuid4())) == []


def test_filters_hold_together(anybody):
    both = put(put(NARROW["actor"], "$.verb.id", PASSED), "$.context", CONTEXT)
    wanted, *_ = receive(anybody, both, put(PLAIN, "$.verb.id", PASSED), NARROW["actor"])
    agent = identifiers.agent_identifier(PARTY)

    assert found(Filter(agent=agent, verb=PASSED, registration=UUID(REGISTRATION), activity=PLAIN["object"]["id"])) == [wanted]


def test_since_is_exclusive_and_until_inclusive(anybody):
    ids = []
    for _ in range(3):
        ids += receive(anybody, PLAIN)
        time.sleep(0.002)
    moments = [Statement.objects.get(id=statement_id).stored for statement_id in ids]

    assert found(Filter(since=moments[1])) == [ids[2]]
    assert found(Filter(until=moments[1])) == [ids[1], ids[0]]
    assert found(Filter(since=moments[0], until=moments[1])) == [ids[1]]
    assert found(Filter(since=moments[0] - timedelta(milliseconds=1))) == ids[::-1]
    assert found(Filter(until=moments[0] - timedelta(milliseconds=1))) == []


def test_the_instant_of_storing_counts_and_not_the_one_that_was_sent(anybody):
    [statement_id] = receive(anybody, {**PLAIN, "timestamp": "2001-01-01T00:00:00Z"})
    moment = Statement.objects.get().stored

    assert found(Filter(since=moment - timedelta(seconds=1))) == [statement_id]


# --- voided statements -----------------------------------------------------------------------------------------------


def test_a_voided_statement_is_in_no_list_and_its_voiding_is(anybody):
    [target, other] = receive(anybody, PLAIN, PLAIN)
    [by] = receive(anybody, voiding(target))

    assert found() == [by, other]
    assert found(Filter(activity=PLAIN["object"]["id"])) == [by, other]


def test_a_statement_is_given_as_what_it_is(anybody):
    [target, other] = receive(anybody, PLAIN, PLAIN)
    receive(anybody, voiding(target))
    everything = Statement.objects.all()

    def given(statement_id, *, is_voided):
        return queries.one(statement_id, readable=everything, is_voided=is_voided)

    for statement_id, is_voided in ((other, False), (target, True)):
        row = Statement.objects.get(id=statement_id)
        assert given(statement_id, is_voided=is_voided) == (row.seq, row.body, row.version, row.stored)
    assert [given(target, is_voided=False), given(other, is_voided=True), given(uuid4(), is_voided=False)] == [None] * 3


# --- pages -----------------------------------------------------------------------------------------------------------


def walk(wanted, *, between=None):
    """The ids of all pages, with something done between two of them."""
    ids, after = [], None
    while True:
        page = queries.page(wanted, readable=Statement.objects.all(), after=after)
        ids += [UUID(json.loads(body)["id"]) for body in page.bodies]
        after = page.last_seq
        if after is None:
            return ids
        if between is not None:
            between()


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 6, 7])
def test_pages_together_hold_each_statement_once(anybody, limit):
    ids = receive(anybody, *[PLAIN] * 6)

    assert walk(Filter(limit=limit)) == ids[::-1]
    assert walk(Filter(limit=limit, ascending=True)) == ids


def test_new_statements_neither_hide_nor_repeat_older_ones(anybody):
    ids = receive(anybody, *[PLAIN] * 5)

    assert walk(Filter(limit=2), between=lambda: receive(anybody, PLAIN)) == ids[::-1]


def test_from_oldest_to_newest_new_statements_follow(anybody):
    ids = receive(anybody, *[PLAIN] * 5)
    new = []

    found_ids = walk(Filter(limit=2, ascending=True), between=lambda: new.extend(receive(anybody, PLAIN) if len(new) < 2 else []))

    assert found_ids == ids + new


def test_a_server_gives_no_more_than_its_limit_at_once(anybody, settings):
    settings.XAPI_PAGE_LIMIT = 2
    ids = receive(anybody, *[PLAIN] * 3)

    assert [found(Filter(limit=limit)) for limit in (0, 1, 2, 3, 1_000)] == [
        ids[:0:-1],
        ids[:1:-1],
        ids[:0:-1],
        ids[:0:-1],
        ids[:0:-1],
    ]


def test_the_last_page_says_so(anybody):
    receive(anybody, *[PLAIN] * 3)
    first, second, third = Statement.objects.order_by("seq").values_list("seq", flat=True)
    everything = Statement.objects.all()

    assert queries.page(Filter(limit=2), readable=everything).last_seq == second
    assert queries.page(Filter(limit=2), readable=everything, after=second).last_seq is None
    assert queries.page(Filter(limit=3), readable=everything).last_seq is None
    assert queries.page(Filter(limit=2), readable=everything, after=first) == queries.Page([], None)
    assert queries.page(Filter(limit=2, ascending=True), readable=everything, after=third) == queries.Page([], None)


def test_a_page_costs_one_query_for_each_way_of_being_found_and_one_for_the_bodies(anybody, django_assert_num_queries):
    wanted = Filter(agent=identifiers.agent_identifier(PLAIN["actor"]), related_agents=True, activity=PLAIN["object"]["id"])
    receive(anybody, PLAIN)

    with django_assert_num_queries(3):
        assert len(found(wanted)) == 1
    receive(anybody, PLAIN, PLAIN)
    with django_assert_num_queries(3):
        assert len(found(wanted)) == 3


# --- who reads -------------------------------------------------------------------------------------------------------


def test_a_client_reads_what_its_scopes_say(writer, other):
    reader = make_outside("statements/read")
    [own], [foreign] = receive(writer, PLAIN), receive(other, PLAIN)
    [ours] = storing.record([{**PLAIN, "id": str(uuid4())}])

    assert found(readable=queries.readable_by(writer.credential)) == [own]
    assert found(readable=queries.readable_by(other.credential)) == [foreign]
    assert found(readable=queries.readable_by(reader.credential)) == [ours, foreign, own]


def test_a_client_that_only_writes_reads_nothing(db):
    with pytest.raises(Forbidden):
        queries.readable_by(make_outside("statements/write").credential)


# --- what the platform reads -----------------------------------------------------------------------------------------


def test_the_statements_of_an_enrolment_are_read_in_the_order_of_storing(db):
    in_it = [{**put(PLAIN, "$.context", CONTEXT), "id": str(uuid4())} for _ in range(3)]
    elsewhere = {**put(PLAIN, "$.context", {"registration": str(uuid4())}), "id": str(uuid4())}
    other_verb = {**put(in_it[0], "$.verb.id", PASSED), "id": str(uuid4())}
    storing.record([*in_it, elsewhere, other_verb])

    read = list(queries.of_registration(UUID(REGISTRATION), [ATTEMPTED]))

    rows = Statement.objects.order_by("seq")[:3]
    assert [(one.seq, one.id, one.stored, one.timestamp, one.moves_progress) for one in read] == [
        (row.seq, row.id, row.stored, row.timestamp, True) for row in rows
    ]
    assert [one.statement for one in read] == [json.loads(row.body) for row in rows]
    assert [str(one.id) for one in read] == [one["id"] for one in in_it]


def test_the_platform_reads_as_it_heard(db, announced):
    storing.record([{**put(PLAIN, "$.context", CONTEXT), "id": str(uuid4())}])

    assert list(queries.of_registration(UUID(REGISTRATION), [ATTEMPTED])) == list(announced[0])


def test_what_a_client_says_of_an_enrolment_is_not_read(anybody):
    receive(anybody, put(PLAIN, "$.context", CONTEXT))

    assert list(queries.of_registration(UUID(REGISTRATION), [ATTEMPTED])) == []


def test_the_digest_of_a_statement(anybody):
    [statement_id] = receive(anybody, PLAIN)

    assert queries.digest_of(statement_id) == texts.digest(PLAIN)
    assert queries.digest_of(uuid4()) is None
