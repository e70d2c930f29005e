"""Rules D47-D54 and K87: identifiers, language tags, times, lengths of time, extensions."""

from datetime import UTC, datetime

import pytest

from lms.xapi import rules
from tests.lms.xapi.valid_statements import (
    FREE_FORM,
    NESTED,
    PLAIN,
    RICH,
    TARGET,
    put,
    refusal,
    refused_at,
    words,
)

LANGUAGE_TAGS = words("""
    de de-DE zh-Hant sr-Latn-RS cmn ase tlh es-MX fr-CA zh-Hans-CN en EN-gb abcd abcdefgh es-419 sl-rozaj
    sl-rozaj-biske de-CH-1901 sl-IT-nedis hy-Latn-IT-arevela zh-cmn-Hans-CN zh-yue-HK de-CH-x-phonebk
    x-whatever az-Arab-x-AZE-derbend qaa-Qaaa-QM-x-southern en-US-u-islamcal zh-CN-a-myext-x-private en-GB-oed
    en-a-myext-b-another i-klingon sgn-BE-FR art-lojban zh-min-nan i-default de-1996 en-0-abc aa-x-1-2-3
""")
NO_LANGUAGE_TAGS = [
    *words("a a12345678 something abcdefghi zh-z-aaa-z-bbb-c-ccc en_US en- -en en--US de-419-DE a-DE ar-a-aaa-b-bbb-a-ccc"),
    *words("de-1901-1901 sl-rozaj-ROZAJ en-a en-a-b x x- en-x en-abcdefghi i-unknown 123 de-DE-DE en-Latn-Latn e1"),
    "",
    " ",
    "en US",
    "en\n",
    "ſl",
    "dé",
    "aa" + "-bbbbb" * 5000,
]


@pytest.mark.parametrize("tag", LANGUAGE_TAGS)
def test_language_tags_are_accepted(tag):  # B19
    assert refused_at(put(PLAIN, "$.verb.display", {tag: "words"})) is None
    assert refused_at(put(RICH, "$.context.language", tag)) is None


@pytest.mark.parametrize("tag", NO_LANGUAGE_TAGS, ids=lambda tag: ascii(tag[:20]))
def test_what_is_no_language_tag_is_refused(tag):  # B19, D49
    assert refusal(put(RICH, "$.context.language", tag)) == ("$.context.language", "xAPI 1.0.3 Data 4.2")


@pytest.mark.parametrize("value", [7, "en", [], None, True])
def test_a_language_map_is_an_object(value):  # D49
    paths = ["$.verb.display", "$.object.definition.name", "$.object.definition.description"]

    assert [refused_at(put(RICH, path, value)) for path in paths] == paths


IRIS = words("""
    http://example.org https://example.org/a?b=c#d urn:example:1 tag:example.org,2026:x mailto:a@example.org
    a:b
    https://例子.example/路径?q=値 https://[2001:db8::1]:8080/x http://example.org/100%25 H+-.1:x
    http://example.org/a[1]
    https://example.org/a/../b
""")
NO_IRIS = [
    "",
    "example",
    "example.org/a",
    "/a",
    "//example.org",
    "1http://x",
    "ab=c://x",
    ":x",
    "http:",
    " http://x",
    "http://x ",
    "http://x\n",
    "http://a b",
    "http://a\u3000b",
    "http://a\u00a0b",
    "http://a\u2028b",
    "http://a\u202eb",
    "http://<a>",
    'http://"a"',
    "http://a\\b",
    "http://{a}",
    "http://a|b",
    "http://a^b",
    "http://a`b",
    "http://a\x7fb",
    "http://a\0b",
    "http://a\ud800b",
    "ключ:x",
]


@pytest.mark.parametrize("iri", IRIS)
def test_iris_are_accepted(iri):  # B18
    assert rules.check_iri(iri) is True
    assert refused_at(put(PLAIN, "$.verb.id", iri)) is None


@pytest.mark.parametrize("iri", NO_IRIS, ids=ascii)
def test_what_is_no_iri_is_refused(iri):  # B18
    assert rules.check_iri(iri) is False
    assert refusal(put(PLAIN, "$.verb.id", iri)) == ("$.verb.id", "xAPI 1.0.3 Data 4.3")


UUIDS = [
    TARGET,
    TARGET.upper(),
    "00000000-0000-0000-0000-000000000000",
    "12345678-1234-5678-1234-567812345678",
]
NO_UUIDS = [
    "",
    "should fail",
    TARGET + "0",
    TARGET[:-1],
    "g" + TARGET[1:],
    TARGET.replace("-", ""),
    "{" + TARGET + "}",
    "urn:uuid:" + TARGET,
    TARGET + "\n",
    TARGET.replace("8", "\u0668", 1),
    TARGET.replace("-", "\u2010", 1),
]
UUID_PLACES = [
    "$.id",
    "$.context.registration",
    "$.context.statement.id",
    "$.object.context.registration",
    "$.object.context.statement.id",
]


@pytest.mark.parametrize("path", UUID_PLACES)
def test_uuids_stand_in_their_standard_form(path):  # K87
    assert [refused_at(put(NESTED, path, text)) for text in UUIDS] == [None] * len(UUIDS)
    assert [refused_at(put(NESTED, path, text)) for text in [*NO_UUIDS, 7, {}]] == [path] * (len(NO_UUIDS) + 2)


@pytest.mark.parametrize("path", ["$.object.id", "$.object.object.id"])
def test_references_name_a_uuid(path):  # E63, K87
    reference = {"objectType": "StatementRef", "id": TARGET}
    statement = (
        {**PLAIN, "object": reference}
        if path == "$.object.id"
        else {**PLAIN, "object": {"objectType": "SubStatement", **PLAIN, "object": reference}}
    )

    assert [refused_at(put(statement, path, text)) for text in UUIDS] == [None] * len(UUIDS)
    assert [refused_at(put(statement, path, text)) for text in [*NO_UUIDS, 7, {}]] == [path] * (len(NO_UUIDS) + 2)


def test_check_uuid_answers_for_parameters():  # B21
    assert [rules.check_uuid(text) for text in UUIDS] == [True] * len(UUIDS)
    assert [rules.check_uuid(text) for text in NO_UUIDS] == [False] * len(NO_UUIDS)


TIMESTAMPS = {
    "2015-11-18T12:17:00+00:00": datetime(2015, 11, 18, 12, 17, tzinfo=UTC),
    "2015-11-18T12:17:00Z": datetime(2015, 11, 18, 12, 17, tzinfo=UTC),
    "2015-11-18T12:17:00.123Z": datetime(2015, 11, 18, 12, 17, 0, 123000, tzinfo=UTC),
    "2015-11-18T12:17:00,5Z": datetime(2015, 11, 18, 12, 17, 0, 500000, tzinfo=UTC),
    "2015-11-18T12:17:00.1234567899Z": datetime(2015, 11, 18, 12, 17, 0, 123456, tzinfo=UTC),
    "2015-11-18T12:17:00-05:00": datetime(2015, 11, 18, 17, 17, tzinfo=UTC),
    "2015-11-18T12:17:00+0530": datetime(2015, 11, 18, 6, 47, tzinfo=UTC),
    "2015-11-18T12:17:00+05": datetime(2015, 11, 18, 7, 17, tzinfo=UTC),
    "2015-11-18T12:17:00-00:30": datetime(2015, 11, 18, 12, 47, tzinfo=UTC),
    "2015-11-18T12:17:00": datetime(2015, 11, 18, 12, 17, tzinfo=UTC),
    "2015-11-18T12:17Z": datetime(2015, 11, 18, 12, 17, tzinfo=UTC),
    "20151118T121700.5Z": datetime(2015, 11, 18, 12, 17, 0, 500000, tzinfo=UTC),
    "20151118T1217": datetime(2015, 11, 18, 12, 17, tzinfo=UTC),
    "2015-11-18t12:17:00z": datetime(2015, 11, 18, 12, 17, tzinfo=UTC),
    "2016-02-29T23:59:59Z": datetime(2016, 2, 29, 23, 59, 59, tzinfo=UTC),
    "2016-12-31T23:59:60Z": datetime(2017, 1, 1, tzinfo=UTC),
    "2016-12-31T18:59:60.25-05:00": datetime(2017, 1, 1, 0, 0, 0, 250000, tzinfo=UTC),
    "20161231T235960Z": datetime(2017, 1, 1, tzinfo=UTC),
    "9999-12-31T23:59:59.999999Z": datetime.max.replace(tzinfo=UTC),
    "3015-11-18T12:17:00Z": datetime(3015, 11, 18, 12, 17, tzinfo=UTC),
}
NO_TIMESTAMPS = [
    "",
    "should fail",
    "01/011/2015",
    "2015-11-18",
    "2015-11-18T12",
    "2015-11-18T12Z",
    "12:17:00Z",
    "2015-11-18 12:17:00Z",
    "2008-09-15T15:53:00.601-00",
    "2008-09-15T15:53:00.601-0000",
    "2008-09-15T15:53:00.601-00:00",
    "2008-09-15T15:53-00:00",
    "2015-02-29T12:17:00Z",
    "2015-13-01T12:17:00Z",
    "2015-00-01T12:17:00Z",
    "2015-04-31T12:17:00Z",
    "2015-11-18T24:00:00Z",
    "2015-11-18T12:60:00Z",
    "2015-11-18T12:17:61Z",
    "2016-12-31T12:00:60Z",
    "2015-11-18T12:17:00+24:00",
    "2015-11-18T12:17:00+05:60",
    "2015-11-18T12:17:00+5",
    "2015-11-18T12:17:00.Z",
    "2015-11-18T12:17.5Z",
    "2015-11-18T12:17:00 Z",
    "2015-11-18T12:17:00Z\n",
    "20151118T12:17:00Z",
    "2015-1118T12:17:00Z",
    "2015-W47-3T12:17:00Z",
    "2015-322T12:17:00Z",
    "+002015-11-18T12:17:00Z",
    "0000-01-01T00:00:00Z",
    "0001-01-01T00:00:00+01:00",
    "9999-12-31T23:59:60Z",
    "9999-12-31T23:59:59-01:00",
    "٢٠١٥-11-18T12:17:00Z",
]


@pytest.mark.parametrize(("text", "moment"), TIMESTAMPS.items())
def test_timestamps_name_an_instant(text, moment):  # D50, D52, D53, R110
    assert rules.instant(text) == moment
    assert rules.instant(text).tzinfo is UTC


@pytest.mark.parametrize("path", ["$.timestamp", "$.stored", "$.object.timestamp"])
def test_timestamps_are_accepted_at_each_level(path):  # D50, D53, R110
    assert [refused_at(put(NESTED, path, text)) for text in TIMESTAMPS] == [None] * len(TIMESTAMPS)


@pytest.mark.parametrize("text", NO_TIMESTAMPS)
def test_what_is_no_date_and_time_is_refused_at_each_level(text):  # D50, D51
    rule = "xAPI 1.0.3 Data 4.5"

    assert rules.check_timestamp(text) is False
    assert refusal(put(NESTED, "$.timestamp", text)) == ("$.timestamp", rule)
    assert refusal(put(NESTED, "$.stored", text)) == ("$.stored", rule)
    assert refusal(put(NESTED, "$.object.timestamp", text)) == ("$.object.timestamp", rule)


DURATIONS = words("""
    PT4H35M59.14S PT16559.14S P3Y1M29DT4H35M59.14S P3Y P4W PT1H0M0.1S PT0S P0D P1M PT1M P1DT12H P1Y2M PT0,5S
    P0.5Y
    P1.25W PT36H PT1.123456789S P1YT1S P00001D
""")
NO_DURATIONS = [
    *words("P PT P4W1D P1Y1W PA1H0M0S PT1 1H P1H PT1D P1DT P-1D -P1D +P1D PT1.S PT.5S P1.5YT1S PT1.5H3S P1S P1M1Y"),
    *words("P0003-06-04T12:30:05 p1d PT1h P1D1D 12345 P1D/P2D"),
    "",
    "should fail",
    "P 1D",
    "P1D\n",
    "P١D",
]


@pytest.mark.parametrize("path", ["$.result.duration", "$.object.result.duration"])
def test_durations_are_accepted(path):  # D54, D55
    assert [refused_at(put(NESTED, path, text)) for text in DURATIONS] == [None] * len(DURATIONS)


@pytest.mark.parametrize("text", [*NO_DURATIONS, 12345, {"key": "invalid"}, True], ids=repr)
def test_what_is_no_duration_is_refused(text):  # D54
    rule = "xAPI 1.0.3 Data 4.6" if isinstance(text, str) else "xAPI 1.0.3 Data 2.2"

    assert refusal(put(NESTED, "$.result.duration", text)) == ("$.result.duration", rule)
    assert refusal(put(NESTED, "$.object.result.duration", text)) == ("$.object.result.duration", rule)


EXTENSION_PLACES = [
    (NESTED, "$.result.extensions"),
    (NESTED, "$.context.extensions"),
    (NESTED, "$.object.result.extensions"),
    (NESTED, "$.object.context.extensions"),
    (NESTED, "$.object.object.definition.extensions"),
    (RICH, "$.object.definition.extensions"),
]


@pytest.mark.parametrize(("statement", "path"), EXTENSION_PLACES)
def test_extensions_hold_any_json(statement, path):  # D47
    values = [
        {},
        FREE_FORM,
        *({"urn:example:x": value} for value in (True, 1, "s", {}, [], None, "", [[None]])),
    ]

    assert [refused_at(put(statement, path, value)) for value in values] == [None] * len(values)


@pytest.mark.parametrize(("statement", "path"), EXTENSION_PLACES)
def test_the_keys_of_extensions_are_iris(statement, path):  # D48
    wrongs = [{"key": 1}, {"example.org/x": 1}, {"urn:x": 1, "": 2}, {"a b:c": 1}]
    steps = [".key", '["example.org/x"]', '[""]', '["a b:c"]']

    assert [refusal(put(statement, path, wrong)) for wrong in wrongs] == [(path + step, "xAPI 1.0.3 Data 4.1") for step in steps]


@pytest.mark.parametrize(("statement", "path"), EXTENSION_PLACES)
def test_extensions_are_an_object(statement, path):  # D47
    assert [refused_at(put(statement, path, wrong)) for wrong in ("text", 7, True, [], None)] == [path] * 5
