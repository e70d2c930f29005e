"""Whole statements: verbs (R104), voiding (R108), the version property (R111), attachments (P99)."""

import pytest

from lms.xapi import rules
from tests.lms.xapi.valid_statements import (
    ABOUT_AGENT,
    ATTACHMENT,
    NESTED,
    PLAIN,
    REFERRING,
    RICH,
    SHA2,
    TARGET,
    VOIDING,
    drop,
    put,
    refusal,
    refused_at,
)

VERBS = ["$.verb", "$.object.verb"]
VOIDED = VOIDING["verb"]["id"]


@pytest.mark.parametrize("path", VERBS)
def test_a_verb_has_an_iri_and_perhaps_a_display(path):  # R104
    wrongs = [
        ("", "text"),
        ("", []),
        (".id", 7),
        (".id", "attempted"),
        (".id", ""),
        (".display", "attempted"),
        (".display", 7),
        (".dummy", 1),
    ]

    assert [refused_at(put(NESTED, path + step, wrong)) for step, wrong in wrongs] == [path + step for step, _ in wrongs]
    assert refusal(put(NESTED, path, {"display": {}})) == (f"{path}.id", "xAPI 1.0.3 Data 2.4.3")
    assert refused_at(put(NESTED, path, {"id": "urn:x", "display": {}})) is None


@pytest.mark.parametrize(
    "value", [PLAIN["object"], {"objectType": "Activity", "id": f"urn:uuid:{TARGET}"}, ABOUT_AGENT["object"]]
)
def test_voiding_needs_a_reference_spelled_out(value):  # R108
    found = rules.check({**VOIDING, "object": value}, version="1.0.3")

    assert found == rules.Finding(
        "$.object.objectType",
        'The object of a voiding statement must be a "StatementRef".',
        "xAPI 1.0.3 Data 2.3.2",
    )


def test_voiding_with_a_reference_is_accepted():  # R108
    assert refused_at(VOIDING) is None
    assert refused_at(drop(VOIDING, "$.verb.display"), "2.0.0") is None
    assert refused_at({**VOIDING, "object": {"id": TARGET}}) == "$.object.id"


def test_a_sub_statement_voids_by_reference_too():  # E62, R108
    wrong = {**PLAIN, "object": {"objectType": "SubStatement", **PLAIN, "verb": {"id": VOIDED}}}
    right = {**PLAIN, "object": {"objectType": "SubStatement", **VOIDING}}

    assert refusal(wrong) == ("$.object.object.objectType", "xAPI 1.0.3 Data 2.3.2")
    assert refused_at(right) is None


def test_a_sub_statement_cannot_be_voided():  # R108
    statement = {**VOIDING, "object": {"objectType": "SubStatement", **REFERRING}}

    assert refused_at(statement) == "$.object.objectType"


FIRST = ["1.0", "1.0.0", "1.0.3", "1.0.9", "1.0.12"]
SECOND_ONLY = ["2.0", "2.0.0", "2.0.1"]
NEVER = [
    "",
    "0.9.9",
    "1.1.0",
    "0.95",
    "1",
    "1.0.",
    "1.0.x",
    "1.0.0.0",
    "v1.0.0",
    "1.0.0\n",
    "2.1.0",
    "3.0.0",
    "should fail",
]


@pytest.mark.parametrize("text", FIRST)
def test_the_first_version_is_accepted_in_both(text):  # R111
    assert refused_at({**PLAIN, "version": text}) is None
    assert refused_at({**PLAIN, "version": text}, "2.0.0") is None


@pytest.mark.parametrize("text", SECOND_ONLY)
def test_the_second_version_is_accepted_in_the_second_only(text):  # R111
    assert refusal({**PLAIN, "version": text}) == ("$.version", "xAPI 1.0.3 Data 2.4.10")
    assert refused_at({**PLAIN, "version": text}, "2.0.0") is None


@pytest.mark.parametrize("text", [*NEVER, "1.0.1234567", 1.0, 2, None, True, {}, []], ids=repr)
def test_other_versions_are_refused_in_both(text):  # R111
    assert refused_at({**PLAIN, "version": text}) == "$.version"
    assert refused_at({**PLAIN, "version": text}, "2.0.0") == "$.version"


ATTACHMENT_PLACES = ["$.attachments", "$.object.attachments"]
WRONG_ATTACHMENTS = {
    "": ["text", 7, {}, None],
    "[0]": [["text"], [7], [None], [[]]],
    "[0].usageType": [["certificate"], [""], [7], [{}]],
    "[0].display": [["text"], [7], [[]]],
    "[0].description": [["text"], [7], [[]]],
    "[0].contentType": [
        [7],
        [""],
        ["text"],
        ["text/"],
        ["text/plain\r\nX: y"],
        ["tëxt/plain"],
        ["text/plain, a/b"],
    ],
    "[0].length": [["27"], [-1], [1.5], [27.0], [True], [{}], [10**400]],
    "[0].sha2": [[7], [""], ["should fail"], [SHA2[:-1]], [SHA2 + "00"], ["../" + SHA2[3:]], [SHA2 + "\n"]],
    "[0].fileUrl": [["files/1.txt"], [""], [7]],
    "[0].dummy": [[1]],
}


@pytest.mark.parametrize("path", ATTACHMENT_PLACES)
@pytest.mark.parametrize("place", WRONG_ATTACHMENTS)
def test_each_part_of_an_attachment_has_its_form(path, place):  # P99
    values = WRONG_ATTACHMENTS[place]
    name = place.removeprefix("[0].")
    changed = values if name in ("", "[0]") else [[{**ATTACHMENT, name: value}] for [value] in values]

    assert [refused_at(put(NESTED, path, value)) for value in changed] == [path + place] * len(values)


@pytest.mark.parametrize("path", ATTACHMENT_PLACES)
@pytest.mark.parametrize("name", ["usageType", "display", "contentType", "length", "sha2"])
def test_an_attachment_needs_five_properties(path, name):  # P99
    changed = put(NESTED, path, [ATTACHMENT, drop(ATTACHMENT, f"$.{name}")])

    assert refusal(changed) == (f"{path}[1].{name}", "xAPI 1.0.3 Data 2.4.11")


@pytest.mark.parametrize(
    "changes",
    [
        {"length": 0},
        {"length": 2**40},
        {"display": {}},
        {"contentType": "application/vnd.oasis.opendocument.text"},
        {"contentType": 'multipart/mixed; boundary="a b"'},
        *({"sha2": "aB" * half} for half in (28, 32, 48, 64)),
    ],
    ids=str,
)
def test_attachments_are_accepted(changes):  # P99
    assert refused_at(put(RICH, "$.attachments", [{**ATTACHMENT, **changes}])) is None


def test_attachments_may_be_absent_or_none():  # P99
    assert refused_at(put(RICH, "$.attachments", [])) is None
    assert refused_at(drop(RICH, "$.attachments[0].fileUrl")) is None


PARAGRAPHS = {
    "$.actor.mbox": ("a", "xAPI 1.0.3 Data 2.4.2", "IEEE 9274.1.1 4.2.2.1"),
    "$.verb": ({}, "xAPI 1.0.3 Data 2.4.3", "IEEE 9274.1.1 4.2.2.2"),
    "$.object": ({}, "xAPI 1.0.3 Data 2.4.4", "IEEE 9274.1.1 4.2.2.3"),
    "$.result.score.scaled": (2, "xAPI 1.0.3 Data 2.4.5", "IEEE 9274.1.1 4.2.2.4"),
    "$.context.team": ({}, "xAPI 1.0.3 Data 2.4.2", "IEEE 9274.1.1 4.2.2.1"),
    "$.authority.member": ([], "xAPI 1.0.3 Data 2.4.9", "IEEE 9274.1.1 4.2.4.2"),
    "$.version": ("3", "xAPI 1.0.3 Data 2.4.10", "IEEE 9274.1.1 4.2.4.3"),
    "$.attachments[0].sha2": ("a", "xAPI 1.0.3 Data 2.4.11", "IEEE 9274.1.1 4.2.2.6"),
    "$.dummy": (1, "xAPI 1.0.3 Data 2.2", "IEEE 9274.1.1 4.2.1"),
    "$.result.extensions": ({"a": 1}, "xAPI 1.0.3 Data 4.1", "IEEE 9274.1.1 4.2.7"),
    "$.context.language": ("", "xAPI 1.0.3 Data 4.2", "IEEE 9274.1.1 4.2.7"),
    "$.verb.id": ("a", "xAPI 1.0.3 Data 4.3", "IEEE 9274.1.1 4.2.7"),
    "$.id": ("a", "xAPI 1.0.3 Data 4.4", "IEEE 9274.1.1 4.2.7"),
    "$.timestamp": ("a", "xAPI 1.0.3 Data 4.5", "IEEE 9274.1.1 4.2.7"),
    "$.result.duration": ("a", "xAPI 1.0.3 Data 4.6", "IEEE 9274.1.1 4.2.7"),
    "$.actor.name": ("\0", "xAPI 1.0.3 Communication 1.4", "IEEE 9274.1.1 4.2.7"),
}


@pytest.mark.parametrize("path", PARAGRAPHS)
def test_each_finding_names_the_paragraph_of_its_version(path):
    wrong, first, second = PARAGRAPHS[path]
    changed = put(RICH, path, wrong)

    assert (refusal(changed)[1], refusal(changed, "2.0.0")[1]) == (first, second)


def test_a_finding_says_what_would_be_right():
    assert rules.check(put(RICH, "$.actor.mbox", "amina@example.org"), version="1.0.3") == rules.Finding(
        "$.actor.mbox",
        'This must be an address of the form "mailto:name@example.org", not "amina@example.org".',
        "xAPI 1.0.3 Data 2.4.2",
    )
