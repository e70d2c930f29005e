"""Statements in the form in which they are asked for (rules C38–C40, differences 17 and 18)."""

import copy
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.xapi import formats, rules
from tests.lms.xapi.valid_statements import PLAIN, REFERRING, RICH, SECOND_STATEMENTS, STATEMENTS, put

NAMES = {"en": "walk", "de-AT": "Gehen", "de": "Gang", "zh-Hant-TW": "走"}
EVERYTHING = {**STATEMENTS, **SECOND_STATEMENTS}


def activity(name, **more):
    return {"id": f"urn:x:{name}", "definition": {"name": NAMES, "description": {"fr": "lent", "en": "slow"}, **more}}


# --- ids -------------------------------------------------------------------------------------------------------------


def test_ids_leaves_what_identifies():
    statement = {
        "id": "x",
        "actor": {"objectType": "Group", "name": "We", "member": [{"name": "Amina", "mbox": "mailto:a@b.c"}]},
        "verb": {"id": "urn:x:did", "display": {"en": "did"}},
        "object": activity("walk"),
        "authority": {"objectType": "Agent", "name": "Store", "account": {"homePage": "urn:x", "name": "1"}},
        "context": {
            "team": {"objectType": "Group", "name": "Team", "openid": "urn:x:t", "member": [{"mbox": "mailto:b@b.c"}]},
            "contextActivities": {"parent": activity("course"), "other": [activity("a"), activity("b")]},
            "language": "en",
        },
        "result": {"response": "yes"},
    }

    assert formats.ids(statement) == {
        "id": "x",
        "actor": {"objectType": "Group", "member": [{"mbox": "mailto:a@b.c"}]},
        "verb": {"id": "urn:x:did"},
        "object": {"id": "urn:x:walk"},
        "authority": {"objectType": "Agent", "account": {"homePage": "urn:x", "name": "1"}},
        "context": {
            "team": {"objectType": "Group", "openid": "urn:x:t"},
            "contextActivities": {"parent": [{"id": "urn:x:course"}], "other": [{"id": "urn:x:a"}, {"id": "urn:x:b"}]},
            "language": "en",
        },
        "result": {"response": "yes"},
    }


def test_ids_reaches_into_a_sub_statement():
    inner = {"objectType": "SubStatement", **{name: RICH[name] for name in ("actor", "verb", "object")}}

    made = formats.ids({**PLAIN, "object": inner})

    assert made["object"]["object"] == {"id": RICH["object"]["id"]}
    assert made["object"]["verb"] == {"id": RICH["verb"]["id"]}


def test_ids_leaves_a_reference_as_it_is():
    assert formats.ids(REFERRING)["object"] == REFERRING["object"]


# --- canonical -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "chosen"),
    [
        ("", "en"),
        ("*", "en"),
        ("de", "de"),
        ("DE-at", "de-AT"),
        ("de-CH", "de"),
        ("zh-Hant", "zh-Hant-TW"),
        ("zh-Hant-HK", "zh-Hant-TW"),
        ("fr, de;q=0.5, en;q=0.9", "en"),
        ("fr;q=1, de;q=0.9, en;q=0.8", "de"),
        ("de;q=0, en", "en"),
        ("sw", "en"),
        (";;;,,q=,de", "de"),
    ],
)
def test_the_best_language_is_chosen(asked, chosen):
    assert formats.picker(asked)(NAMES) == {chosen: NAMES[chosen]}


def test_each_map_is_asked_for_itself():
    parts = [{"id": "a", "description": NAMES}, {"id": "b"}]
    statement = {**PLAIN, "verb": {"id": "urn:x", "display": NAMES}, "object": activity("quiz", choices=parts)}

    made = formats.canonical(statement, pick=formats.picker("fr, de"), definitions={})

    assert made["verb"]["display"] == {"de": "Gang"}
    assert made["object"]["definition"] == {
        "name": {"de": "Gang"},
        "description": {"fr": "lent"},
        "choices": [{"id": "a", "description": {"de": "Gang"}}, {"id": "b"}],
    }


def test_canonical_gives_the_definition_that_the_store_knows():
    known = {"urn:x:walk": {"name": {"en": "A walk"}, "type": "urn:x:type"}}
    statement = {**PLAIN, "object": activity("walk"), "context": {"contextActivities": {"parent": [{"id": "urn:x:walk"}]}}}

    made = formats.canonical(statement, pick=formats.picker("en"), definitions=known)

    assert made["object"]["definition"] == known["urn:x:walk"]
    assert made["context"]["contextActivities"]["parent"] == [{"id": "urn:x:walk", "definition": known["urn:x:walk"]}]


def test_an_empty_map_stays_empty():
    assert formats.picker("en")({}) == {}


# --- arrays ----------------------------------------------------------------------------------------------------------


def test_a_single_related_activity_gets_an_array_around_it():
    context = {"contextActivities": {"parent": activity("a"), "other": [activity("b")]}, "language": "en"}
    inner = {"objectType": "SubStatement", **PLAIN, "context": context}

    assert formats.settled({**PLAIN, "object": inner, "context": context}) == {
        "context": {"contextActivities": {"parent": [activity("a")], "other": [activity("b")]}, "language": "en"},
        "object": {**inner, "context": {**context, "contextActivities": {"parent": [activity("a")], "other": [activity("b")]}}},
    }
    assert formats.settled({**PLAIN, "context": {"contextActivities": {"other": [activity("b")]}}}) == {}


# --- for older clients -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("statement", EVERYTHING.values(), ids=EVERYTHING)
def test_an_older_client_can_read_every_statement(statement):
    made = formats.as_older({**statement, "version": "2.0.0"})

    assert rules.check(made, version="1.0.3") is None


def test_activities_are_found_wherever_they_stand():
    inner = {"objectType": "SubStatement", "actor": PLAIN["actor"], "verb": PLAIN["verb"], "object": {"id": "urn:x:inner"}}
    statement = put({**PLAIN, "object": inner}, "$.context", {"contextActivities": {"grouping": {"id": "urn:x:course"}}})

    assert formats.activities(statement) == {"urn:x:inner", "urn:x:course"}


# --- always ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("statement", EVERYTHING.values(), ids=EVERYTHING)
def test_what_is_given_is_not_changed_and_what_comes_out_conforms(statement):
    before = copy.deepcopy(statement)

    made = [
        formats.ids(statement),
        formats.canonical(statement, pick=formats.picker("en"), definitions={}),
        formats.as_older(statement),
    ]

    assert statement == before
    assert [rules.check(json.loads(json.dumps(one)), version="2.0.0") for one in made] == [None] * 3


@given(st.text(), st.dictionaries(st.text(max_size=8), st.text(max_size=8)))
def test_any_header_chooses_one_language_of_any_map(header, words):
    chosen = formats.picker(header)(words)

    assert len(chosen) == min(1, len(words))
    assert chosen.items() <= words.items()
