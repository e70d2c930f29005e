"""Rules B12-B23: what is common to all statements, asked at each place of some with every property."""

import sys

import pytest

from lms.xapi import rules
from tests.lms.xapi.valid_statements import (
    AGENTS,
    GROUPS,
    INTERACTIONS,
    NESTED,
    PLAIN,
    RICH,
    SECOND,
    SECOND_STATEMENTS,
    STATEMENTS,
    drop,
    get,
    paths,
    put,
    refusal,
    refused_at,
    words,
)

GREATEST = sys.float_info.max
WHOLE = [("rich", RICH, "1.0.3"), ("nested", NESTED, "1.0.3"), ("second", SECOND, "2.0.0")]


def places(kind, *, into_extensions=False):
    """(statement, version, path) of each place that holds a value of this type; of the second version only what is new."""
    return [
        (statement, version, path)
        for name, statement, version in WHOLE
        for path, value in paths(statement, into_extensions=into_extensions)
        if isinstance(value, kind) and not (kind in {int, float} and isinstance(value, bool))
        if name != "second" or ".contextAgents" in path or ".contextGroups" in path
    ]


def at_each(found):
    """One test for all these places: some thousand of a millisecond each would take longer to begin than to run."""

    def decorate(test):
        def at_all_of_them():
            assert len(found) > 5
            for statement, version, path in found:
                try:
                    test(statement, version, path)
                except AssertionError as fault:
                    fault.add_note(f"At {path} of version {version}.")
                    raise

        return at_all_of_them

    return decorate


def within_extension(path):
    """Findings inside an extension stop at its key."""
    before, found, after = path.partition('.extensions["')
    return before + found + after[: after.index('"]') + 2] if found else path


def refusals(statement, version, path, wrongs):
    return [refused_at(put(statement, path, wrong), version) for wrong in wrongs]


NUMBERS = [*places(int), *places(float)]
OPEN = (".extensions", ".display", ".description", ".definition.name")
CLOSED = [place for place in places(dict) if not place[2].endswith(OPEN)]
MAPS = [place for place in places(dict) if place[2].endswith(OPEN[1:])]


@pytest.mark.parametrize("version", ["1.0.3", "2.0.0"])
@pytest.mark.parametrize("statement", STATEMENTS.values(), ids=STATEMENTS)
def test_accepts_every_valid_shape_in_both_versions(statement, version):  # B22
    assert rules.check(statement, version=version) is None


@pytest.mark.parametrize("statement", SECOND_STATEMENTS.values(), ids=SECOND_STATEMENTS)
def test_accepts_the_new_shapes_in_the_second_version_only(statement):  # B22
    assert rules.check(statement, version="2.0.0") is None
    assert rules.check({**statement, "version": "1.0.0"}, version="1.0.3") is not None


@pytest.mark.parametrize("path", ["$.actor", "$.context.instructor", "$.object.actor", "$.object.context.instructor"])
@pytest.mark.parametrize("actor", [*AGENTS.values(), *GROUPS.values()], ids=[*AGENTS, *GROUPS])
def test_accepts_every_form_of_actor(actor, path):  # B22
    assert refused_at(put(NESTED, path, actor)) is None


@pytest.mark.parametrize("actor", [*AGENTS.values(), *GROUPS.values()], ids=[*AGENTS, *GROUPS])
def test_accepts_every_form_of_actor_as_object(actor):  # B22
    assert refused_at({**PLAIN, "object": actor}) is None
    assert refused_at({**PLAIN, "object": {"objectType": "SubStatement", **PLAIN, "object": actor}}) is None


@pytest.mark.parametrize("group", GROUPS.values(), ids=GROUPS)
def test_accepts_every_form_of_group_as_team(group):  # B22
    assert refused_at(put(RICH, "$.context.team", group)) is None
    assert refused_at(put(SECOND, "$.context.contextGroups[0].group", group), "2.0.0") is None


@pytest.mark.parametrize("path", ["$.object", "$.object.object", "$.context.contextActivities.parent[0]"])
@pytest.mark.parametrize("kind", INTERACTIONS)
def test_accepts_every_interaction_with_its_components(kind, path):  # B22
    activity = {"id": "urn:example:question", "definition": {"interactionType": kind, **INTERACTIONS[kind]}}
    statement = RICH if path == "$.object" else NESTED

    assert refused_at(put(statement, path, activity)) is None


REQUIRED = set(
    words(
        "actor verb object id objectType usageType contentType length sha2 member display mbox account "
        "openid homePage name interactionType agent group"
    )
)


@at_each(CLOSED)
def test_optional_properties_may_be_absent(statement, version, path):  # B22
    names = [name for name in get(statement, path) if name not in REQUIRED]

    assert [refused_at(drop(statement, f"{path}.{name}"), version) for name in names] == [None] * len(names)


@pytest.mark.parametrize("name", ["actor", "verb", "object"])
def test_the_three_parts_of_a_statement_are_required(name):  # B12
    assert refusal(drop(PLAIN, f"$.{name}")) == (f"$.{name}", "xAPI 1.0.3 Data 2.4")
    assert refusal(drop(NESTED, f"$.object.{name}")) == (f"$.object.{name}", "xAPI 1.0.3 Data 2.4")


@at_each(places(object))
def test_null_is_refused_everywhere_outside_extensions(statement, version, path):  # B13
    assert refused_at(put(statement, path, None), version) == path


def test_the_finding_about_null_says_what_to_do():  # B13
    found = rules.check({**PLAIN, "timestamp": None}, version="1.0.3")

    assert found == rules.Finding(
        "$.timestamp",
        "Null is allowed only inside extensions; leave this out or give "
        "a date and time such as 2026-03-01T09:30:00.000Z, not with the zone -00.",
        "xAPI 1.0.3 Data 2.2",
    )


@at_each(NUMBERS)
def test_numbers_are_strict(statement, version, path):  # B14
    assert refusals(statement, version, path, ["1", True, [], {}]) == [path] * 4


@at_each(places(bool))
def test_booleans_are_strict(statement, version, path):  # B14
    assert refusals(statement, version, path, ["true", 1, 0, [], {}]) == [path] * 5


@at_each(places(str))
def test_strings_are_strict(statement, version, path):  # B14
    assert refusals(statement, version, path, [7, False, [], {}]) == [path] * 4


@at_each(places(dict))
def test_objects_are_strict(statement, version, path):  # B14, B23
    assert refusals(statement, version, path, ["text", 7, True, []]) == [path] * 4


@at_each(places(list))
def test_arrays_are_strict(statement, version, path):  # B14
    assert refusals(statement, version, path, ["text", 7, False]) == [path] * 3


@at_each(CLOSED)
def test_invented_properties_are_refused(statement, version, path):  # B15
    names = ["dummy", "extension", "", "a b"]
    found = [refused_at(put(statement, f'{path}["{name}"]', "x"), version) for name in names]

    assert found == [f"{path}.dummy", f"{path}.extension", f'{path}[""]', f'{path}["a b"]']


@at_each(CLOSED)
def test_names_are_case_sensitive(statement, version, path):  # B15
    holder = get(statement, path)
    capitals = {name: name[0].upper() + name[1:] for name in holder}
    changed = [
        put(
            statement,
            path,
            {capitals[name] if known == name else known: item for known, item in holder.items()},
        )
        for name in holder
    ]

    assert [refused_at(each, version) for each in changed] == [f"{path}.{name}" for name in capitals.values()]


def test_the_finding_about_case_names_the_right_spelling():  # B15
    found = rules.check({**drop(PLAIN, "$.actor"), "Actor": {}}, version="2.0.0")

    assert found == rules.Finding("$.Actor", 'Names are case-sensitive; write "actor".', "IEEE 9274.1.1 4.2.1")


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("$.object.definition.interactionType", "choiCe"),
        ("$.object.definition.interactionType", "Other"),
        ("$.object.definition.interactionType", "true-faLse"),
        ("$.object.objectType", "activity"),
        ("$.actor.objectType", "agent"),
        ("$.context.team.objectType", "GROUP"),
        ("$.context.statement.objectType", "statementRef"),
    ],
)
def test_enumerated_values_are_case_sensitive(path, value):  # B16
    assert refused_at(put(RICH, path, value)) == path


IRI_NAMES = (
    "verb.id",
    "object.id",
    ".type",
    ".moreInfo",
    ".homePage",
    ".openid",
    ".usageType",
    ".fileUrl",
    "Types[0]",
)
FORMATTED = tuple(
    words(
        "$.id objectType .mbox .interactionType .registration .language .timestamp .stored .version "
        ".duration .sha2 .contentType statement.id other[0].id"
    )
)


@at_each([place for place in places(str) if place[2].endswith(FORMATTED)])
def test_values_with_a_format_are_not_empty(statement, version, path):  # B17
    assert refusals(statement, version, path, ["", " ", "should fail"]) == [path] * 3


@at_each([place for place in places(str) if place[2].endswith(IRI_NAMES)])
def test_iris_need_a_scheme_and_no_space(statement, version, path):  # B17, B18
    wrongs = ["", "learn.example.org/1", "/courses/1", "a b:c", "ab=c://x", "https://a b", "x:"]

    assert refusals(statement, version, path, wrongs) == [path] * 7


@at_each(MAPS)
def test_language_maps_take_language_tags_only(statement, version, path):  # B19, D49
    wrongs = [{"a12345678": "x"}, {"something": "x"}, {"zh-z-aaa-z-bbb-c-ccc": "x"}, {"en": "x", "": "y"}]
    steps = [".a12345678", ".something", '["zh-z-aaa-z-bbb-c-ccc"]', '[""]']

    assert refusals(statement, version, path, wrongs) == [path + step for step in steps]


@pytest.mark.parametrize(
    ("value", "words_for_it"),
    [
        (True, "a boolean"),
        (7, "a number"),
        (1.5, "a number"),
        ([], "an array"),
        ({}, "an object"),
    ],
)
def test_the_finding_about_a_wrong_type_names_both_types(value, words_for_it):  # B14
    found = rules.check(put(RICH, "$.context.platform", value), version="1.0.3")

    assert found.finding == f"This must be a string, not {words_for_it}."


@pytest.mark.parametrize("value", [12.125, 0.12123434, 45.45, 1e300, -7, 0, GREATEST, -GREATEST])
def test_numbers_of_any_precision_are_accepted(value):  # B20
    assert refused_at(put(RICH, "$.result.score", {"raw": value})) is None
    assert refused_at(put(RICH, "$.result.extensions", {"urn:x": [value]})) is None


@pytest.mark.parametrize("body", [None, True, 7, "text", [], [PLAIN], 1.5])
def test_only_an_object_is_a_statement(body):  # B23
    assert refusal(body) == (
        "$",
        "xAPI 1.0.3 Data 2.2" if not isinstance(body, str) else "xAPI 1.0.3 Data 2.4",
    )


def test_an_empty_object_is_no_statement():  # B12, B23
    assert refused_at({}) == "$.actor"


@at_each(places(str, into_extensions=True))
def test_text_that_cannot_be_kept_is_refused_everywhere(statement, version, path):
    assert refusals(statement, version, path, ["a\0b", "\ud800", "\udc00x"]) == [within_extension(path)] * 3


@at_each(places(dict))
def test_names_that_cannot_be_kept_are_refused_everywhere(statement, version, path):
    wrongs = [{**get(statement, path), wrong: "x"} for wrong in ("a\0b", "\ud800")]

    assert refusals(statement, version, path, wrongs) == [f'{path}["a\\u0000b"]', f'{path}["\\ud800"]']


@pytest.mark.parametrize("place", ["$.result", "$.context", "$.object.definition"])
@pytest.mark.parametrize("wrong", ["a\0b", "\ud800"], ids=ascii)
def test_names_that_cannot_be_kept_are_refused_deep_in_extensions(place, wrong):
    changed = put(RICH, f"{place}.extensions", {"urn:example:tree": [{"a": {wrong: 1}}]})

    assert refusal(changed) == (f'{place}.extensions["urn:example:tree"]', "xAPI 1.0.3 Communication 1.4")


@at_each([*NUMBERS, *places(type(None), into_extensions=True)])
def test_numbers_that_no_double_holds_are_refused_everywhere(statement, version, path):
    wrongs = [float("inf"), float("-inf"), float("nan"), 10**400]

    assert refusals(statement, version, path, wrongs) == [within_extension(path)] * 4


def test_findings_can_be_sent_back_whatever_came_in():
    found = rules.check({**PLAIN, "\ud800\0" * 1000: 1}, version="1.0.3")

    assert found.path.encode("ascii") == b'$["' + b"\\ud800\\u0000" * 30 + b'..."]'


def test_findings_quote_sixty_characters_at_most():
    name, longer = "n" * 60, "n" * 61

    assert refused_at({**PLAIN, name: 1}) == f"$.{name}"
    assert refused_at({**PLAIN, longer: 1}) == f'$["{name}..."]'
    assert rules.check(put(PLAIN, "$.verb.id", name), version="1.0.3").finding.endswith(f'not "{name}".')
    assert rules.check(put(PLAIN, "$.verb.id", longer), version="1.0.3").finding.endswith(f'not "{name}...".')


def test_an_unknown_version_is_an_error_of_the_caller():
    with pytest.raises(KeyError):
        rules.check(PLAIN, version="0.95")
