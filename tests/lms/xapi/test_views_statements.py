"""The statement resource as clients meet it: what goes in comes out as it was, and nothing that is sent breaks it."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from uuid import UUID, uuid4

import pytest
from django.core import signing
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from courses.models import ModuleProgress
from lms.xapi import storing
from lms.xapi.models import Activity, Agent, Alarm, Credential, Statement, StatementLink
from tests.factories.learning import enrol
from tests.lms.xapi.outside import make_outside
from tests.lms.xapi.strategies import ANYTHING, VALID, VERSIONS, mutations
from tests.lms.xapi.valid_statements import (
    AGENTS,
    ATTACHMENT,
    PLAIN,
    REGISTRATION,
    RICH,
    VOIDING,
    drop,
    put,
)

unhurried = settings(
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
METHODS = st.sampled_from(["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
ID = "11111111-2222-4333-8444-555555555555"
PARAMETERS = [
    ["statementId", "voidedStatementId", "agent", "verb", "activity", "registration", "since", "until", "limit", "ascending"],
    ["related_agents", "related_activities", "cursor", "format", "attachments", "method", "Agent"],
]
BARE_RICH = drop(RICH, "$.id")
ODD = (
    '{ "object" : {"id":"https:\\/\\/learn.example.org/1"},\n\t"verb":{"id":"urn:x","display":{"fr":"\\u00e9t\u00e9 \U0001f600"}}'
    ' , "actor":{"mbox":"mailto:a@b.c"},"result":{"score":{"raw":1.0,"max":1e2,"min":-0,"scaled":0.10},"extensions":'
    '{"urn:y":[12.10, 1E+2, 123456789012345678901234567890, 0.1000000000000000055, null,{ }]}} }'
)


def answered(response):
    """Status, path and rule of a refusal."""
    said = response.json()
    return response.status_code, said["path"], said["rule"]


def body_of(statement_id):
    return Statement.objects.get(id=statement_id).body


def ids_of(response):
    assert response.status_code == 200
    return [statement["id"] for statement in response.json()["statements"]]


def voiding(target):
    return put(VOIDING, "$.object.id", str(target))


# --- in and out ------------------------------------------------------------------------------------------------------


def test_one_statement_is_stored_and_answered_with_its_id(anybody):
    response = anybody.post({**PLAIN, "id": ID})

    assert (response.status_code, response.json()) == (200, [ID])
    assert list(Statement.objects.values_list("id", flat=True)) == [UUID(ID)]


def test_a_batch_is_answered_with_its_ids_in_order(anybody):
    response = anybody.post([PLAIN, {**PLAIN, "id": ID}, PLAIN])

    assert (response.status_code, response.json()[1]) == (200, ID)
    assert [str(one) for one in Statement.objects.order_by("seq").values_list("id", flat=True)] == response.json()


def test_an_empty_batch_is_answered_with_no_ids(anybody):
    response = anybody.post([])

    assert (response.status_code, response.json(), Statement.objects.count()) == (200, [], 0)


def test_put_stores_one_statement_and_answers_nothing(anybody):
    response = anybody.put(PLAIN, statementId=ID)

    assert (response.status_code, response.content) == (204, b"")
    assert json.loads(body_of(ID))["id"] == ID


def test_post_keeps_the_text_of_one_statement(anybody):
    [statement_id] = anybody.post(f"\n {ODD} \r\n").json()

    front, _, rest = body_of(statement_id).partition(ODD[1:])
    assert (front[0], rest) == ("{", "")
    assert list(json.loads(front[:-1] + "}")) == ["id", "timestamp", "version", "stored", "authority"]


def test_post_keeps_the_texts_of_a_batch(anybody):
    texts = [ODD, json.dumps(PLAIN, indent=3), ODD.replace("\n", " ")]

    ids = anybody.post(f" [\n{texts[0]} ,{texts[1]},\t{texts[2]}\n] ").json()

    assert [body_of(one).endswith(f",{text[1:]}") for one, text in zip(ids, texts, strict=True)] == [True] * 3


def test_put_keeps_the_text(anybody):
    anybody.put(ODD, statementId=ID)

    assert body_of(ID).endswith(f",{ODD[1:]}")
    assert body_of(ID).count(ID) == 1


def test_what_a_store_sets_is_replaced_and_all_else_keeps_its_text(anybody):
    text = (
        '{ "stored" : "2020-01-01T00:00:00Z",\n "authority":{"mbox":"mailto:me@example.org"} ,'
        f'"id" : "{ID}", "version" :"1.0.2", "timestamp":"2026-03-01T09:00:00,0Z",{ODD[1:]}'
    )

    anybody.post(text)

    stored, authority = (json.dumps(json.loads(body_of(ID))[name], separators=(",", ":")) for name in ("stored", "authority"))
    assert body_of(ID) == text.replace('"2020-01-01T00:00:00Z"', stored).replace('{"mbox":"mailto:me@example.org"}', authority)


def test_a_statement_comes_out_as_it_is_kept(anybody):
    anybody.put(ODD, statementId=ID)
    [other] = anybody.post(PLAIN).json()

    single, listed = anybody.get(statementId=ID), anybody.get()

    assert single.content.decode() == body_of(ID)
    assert listed.content.decode() == f'{{"statements":[{body_of(other)},{body_of(ID)}],"more":""}}'


BARE = [{name: part for name, part in one.items() if name not in {"id", "stored", "authority"}} for one in VALID]
WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
KEEPABLE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=8,
)


@given(
    statement=st.sampled_from(BARE),
    extension=KEEPABLE,
    indent=st.sampled_from([None, 0, 2]),
    is_ascii=st.booleans(),
    separators=st.sampled_from([(",", ":"), (" ,\t", " : ")]),
)
@unhurried
def test_whatever_conforms_comes_back_with_its_own_text(anybody, statement, extension, indent, is_ascii, separators):
    statement = {**statement, "result": {"extensions": {"urn:x": extension}}}
    text = json.dumps(statement, indent=indent, ensure_ascii=is_ascii, separators=separators)
    anybody.version = "2.0.0"

    [statement_id] = anybody.post(text).json()

    assert anybody.get(statementId=statement_id).content.decode().endswith(f",{text[1:]}")


# --- refusals --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "path", "rule"),
    [
        (
            '{"actor":{"mbox":"mailto:a@b.c","name":"a\\u0000"},"verb":{"id":"urn:x"},"object":{"id":"urn:y"}}',
            "$.actor.name",
            "1.4",
        ),
        (json.dumps(put(PLAIN, "$.result", {"score": {"raw": 9}})).replace("9", "1e999"), "$.result.score.raw", "Data 2.2"),
        (put(PLAIN, "$.context", {"registration": "11111111"}), "$.context.registration", "Data 4.4"),
        (put(PLAIN, "$.id", "11111111-2222-4333-8444-55555555555"), "$.id", "Data 4.4"),
        (put(PLAIN, "$.object.id", "no iri"), "$.object.id", "Data 4.3"),
        ({**PLAIN, "actor": None}, "$.actor", "Data 2.2"),
        ("{", "$", "Communication 2.1"),
        ('{"actor":1,"actor":2}', "$", "Communication 2.1"),
        ("[" * 100_000, "$[0]", "Communication 2.1"),
        ('{"result":' * 100_000, "$", "Communication 2.1"),
        (json.dumps(put(PLAIN, "$.result", {"score": {"raw": 9}})).replace("9", "9" * 5_000), "$", "Communication 2.1"),
        ({**PLAIN, "attachments": [drop({"x": ATTACHMENT}, "$.x.fileUrl")["x"]]}, "$.attachments[0]", "Data 2.4.11"),
        (1, "$", "Data 2.2"),
        (b"\xff", "$", "Communication 2.1"),
    ],
)
def test_a_body_that_breaks_a_rule_is_refused_with_path_and_rule(anybody, body, path, rule):
    post, put = anybody.post(body), anybody.put(body, statementId=ID)

    assert answered(post)[:2] == (400, path)
    assert answered(post)[2].startswith("xAPI 1.0.3 ")
    assert answered(post)[2].endswith(rule)
    assert put.status_code == 400
    assert (Statement.objects.count(), StatementLink.objects.count()) == (0, 0)


def test_one_wrong_statement_refuses_the_batch(anybody):
    response = anybody.post([PLAIN, PLAIN, {**PLAIN, "verb": {"id": "x"}}])

    assert answered(response) == (400, "$[2].verb.id", "xAPI 1.0.3 Data 4.3")
    assert Statement.objects.count() == 0


def test_the_same_statement_again_changes_nothing(anybody):
    statement = {**RICH, "id": ID}
    anybody.post(statement)
    before = body_of(ID)

    again = [
        anybody.post([statement]),
        anybody.put(statement, statementId=ID),
        anybody.put(drop(statement, "$.id"), statementId=ID),
    ]

    assert [one.status_code for one in again] == [200, 204, 204]
    assert (Statement.objects.count(), body_of(ID)) == (1, before)


def test_other_content_under_a_known_id_is_a_conflict(anybody):
    anybody.put(PLAIN, statementId=ID)
    before = body_of(ID)
    other = {**PLAIN, "result": {"success": True}, "id": ID}

    answers = [anybody.post([PLAIN, other]), anybody.put(other, statementId=ID)]

    assert [answered(one) for one in answers] == [
        (409, "$[1].id", "xAPI 1.0.3 Data 2.3.1"),
        (409, "$.id", "xAPI 1.0.3 Data 2.3.1"),
    ]
    assert (Statement.objects.count(), body_of(ID)) == (1, before)


def test_put_needs_the_id_in_the_address(anybody):
    assert answered(anybody.put({**PLAIN, "id": ID}))[:2] == (400, "?statementId")
    assert answered(anybody.put(PLAIN, statementId="1"))[:2] == (400, "?statementId")


@pytest.mark.parametrize("value", ["3bce2097-5afd-4edb-bf57-21a77585a77b", "", 1, None, [ID]])
def test_put_refuses_another_id_in_the_body(anybody, value):
    assert answered(anybody.put({**PLAIN, "id": value}, statementId=ID))[:2] == (400, "$.id")
    assert Statement.objects.count() == 0


def test_put_takes_the_id_in_either_case(anybody):
    wanted = str(uuid4())

    assert anybody.put({**PLAIN, "id": wanted.upper()}, statementId=wanted).status_code == 204
    assert anybody.put({**PLAIN, "id": wanted}, statementId=wanted.upper()).status_code == 204
    assert Statement.objects.count() == 1


@pytest.mark.parametrize("body", [[PLAIN], [], [PLAIN, PLAIN], "text", 1, None])
def test_put_takes_one_object(anybody, body):
    assert answered(anybody.put(body, statementId=ID))[:2] == (400, "$")
    assert Statement.objects.count() == 0


@pytest.mark.parametrize("method", ["DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_other_methods_are_refused(anybody, method):
    assert answered(anybody.send(method, PLAIN))[:2] == (400, "method")


@pytest.mark.parametrize("name", ["statementId", "method", "StatementId"])
def test_post_takes_no_parameters(anybody, name):
    assert answered(anybody.post(PLAIN, **{name: ID}))[:2] == (400, f"?{name}")
    assert Statement.objects.count() == 0


def test_a_client_reaches_no_further_than_its_scopes(writer):
    reader, mute = make_outside("statements/read"), make_outside("statements/write")

    assert answered(reader.post(PLAIN))[:2] == (403, "$")
    assert answered(mute.get())[:2] == (403, "$")
    assert answered(mute.get(statementId=ID))[:2] == (403, "$")
    assert answered(writer.post({**PLAIN, "object": {"id": "urn:x"}}))[:2] == (403, "$.object.id")
    assert Statement.objects.count() == 0


# --- nothing that is sent breaks it ----------------------------------------------------------------------------------


def assert_holds(response, before):
    assert response.status_code in {200, 204, 400, 403, 404, 409, 413}
    assert response["X-Experience-API-Version"] in {"1.0.3", "2.0.0"}
    if response.status_code >= 400:
        assert Statement.objects.count() == before


@given(method=METHODS, value=ANYTHING | mutations() | st.lists(mutations(), max_size=3), version=VERSIONS)
@unhurried
def test_any_json_is_answered_and_a_refusal_stores_nothing(anybody, method, value, version):
    anybody.version, before = version, Statement.objects.count()

    response = anybody.send(method, json.dumps(value), **({"statementId": str(uuid4())} if method == "PUT" else {}))

    assert_holds(response, before)


@given(method=METHODS, body=st.binary() | st.text().map(lambda text: f'{{"actor":{text}'.encode()))
@unhurried
def test_any_bytes_are_answered_and_a_refusal_stores_nothing(anybody, method, body):
    response = anybody.send(method, body, **({"statementId": ID} if method == "PUT" else {}))

    assert_holds(response, 0)


@given(
    parameters=st.dictionaries(
        st.sampled_from(sum(PARAMETERS, [])) | st.text(max_size=5),
        st.text(max_size=20)
        | ANYTHING.map(json.dumps)
        | st.sampled_from([ID, "true", "7", "urn:x", "2016-12-31T23:59:60Z", json.dumps(AGENTS["mbox"])]),
        max_size=4,
    )
)
@unhurried
def test_any_parameters_are_answered(anybody, parameters):
    for method in ("GET", "PUT"):
        assert_holds(anybody.send(method, "{}", **parameters), 0)


# --- reading ---------------------------------------------------------------------------------------------------------


def test_a_statement_is_read_by_its_id_in_either_case(anybody):
    [statement_id] = anybody.post(PLAIN).json()

    for sent in (statement_id, statement_id.upper()):
        assert anybody.get(statementId=sent).json()["id"] == statement_id


def test_a_voided_statement_is_read_as_such_only(anybody):
    [target] = anybody.post(PLAIN).json()
    [by] = anybody.post(voiding(target)).json()

    assert answered(anybody.get(statementId=target))[:2] == (404, "?statementId")
    assert anybody.get(voidedStatementId=target).json()["id"] == target
    assert anybody.get(statementId=by).json()["id"] == by
    assert answered(anybody.get(voidedStatementId=by))[:2] == (404, "?voidedStatementId")
    assert ids_of(anybody.get()) == [by]


def test_unknown_and_foreign_statements_are_answered_alike(writer, other):
    [foreign] = other.post(PLAIN).json()

    answers = [writer.get(**{name: one}) for name in ("statementId",) for one in (foreign, str(uuid4()))]

    assert {(one.status_code, one.content) for one in answers} == {(404, answers[0].content)}


@pytest.mark.parametrize(
    ("parameters", "path"),
    [
        ({"agent": "no json"}, "?agent"),
        ({"agent": "[]"}, "?agent"),
        ({"agent": {}}, "?agent"),
        ({"agent": {"objectType": "Group", "member": [AGENTS["mbox"]]}}, "?agent"),
        ({"agent": {"mbox": "amina@example.org"}}, "?agent.mbox"),
        ({"agent": '{"mbox":"mailto:a@b.c","mbox":"mailto:a@b.c"}'}, "?agent"),
        ({"agent": "[" * 1_000}, "?agent"),
        ({"verb": "experienced"}, "?verb"),
        ({"activity": "courses/1"}, "?activity"),
        ({"registration": "1"}, "?registration"),
        ({"since": "yesterday"}, "?since"),
        ({"until": "2026-03-01T00:00:00-00:00"}, "?until"),
        ({"limit": "-1"}, "?limit"),
        ({"limit": "1.5"}, "?limit"),
        ({"limit": "٣"}, "?limit"),
        ({"limit": ""}, "?limit"),
        ({"limit": "9" * 5_000}, "?limit"),
        ({"ascending": "True"}, "?ascending"),
        ({"related_agents": "1"}, "?related_agents"),
        ({"related_activities": ""}, "?related_activities"),
        ({"statementId": "1"}, "?statementId"),
        ({"voidedStatementId": f"{{{ID}}}"}, "?voidedStatementId"),
        ({"Limit": "1"}, "?Limit"),
        ({"cursor": "x"}, "?cursor"),
        ({"cursor": ""}, "?cursor"),
    ],
)
def test_a_parameter_that_breaks_a_rule_is_refused(anybody, parameters, path):
    assert answered(anybody.get(**parameters))[:2] == (400, path)


@pytest.mark.parametrize(
    "more",
    [
        {"voidedStatementId": ID},
        {"agent": AGENTS["mbox"]},
        {"verb": "urn:x"},
        {"activity": "urn:x"},
        {"registration": ID},
        {"related_activities": "true"},
        {"related_agents": "false"},
        {"since": "2026-03-01T00:00:00Z"},
        {"until": "2026-03-01T00:00:00Z"},
        {"limit": "1"},
        {"ascending": "true"},
        {"cursor": "x"},
    ],
)
def test_an_id_stands_alone(anybody, more):
    assert answered(anybody.get(statementId=ID, **more))[:2] == (400, "?")


def test_filters_are_read_from_the_address(anybody):
    [rich, plain] = anybody.post([RICH, PLAIN]).json()
    stored = json.loads(body_of(plain))["stored"]
    authority = json.loads(body_of(plain))["authority"]
    parent = "urn:example:quiz"

    def found(**parameters):
        return ids_of(anybody.get(**parameters))

    assert found(agent={"mbox": "mailto:amina@EXAMPLE.org", "name": "Somebody"}) == [plain, rich]
    assert found(agent=authority) == []
    assert found(agent=authority, related_agents="true") == [plain, rich]
    assert found(verb=PLAIN["verb"]["id"]) == [plain]
    assert found(activity=RICH["object"]["id"]) == [rich]
    assert found(activity=parent) == []
    assert found(activity=parent, related_activities="true") == [rich]
    assert found(registration=REGISTRATION.upper()) == [rich]
    assert found(since=stored) == []
    assert found(until=stored) == [plain, rich]
    assert found(since="2016-12-31T23:59:60Z", until="2016-12-31T23:59:60Z") == []
    assert found(limit="1") == [plain]
    assert found(ascending="true") == [rich, plain]


def test_a_client_finds_what_it_may_read(anybody, writer, other):
    [own], [foreign] = writer.post(PLAIN).json(), other.post(PLAIN).json()
    storing.record([{**PLAIN, "id": ID}])

    assert [ids_of(client.get()) for client in (writer, other, anybody)] == [[own], [foreign], [ID, foreign, own]]


# --- more ------------------------------------------------------------------------------------------------------------


def walk(client, response):
    """The ids of this page and of all that follow."""
    ids = ids_of(response)
    while more := response.json()["more"]:
        response = client.follow(more)
        ids += ids_of(response)
    return ids


def test_more_leads_on_with_the_same_filters(anybody):
    ids = anybody.post([PLAIN, BARE_RICH] * 3).json()

    first = anybody.get(limit="2", activity=PLAIN["object"]["id"], agent=AGENTS["mbox"], since="2020-01-01T00:00:00Z")

    assert first.json()["more"].startswith("/xapi/statements?cursor=")
    assert ids_of(first) == [ids[4], ids[2]]
    assert walk(anybody, first) == [ids[4], ids[2], ids[0]]
    assert walk(anybody, anybody.get(limit="2", ascending="true", verb=RICH["verb"]["id"])) == [ids[1], ids[3], ids[5]]


def test_new_statements_between_two_pages_are_neither_lost_nor_doubled(anybody):
    ids = anybody.post([PLAIN] * 5).json()
    newest, oldest = anybody.get(limit="2"), anybody.get(limit="2", ascending="true")

    new = anybody.post([PLAIN] * 2).json()

    assert walk(anybody, newest) == ids[::-1]
    assert walk(anybody, oldest) == ids + new


def test_more_of_one_client_shows_another_what_that_one_may_read(anybody, writer):
    own = writer.post([PLAIN] * 2).json()
    foreign = anybody.post([PLAIN] * 2).json()
    more = anybody.get(limit="1").json()["more"]

    assert ids_of(anybody.follow(more)) == [foreign[0]]
    assert ids_of(writer.follow(more)) == [own[1]]
    assert answered(make_outside("statements/write").follow(more))[0] == 403


def test_more_is_refused_to_nobody_in_particular(client, anybody):
    anybody.post([PLAIN] * 2)

    response = client.get(anybody.get(limit="1").json()["more"], headers={"X-Experience-API-Version": "1.0.3"})

    assert response.status_code == 401


def test_a_changed_cursor_is_refused(anybody):
    anybody.post([PLAIN] * 2)
    cursor = anybody.get(limit="1").json()["more"].partition("cursor=")[2]
    changed = [
        cursor[:-1] + ("A" if cursor[-1] != "A" else "B"),
        ("A" if cursor[0] != "A" else "B") + cursor[1:],
        cursor[:-1],
        cursor.rpartition(":")[0],
        signing.dumps([{}, 2], salt="another"),
        signing.dumps([{}, 2], salt="cursor", key="another key"),
    ]

    assert anybody.get(cursor=cursor).status_code == 200
    assert {answered(anybody.get(cursor=text))[:2] for text in changed} == {(400, "?cursor")}


def test_more_needs_no_other_parameter(anybody):
    anybody.post([PLAIN] * 2)
    cursor = anybody.get(limit="1").json()["more"].partition("cursor=")[2]

    assert answered(anybody.get(cursor=cursor, limit="5"))[:2] == (400, "?")


# --- what it costs, and what it moves --------------------------------------------------------------------------------


def test_a_batch_of_three_costs_as_many_queries_as_one(anybody, settings, django_assert_num_queries):
    for size in (1, 3):
        with django_assert_num_queries(11 if settings.ON_SQLITE else 5):
            assert anybody.post([BARE_RICH] * size).status_code == 200


def test_a_page_of_three_costs_as_many_queries_as_one(anybody, settings, django_assert_num_queries):
    for size in (1, 3):
        anybody.post([PLAIN] * (size - Statement.objects.count()))
        # PostgreSQL is asked how far reading is complete.
        with django_assert_num_queries(4 if settings.ON_SQLITE else 5):
            assert len(ids_of(anybody.get(agent=AGENTS["mbox"], related_agents="true"))) == size


def test_nobody_completes_a_course_by_sending_statements(anybody, cast, course):
    enrolment = enrol(cast.lea, course)
    actor = {"account": {"homePage": "https://learn.test/xapi", "name": str(cast.lea.uuid)}}
    statement = {
        "actor": actor,
        "verb": {"id": "http://adlnet.gov/expapi/verbs/passed"},
        "object": {"id": f"https://learn.test/xapi/modules/{course.quiz.translation_key}"},
        "context": {"registration": str(enrolment.registration), "revision": "1.0"},
    }
    authority = {"objectType": "Agent", "account": {"homePage": "https://learn.test/xapi", "name": "platform"}}

    assert anybody.post([statement, {**statement, "authority": authority}]).status_code == 200

    enrolment.refresh_from_db()
    assert (ModuleProgress.objects.count(), enrolment.closed_at) == (0, None)


# --- two at once -----------------------------------------------------------------------------------------------------


def at_once(*acts):
    """What acts give that begin together, each on a connection of its own, where what it writes is committed."""
    barrier = threading.Barrier(len(acts))

    def run(act):
        try:
            barrier.wait()
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def empty_the_store():
    for model in (StatementLink, Statement, Agent, Activity, Alarm, Credential):
        model.objects.all().delete()


@pytest.fixture
def committed(db):
    """A client that threads can see. Only the store is emptied afterwards: the flush of `transactional_db` would take what
    migrations wrote, too, and the database is kept for the next run."""
    yield at_once(partial(make_outside, "all"))[0]
    at_once(empty_the_store)


@pytest.mark.postgres
def test_the_same_new_statement_twice_at_once_is_stored_once(committed):
    for number in range(1, 11):
        statement = {**PLAIN, "id": str(uuid4())}
        answers = at_once(*[partial(committed.post, statement)] * 2)

        assert [(one.status_code, one.json()) for one in answers] == [(200, [statement["id"]])] * 2
        assert Statement.objects.count() == number


@pytest.mark.postgres
def test_two_statements_with_one_new_id_at_once_are_a_conflict_for_one(committed):
    for number in range(1, 11):
        statement_id = str(uuid4())
        statements = [{**PLAIN, "id": statement_id, "result": {"response": text}} for text in ("a", "b")]
        answers = at_once(*(partial(committed.post, statement) for statement in statements))

        assert sorted(one.status_code for one in answers) == [200, 409]
        winner = [one.status_code for one in answers].index(200)
        assert json.loads(body_of(statement_id))["result"] == statements[winner]["result"]
        assert Statement.objects.count() == number


@pytest.mark.postgres
def test_batches_that_hold_the_same_ids_in_other_orders_do_not_block_each_other(committed):
    batch = [{**PLAIN, "id": str(uuid4())} for _ in range(200)]

    answers = at_once(partial(committed.post, batch), partial(committed.post, batch[::-1]))

    ids = [statement["id"] for statement in batch]
    assert [(one.status_code, one.json()) for one in answers] == [(200, ids), (200, ids[::-1])]
    assert Statement.objects.count() == 200


@pytest.mark.postgres
def test_a_page_that_meets_a_client_on_its_id_records_all_the_same(committed):
    for _ in range(10):
        statement = {**PLAIN, "id": str(uuid4())}
        recorded, answer = at_once(partial(storing.record, [statement]), partial(committed.post, statement))

        assert answer.status_code == 200
        assert Statement.objects.get(id=recorded[0]).credential is None
        assert (str(recorded[0]) == statement["id"]) == (not Alarm.objects.filter(what__contains=statement["id"]).exists())


@pytest.mark.postgres
def test_a_statement_and_its_voiding_at_once_leave_it_voided(committed):
    for _ in range(10):
        target = {**PLAIN, "id": str(uuid4())}
        answers = at_once(partial(committed.post, target), partial(committed.post, voiding(target["id"])))

        assert [one.status_code for one in answers] == [200, 200]
        assert Statement.objects.get(id=target["id"]).is_voided


@pytest.mark.parametrize("definition", [{}, {"name": {}}, {"interactionType": "fill-in", "correctResponsesPattern": ["a"]}])
def test_canonical_takes_definitions_of_which_nothing_is_left(anybody, definition):
    anybody.post({**PLAIN, "object": {"id": "urn:x:a", "definition": definition}})

    response = anybody.get(format="canonical")

    assert response.status_code == 200
    assert response.json()["statements"][0]["object"] == {"id": "urn:x:a", "definition": definition}
