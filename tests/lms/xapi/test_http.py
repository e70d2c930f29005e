"""Who may enter, under which version, and how a refusal is said: the same for every resource that asks."""

import base64
from datetime import date, timedelta
from urllib.parse import urlencode

import pytest
from django.db import close_old_connections, connection
from django.test import RequestFactory
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lms.days import today
from lms.xapi import granting, http
from lms.xapi.models import Credential, Statement
from lms.xapi.refusals import Refused, TooLarge
from tests.databases import server
from tests.lms.xapi.outside import basic_of, make_outside
from tests.lms.xapi.valid_statements import PLAIN

STATEMENTS = "/xapi/statements"
VERSION = "X-Experience-API-Version"
CREDENTIAL_RULE = "xAPI 1.0.3 Communication 4.0"
unhurried = settings(
    deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=60
)


def refused(response):
    """Status, path and rule of a refusal, which is JSON with these and a sentence."""
    said = response.json()
    assert list(said) == ["path", "finding", "rule"]
    assert said["finding"].endswith(".")
    return response.status_code, said["path"], said["rule"]


# --- the version -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "answered"),
    [
        ("1.0", "1.0.3"),
        ("1.0.0", "1.0.3"),
        ("1.0.3", "1.0.3"),
        ("1.0.99", "1.0.3"),
        ("2.0", "2.0.0"),
        ("2.0.0", "2.0.0"),
        ("2.0.7", "2.0.0"),
    ],
)
def test_the_version_of_the_request_is_that_of_the_answer(anybody, sent, answered):
    response = anybody.send("GET", headers={VERSION: sent})

    assert (response.status_code, response[VERSION]) == (200, answered)


@pytest.mark.parametrize(
    "sent", ["", "1", "1.1.0", "0.95", "2.1.0", "3.0.0", "1.0.", "1.0.x", "v1.0.3", "1.0.3, 2.0.0", "1.0.\xb2"]
)
def test_another_version_is_refused(anybody, sent):
    response = anybody.send("GET", headers={VERSION: sent})

    assert refused(response) == (400, VERSION, "xAPI 1.0.3 Communication 3.3")
    assert response[VERSION] == "2.0.0"


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "DELETE"])
def test_a_missing_version_is_refused(anybody, client, method):
    headers = {"Authorization": anybody.headers["Authorization"]}

    response = client.generic(method, STATEMENTS, headers=headers)

    assert (response.status_code, response[VERSION]) == (400, "2.0.0")


def test_the_version_chooses_the_rules(anybody):
    statement = {**PLAIN, "context": {"contextAgents": []}}

    assert refused(anybody.post(statement)) == (400, "$.context.contextAgents", "xAPI 1.0.3 Data 2.2")
    anybody.version = "2.0.0"
    assert anybody.post(statement).status_code == 200
    assert refused(anybody.post({**PLAIN, "verb": {}})) == (400, "$.verb.id", "IEEE 9274.1.1 4.2.2.2")


def test_every_refusal_carries_the_version_that_was_asked_for(anybody, writer):
    writer.version = anybody.version = "1.0.3"
    anybody.secret = "wrong"

    answers = [anybody.get(), writer.get(limit="x"), writer.post({**PLAIN, "object": {"id": "urn:x"}}), writer.post("{")]

    assert [(one.status_code, one[VERSION]) for one in answers] == [(status, "1.0.3") for status in (401, 400, 403, 400)]


# --- the credential --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "OPTIONS"])
def test_without_a_credential_nobody_enters(client, db, method):
    response = client.generic(method, STATEMENTS, headers={VERSION: "1.0.3"})

    assert refused(response) == (401, "Authorization", CREDENTIAL_RULE)
    assert response["WWW-Authenticate"] == 'Basic realm="xAPI", charset="UTF-8"'


def test_a_session_is_no_credential(signed_in, cast):
    client = signed_in(cast.lea)

    for method in ("GET", "HEAD", "POST", "PUT"):
        response = client.generic(method, STATEMENTS, headers={VERSION: "1.0.3"})
        assert (response.status_code, response.cookies) == (401, {})


def test_a_form_of_a_foreign_page_is_refused(signed_in, cast):
    form = {"method": "PUT", "content": "{}", "X-Experience-API-Version": "1.0.3"}

    for address in (STATEMENTS, "/xapi/1.0.3/statements"):
        sent = signed_in(cast.lea).post(
            f"{address}?method=PUT", urlencode(form), content_type="application/x-www-form-urlencoded"
        )

        assert refused(sent) == (401, "Authorization", CREDENTIAL_RULE)


def test_an_answer_sets_no_cookie_and_asks_for_no_token(anybody):
    post, get = anybody.post(PLAIN), anybody.get()

    assert (post.status_code, get.status_code, post.cookies, get.cookies) == (200, 200, {}, {})


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Basic",
        "Basic ",
        "Basic !",
        "Basic é",
        "Basic ÿþ",
        "Basic " + "A" * 4_000,
        "Basic " + base64.b64encode(b"no colon").decode(),
        "Basic " + base64.b64encode(b"\xff\xfe:\xff").decode(),
        "Basic " + base64.b64encode(b"nul\x00:secret").decode(),
        "Basic " + base64.b64encode("ключ:секрет".encode()).decode(),
        "Basic " + base64.b64encode(b":").decode(),
        "Bearer abc",
        "Digest abc",
    ],
)
def test_what_is_no_credential_is_answered_alike(client, db, header):
    response = client.get(STATEMENTS, headers={"Authorization": header, VERSION: "1.0.3"})

    assert refused(response) == (401, "Authorization", CREDENTIAL_RULE)


def test_threat_4_wrong_unknown_expired_and_withdrawn_keys_are_answered_alike(client, anybody, writer, other):
    granting.withdraw(writer.credential)
    Credential.objects.filter(pk=other.credential.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    key, secret = anybody.credential.key, anybody.secret
    pairs = [(key, "wrong"), (key, ""), (key, "sécret"), ("0" * 24, secret), (key.upper(), secret), ("", secret)]
    headers = [basic_of(*pair) for pair in pairs] + [writer.headers["Authorization"], other.headers["Authorization"]]

    answers = [client.get(STATEMENTS, headers={"Authorization": header, VERSION: "1.0.3"}) for header in headers]

    assert {(one.status_code, one.content, one["WWW-Authenticate"]) for one in answers} == {
        (401, answers[0].content, 'Basic realm="xAPI", charset="UTF-8"')
    }


def test_a_scheme_may_be_written_in_any_case(client, anybody):
    header = anybody.headers["Authorization"].replace("Basic", "bAsIc")

    assert client.get(STATEMENTS, headers={"Authorization": header, VERSION: "1.0.3"}).status_code == 200


def test_a_right_key_under_another_scheme_does_not_enter(client, anybody):
    header = anybody.headers["Authorization"].replace("Basic", "Bearer")

    assert client.get(STATEMENTS, headers={"Authorization": header, VERSION: "1.0.3"}).status_code == 401


def test_the_day_of_use_is_kept_and_a_wrong_try_is_no_use(anybody):
    Credential.objects.update(last_used_on=date(2020, 1, 1))
    secret, anybody.secret = anybody.secret, "wrong"
    anybody.get()
    wrong = Credential.objects.get().last_used_on
    anybody.secret = secret

    anybody.get()

    assert (wrong, Credential.objects.get().last_used_on) == (date(2020, 1, 1), today())


@given(header=st.text(st.characters(max_codepoint=255, exclude_characters="\r\n")) | st.binary().map(base64.b64encode))
@unhurried
def test_any_authorization_is_answered(client, db, header):
    text = header if isinstance(header, str) else f"Basic {header.decode()}"

    assert client.get(STATEMENTS, headers={"Authorization": text, VERSION: "2.0.0"}).status_code == 401


@given(version=st.text(st.characters(max_codepoint=255, exclude_characters="\r\n")))
@unhurried
def test_any_version_is_answered(client, db, version):
    assert client.get(STATEMENTS, headers={VERSION: version}).status_code in {400, 401}


# --- the body --------------------------------------------------------------------------------------------------------


def body_of(body, content_type="application/json"):
    return http.body_of(RequestFactory().generic("POST", STATEMENTS, body, content_type=content_type))


def test_the_body_is_read_as_it_came():
    assert body_of(b'\xff {"a":\r\n1}') == b'\xff {"a":\r\n1}'
    assert body_of(b"{}", "application/json; charset=utf-8") == b"{}"


def test_a_body_over_the_limit_is_too_large(settings):
    settings.XAPI_BODY_LIMIT = 10

    assert body_of(b"x" * 10) == b"x" * 10
    with pytest.raises(TooLarge, match="larger than 10 bytes"):
        body_of(b"x" * 11)


def test_no_more_than_the_limit_is_read(settings):
    settings.XAPI_BODY_LIMIT = 10
    request = RequestFactory().generic("POST", STATEMENTS, b"x" * 1_000, content_type="application/json")

    with pytest.raises(TooLarge):
        http.body_of(request)

    assert len(request.read()) == 1_000 - 11


def test_a_body_larger_than_djangos_own_limit_is_taken(anybody, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10

    assert anybody.post(PLAIN).status_code == 200


def test_too_large_a_body_is_answered_with_413_and_stores_nothing(anybody, settings):
    settings.XAPI_BODY_LIMIT = 1_000

    response = anybody.post({**PLAIN, "result": {"response": "x" * 1_000}})

    assert refused(response) == (413, "$", "xAPI 1.0.3 Communication 3.2")
    assert Statement.objects.count() == 0


@pytest.mark.parametrize(
    "kind",
    ["", "text/plain", "application/xml", "application/x-www-form-urlencoded", "multipart/form-data", "application/json+x"],
)
def test_only_json_and_multipart_are_taken(anybody, client, kind):
    response = client.generic("POST", STATEMENTS, b"{}", content_type=kind, headers=anybody.headers)

    assert refused(response) == (400, "Content-Type", "xAPI 1.0.3 Communication 1.5.2")
    assert Statement.objects.count() == 0


# --- the parameters --------------------------------------------------------------------------------------------------


def parameters_of(query):
    return http.parameters_of(RequestFactory().get(f"{STATEMENTS}?{query}"), frozenset({"verb", "limit"}))


def test_known_parameters_are_read():
    assert parameters_of("") == {}
    assert parameters_of("verb=urn%3Ax%20%C3%A9&limit") == {"verb": "urn:x é", "limit": ""}


@pytest.mark.parametrize(
    ("query", "path"),
    [
        ("foo=bar", "?foo"),
        ("Verb=urn:x", "?Verb"),
        ("verb=urn:x&LIMIT=1", "?LIMIT"),
        ("verb=urn:x&verb=urn:x", "?verb"),
        ("%00=1", "?\0"),
        ("=1", "?"),
    ],
)
def test_other_parameters_are_refused(query, path):
    with pytest.raises(Refused) as caught:
        parameters_of(query)

    assert caught.value.finding.path == path


def test_very_many_parameters_are_refused(anybody):
    response = anybody.send("GET", **{f"a{number}": "1" for number in range(1_500)})

    assert refused(response) == (400, "?", "xAPI 1.0.3 Communication 3.2")
    assert response[VERSION] == "1.0.3"


# --- the answer ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("parameters", [{}, {"limit": "x"}, {"statementId": "11111111-1111-4111-8111-111111111111"}])
def test_head_has_the_headers_of_get_and_no_body(anybody, parameters):
    anybody.post(PLAIN)

    get, head = anybody.get(**parameters), anybody.head(**parameters)

    assert head.status_code == get.status_code
    assert head.content == b""
    assert head["Content-Length"] == str(len(get.content))
    meanwhile = {name: head[name] for name in ("Content-Length", "X-Experience-API-Consistent-Through", "X-Request-ID")}
    assert {**head.headers} == {**get.headers, **meanwhile}


def test_an_answer_is_json_in_utf_8(anybody):
    anybody.post('{"actor":{"mbox":"mailto:a@b.c","name":"Žofie é 😀"},"verb":{"id":"urn:x"},"object":{"id":"urn:y"}}')

    response = anybody.get()

    assert response["Content-Type"] == "application/json"
    assert '"name":"Žofie é 😀"' in response.content.decode()


@pytest.mark.postgres
def test_a_line_that_the_database_cut_is_opened_anew(committed):
    client = make_outside("all")
    assert client.post(PLAIN).status_code == 200
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        [cut] = cursor.fetchone()
    with server() as other:
        other.execute("SELECT pg_terminate_backend(%s)", [cut])

    close_old_connections()  # as each request begins
    assert client.post(PLAIN).status_code == 200
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        assert cursor.fetchone() != (cut,)
