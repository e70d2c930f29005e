"""What is left of a statement for readers of evidence, and that nothing else can be."""

import json

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from lms.reports.masks import SHOWN, mask
from lms.xapi import rules
from tests.lms.xapi.strategies import VALID, mutations

BASE = "https://learn.test/xapi"
PERSON = "5c1f0e3a-0a64-4c8e-9d57-6a5f6a0f3a11"
MARK = "marker-7f3a"
WHOLE = {
    "id": "AAAAAAAA-0000-4000-8000-000000000001",
    "actor": {"objectType": "Agent", "name": MARK, "account": {"homePage": BASE, "name": PERSON}},
    "verb": {"id": "http://adlnet.gov/expapi/verbs/passed", "display": {"en": MARK}},
    "object": {
        "id": f"{BASE}/modules/{PERSON}",
        "definition": {"name": {"en": MARK}, "moreInfo": f"https://{MARK}", "extensions": {"https://a.test/x": MARK}},
    },
    "result": {"success": True, "score": {"scaled": 0.875}, "response": MARK, "duration": "PT7M", "extensions": {"x:y": MARK}},
    "context": {
        "registration": "BBBBBBBB-0000-4000-8000-000000000002",
        "revision": "1.4",
        "platform": MARK,
        "language": "en-x-" + MARK,
        "instructor": {"mbox": f"mailto:{MARK}@b.test"},
        "extensions": {"https://a.test/structure": MARK},
        "contextActivities": {"parent": [{"id": f"https://{MARK}"}]},
    },
    "timestamp": "2026-11-24T10:00:00Z",
    "stored": "2026-11-24T10:00:01.000Z",
    "authority": {"objectType": "Agent", "account": {"homePage": BASE, "name": "client:abc"}},
    "version": "1.0.0",
    "attachments": [{"usageType": "x:y", "display": {"en": MARK}}],
}


def masked(**changes):
    return mask(WHOLE | changes, base=BASE, digest="d" * 64)


def test_of_a_whole_statement_this_is_left():
    shown = masked()

    assert shown.plain == {
        "id": "aaaaaaaa-0000-4000-8000-000000000001",
        "verb": {"id": "http://adlnet.gov/expapi/verbs/passed"},
        "actor": {"objectType": "Agent", "account": {"homePage": BASE, "name": PERSON}},
        "authority": {"objectType": "Agent", "account": {"homePage": BASE, "name": "client:abc"}},
        "object": {"objectType": "Activity", "id": f"{BASE}/modules/{PERSON}"},
        "context": {"registration": "bbbbbbbb-0000-4000-8000-000000000002", "revision": "1.4"},
        "ruleMet": True,
        "timestamp": "2026-11-24T10:00:00Z",
        "stored": "2026-11-24T10:00:01.000Z",
        "hash": "d" * 64,
    }
    assert json.loads(shown.text) == shown.plain
    assert MARK not in repr(shown) + shown.text


@pytest.mark.parametrize("verb", ["failed", "answered", "experienced", "launched", "initialized", "interacted", "terminated"])
def test_nothing_is_left_of_any_other_verb(verb):
    assert masked(verb={"id": f"http://adlnet.gov/expapi/verbs/{verb}"}) is None


@pytest.mark.parametrize(
    "thing",
    [
        {"id": f"{BASE}/questions/{PERSON}"},
        {"id": f"{BASE}/modules/{PERSON}/screens/s1"},
        {"id": f"{BASE}/scenarios/{PERSON}/nodes/left"},
        {"id": "https://a.test/q", "definition": {"interactionType": "choice"}},
        {"id": "https://a.test/q", "definition": {"type": "http://adlnet.gov/expapi/activities/cmi.interaction"}},
    ],
)
def test_nothing_is_left_of_what_happened_inside_a_module(thing):
    assert masked(object=thing) is None


@pytest.mark.parametrize(
    "actor",
    [
        {"mbox": f"mailto:{PERSON}@b.test"},
        {"mbox_sha1sum": "a" * 40},
        {"openid": f"https://id.test/{PERSON}"},
        {"account": {"homePage": "https://elsewhere.test", "name": PERSON}},
        {"account": {"homePage": BASE, "name": "lea.learner@osce.test"}},
        {"objectType": "Group", "account": {"homePage": BASE, "name": PERSON}, "member": [{"mbox": "mailto:a@b.test"}]},
    ],
)
def test_who_is_no_pseudonym_of_ours_is_nobody(actor):
    shown = masked(actor=actor)

    assert (shown.pseudonym, "actor" in shown.plain, "b.test" in shown.text) == ("", False, False)


@pytest.mark.parametrize("text", ["", "2026", "1.4 (of Lea Learner)", "1.", "123456.1", "1.4\n"])
def test_an_edition_is_two_numbers_or_nothing(text):
    assert masked(context={"revision": text}).edition == ""


@pytest.mark.parametrize(
    ("changes", "met"),
    [
        ({}, True),
        ({"result": {"success": False}}, False),
        ({"result": {"completion": False}}, False),
        ({"verb": {"id": "https://w3id.org/xapi/adl/verbs/waived"}, "result": {}}, True),
        ({"verb": {"id": "http://adlnet.gov/expapi/verbs/registered"}}, None),
    ],
)
def test_whether_a_rule_was_met(changes, met):
    assert masked(**changes).rule_met is met


def test_what_was_taken_back_meets_no_rule():
    assert mask(WHOLE, base=BASE, digest="", is_voided=True).rule_met is False


def test_a_voiding_statement_shows_what_it_takes_back():
    target = {"objectType": "StatementRef", "id": PERSON.upper()}

    shown = masked(verb={"id": "http://adlnet.gov/expapi/verbs/voided"}, object=target)

    assert (shown.target, shown.activity, shown.rule_met) == (PERSON, "", None)


@pytest.mark.parametrize("activity", ["https://a.test/x", "http://a.test", "HTTPS://a.test/"])
def test_an_address_of_the_web_becomes_a_link(activity):
    assert masked(object={"id": activity}).link == activity


@pytest.mark.parametrize(
    "activity",
    ["javascript:mark()", "data:text/html,x", "urn:uuid:1", "https:javascript", "https:///x", " https://a.test", "vbscript:x"],
)
def test_nothing_else_does(activity):
    assert (masked(object={"id": activity}).link, masked(object={"id": activity}).activity) == ("", activity)


ALLOWED = {"id", "verb", "actor", "authority", "object", "context", "ruleMet", "timestamp", "stored", "hash"}
INSIDE = {"verb": {"id"}, "actor": {"objectType", "account"}, "object": {"objectType", "id"}}
INSIDE |= {"authority": INSIDE["actor"], "context": {"registration", "revision"}}


@given(st.sampled_from(VALID) | mutations())
@settings(deadline=None, max_examples=300, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
def test_whatever_is_sent_only_these_members_are_left(sent):
    assume(rules.check(sent, version="2.0.0") is None)
    stored = WHOLE | sent
    for verb in [sent["verb"]["id"], *SHOWN]:
        if SHOWN.get(verb) == "voided" and stored["object"].get("objectType") != "StatementRef":
            continue  # the standard knows no such statement
        shown = mask(stored | {"verb": {"id": verb}}, base=BASE, digest="")

        if verb not in SHOWN:
            assert shown is None
        elif shown is not None:
            assert set(shown.plain) <= ALLOWED
            assert all(set(value) <= INSIDE[name] for name, value in shown.plain.items() if isinstance(value, dict))
