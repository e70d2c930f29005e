"""The agents resource (rules Q100, N94, L89, L90)."""

import pytest

from tests.lms.xapi.valid_statements import AGENTS, GROUPS, PLAIN

NOTHING = {"name": [], "mbox": [], "mbox_sha1sum": [], "openid": [], "account": []}


@pytest.fixture(params=["1.0.3", "2.0.0"])
def agents(request, anybody):
    return anybody.at("agents", request.param)


@pytest.mark.parametrize("kind", AGENTS)
def test_an_agent_is_a_person_whose_properties_are_arrays(agents, kind):
    response = agents.get(agent=AGENTS[kind])

    assert (response.status_code, response["Content-Type"]) == (200, "application/json")
    assert response.json() == {"objectType": "Person", **NOTHING, "name": ["Amina"], kind: [AGENTS[kind][kind]]}


def test_nothing_is_added_to_what_was_asked(anybody):
    anybody.post({**PLAIN, "actor": {"mbox": "mailto:amina@example.org", "name": "Amina in a statement"}})

    found = anybody.at("agents").get(agent={"mbox": "mailto:amina@example.org"}).json()

    assert found == {"objectType": "Person", **NOTHING, "mbox": ["mailto:amina@example.org"]}


@pytest.mark.parametrize(
    "agent", ["", "Amina", "{", "[]", "{}", {"mbox": "x"}, GROUPS["anonymous"], GROUPS["identified by mbox"]]
)
def test_what_is_no_agent_is_refused(agents, agent):
    response = agents.get(agent=agent)

    assert (response.status_code, response.json()["path"].startswith("?agent")) == (400, True)


def test_without_an_agent_there_is_no_person(agents):
    assert (agents.get().status_code, agents.get().json()["path"]) == (400, "?agent")


def test_other_parameters_are_refused(agents):
    for name in ("foo", "Agent", "since"):
        assert agents.get(agent=AGENTS["mbox"], **{name: "x"}).json()["path"] == f"?{name}"


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE", "PATCH"])
def test_agents_are_only_read(agents, method):
    assert (agents.send(method, agent=AGENTS["mbox"]).status_code) == 400


def test_head_has_the_headers_of_get_and_no_body(agents):
    get, head = agents.get(agent=AGENTS["mbox"]), agents.head(agent=AGENTS["mbox"])

    assert (head.status_code, head.content, head["Content-Length"]) == (200, b"", str(len(get.content)))
    assert {**head.headers} == {**get.headers, **{name: head[name] for name in ("Content-Length", "X-Request-ID")}}


def test_a_person_costs_no_more_than_the_key(agents, django_assert_num_queries):
    with django_assert_num_queries(1):
        agents.get(agent=AGENTS["mbox"])
