"""Whether statements may come in, and where a refusal points."""

import json
from uuid import UUID, uuid4

import pytest

from lms.xapi import admission, storing, texts
from lms.xapi.refusals import Forbidden, Refused
from tests.lms.xapi.outside import PREFIX, make_outside
from tests.lms.xapi.valid_statements import (
    ABOUT_AGENT,
    ATTACHMENT,
    NESTED,
    NESTED_PLAIN,
    PLAIN,
    REFERRING,
    RICH,
    SECOND,
    STATEMENTS,
    TARGET,
    VOIDING,
    drop,
    put,
)

ID = "11111111-2222-4333-8444-555555555555"


def batch(*statements):
    return texts.read(json.dumps(statements).encode())


def single(statement):
    return texts.read(json.dumps(statement).encode())


def refused(received, version="1.0.3"):
    with pytest.raises(Refused) as caught:
        admission.check(received, version=version)
    return caught.value.finding.path, caught.value.finding.rule


def forbidden(received, credential):
    with pytest.raises(Forbidden) as caught:
        admission.check_rights(received, credential)
    return caught.value.finding.path


def voiding(target):
    return {**VOIDING, "object": {"objectType": "StatementRef", "id": str(target)}}


@pytest.mark.parametrize("statement", STATEMENTS.values(), ids=STATEMENTS)
def test_conformant_statements_come_in(statement):
    assert admission.check(single(statement), version="1.0.3") is None
    assert admission.check(single(statement), version="2.0.0") is None


def test_the_rules_are_those_of_the_version():
    assert admission.check(single(SECOND), version="2.0.0") is None
    assert refused(single(SECOND)) == ("$.object.context.contextAgents", "xAPI 1.0.3 Data 2.2")


def test_a_refusal_names_the_place_in_the_body():
    wrong = put(PLAIN, "$.verb.id", "no iri")

    assert refused(single(wrong)) == ("$.verb.id", "xAPI 1.0.3 Data 4.3")
    assert refused(batch(wrong)) == ("$[0].verb.id", "xAPI 1.0.3 Data 4.3")
    assert refused(batch(PLAIN, PLAIN, wrong), "2.0.0") == ("$[2].verb.id", "IEEE 9274.1.1 4.2.7")


@pytest.mark.parametrize("value", [1, "text", None, [], True])
def test_what_is_no_object_is_refused(value):
    assert refused(batch(PLAIN, value))[0] == "$[1]"


def test_an_id_stands_once_in_a_batch_in_either_case():
    first, second = {**PLAIN, "id": ID.lower()}, {**PLAIN, "id": ID.upper()}

    assert refused(batch(first, PLAIN, second)) == ("$[2].id", "xAPI 1.0.3 Communication 2.1.2")
    assert admission.check(batch(PLAIN, PLAIN), version="1.0.3") is None


def test_an_attachment_must_say_where_it_lies():
    bare = drop({"x": ATTACHMENT}, "$.x.fileUrl")["x"]

    assert refused(single({**PLAIN, "attachments": [ATTACHMENT, bare]})) == ("$.attachments[1]", "xAPI 1.0.3 Data 2.4.11")
    assert refused(batch(put(NESTED, "$.object.attachments", [bare])))[0] == "$[0].object.attachments[0]"


@pytest.mark.parametrize(
    ("path", "value", "place"),
    [
        ("$.object.id", "urn:x:{}", "$.object"),
        ("$.actor", {"openid": "urn:x:{}"}, "$.actor"),
        ("$.actor", {"account": {"homePage": "urn:x", "name": "{}"}}, "$.actor"),
        ("$.object", {"objectType": "Agent", "openid": "urn:x:{}"}, "$.object"),
    ],
)
def test_an_identifier_that_no_index_holds_is_refused(path, value, place):
    def named(text):
        return json.loads(json.dumps(put(PLAIN, path, value)).replace("{}", text))

    assert admission.check(single(named("é" * 900)), version="1.0.3") is None
    assert refused(single(named("é" * 1_000)))[0] == place


def test_a_client_without_the_scope_writes_nothing(db):
    reader = make_outside("statements/read", "statements/read/mine")

    assert forbidden(batch(PLAIN), reader.credential) == "$"
    assert forbidden([], reader.credential) == "$"


@pytest.mark.parametrize(
    "thing",
    [
        {"id": "https://elsewhere.example.org/courses/1"},
        {"id": PREFIX.upper() + "courses/1"},
        {"id": PREFIX[:-1]},
        ABOUT_AGENT["object"],
        REFERRING["object"],
        NESTED_PLAIN["object"],
    ],
    ids=["elsewhere", "other case", "above", "agent", "statement", "sub-statement"],
)
def test_a_client_writes_about_activities_under_its_prefix_only(writer, thing):
    assert admission.check_rights(batch(PLAIN, {**PLAIN, "object": {"id": PREFIX}}), writer.credential) is None
    assert forbidden(batch(PLAIN, {**PLAIN, "object": thing}), writer.credential) == "$[1].object.id"


@pytest.mark.parametrize("statement", STATEMENTS.values(), ids=STATEMENTS)
def test_a_client_for_everything_needs_no_prefix(anybody, statement):
    assert admission.check_rights(single(statement), anybody.credential) is None


def test_a_client_voids_only_what_it_wrote(writer, other, anybody):
    [own] = storing.receive(single(PLAIN), version="1.0.3", credential=writer.credential)
    [foreign] = storing.receive(single(PLAIN), version="1.0.3", credential=other.credential)
    [ours] = storing.record([{**PLAIN, "id": str(uuid4())}])

    assert admission.check_rights(batch(voiding(own)), writer.credential) is None
    for target in (foreign, ours):
        assert forbidden(batch(voiding(own), voiding(target)), writer.credential) == "$[1].object.id"
        assert forbidden(single(voiding(target)), anybody.credential) == "$.object.id"


def test_a_client_may_void_what_is_still_to_come(writer):
    assert admission.check_rights(single(voiding(uuid4())), writer.credential) is None


def test_many_voidings_cost_one_query(writer, django_assert_num_queries):
    one, three = batch(voiding(uuid4())), batch(*(voiding(uuid4()) for _ in range(3)))

    with django_assert_num_queries(1):
        admission.check_rights(one, writer.credential)
    with django_assert_num_queries(1):
        admission.check_rights(three, writer.credential)


def test_what_a_statement_voids():
    assert [admission.voided_by(statement) for statement in (VOIDING, REFERRING, RICH)] == [UUID(TARGET), None, None]


def test_what_says_nothing_else_is_an_activity():
    assert [admission.is_activity(thing) for thing in ({}, {"objectType": "Activity"}, {"objectType": "Agent"})] == [
        True,
        True,
        False,
    ]
