"""JSON text is read strictly, and kept letter by letter."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.xapi import texts
from lms.xapi.refusals import Refused, TooLarge
from tests.lms.xapi.strategies import ANYTHING
from tests.lms.xapi.valid_statements import AGENTS, GROUPS, NESTED, PLAIN, RICH, SECOND, put

MEMBERS = '"stored":"now"'


def received(text):
    [one] = texts.read(text.encode())
    return one


def refused_at(body):
    with pytest.raises(Refused) as caught:
        texts.read(body)
    return caught.value.finding.path


def digest(statement, *changes):
    for path, value in changes:
        statement = put(statement, path, value)
    return texts.digest(statement)


# --- reading ---------------------------------------------------------------------------------------------------------


def test_one_statement_keeps_its_text_without_the_space_around_it():
    found = texts.read(b' \t\r\n{ "a" : 1.0 }\n')

    assert found == [texts.Received('{ "a" : 1.0 }', {"a": 1.0}, "$")]


def test_statements_of_an_array_keep_their_texts_and_know_their_places():
    found = texts.read(b'[ {"a": 1e2} ,\n{ "b":12.10}\t]')

    assert found == [
        texts.Received('{"a": 1e2}', {"a": 100.0}, "$[0]"),
        texts.Received('{ "b":12.10}', {"b": 12.1}, "$[1]"),
    ]


def test_an_empty_array_holds_no_statement():
    assert texts.read(b" [ ] ") == []


def test_a_byte_order_mark_is_no_part_of_the_text():
    assert texts.read(b'\xef\xbb\xbf{"a":1}') == [texts.Received('{"a":1}', {"a": 1}, "$")]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"  ",
        b"{",
        b'{"a":1',
        b'{"a":1}{"b":2}',
        b'{"a":1} x',
        b"{'a':1}",
        b'{"a":01}',
        b'{"a":.5}',
        b'{"a":+1}',
        b'{"a":NaN}',
        b'{"a":-Infinity}',
        b'{"a":"\x00"}',
        b'{"a":"line\nbreak"}',
        b'{"a":1,}',
        b"\xff\xfe{}",
        b'{"a":"\xe9"}',
        b'{"a":"\xed\xa0\x80"}',
        b"/* no */{}",
        '{"a":\u00a01}'.encode(),
    ],
)
def test_what_is_no_json_is_refused(body):
    assert refused_at(body) == "$"


@pytest.mark.parametrize(
    ("body", "path"),
    [
        (b"[", "$[0]"),
        (b"[{}", "$"),
        (b"[{},]", "$[1]"),
        (b"[,]", "$[0]"),
        (b"[{} {}]", "$"),
        (b"[{}]]", "$"),
        (b"[{}] {}", "$"),
        (b'[{},{"a":1,"a":2}]', "$[1]"),
    ],
)
def test_a_broken_array_is_refused_at_its_place(body, path):
    assert refused_at(body) == path


@pytest.mark.parametrize(
    "body", [b'{"a":1,"a":1}', b'{"a":1,"\\u0061":1}', b'{"x":[{"y":{"a":1,"b":2,"a":3}}]}'], ids=["plain", "escaped", "deep"]
)
def test_a_name_that_stands_twice_in_one_object_is_refused(body):
    assert refused_at(body) == "$"


@pytest.mark.parametrize("nest", ['{"a":', "[", '{"a":['], ids=["objects", "arrays", "both"])
def test_a_hundred_thousand_levels_are_refused(nest):
    with pytest.raises(Refused, match="deeper than 100 levels"):
        texts.read(b'{"x":' + nest.encode() * 100_000)


def test_a_hundred_levels_are_read_and_one_more_is_refused():
    def nested(levels):
        return b'{"a":' + b"[" * (levels - 1) + b"1" + b"]" * (levels - 1) + b"}"

    assert texts.read(nested(100))[0].text == nested(100).decode()
    with pytest.raises(Refused, match="deeper than 100 levels"):
        texts.read(nested(101))


def test_a_number_of_five_thousand_digits_is_refused():
    assert refused_at(b'{"a":' + b"7" * 5_000 + b"}") == "$"


def test_more_statements_than_a_request_can_store_are_too_many():
    most = b"[" + b",".join([b"{}"] * texts.LIMITS.statements) + b"]"

    assert len(texts.read(most)) == texts.LIMITS.statements
    with pytest.raises(TooLarge, match="smaller batches"):
        texts.read(b"[{}," + most[1:])


@given(body=st.binary() | st.text().map(str.encode))
@settings(deadline=None)
def test_any_bytes_are_read_or_refused(body):
    try:
        found = texts.read(body)
    except Refused:
        return

    assert [json.loads(one.text) for one in found] == [one.value for one in found]


@given(value=ANYTHING, indent=st.sampled_from([None, 1]), is_ascii=st.booleans())
@settings(deadline=None)
def test_what_python_writes_is_read_as_it_was_written(value, indent, is_ascii):
    text = json.dumps({"value": value}, indent=indent, ensure_ascii=is_ascii)
    try:
        body = text.encode()
    except UnicodeEncodeError:
        return

    try:
        json.dumps(value, allow_nan=False)
    except ValueError:  # Python writes NaN and Infinity, which are no JSON
        assert refused_at(body) == "$"
    else:
        assert texts.read(body) == [texts.Received(text, json.loads(text), "$")]


def test_a_parameter_is_read_as_strictly_and_names_its_place():
    assert texts.value_of(' {"mbox": "x"} ', place="?agent") == {"mbox": "x"}
    for text in ("", "{", '{"a":1} 2', '{"a":1,"a":2}', "[" * 100_000, "9" * 5_000):
        with pytest.raises(Refused) as caught:
            texts.value_of(text, place="?agent")
        assert caught.value.finding.path == "?agent"


# --- filling in ------------------------------------------------------------------------------------------------------

ODD = '{ "b" :\t1.0,\n"a":12.10 ,"é\\u00e9\\n" : "\\/ \U0001f600", "c":[1e2, -0,1E+2],"d":{ } }'


def test_missing_members_stand_in_front_and_every_letter_stays():
    filled = texts.filled(received(ODD), {"id": "x", "stored": "ü"})

    assert filled.text == '{"id":"x","stored":"ü",' + ODD[1:]
    assert filled.value == {"id": "x", "stored": "ü", **json.loads(ODD)}


def test_a_member_that_stands_there_is_replaced_where_it_stands():
    text = '{ "stored" : "then" ,"a": 1.0,\n\t"authority":{ "x": ["}"] } , "b":"stored" }'

    filled = texts.filled(received(text), {"authority": {"y": 1}, "stored": "now", "id": "x"})

    assert filled.text == '{"id":"x", "stored" : "now" ,"a": 1.0,\n\t"authority":{"y":1} , "b":"stored" }'
    assert filled.value == {"id": "x", "stored": "now", "a": 1.0, "authority": {"y": 1}, "b": "stored"}


def test_an_escaped_name_is_the_same_name():
    filled = texts.filled(received('{"st\\u006fred":"then","a":1}'), {"stored": "now"})

    assert filled.text == '{"st\\u006fred":"now","a":1}'


def test_only_members_of_the_statement_itself_are_replaced():
    filled = texts.filled(received('{"object":{"stored":"then"}}'), {"stored": "now"})

    assert filled.text == '{"stored":"now","object":{"stored":"then"}}'


@pytest.mark.parametrize(("text", "expected"), [("{}", "{%s}"), ("{ }", "{%s }"), ('{"a":1}', '{%s,"a":1}')])
def test_an_empty_object_can_be_filled(text, expected):
    assert texts.filled(received(text), {"stored": "now"}).text == expected % MEMBERS


def test_filling_with_nothing_changes_nothing():
    assert texts.filled(received(ODD), {}) == received(ODD)


@given(
    value=st.dictionaries(st.sampled_from(["stored", "authority", "id", "a", "b"]), ANYTHING),
    members=st.dictionaries(st.sampled_from(["stored", "authority", "id"]), st.text() | st.integers()),
    indent=st.sampled_from([None, 0, 3]),
)
@settings(deadline=None)
def test_text_and_value_of_a_filled_statement_agree(value, members, indent):
    text = json.dumps(value, indent=indent)
    if "NaN" in text or "Infinity" in text:
        return

    filled = texts.filled(received(text), members)

    assert json.loads(filled.text) == filled.value == {**json.loads(text), **members}


# --- the same content ------------------------------------------------------------------------------------------------

GROUP = {**PLAIN, "actor": GROUPS["anonymous"]}
FEW, MANY = {"name": "Bo", "mbox": "mailto:bo@example.org"}, {"mbox": "mailto:al@example.org", "name": "Al"}


@pytest.mark.parametrize(
    "change",
    [
        ("$.id", "00000000-0000-4000-8000-000000000000"),
        ("$.stored", "2020-01-01T00:00:00Z"),
        ("$.timestamp", "2026-03-01T10:30:00.123+01:00"),
        ("$.version", "1.0.0"),
        ("$.authority", AGENTS["mbox"]),
        ("$.verb.display", {"de": "beantwortet"}),
        ("$.object.definition", {"name": {"de": "Frage"}}),
        ("$.context.contextActivities.parent[0].definition", {}),
        ("$.context.team.member", GROUPS["anonymous"]["member"][::-1]),
        ("$.result.score.raw", 5.0),
    ],
    ids=lambda change: change[0],
)
def test_what_a_store_may_set_or_reorder_makes_no_other_content(change):
    assert digest(RICH, change) == digest(RICH)


@pytest.mark.parametrize("name", ["id", "stored", "timestamp", "version", "authority"])
def test_what_a_store_may_set_makes_no_other_content_where_it_is_missing(name):
    assert texts.digest({key: value for key, value in RICH.items() if key != name}) == digest(RICH)


def test_the_order_of_keys_makes_no_other_content():
    assert texts.digest(dict(reversed(RICH.items()))) == texts.digest(RICH)
    assert digest(GROUP, ("$.actor.member", [FEW, MANY])) == digest(
        GROUP, ("$.actor.member", [dict(reversed(MANY.items())), dict(reversed(FEW.items()))])
    )


def test_displays_definitions_and_members_inside_a_sub_statement_make_no_other_content():
    changes = [
        ("$.object.verb.display", {}),
        ("$.object.object.definition", {}),
        ("$.object.context.team.member", GROUPS["anonymous"]["member"][::-1]),
    ]

    assert digest(NESTED, *changes) == digest(NESTED)


def test_the_zone_of_the_instant_in_a_sub_statement_makes_no_other_content():
    same = ["2026-03-01T09:30:00.123Z", "2026-03-01T09:30:00.123+00:00", "2026-03-01T04:30:00.1230-05:00"]

    assert {digest(NESTED, ("$.object.timestamp", text)) for text in same} == {digest(NESTED)}
    assert digest(NESTED, ("$.object.timestamp", "2026-03-01T09:30:00.124Z")) != digest(NESTED)


def test_what_is_finer_than_a_hundredth_of_a_second_makes_no_other_content():  # C28
    def digests(*durations):
        return {
            digest(NESTED, (f"$.{path}", text)) for path in ("result.duration", "object.result.duration") for text in durations
        }

    assert len(digests("PT1.23S", "PT1.234S", "PT1.2399S")) == len(digests("PT1.23S")) == 2
    assert len(digests("PT1.23S", "PT1.24S")) == 4


def test_one_related_activity_is_the_same_content_with_and_without_an_array():
    activity = {"id": "urn:example:quiz"}

    assert digest(RICH, ("$.context.contextActivities", {"parent": activity})) == digest(
        RICH, ("$.context.contextActivities", {"parent": [activity]})
    )


def test_groups_of_the_second_version_are_compared_by_their_members_too():
    path = "$.context.contextGroups[1].group.member"
    group = [AGENTS["mbox"], AGENTS["openid"]]

    assert digest(SECOND, (path, group)) == digest(SECOND, (path, group[::-1]))
    assert digest(SECOND, (path, group)) != digest(SECOND, (path, group[:1]))


@pytest.mark.parametrize(
    "change",
    [
        ("$.actor.name", "Amina B."),
        ("$.actor.mbox", "mailto:other@example.org"),
        ("$.verb.id", "http://adlnet.gov/expapi/verbs/passed"),
        ("$.object.id", "https://learn.example.org/courses/1/questions/8"),
        ("$.result.response", "one[.]two"),
        ("$.result.duration", "PT275M59.14S"),
        ("$.result.score.raw", 6),
        ("$.result.success", False),
        ("$.result.extensions", {"https://example.org/ext/other": 1}),
        ("$.context.registration", "ec531277-b57b-4c15-8d91-d292c5b2b8f8"),
        ("$.context.contextActivities.other", [{"id": "urn:example:b"}, {"id": "urn:example:a"}]),
        ("$.context.language", "fr"),
        ("$.attachments[0].display", {"en": "Another"}),
    ],
    ids=lambda change: change[0],
)
def test_what_the_sender_says_makes_another_content(change):
    assert digest(RICH, change) != digest(RICH)


@pytest.mark.parametrize("name", ["display", "definition", "verb", "member", "timestamp", "contextActivities"])
def test_nothing_inside_extensions_is_left_out_or_reordered(name):
    path = "$.context.extensions"

    assert digest(RICH, (path, {"urn:x": {name: [1, 2]}})) != digest(RICH, (path, {"urn:x": {name: [2, 1]}}))
    assert digest(RICH, (path, {"urn:x": {"verb": {name: 1}}})) != digest(RICH, (path, {"urn:x": {"verb": {name: 2}}}))


# --- members of documents --------------------------------------------------------------------------------------------


def test_members_keep_every_letter():
    text = '\ufeff {"a" : 1.10, "\\u0062":{"x":[ ]},\r\n"é":"\\ud800"} '

    assert texts.members(text.encode(), place="$") == {"a": '"a" : 1.10', "b": '"\\u0062":{"x":[ ]}', "é": '"é":"\\ud800"'}
    assert texts.members(b"{ }", place="$") == {}


@pytest.mark.parametrize("body", [b"", b"[]", b"1", b"{", b"\xff", b'{"a":1,"a":2}', b"{}{}", b'{"a":' * 101 + b"1" + b"}" * 101])
def test_what_is_no_object_has_no_members(body):
    with pytest.raises(Refused) as caught:
        texts.members(body, place="document")

    assert caught.value.finding.path == "document"


@given(
    value=st.dictionaries(st.text(max_size=3), st.floats(allow_nan=False, allow_infinity=False) | st.lists(st.text(max_size=3))),
    indent=st.sampled_from([None, 0, 3]),
    is_ascii=st.booleans(),
)
def test_members_put_together_are_the_object_again(value, indent, is_ascii):
    members = texts.members(json.dumps(value, indent=indent, ensure_ascii=is_ascii).encode(), place="$")

    assert json.loads("{" + ",".join(members.values()) + "}") == value
