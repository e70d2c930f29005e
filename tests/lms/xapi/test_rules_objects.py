"""Rules E57-E63: what a statement may be about, in a statement and in a sub-statement."""

import pytest

from lms.xapi import rules
from tests.lms.xapi.valid_statements import (
    ACTIVITY,
    AGENTS,
    GROUPS,
    IDENTIFIERS,
    INTERACTIONS,
    NESTED,
    NESTED_PLAIN,
    PLAIN,
    RICH,
    TARGET,
    drop,
    put,
    refusal,
    refused_at,
)

OBJECTS = "xAPI 1.0.3 Data 2.4.4"
PLACES = {"statement": (PLAIN, "$.object"), "sub-statement": (NESTED_PLAIN, "$.object.object")}
at_each_level = pytest.mark.parametrize(("statement", "path"), PLACES.values(), ids=PLACES)
# Everywhere an activity may stand.
ACTIVITY_PLACES = {
    **PLACES,
    **{
        f"{level}{name}": (NESTED, f"${prefix}.context.contextActivities.{name}[0]")
        for level, prefix in (("", ""), ("nested ", ".object"))
        for name in ("parent", "grouping", "category", "other")
    },
}
at_each_activity = pytest.mark.parametrize(("statement", "path"), ACTIVITY_PLACES.values(), ids=ACTIVITY_PLACES)


@at_each_level
def test_the_object_is_of_one_of_five_kinds(statement, path):  # E57
    kinds = ["activity", "Person", "Statement", "substatement", "contextAgent", "", 7, True, {}, [], None]

    assert [refused_at(put(statement, f"{path}.objectType", kind)) for kind in kinds] == [f"{path}.objectType"] * 11


@at_each_level
def test_each_kind_of_object_is_accepted(statement, path):  # E57
    objects = [
        ACTIVITY,
        drop(ACTIVITY, "$.objectType"),
        {"objectType": "StatementRef", "id": TARGET},
        *AGENTS.values(),
        *GROUPS.values(),
    ]

    assert [refused_at(put(statement, path, value)) for value in objects] == [None] * len(objects)


@at_each_activity
def test_an_activity_needs_an_iri_as_id(statement, path):  # E58
    assert refusal(put(statement, path, {"definition": {}})) == (f"{path}.id", OBJECTS)
    assert [refused_at(put(statement, path, {"id": wrong})) for wrong in ("", "abc", TARGET, 7, {})] == [f"{path}.id"] * 5


WRONG_DEFINITIONS = {
    ".definition": ["text", 7, [], None],
    ".definition.name": [{"name": "text"}, {"name": 7}],
    ".definition.description": [{"description": "text"}, {"description": []}],
    ".definition.type": [{"type": "text"}, {"type": ""}, {"type": 7}, {"type": {}}],
    ".definition.moreInfo": [{"moreInfo": "text"}, {"moreInfo": ""}, {"moreInfo": 7}],
    ".definition.extensions": [{"extensions": "text"}, {"extensions": 7}],
    ".definition.extra": [{"extra": {}}],
}


@at_each_activity
def test_each_part_of_a_definition_has_its_form(statement, path):  # E58
    found = [
        (path + expected, refused_at(put(statement, path, {"id": "urn:x", "definition": definition})))
        for expected, definitions in WRONG_DEFINITIONS.items()
        for definition in definitions
    ]

    assert [actual for _, actual in found] == [expected for expected, _ in found]


@at_each_activity
def test_the_interaction_type_is_one_of_ten(statement, path):  # E59
    kinds = ["should fail", "https://example.org/choice", "Choice", "", 7, True, {}, [], None]
    found = [refused_at(put(statement, path, {"id": "urn:x", "definition": {"interactionType": kind}})) for kind in kinds]

    assert found == [f"{path}.definition.interactionType"] * len(kinds)


@at_each_activity
def test_every_interaction_type_is_accepted_alone_and_with_its_parts(statement, path):  # E59, B22
    found = [
        refused_at(put(statement, path, {"id": "urn:x", "definition": {"interactionType": kind, **parts}}))
        for kind in INTERACTIONS
        for parts in ({}, INTERACTIONS[kind])
    ]

    assert found == [None] * 20


PARTS = ["correctResponsesPattern", "choices", "scale", "source", "target", "steps"]


@at_each_activity
def test_the_parts_of_an_interaction_need_its_type(statement, path):  # E60
    found = [refusal(put(statement, path, {"id": "urn:x", "definition": {part: []}})) for part in PARTS]

    assert found == [(f"{path}.definition.interactionType", OBJECTS)] * 6


@pytest.mark.parametrize("part", PARTS[1:])
def test_components_have_an_id_and_perhaps_a_description(part):  # E60
    values = {
        "": ["text", 7, {}, None],
        "[0]": [["text"], [7], [[]], [None]],
        "[0].id": [[{}], [{"id": 7}], [{"id": None}], [{"id": {}}]],
        "[0].description": [[{"id": "a", "description": "text"}], [{"id": "a", "description": None}]],
        "[0].extra": [[{"id": "a", "extra": 1}]],
        "[1].id": [[{"id": "a"}, {"description": {}}], [{"id": "a"}, {"id": "a"}]],
        "[2].id": [[{"id": "a"}, {"id": "b"}, {"id": "a"}]],
        None: [[], [{"id": ""}], [{"id": "a"}, {"id": "A"}, {"id": "a "}]],
    }
    path = f"$.object.definition.{part}"
    found = [
        (expected if expected is None else path + expected, refused_at(put(RICH, path, value)))
        for expected, wrongs in values.items()
        for value in wrongs
    ]

    assert [actual for _, actual in found] == [expected for expected, _ in found]


def test_an_id_may_stand_in_two_lists():  # E60
    definition = {"interactionType": "matching", "source": [{"id": "a"}], "target": [{"id": "a"}]}

    assert refused_at(put(PLAIN, "$.object.definition", definition)) is None


@pytest.mark.parametrize("wrong", ["text", 7, {}, [7], [None], ["a", {}]])
def test_response_patterns_are_an_array_of_strings(wrong):  # E60
    path = "$.object.definition.correctResponsesPattern"
    expected = path if not isinstance(wrong, list) else f"{path}[{len(wrong) - 1}]"

    assert refused_at(put(RICH, path, wrong)) == expected


@at_each_level
@pytest.mark.parametrize("kind", IDENTIFIERS)
def test_an_agent_as_object_must_say_so(statement, path, kind):  # E61
    assert refused_at(put(statement, path, {kind: IDENTIFIERS[kind]})) == f"{path}.{kind}"
    assert refused_at(put(statement, path, {"member": []})) == f"{path}.member"
    assert refused_at(put(statement, path, {})) == f"{path}.id"


@pytest.mark.parametrize("name", ["id", "stored", "version", "authority"])
def test_a_sub_statement_leaves_the_store_nothing_to_set(name):  # E62
    value = {"id": TARGET, "stored": RICH["stored"], "version": "1.0.0", "authority": AGENTS["mbox"]}[name]

    assert rules.check(put(NESTED_PLAIN, f"$.object.{name}", value), version="1.0.3") == rules.Finding(
        f"$.object.{name}", f"A SubStatement has no {name}; leave it out.", OBJECTS
    )


def test_a_sub_statement_is_not_nested():  # E62
    inner = {"objectType": "SubStatement", **PLAIN}

    assert refusal(put(NESTED_PLAIN, "$.object.object", inner)) == ("$.object.object", OBJECTS)
    assert refusal(put(NESTED_PLAIN, "$.object.object", {**inner, "id": 7})) == ("$.object.object", OBJECTS)


def test_a_sub_statement_follows_the_rules_of_statements():  # E62
    wrongs = {
        "$.object.actor": {},
        "$.object.verb": {},
        "$.object.object": {},
        "$.object.result": {"success": "true"},
        "$.object.context": {"dummy": 1},
        "$.object.attachments": [{}],
        "$.object.timestamp": "now",
        "$.object.dummy": 1,
    }
    found = [refused_at(put(NESTED_PLAIN, path, wrong)) for path, wrong in wrongs.items()]

    assert found == [
        "$.object.actor",
        "$.object.verb.id",
        "$.object.object.id",
        "$.object.result.success",
        "$.object.context.dummy",
        "$.object.attachments[0].usageType",
        "$.object.timestamp",
        "$.object.dummy",
    ]


REFERENCES = {
    "object": (PLAIN, "$.object"),
    "nested object": (NESTED_PLAIN, "$.object.object"),
    "context": (NESTED, "$.context.statement"),
    "nested context": (NESTED, "$.object.context.statement"),
}


@pytest.mark.parametrize(("statement", "path"), REFERENCES.values(), ids=REFERENCES)
def test_a_reference_needs_a_uuid_and_nothing_else(statement, path):  # E63
    reference = {"objectType": "StatementRef", "id": TARGET}

    assert refused_at(put(statement, path, reference)) is None
    assert refused_at(put(statement, path, {"objectType": "StatementRef"})) == f"{path}.id"
    assert refused_at(put(statement, path, {**reference, "id": "urn:x"})) == f"{path}.id"
    assert refused_at(put(statement, path, {**reference, "definition": {}})) == f"{path}.definition"
