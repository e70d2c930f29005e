"""Values that travel as parameters are judged like those in statements (rule B21)."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from lms.xapi import parameters
from lms.xapi.refusals import Refused

RULE = "xAPI 1.0.3 Communication 2.3"
REGISTRATION = "0d3e2b1a-0000-4000-8000-000000000001"


def refusal(read, value, *arguments, **options):
    with pytest.raises(Refused) as caught:
        read({"x": value}, "x", *arguments, **options)
    return caught.value.finding.path, caught.value.finding.rule


def test_what_is_not_sent_is_none():
    assert parameters.agent({}, "x", "1.0.3") is None
    assert [read({}, "x", RULE) for read in (parameters.iri, parameters.uuid, parameters.instant)] == [None] * 3
    assert parameters.text({}, "x", RULE, longest=5) is None


def test_what_is_sent_is_read():
    assert parameters.agent({"x": '{"mbox":"mailto:a@b.c"}'}, "x", "1.0.3") == {"mbox": "mailto:a@b.c"}
    assert parameters.iri({"x": "urn:y"}, "x", RULE) == "urn:y"
    assert parameters.uuid({"x": REGISTRATION.upper()}, "x", RULE) == UUID(REGISTRATION)
    assert parameters.instant({"x": "2026-01-01T01:00:00+01:00"}, "x", RULE) == datetime(2026, 1, 1, tzinfo=UTC)
    assert parameters.text({"x": "éé"}, "x", RULE, longest=2) == "éé"
    assert parameters.needed({"x": ""}, "x", RULE) == ""


@pytest.mark.parametrize("value", ["", "a", "{", "[]", "{}", '{"mbox":"a@b.c"}', '{"mbox":"mailto:a@b.c","x":1}'])
def test_what_is_no_agent_is_refused(value):
    assert refusal(parameters.agent, value, "1.0.3")[0].startswith("?x")


@pytest.mark.parametrize(
    ("read", "value"),
    [
        (parameters.iri, ""),
        (parameters.iri, "no scheme"),
        (parameters.uuid, "1"),
        (parameters.uuid, f"{{{REGISTRATION}}}"),
        (parameters.instant, "yesterday"),
        (parameters.instant, "2026-01-01T00:00:00-00"),
    ],
)
def test_what_cannot_be_read_is_refused(read, value):
    assert refusal(read, value, RULE) == ("?x", RULE)


@pytest.mark.parametrize("value", ["", "abc", "\0", "\ud800"])
def test_what_cannot_be_kept_is_refused(value):
    assert refusal(parameters.text, value, RULE, longest=2) == ("?x", RULE)


def test_what_is_needed_and_missing_is_refused():
    with pytest.raises(Refused) as caught:
        parameters.needed({"X": "1"}, "x", RULE)

    assert (caught.value.finding.path, caught.value.finding.rule) == ("?x", RULE)
