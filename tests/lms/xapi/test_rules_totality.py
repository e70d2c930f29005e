"""What holds for every input: an answer without error, always the same, and nothing changed by asking."""

import json
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lms.xapi import identifiers, rules
from tests.lms.xapi.strategies import ANYTHING, NAMES, VALID, VERSIONS, mutations
from tests.lms.xapi.valid_statements import STATEMENTS, paths, put

# A busy machine is no failure of the rules.
unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
thorough = settings(unhurried, max_examples=400)


def assert_answers(value, version):
    before = repr(value)
    found = rules.check(value, version=version)

    assert repr(value) == before
    assert rules.check(value, version=version) == found
    if found is not None:
        assert found.path[0] == "$"
        assert found.finding[-1] == "."
        assert "".join(found).isascii()
        assert found.rule.startswith("xAPI 1.0.3 " if version == "1.0.3" else "IEEE 9274.1.1 ")
    return found


@given(value=ANYTHING, version=VERSIONS)
@unhurried
def test_any_json_gets_an_answer(value, version):
    assert_answers(value, version)


@given(parts=st.fixed_dictionaries({}, optional=dict.fromkeys(NAMES, ANYTHING)), version=VERSIONS)
@unhurried
def test_any_object_with_known_names_gets_an_answer(parts, version):
    assert_answers(parts, version)


@given(statement=mutations(), version=VERSIONS)
@thorough
def test_every_changed_statement_gets_an_answer(statement, version):
    assert_answers(statement, version)


@given(statement=mutations(), version=VERSIONS)
@thorough
def test_what_is_accepted_can_be_sent_and_found_again(statement, version):
    if rules.check(statement, version=version) is not None:
        return

    text = json.dumps(statement, ensure_ascii=False, allow_nan=False)

    assert rules.check(json.loads(text.encode()), version=version) is None
    assert len(identifiers.links(statement)) > 0
    assert identifiers.object_identifier(statement["object"]) != ""


@given(value=ANYTHING, version=VERSIONS)
@unhurried
def test_any_json_as_agent_gets_an_answer(value, version):
    found = rules.check_agent(value, version=version)

    if found is None:
        assert identifiers.agent_identifier(value) is not None


@given(text=st.text(st.characters(exclude_categories=())))
@unhurried
def test_any_text_gets_an_answer(text):
    assert {type(ask(text)) for ask in (rules.check_uuid, rules.check_iri, rules.check_timestamp)} == {bool}


OFFSETS = st.integers(-1439, 1439).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(moment=st.datetimes(datetime(2, 1, 1), datetime(9998, 12, 31), timezones=OFFSETS))
@unhurried
def test_every_timestamp_that_python_writes_is_read_as_the_same_instant(moment):
    assert rules.instant(moment.isoformat()) == moment


def deep(levels, wrap):
    value = None
    for _ in range(levels):
        value = wrap(value)
    return value


@pytest.mark.parametrize("wrap", [lambda inner: [inner], lambda inner: {"a": inner}], ids=["arrays", "objects"])
def test_extensions_of_any_depth_get_an_answer(wrap):
    accepted = put(VALID[1], "$.context.extensions", {"urn:x": deep(100_000, wrap)})
    refused = put(VALID[1], "$.context.extensions", {"urn:x": deep(100_000, lambda inner: wrap(inner or "\0"))})

    assert rules.check(accepted, version="1.0.3") is None
    assert rules.check(refused, version="1.0.3").path == '$.context.extensions["urn:x"]'


@pytest.mark.parametrize("path", [path for path, _ in paths(STATEMENTS["nested"])][1:])
def test_depth_elsewhere_gets_an_answer(path):
    statement = put(STATEMENTS["nested"], path, deep(10_000, lambda inner: {"object": inner}))

    found = rules.check(statement, version="1.0.3")

    assert found is None or found.path.startswith("$.")


@pytest.mark.parametrize(
    "text",
    [
        "a" * 100_000,
        "urn:" + "a%" * 50_000 + " ",
        "mailto:" + "a-." * 30_000 + "@ ",
        "P" + "1" * 100_000,
        "-" * 100_000,
    ],
    ids=["plain", "iri", "address", "duration", "dashes"],
)
def test_long_texts_are_refused_without_delay(text):
    changes = ["$.verb.id", "$.actor.mbox", "$.result.duration", "$.context.language", "$.timestamp", "$.id"]
    found = [rules.check(put(STATEMENTS["rich"], path, text), version="1.0.3").path for path in changes]

    assert found == changes
