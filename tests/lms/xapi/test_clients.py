"""What each kind of key opens: networks, quotas, launches, prefixes (permissions.md, section 5; rules R113, C42, C43)."""

import json
import time
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.test import Client
from django.utils.http import parse_http_date

from lms.xapi import granting, identifiers
from lms.xapi.models import Credential, Statement
from tests.lms.xapi.outside import PREFIX, Outside, make_outside
from tests.lms.xapi.valid_statements import PLAIN, put

AMINA, ZOE = {"mbox": "mailto:amina@example.org"}, {"mbox": "mailto:zoe@example.org"}
REGISTRATION = str(uuid4())
CONSISTENT = "X-Experience-API-Consistent-Through"


@pytest.fixture
def launch(db):
    """A learner's browser."""
    token, secret = granting.launch(
        identifiers.agent_identifier(AMINA), registration=REGISTRATION, activity_prefix=f"{PREFIX}package/"
    )
    granting.note_use(token, "127.0.0.1")
    return Outside(Credential.objects.get(pk=token.pk), secret)


def act(actor=AMINA, activity=f"{PREFIX}package/1", registration=REGISTRATION):
    return {**put(PLAIN, "$.context", {"registration": registration}), "actor": actor, "object": {"id": activity}}


def test_a_launch_writes_of_its_person_its_registration_and_its_activity(launch):
    assert launch.post(act()).status_code == 200


@pytest.mark.parametrize(
    ("statement", "path"),
    [
        (act(actor=ZOE), "$.actor"),
        (act(registration=str(uuid4())), "$.context.registration"),
        ({**PLAIN, "actor": AMINA}, "$.context.registration"),
        (act(activity=f"{PREFIX}other/1"), "$.object.id"),
    ],
)
def test_threat_8_a_launch_writes_nothing_else(launch, statement, path):
    answer = launch.post(statement)

    assert (answer.status_code, answer.json()["path"]) == (403, path)
    assert Statement.objects.count() == 0


def test_a_launch_reads_what_its_person_did_in_its_registration(launch, anybody):
    [own] = launch.post(act()).json()
    anybody.post([act(actor=ZOE), act(registration=str(uuid4()))])
    [by_others] = anybody.post(act()).json()

    listed = [one["id"] for one in launch.get().json()["statements"]]
    assert listed == [by_others, own]
    assert launch.get(registration=str(uuid4())).json()["statements"] == []


def test_a_launch_ends(launch):
    Credential.objects.update(expires_at=datetime(2026, 1, 1, tzinfo=UTC))

    assert launch.get().status_code == 401


def test_a_key_opens_from_its_networks_only(db):
    reader = make_outside("statements/read")

    def status(address):
        return Client(REMOTE_ADDR=address).get("/xapi/statements", headers=reader.headers).status_code

    assert [status(address) for address in ("127.0.0.1", "127.9.9.9", "192.0.2.1", "::1")] == [200, 200, 403, 403]


def test_too_many_requests_of_one_client_are_refused_and_another_is_not(settings, db):
    settings.XAPI_QUOTA = 2
    one, other = make_outside("all"), make_outside("all")

    answers = [one.get(), one.get(), one.get(), other.get()]

    assert [answer.status_code for answer in answers] == [200, 200, 429, 200]
    assert (answers[2]["Retry-After"], answers[2].json()["path"]) == ("60", "$")


def test_where_a_key_was_last_used_is_kept(anybody):
    Client(REMOTE_ADDR="192.0.2.7").get("/xapi/statements", headers=anybody.headers)

    assert Credential.objects.get().last_used_from == "192.0.2.7"


# --- prefixes --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("prefix", "named"), [("/xapi/", "2.0.0"), ("/xapi/1.0.3/", "1.0.3")])
def test_the_prefix_names_the_version_where_the_request_does_not(db, prefix, named):
    about, statements = Client().get(f"{prefix}about"), Client().get(f"{prefix}statements")

    assert (about.status_code, about["X-Experience-API-Version"]) == (200, named)
    assert (statements.status_code, statements["X-Experience-API-Version"]) == (400, named)


@pytest.mark.parametrize("prefix", ["/xapi/", "/xapi/1.0.3/"])
@pytest.mark.parametrize("version", ["1.0.3", "2.0.0"])
def test_the_header_decides_under_either(anybody, prefix, version):
    anybody.version = version
    second = put(PLAIN, "$.context", {"contextAgents": [{"objectType": "contextAgent", "agent": AMINA}]})

    answer = Client().post(f"{prefix}statements", json.dumps(second), "application/json", headers=anybody.headers)

    assert (answer.status_code, answer["X-Experience-API-Version"]) == (400 if version == "1.0.3" else 200, version)


def test_more_stays_under_the_prefix(anybody):
    anybody.post([PLAIN, PLAIN])

    first = Client().get("/xapi/1.0.3/statements?limit=1", headers=anybody.headers).json()

    assert first["more"].startswith("/xapi/1.0.3/statements?cursor=")
    assert len(anybody.follow(first["more"]).json()["statements"]) == 1


@pytest.mark.parametrize("path", ["", "nothing", "statements/", "statements/more", "1.0.3/", "1.0.3/nothing", "2.0.0/about"])
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "HEAD"])
def test_where_there_is_nothing_the_store_says_so_itself(anybody, path, method):
    answer = Client().generic(method, f"/xapi/{path}", headers=anybody.headers)

    assert (answer.status_code, answer["Content-Type"]) == (404, "application/json")


# --- versions of statements ------------------------------------------------------------------------------------------


def test_an_older_client_reads_a_newer_statement_without_what_it_cannot_know(anybody):
    anybody.version = "2.0.0"
    second = put(PLAIN, "$.context", {"contextAgents": [{"objectType": "contextAgent", "agent": ZOE}], "language": "en"})
    [statement_id] = anybody.post(second).json()
    newer = anybody.get(statementId=statement_id).json()
    anybody.version = "1.0.3"
    older = anybody.get(statementId=statement_id).json()

    assert (newer["version"], newer["context"]) == ("2.0.0", second["context"])
    assert (older["version"], older["context"]) == ("1.0.0", {"language": "en"})
    assert anybody.get().json()["statements"] == [older]


# --- what every answer says ------------------------------------------------------------------------------------------


def test_every_answer_about_statements_says_how_far_it_is_complete(anybody):
    before = datetime.now(UTC)
    time.sleep(0.005)
    answers = [anybody.post(PLAIN), anybody.put("{"), anybody.get(), anybody.head(), anybody.get(limit="x"), anybody.post("{")]
    anybody.secret = "wrong"
    answers.append(anybody.get())

    moments = [datetime.fromisoformat(answer[CONSISTENT]) for answer in answers]
    assert [answer.status_code for answer in answers] == [200, 400, 200, 200, 400, 400, 401]
    assert all(before.replace(microsecond=0) <= moment <= datetime.now(UTC) for moment in moments[2:5])
    assert all(moment <= datetime.now(UTC) for moment in moments)
    assert all(answer[CONSISTENT].endswith("Z") for answer in answers)


def test_a_single_statement_says_when_it_was_stored(anybody):
    [statement_id] = anybody.post(PLAIN).json()

    answer = anybody.get(statementId=statement_id)

    stored = datetime.fromisoformat(answer.json()["stored"])
    assert parse_http_date(answer["Last-Modified"]) == int(stored.timestamp())


@pytest.mark.parametrize("form", ["ids", "canonical", "exact"])
def test_a_form_is_given_for_lists_and_single_statements(anybody, form):
    statement = {**PLAIN, "verb": {"id": "urn:x:did", "display": {"en": "did", "de": "tat"}}}
    [statement_id] = anybody.post(statement).json()

    single = anybody.send("GET", statementId=statement_id, format=form, headers={"Accept-Language": "de"}).json()
    [listed] = anybody.send("GET", format=form, headers={"Accept-Language": "de"}).json()["statements"]

    wanted = {"ids": None, "canonical": {"de": "tat"}, "exact": {"en": "did", "de": "tat"}}[form]
    assert single == listed
    assert single["verb"].get("display") == wanted


def test_another_form_is_refused(anybody):
    anybody.post(PLAIN)

    answer = anybody.get(format="short")

    assert (answer.status_code, answer.json()["path"]) == (400, "?format")
