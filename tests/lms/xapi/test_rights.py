"""Which credential reaches which document, activity and agent: permissions.md, section 5, the last two columns, cell by cell."""

from uuid import UUID

import pytest

from lms.xapi import granting, identifiers
from lms.xapi.models import Document
from tests.lms.xapi.outside import Outside, make_outside

PREFIX = "https://learn.example.org/courses/"
MINE, BELOW, LONGER, FOREIGN = f"{PREFIX}1", f"{PREFIX}1/screens/2", f"{PREFIX}10", "https://other.example.org/courses/1"
HOME = {"account": {"homePage": f"{PREFIX}people", "name": "4711"}}
AWAY = {"account": {"homePage": "https://other.example.org", "name": "4711"}}
MAIL = {"mbox": "mailto:amina@example.org"}
OPENID = {"openid": f"{PREFIX}people/amina"}
REGISTRATION, OTHER_REGISTRATION = "0d3e2b1a-0000-4000-8000-000000000001", "0d3e2b1a-0000-4000-8000-000000000002"

# What is asked for, by the resource and its parameters.
STATES = {
    "state of mine": {"activityId": MINE, "agent": MAIL, "registration": REGISTRATION},
    "state below mine": {"activityId": BELOW, "agent": MAIL, "registration": REGISTRATION},
    "state of mine without registration": {"activityId": MINE, "agent": MAIL},
    "state of mine in another registration": {"activityId": MINE, "agent": MAIL, "registration": OTHER_REGISTRATION},
    "state of somebody else": {"activityId": MINE, "agent": AWAY, "registration": REGISTRATION},
    "state of a longer name": {"activityId": LONGER, "agent": MAIL, "registration": REGISTRATION},
    "state of a foreign activity": {"activityId": FOREIGN, "agent": MAIL, "registration": REGISTRATION},
}
AGENT_PROFILES = {
    "profile of an address": {"agent": MAIL},
    "profile of an account of the prefix": {"agent": HOME},
    "profile of an openid of the prefix": {"agent": OPENID},
    "profile of a foreign account": {"agent": AWAY},
}
ACTIVITY_PROFILES = {
    "profile of my activity": {"activityId": MINE},
    "profile below my activity": {"activityId": BELOW},
    "profile of a longer name": {"activityId": LONGER},
    "profile of a foreign activity": {"activityId": FOREIGN},
}
DOCUMENTS = {
    **{name: ("activities/state", {**parameters, "stateId": "x"}) for name, parameters in STATES.items()},
    **{name: ("agents/profile", {**parameters, "profileId": "x"}) for name, parameters in AGENT_PROFILES.items()},
    **{name: ("activities/profile", {**parameters, "profileId": "x"}) for name, parameters in ACTIVITY_PROFILES.items()},
}
READ_ONLY = {
    "my activity": ("activities", {"activityId": MINE}),
    "a foreign activity": ("activities", {"activityId": FOREIGN}),
    "person of an address": ("agents", {"agent": MAIL}),
    "person of an account of the prefix": ("agents", {"agent": HOME}),
    "person of a foreign account": ("agents", {"agent": AWAY}),
}
EVERYTHING = {*DOCUMENTS, *READ_ONLY}


def token(**changes):
    """A learner's browser, as it is launched."""
    credential, secret = granting.launch(
        identifiers.agent_identifier(MAIL), registration=UUID(REGISTRATION), activity_prefix=MINE, **changes
    )
    granting.note_use(credential, "127.0.0.1")
    return Outside(credential, secret)


def scoped(*scopes, prefix=PREFIX):
    return lambda: make_outside(*scopes, prefix=prefix)


OF_THE_PREFIX = {name for name in STATES if "foreign" not in name}
# Each kind of credential, and all that it reaches.
REACH = {
    "browser token": (
        token,
        {
            "state of mine",
            "state below mine",
            "profile of an address",
            "profile of my activity",
            "profile below my activity",
            "my activity",
            "person of an address",
        },
    ),
    "statements/write": (scoped("statements/write"), set()),
    "statements/write + progress": (scoped("statements/write", "progress"), set()),
    "statements/read/mine": (scoped("statements/read/mine"), {"my activity", "a foreign activity"}),
    "statements/read": (scoped("statements/read"), set(READ_ONLY)),
    "state": (scoped("state"), OF_THE_PREFIX),
    "state of one activity": (scoped("state", prefix=MINE), OF_THE_PREFIX - {"state of a longer name"}),
    "profile": (
        scoped("profile"),
        {
            "profile of an account of the prefix",
            "profile of an openid of the prefix",
            "profile of my activity",
            "profile below my activity",
            "profile of a longer name",
            "person of an account of the prefix",
        },
    ),
    "define": (scoped("define"), {"my activity", "a foreign activity"}),
    "all": (scoped("all", prefix=""), EVERYTHING),
}


@pytest.mark.parametrize("kind", REACH)
def test_a_credential_reaches_what_its_cell_grants(db, kind):
    make, reached = REACH[kind]
    client = make()

    for asked, (resource, parameters) in DOCUMENTS.items():
        shelf, may = client.at(resource), asked in reached
        answers = {
            "POST": shelf.post({}, **parameters).status_code,
            "GET": shelf.get(**parameters).status_code,
            "HEAD": shelf.head(**parameters).status_code,
            "PUT": shelf.send("PUT", "x", headers={"If-Match": "*"}, **parameters).status_code,
            "DELETE": shelf.delete(**parameters).status_code,
        }
        granted = {"POST": 204, "GET": 200, "HEAD": 200, "PUT": 204, "DELETE": 204}
        assert (asked, answers) == (asked, granted if may else dict.fromkeys(granted, 403))
        assert Document.objects.count() == 0
    for asked, (resource, parameters) in READ_ONLY.items():
        answers = [client.at(resource).get(**parameters).status_code, client.at(resource).head(**parameters).status_code]
        assert (asked, answers) == (asked, [200 if asked in reached else 403] * 2)


@pytest.mark.parametrize("kind", REACH)
def test_lists_reach_as_far_as_documents(db, kind):
    make, reached = REACH[kind]
    client = make()

    for asked, (resource, parameters) in DOCUMENTS.items():
        named = {name: value for name, value in parameters.items() if name not in {"stateId", "profileId"}}
        assert (asked, client.at(resource).get(**named).status_code) == (asked, 200 if asked in reached else 403)


@pytest.mark.parametrize("kind", REACH)
def test_deleting_all_reaches_as_far_as_documents(db, kind):
    make, reached = REACH[kind]
    client, owner = make().at("activities/state"), make_outside("all").at("activities/state")

    for asked, parameters in STATES.items():
        owner.post({}, **parameters, stateId="x")
        found = (client.delete(**parameters).status_code, Document.objects.count())
        assert (asked, found) == (asked, (204, 0) if asked in reached else (403, 1))
        Document.objects.all().delete()


def test_scopes_of_one_credential_add_up(db):
    client = make_outside("state", "profile", "statements/read/mine")

    answers = [
        client.at("activities/state").get(activityId=MINE, agent=MAIL),
        client.at("activities/profile").get(activityId=MINE),
        client.at("activities").get(activityId=FOREIGN),
        client.at("agents/profile").get(agent=MAIL),
    ]

    assert [one.status_code for one in answers] == [200, 200, 200, 403]


def test_a_token_sees_no_right_responses(db):
    question = {"interactionType": "choice", "choices": [{"id": "a"}], "correctResponsesPattern": ["a"]}
    statement = {"actor": MAIL, "verb": {"id": "urn:x:v"}, "object": {"id": MINE, "definition": question}}
    make_outside("all").post(statement)

    found = token().at("activities").get(activityId=MINE).json()["definition"]

    assert found == {"interactionType": "choice", "choices": [{"id": "a"}]}


def test_without_a_credential_nothing_is_reached(client, db):
    for resource in ("activities/state", "activities/profile", "agents/profile", "activities", "agents"):
        response = client.get(f"/xapi/{resource}", headers={"X-Experience-API-Version": "1.0.3"})
        assert (response.status_code, response["X-Experience-API-Version"]) == (401, "1.0.3")


def test_without_a_version_nothing_is_reached(client, anybody):
    for resource in ("activities/state", "activities/profile", "agents/profile", "activities", "agents"):
        response = client.get(f"/xapi/{resource}", headers={"Authorization": anybody.headers["Authorization"]})
        assert (response.status_code, response.json()["path"]) == (400, "X-Experience-API-Version")


def test_a_session_is_no_credential(signed_in, cast):
    client = signed_in(cast.lea)

    for resource in ("activities/state", "activities/profile", "agents/profile", "activities", "agents"):
        assert client.get(f"/xapi/{resource}", headers={"X-Experience-API-Version": "1.0.3"}).status_code == 401


def test_a_refusal_does_not_tell_whether_a_document_is_there(db):
    parameters = {"activityId": FOREIGN, "agent": MAIL, "stateId": "x"}
    client = make_outside("state", prefix=PREFIX).at("activities/state")
    before = client.get(**parameters)
    make_outside("all").at("activities/state").post({"a": 1}, **parameters)

    after = client.get(**parameters)

    assert (before.status_code, before.content) == (after.status_code, after.content) == (403, after.content)
