"""A form that stands for another request (rules R105, R106)."""

import json
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lms.xapi.models import Statement
from tests.lms.xapi.valid_statements import PLAIN

FORM = "application/x-www-form-urlencoded"
STATEMENTS = "/xapi/1.0.3/statements"


def send(client, method, *, query="", path=STATEMENTS, content_type=FORM, **fields):
    form = {**client.headers, **fields}
    return Client().generic("POST", f"{path}?method={method}{query}", urlencode(form), content_type=content_type)


def test_a_statement_is_put_and_got(anybody):
    statement = {**PLAIN, "id": str(uuid4())}

    stored = send(anybody, "PUT", statementId=statement["id"], content=json.dumps(statement))
    got = send(anybody, "GET", statementId=statement["id"])

    assert (stored.status_code, stored["X-Experience-API-Version"]) == (204, "1.0.3")
    assert got.json()["object"] == PLAIN["object"]


def test_statements_are_posted_and_listed(anybody, wait_a_millisecond):
    ids = send(anybody, "POST", content=json.dumps([PLAIN, PLAIN])).json()
    wait_a_millisecond()
    listed = send(anybody, "GET", limit="1", ascending="true").json()

    assert [one["id"] for one in listed["statements"]] == ids[:1]
    assert listed["more"].startswith(f"{STATEMENTS}?cursor=")


def test_text_beyond_ascii_arrives(anybody):
    statement = {**PLAIN, "actor": {"mbox": "mailto:a@b.c", "name": "Žofie Ивановна"}}

    [statement_id] = send(anybody, "POST", content=json.dumps(statement, ensure_ascii=False)).json()

    assert "Žofie Ивановна" in Statement.objects.get(id=statement_id).body


@pytest.mark.parametrize(
    ("sent", "path"),
    [
        ({"method": "PUT", "query": "&statementId=1", "content": "{}"}, "?"),
        ({"method": "PUT", "statementId": "11111111-1111-4111-8111-111111111111"}, "content"),
        ({"method": "POST"}, "content"),
        ({"method": "TRACE"}, "?method"),
        ({"method": "GET", "query": "&method=PUT"}, "?"),
        ({"method": "GET", "content_type": "application/json"}, "Content-Type"),
        ({"method": "GET", "content_type": "multipart/form-data; boundary=x"}, "Content-Type"),
        ({"method": "GET", "X-Experience-API-Version": "bad"}, "X-Experience-API-Version"),
        ({"method": "GET", "unknown": "1"}, "?unknown"),
    ],
)
def test_what_is_no_such_form_is_refused(anybody, sent, path):
    answer = send(anybody, **sent)

    assert (answer.status_code, answer.json()["path"]) == (400, path)
    assert Statement.objects.count() == 0


def test_only_a_post_may_name_another_method(anybody):
    answer = Client().get(f"{STATEMENTS}?method=PUT", headers=anybody.headers)

    assert (answer.status_code, answer.json()["path"]) == (400, "method")


def test_a_wrong_key_in_the_form_does_not_enter(anybody):
    anybody.secret = "wrong"

    assert send(anybody, "GET").status_code == 401


@pytest.mark.parametrize("path", [STATEMENTS, "/xapi/statements"])
def test_the_newer_version_takes_no_form(anybody, path):
    anybody.version = "2.0.0"

    answer = send(anybody, "GET", path=path)

    assert (answer.status_code, answer.json()["rule"]) == (400, "IEEE 9274.1.1 4.1.3")


@given(body=st.binary(max_size=200), method=st.text(max_size=6))
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=80)
def test_any_form_is_answered(anybody, body, method):
    address = f"{STATEMENTS}?{urlencode({'method': method})}"

    answer = Client(raise_request_exception=False).generic("POST", address, body, content_type=FORM, headers=anybody.headers)

    assert answer.status_code in {200, 400, 401, 413}
