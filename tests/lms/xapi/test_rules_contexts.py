"""Rules F64-F67: the context of a statement and of a sub-statement, with what the second version added."""

import pytest

from lms.xapi import rules
from tests.lms.xapi.valid_statements import (
    ABOUT_AGENT,
    ABOUT_GROUP,
    AGENTS,
    GROUPS,
    NESTED,
    NESTED_PLAIN,
    PLAIN,
    REFERRING,
    SECOND,
    TARGET,
    put,
    refusal,
    refused_at,
)

CONTEXTS = "xAPI 1.0.3 Data 2.4.6"
at_each_level = pytest.mark.parametrize("path", ["$.context", "$.object.context"], ids=["statement", "sub-statement"])
WRONG = {
    "": ["text", 7, [], None],
    ".registration": ["should fail", TARGET + "0", 7, {}],
    ".instructor": ["text", {}, {"objectType": "Agent"}],
    ".instructor.objectType": [{"objectType": "Activity", "id": "urn:x"}],
    ".team": ["text", 7, []],
    ".team.objectType": [AGENTS["mbox"], {"mbox": "mailto:a@example.org"}, {}],
    ".contextActivities": ["text", 7, [], None],
    ".revision": [7, {}, [], True],
    ".platform": [7, {}, [], True],
    ".language": ["a12345678", "", 7, {}],
    ".statement": ["text", TARGET, 7],
    ".statement.objectType": [
        {"id": TARGET},
        {"objectType": "SubStatement", "id": TARGET},
        {"objectType": 7},
    ],
    ".statement.id": [{"objectType": "StatementRef"}, {"objectType": "StatementRef", "id": "text"}],
    ".extensions": ["text", 7, []],
    ".dummy": [1],
}


@at_each_level
@pytest.mark.parametrize("place", WRONG)
def test_each_part_of_a_context_has_its_form(path, place):  # F64
    holder = path + (".statement" if "statement." in place else ".team" if "team." in place else place)
    holder = path + ".instructor" if "instructor." in place else holder

    assert [refused_at(put(NESTED, holder, wrong)) for wrong in WRONG[place]] == [path + place] * len(WRONG[place])


@at_each_level
def test_instructors_are_agents_or_groups(path):  # F64
    actors = [{"mbox": "mailto:a@example.org"}, *AGENTS.values(), *GROUPS.values()]

    assert [refused_at(put(NESTED, f"{path}.instructor", actor)) for actor in actors] == [None] * len(actors)


@pytest.mark.parametrize("name", ["revision", "platform"])
@pytest.mark.parametrize(
    "statement",
    [ABOUT_AGENT, ABOUT_GROUP, REFERRING, NESTED_PLAIN],
    ids=["agent", "group", "reference", "sub-statement"],
)
def test_revision_and_platform_belong_to_activities(statement, name):  # F65
    assert refusal({**statement, "context": {name: "1"}}) == (f"$.context.{name}", CONTEXTS)


@pytest.mark.parametrize("name", ["revision", "platform"])
@pytest.mark.parametrize("statement", [ABOUT_AGENT, ABOUT_GROUP, REFERRING], ids=["agent", "group", "reference"])
def test_revision_and_platform_belong_to_activities_in_sub_statements_too(statement, name):  # F65
    nested = {**PLAIN, "object": {"objectType": "SubStatement", **statement, "context": {name: "1"}}}

    assert refusal(nested) == (f"$.object.context.{name}", CONTEXTS)


@pytest.mark.parametrize("name", ["revision", "platform"])
def test_revision_and_platform_go_with_any_activity(name):  # F65
    spelled_out = {**PLAIN, "object": {"objectType": "Activity", "id": "urn:x"}}

    assert refused_at({**PLAIN, "context": {name: ""}}) is None
    assert refused_at({**spelled_out, "context": {name: "1"}}) is None
    assert refused_at(put(NESTED_PLAIN, "$.object.context", {name: "1"})) is None


@at_each_level
@pytest.mark.parametrize("name", ["parent", "grouping", "category", "other"])
def test_context_activities_are_one_activity_or_several(path, name):  # F66
    place = f"{path}.contextActivities.{name}"
    accepted = [
        {"id": "urn:x"},
        [],
        [{"id": "urn:x"}, {"objectType": "Activity", "id": "urn:y", "definition": {}}],
    ]

    assert [refused_at(put(NESTED, place, value)) for value in accepted] == [None] * 3
    assert [refused_at(put(NESTED, place, wrong)) for wrong in ("urn:x", 7, None)] == [place] * 3
    assert refused_at(put(NESTED, place, {})) == f"{place}.id"
    assert refused_at(put(NESTED, place, [{"id": "urn:x"}, {"id": "x"}])) == f"{place}[1].id"
    assert refused_at(put(NESTED, place, AGENTS["mbox"])) == f"{place}.objectType"
    assert refused_at(put(NESTED, place, [GROUPS["anonymous"]])) == f"{place}[0].objectType"
    assert refused_at(put(NESTED, place, [["x"]])) == f"{place}[0]"


@at_each_level
@pytest.mark.parametrize("name", ["Parent", "siblings", "", "contextActivities"])
def test_there_are_four_kinds_of_context_activities(path, name):  # F66
    found = rules.check(put(NESTED, f"{path}.contextActivities", {name: [{"id": "urn:x"}]}), version="1.0.3")

    assert found.path == f"{path}.contextActivities" + (f".{name}" if name else '[""]')


@at_each_level
@pytest.mark.parametrize("name", ["contextAgents", "contextGroups"])
def test_the_first_version_knows_no_context_agents(path, name):  # F67
    assert refusal(put(NESTED, f"{path}.{name}", [])) == (f"{path}.{name}", "xAPI 1.0.3 Data 2.2")


RELATED = [
    ("contextAgents", "contextAgent", "agent", AGENTS["mbox"]),
    ("contextGroups", "contextGroup", "group", GROUPS["identified by mbox"]),
]


@at_each_level
@pytest.mark.parametrize(("name", "kind", "role", "party"), RELATED)
def test_context_agents_and_groups_are_accepted(path, name, kind, role, party):  # F67
    plain = {"objectType": kind, role: party}
    accepted = [[], [plain], [plain, {**plain, "relevantTypes": ["urn:x", "https://example.org/t"]}]]

    assert [refused_at(put(SECOND, f"{path}.{name}", value), "2.0.0") for value in accepted] == [None] * 3


@at_each_level
@pytest.mark.parametrize(("name", "kind", "role", "party"), RELATED)
def test_context_agents_and_groups_have_their_form(path, name, kind, role, party):  # F67
    plain = {"objectType": kind, role: party}
    other = {"contextAgent": "contextGroup", "contextGroup": "contextAgent"}[kind]
    wrongs = [
        ("", "text"),
        ("", plain),
        ("[0]", ["text"]),
        ("[1]", [plain, None]),
        ("[0].objectType", [{role: party}]),
        *[("[0].objectType", [{**plain, "objectType": wrong}]) for wrong in (other, role, "Agent", "Group", "", 7)],
        (f"[0].{role}", [{"objectType": kind}]),
        (f"[0].{role}", [{**plain, role: "text"}]),
        (f"[0].{role}.objectType", [{**plain, role: {**party, "objectType": "Activity"}}]),
        (f"[0].{role}.key", [{**plain, role: {"key": "Should fail"}}]),
        (f"[0].{role}.mbox", [{**plain, role: {**party, "mbox": "a@example.org"}}]),
        ("[0].relevantTypes", [{**plain, "relevantTypes": []}]),
        ("[0].relevantTypes", [{**plain, "relevantTypes": "urn:x"}]),
        ("[0].relevantTypes", [{**plain, "relevantTypes": None}]),
        ("[0].relevantTypes[1]", [{**plain, "relevantTypes": ["urn:x", "abc"]}]),
        ("[0].relevantTypes[0]", [{**plain, "relevantTypes": [7]}]),
        ("[0].member", [{**plain, "member": []}]),
    ]
    place = f"{path}.{name}"

    assert [refused_at(put(SECOND, place, wrong), "2.0.0") for _, wrong in wrongs] == [place + step for step, _ in wrongs]


def test_a_refused_context_agent_cites_the_second_standard():  # F67
    wrong = [{"objectType": "contextAgent", "agent": AGENTS["mbox"], "relevantTypes": []}]

    assert rules.check(put(SECOND, "$.context.contextAgents", wrong), version="2.0.0") == rules.Finding(
        "$.context.contextAgents[0].relevantTypes", "This array must not be empty.", "IEEE 9274.1.1 4.2.2.5"
    )
