"""What a foreign client sees of the store: statements, documents and about, as its own methods ask for them.

What `tincan` 1.0.0 cannot do, or does wrongly, is gone round here, each in one place: it never reads an ETag (`tag_of`), has no
If-None-Match (`Creating`), sends each state twice (so none is replaced by its tag), takes no answer in several parts, and its
`about` refuses versions that came after it (so that one request is made by hand).
"""

import json
import time
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from tincan import (
    Activity,
    ActivityDefinition,
    Attachment,
    Context,
    ContextActivities,
    LanguageMap,
    RemoteLRS,
    Result,
    Score,
    Statement,
    StatementRef,
    Verb,
)
from tincan.documents import ActivityProfileDocument, AgentProfileDocument, StateDocument
from tincan.http_request import HTTPRequest

from tests.contract.conftest import HOME
from tests.racing import wait_until

ATTEMPTED = Verb(id="http://adlnet.gov/expapi/verbs/attempted", display=LanguageMap({"en": "attempted", "uk": "спробував"}))
PASSED = Verb(id="http://adlnet.gov/expapi/verbs/passed")
VOIDED = Verb(id="http://adlnet.gov/expapi/verbs/voided")


@pytest.fixture
def course(request):
    return Activity(id=f"{HOME}/courses/{request.node.name}")


@pytest.fixture
def make(agent, course):
    """Makes statements about parts of the course, which have ids of their own."""

    def made(part=1, verb=ATTEMPTED, **properties):
        definition = ActivityDefinition(name=LanguageMap({"en": f"Part {part}"}), type=f"{HOME}/types/part")
        given = {
            "id": str(uuid4()),
            "actor": agent,
            "verb": verb,
            "object": Activity(id=f"{course.id}/{part}", definition=definition),
            "context": Context(context_activities=ContextActivities(parent=[course])),
        }
        return Statement(**given | properties)

    return made


def done(answer):
    """The answer, where it is a success: `tincan` takes some 404 for one."""
    assert answer.response.status in {200, 204}, (answer.response.status, answer.data)
    return answer


def status_of(answer):
    return answer.response.status


def ids_of(statements):
    return [str(statement.id) for statement in statements]


def found(lrs, **query):
    return ids_of(done(lrs.query_statements(query)).content.statements)


def walk(lrs, **query):
    """The ids of each page, as `more` leads from one to the next."""
    answer = done(lrs.query_statements(query))
    pages = [ids_of(answer.content.statements)]
    while answer.content.more:
        answer = done(lrs.more_statements(answer.content))
        pages.append(ids_of(answer.content.statements))
    return pages


# --- statements ------------------------------------------------------------------------------------------------------


def test_a_statement_comes_back_as_it_was_sent(lrs, make, agent, course):
    registration = uuid4()
    statement = make(
        result=Result(score=Score(scaled=0.5, raw=5, min=0, max=10), success=True, response="так"),
        context=Context(registration=registration, context_activities=ContextActivities(parent=[course]), language="uk"),
        timestamp=datetime(2026, 3, 1, 9, 30, tzinfo=UTC),
    )

    done(lrs.save_statement(statement))

    got = done(lrs.retrieve_statement(statement.id)).content
    sent = {name: got.as_version()[name] for name in statement.as_version()}
    assert sent == {**statement.as_version(), "timestamp": sent["timestamp"]}
    assert got.timestamp == datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
    assert got.authority.account.home_page != got.actor.account.home_page
    assert got.stored > got.timestamp


def test_the_store_gives_an_id_where_the_client_gave_none(lrs, make, agent):
    saved = done(lrs.save_statement(make(id=None))).content

    assert found(lrs, agent=agent) == [str(saved.id)]


def test_a_batch_is_stored_in_its_order(lrs, make, agent):
    batch = [make(part) for part in range(5)]

    saved = done(lrs.save_statements(batch)).content

    assert ids_of(saved) == ids_of(batch)
    assert found(lrs, agent=agent) == ids_of(batch)[::-1]


def test_a_wrong_statement_refuses_its_batch(lrs, make, agent):
    wrong = make(result=Result(score=Score(raw=5, min=6, max=10)))

    assert status_of(lrs.save_statements([make(), wrong])) == 400
    assert found(lrs, agent=agent) == []


def test_the_same_again_is_no_change_and_anything_else_a_conflict(lrs, make, agent):
    statement = make()
    done(lrs.save_statement(statement))

    assert status_of(lrs.save_statement(statement)) == 204
    assert status_of(lrs.save_statement(make(id=statement.id, verb=PASSED))) == 409
    assert done(lrs.retrieve_statement(statement.id)).content.verb.id == ATTEMPTED.id
    assert found(lrs, agent=agent) == [str(statement.id)]


def test_each_filter_finds_what_it_names(lrs, make, agent, course):
    registration = str(uuid4())
    first, second = make(1), make(2, verb=PASSED, context=Context(registration=UUID(registration)))
    for statement in (first, second):
        done(lrs.save_statement(statement))
        time.sleep(0.002)
    stored = done(lrs.retrieve_statement(first.id)).content.stored.isoformat()

    one, other = [str(first.id)], [str(second.id)]
    assert found(lrs, agent=agent) == other + one
    assert found(lrs, agent=agent, verb=PASSED) == other
    assert found(lrs, activity=first.object) == one
    assert found(lrs, activity=course) == []
    assert found(lrs, activity=course, related_activities="true") == one
    assert found(lrs, registration=registration) == other
    assert found(lrs, agent=agent, until=stored) == one
    assert found(lrs, agent=agent, limit=1) == other
    wait_until(lambda: found(lrs, agent=agent, since=stored) == other)
    wait_until(lambda: found(lrs, agent=agent, ascending="true") == one + other)


def test_an_authority_is_found_as_a_related_agent(other, make):
    done(other.save_statement(statement := make()))
    authority = done(other.retrieve_statement(statement.id)).content.authority

    assert found(other, agent=authority) == []
    assert found(other, agent=authority, related_agents="true") == [str(statement.id)]


def test_ids_is_a_shorter_form(lrs, make, agent):
    done(lrs.save_statement(make()))

    [got] = done(lrs.query_statements({"agent": agent, "format": "ids"})).content.statements

    assert (got.actor.name, got.object.definition, got.verb.display) == (None, None, None)


def test_more_leads_to_each_statement_once(lrs, make, agent):
    ids = ids_of(done(lrs.save_statements([make(part) for part in range(7)])).content)

    assert walk(lrs, agent=agent, limit=3) == [ids[:3:-1], ids[3:0:-1], ids[:1]]
    wait_until(lambda: walk(lrs, agent=agent, limit=3, ascending="true") == [ids[:3], ids[3:6], ids[6:]])


def test_a_voided_statement_is_there_by_its_own_question_only(lrs, make, agent):
    done(lrs.save_statement(statement := make()))
    voiding = Statement(id=str(uuid4()), actor=agent, verb=VOIDED, object=StatementRef(id=statement.id))

    done(lrs.save_statement(voiding))

    assert status_of(lrs.retrieve_statement(statement.id)) == 404
    assert done(lrs.retrieve_voided_statement(statement.id)).content.id == statement.id
    assert status_of(lrs.retrieve_voided_statement(voiding.id)) == 404
    assert found(lrs, agent=agent) == [str(voiding.id)]


def test_an_attachment_that_lies_elsewhere_is_kept_as_it_is_named(lrs, make):
    attachment = Attachment(
        usage_type=f"{HOME}/usage/certificate",
        display=LanguageMap({"en": "Certificate"}),
        content_type="application/pdf",
        length=27,
        sha2="495395e777cd98da653df9615d09c0fd6bb2f8d4788394cd53c56a3bfdcd848a",
        fileurl=f"{HOME}/files/1.pdf",
    )
    statement = make(attachments=[attachment])

    done(lrs.save_statement(statement))

    assert done(lrs.retrieve_statement(statement.id)).content.as_version()["attachments"] == [attachment.as_version()]


def test_an_attachment_that_lies_nowhere_is_refused(lrs, make):
    attachment = {"usageType": f"{HOME}/usage/x", "display": {"en": "X"}, "contentType": "text/plain", "length": 1}

    assert status_of(lrs.save_statement(make(attachments=[Attachment({**attachment, "sha2": "ab" * 32})]))) == 400


# --- documents -------------------------------------------------------------------------------------------------------


class Creating(RemoteLRS):
    """Says of each document without a tag that it is new, as 1.0.3 asks of profiles."""

    def _send_request(self, request):
        if request.method == "PUT" and "If-Match" not in request.headers:
            request.headers["If-None-Match"] = "*"
        return super()._send_request(request)


def creating(lrs):
    return Creating(version=lrs.version, endpoint=lrs.endpoint, auth=lrs.auth)


def tag_of(answer):
    return done(answer).response.getheader("ETag")


def text_of(answer):
    return bytes(done(answer).content.content).decode()


def test_states_are_saved_listed_and_deleted(lrs, agent, course):
    def state(name, content="", **properties):
        return StateDocument(id=name, content=content, activity=course, agent=agent, **properties)

    done(lrs.save_state(state("a b", '{"page": 3}', content_type="application/json")))
    done(lrs.save_state(state("c/d", "plain")))

    answer = lrs.retrieve_state(course, agent, "a b")
    assert (text_of(answer), answer.response.getheader("Content-Type")) == ('{"page": 3}', "application/json")
    assert text_of(lrs.retrieve_state(course, agent, "c/d")) == "plain"
    assert done(lrs.retrieve_state_ids(course, agent)).content == ["a b", "c/d"]
    assert done(lrs.retrieve_state_ids(course, agent, registration=str(uuid4()))).content == []
    assert done(lrs.retrieve_state_ids(course, agent, since=datetime.now(UTC).isoformat())).content == []
    done(lrs.delete_state(state("a b")))
    assert status_of(lrs.retrieve_state(course, agent, "a b")) == 404
    done(lrs.clear_state(course, agent))
    assert done(lrs.retrieve_state_ids(course, agent)).content == []


def test_a_state_that_somebody_changed_is_neither_replaced_nor_deleted_by_an_old_tag(lrs, agent, course):
    def state(content, etag=None):
        return StateDocument(id="page", content=content, activity=course, agent=agent, etag=etag)

    done(lrs.save_state(state("3")))
    old = tag_of(lrs.retrieve_state(course, agent, "page"))
    done(lrs.save_state(state("4")))

    assert status_of(lrs.save_state(state("5", old))) == 412
    assert status_of(lrs.delete_state(state("", old))) == 412
    assert text_of(lrs.retrieve_state(course, agent, "page")) == "4"
    done(lrs.delete_state(state("", tag_of(lrs.retrieve_state(course, agent, "page")))))


@pytest.mark.parametrize("kind", ["agent", "activity"])
def test_a_profile_is_replaced_by_who_knows_it_only(lrs, agent, course, kind):
    about = {"agent": agent} if kind == "agent" else {"activity": course}
    document = AgentProfileDocument if kind == "agent" else ActivityProfileDocument
    subject = agent if kind == "agent" else course

    def call(verb, *arguments, store=lrs):
        return getattr(store, verb.format(f"{kind}_profile"))(*arguments)

    def profile(content, etag=None):
        return document(id="p/1", content=content, content_type="application/json", etag=etag, **about)

    def kept():
        return call("retrieve_{}", subject, "p/1")

    assert status_of(call("save_{}", profile("{}"))) == 400
    done(call("save_{}", profile('{"a": 1}'), store=creating(lrs)))
    first = tag_of(kept())
    assert status_of(call("save_{}", profile('{"b": 2}'), store=creating(lrs))) == 412
    assert status_of(call("save_{}", profile('{"b": 2}'))) == 409
    done(call("save_{}", profile('{"b": 2}', first)))
    assert status_of(call("save_{}", profile('{"c": 3}', first))) == 412
    assert (text_of(kept()), kept().response.getheader("Content-Type")) == ('{"b": 2}', "application/json")
    assert done(call("retrieve_{}_ids", subject)).content == ["p/1"]
    done(call("delete_{}", profile("", tag_of(kept()))))
    assert status_of(kept()) == 404


# --- the store itself ------------------------------------------------------------------------------------------------


def test_about_names_the_version_that_the_client_speaks(lrs):
    answer = done(lrs._send_request(HTTPRequest(method="GET", resource="about")))

    assert json.loads(answer.data) == {"version": ["2.0.0", "1.0.3"]}


def test_a_wrong_secret_opens_nothing(lrs, agent):
    stranger = RemoteLRS(version="1.0.3", endpoint=lrs.endpoint, username="nobody", password="wrong")

    assert status_of(stranger.query_statements({"agent": agent})) == 401
    assert status_of(stranger.save_statement(Statement(actor=agent, verb=PASSED, object=Activity(id=f"{HOME}/x")))) == 401


def test_one_client_sees_nothing_of_another(lrs, other, make, agent):
    done(lrs.save_statement(statement := make()))

    assert status_of(other.retrieve_statement(statement.id)) == 404
    assert found(other, agent=agent) == []
