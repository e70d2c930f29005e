"""multipart/mixed as raw bytes: what is read, what is refused, what is written (rules O96, O98)."""

import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.xapi import multipart
from lms.xapi.multipart import Part
from lms.xapi.refusals import Refused, TooLarge
from tests.lms.xapi.attached import BINARY, BOUNDARY, LIMIT, MIXED, body_of, first, headers_of, section, sha2_of

ALGORITHMS = ["sha224", "sha256", "sha384", "sha512"]
WHOLE = body_of(first([]), section(headers_of(BINARY), BINARY))
CONTENTS = st.binary(max_size=60) | st.lists(
    st.sampled_from([b"\r\n", b"--", b"\r", b"\n", BOUNDARY.encode(), b"\x00", b"\xff", b" ", b"a: b"]), max_size=9
).map(b"".join)
EDGE = f"--{BOUNDARY}".encode()
PIECES = [b"\r\n", b"\n", b"--", b"\r\n" + EDGE + b"\r\n", b"\r\n" + EDGE + b"--", b":", b"\xff", b""]
CHANGES = st.tuples(st.integers(0, len(WHOLE)), st.integers(0, 9), st.sampled_from(PIECES) | st.binary(max_size=4))


def parse(body, content_type=MIXED, most=LIMIT):
    return multipart.parse(body, content_type, most=most)


def refused(body, content_type=MIXED):
    with pytest.raises(Refused) as caught:
        parse(body, content_type)
    assert (caught.value.status, caught.value.finding.rule) == (400, "xAPI 1.0.3 Communication 1.5.2")
    return caught.value.finding.path


# --- read -------------------------------------------------------------------------------------------------------------


def test_a_body_is_read_byte_by_byte():  # O98
    found = parse(WHOLE)

    assert (found.json, found.parts) == (b"[]", {sha2_of(BINARY): Part(sha2_of(BINARY), BINARY, "image/png")})


def test_statements_alone_are_read():  # O97
    assert parse(body_of(first({"a": 1}))) == (b'{"a": 1}', {})


def test_what_stands_before_and_behind_the_boundaries_is_nothing():
    around = b"This is a message.\r\n--of this\r\n" + b"\r\n" + WHOLE + b"\r\n--of this test\r\nThe end"

    assert parse(around) == parse(WHOLE)


@pytest.mark.parametrize(
    ("content_type", "boundary"),
    [
        ("multipart/mixed; boundary=abc", "abc"),
        ('multipart/mixed; charset=utf-8; boundary="abc"', "abc"),
        ('Multipart/Mixed;BOUNDARY="a b:c=d?"', "a b:c=d?"),
        ("multipart/mixed; boundary=.+(a)?", ".+(a)?"),
        (f"multipart/mixed; boundary={'x' * 70}", "x" * 70),
    ],
)
def test_the_boundary_is_the_one_of_the_header(content_type, boundary):  # O96
    body = body_of(first([]), section(headers_of(BINARY), BINARY), boundary=boundary)

    assert parse(body, content_type) == parse(WHOLE)


def test_spaces_may_follow_a_boundary():
    edge = f"--{BOUNDARY}".encode()

    assert parse(WHOLE.replace(edge + b"\r\n", edge + b" \t\r\n")) == parse(WHOLE)


def test_the_last_boundary_may_end_the_body():
    assert parse(WHOLE.removesuffix(b"\r\n")) == parse(WHOLE)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_each_length_of_a_hash_names_its_algorithm(algorithm):
    sha2 = sha2_of(BINARY, algorithm)
    sent = section(headers_of(BINARY, **{"X-Experience-API-Hash": sha2.upper()}), BINARY)

    assert list(parse(body_of(first([]), sent)).parts) == [sha2]


def test_names_of_headers_may_be_written_in_any_case():
    sent = section({"x-experience-api-hash": sha2_of(BINARY), "CONTENT-TRANSFER-ENCODING": "Binary"}, BINARY)

    assert parse(body_of(first([]), sent)).parts[sha2_of(BINARY)] == (sha2_of(BINARY), BINARY, "application/octet-stream")


def test_a_content_that_comes_twice_is_kept_once():  # O98
    sent = section(headers_of(BINARY), BINARY)

    assert parse(body_of(first([]), sent, sent)) == parse(WHOLE)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("text/plain;\r\n charset=utf-8", "text/plain; charset=utf-8"),
        ("text/plain\x00", "application/octet-stream"),
        ("téxt/plain", "application/octet-stream"),
        ("a/" + "b" * 254, "application/octet-stream"),
        ("a/" + "b" * 253, "a/" + "b" * 253),
        ("", "application/octet-stream"),
    ],
    ids=["folded", "NUL", "no ASCII", "too long", "long", "empty"],
)
def test_a_content_type_is_one_line_that_can_be_sent_again(sent, kept):
    body = body_of(first([]), section(headers_of(BINARY, **{"Content-Type": sent}), BINARY))

    [part] = parse(body).parts.values()
    assert part.content_type == kept
    assert parse(*multipart.write("[]", [part])).parts == {part.sha2: part}


# --- refused ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "multipart/form-data; boundary=x",
        "multipart/related; boundary=x",
        "text/plain",
        "multipart/mixed",
        "multipart/mixed; boundary=",
        'multipart/mixed; boundary="a "x',
        f"multipart/mixed; boundary={'x' * 71}",
        "multipart/mixed; boundary=a[b",
        "multipart/mixed; boundary*=idna''abc",
        "multipart/mixed; boundary*=punycode''abc%ff",
        "multipart/mixed; boundary*=a%00''abc",
        "multipart/mixed; boundary*1=x; boundary*=y''z''w",
        "multipart/mixed; boundary=é",
    ],
)
def test_a_content_type_needs_the_right_kind_and_a_boundary(content_type):  # O96
    assert refused(WHOLE, content_type) == "Content-Type"


@given(st.text(max_size=30), st.sampled_from(["boundary=", "boundary*=", "boundary*0=", 'boundary="', "charset=x;boundary*1*="]))
def test_no_content_type_breaks_the_reader(text, name):
    with pytest.raises(Refused):
        parse(b"nothing", f"multipart/mixed; {name}{text}")


WRONG_BODIES = {
    "nothing": b"",
    "another boundary": WHOLE.replace(EDGE, b"--other"),
    "no boundary": b"[]",
    "only the last boundary": EDGE + b"--\r\n",
    "no last boundary": WHOLE.replace(EDGE + b"--", b""),
    "cut off": WHOLE[:-9],
    "line feeds alone": WHOLE.replace(b"\r\n", b"\n"),
    "an empty part": body_of(b""),
    "headers alone": body_of(b"Content-Type: application/json"),
    "no headers before the JSON": body_of(b"\r\n[]"),
    "the JSON as text": WHOLE.replace(b"application/json", b"text/plain"),
    "an attachment first": body_of(section(headers_of(BINARY), BINARY), first([])),
    "JSON twice": body_of(first([]), first([])),
    "other bytes": WHOLE.replace(b"\x00\xff", b"\x00\xfe"),
    "line breaks changed": WHOLE.replace(b"\x00\xff\r\n", b"\x00\xff\n"),
    **{
        f"{name} {value!r}": body_of(first([]), section(headers_of(BINARY, **{name: value}), BINARY))
        for name, values in {
            "Content-Transfer-Encoding": [None, "", "base64", "8bit", "binary; x"],
            "X-Experience-API-Hash": [None, "", "x", "0" * 64, sha2_of(BINARY)[:-1], hashlib.sha1(BINARY).hexdigest(), "é" * 64],
        }.items()
        for value in values
    },
}


@pytest.mark.parametrize("name", WRONG_BODIES)
def test_a_body_that_breaks_a_rule_is_refused(name):  # O96
    assert refused(WRONG_BODIES[name]) == "$"


def test_an_attachment_has_at_most_so_many_bytes():
    assert parse(WHOLE, most=len(BINARY)) == parse(WHOLE)
    with pytest.raises(TooLarge) as caught:
        parse(WHOLE, most=len(BINARY) - 1)
    assert (caught.value.status, f"larger than {len(BINARY) - 1} bytes" in caught.value.finding.finding) == (413, True)


# --- written ----------------------------------------------------------------------------------------------------------


def test_an_answer_begins_with_its_boundary_and_the_json():
    body, content_type = multipart.write('{"a":"é"}', [Part(sha2_of(BINARY), BINARY, "image/png")])

    boundary = content_type.removeprefix('multipart/mixed; boundary="').removesuffix('"')
    assert body == body_of(
        'Content-Type: application/json\r\n\r\n{"a":"é"}'.encode(), section(headers_of(BINARY), BINARY), boundary=boundary
    )


def test_no_two_answers_share_a_boundary():
    assert multipart.write("{}", [])[1] != multipart.write("{}", [])[1]


@given(st.lists(CONTENTS, max_size=4, unique=True), st.sampled_from(ALGORITHMS), st.text(max_size=9))
def test_what_is_written_is_read_the_same(contents, algorithm, text):
    parts = [Part(sha2_of(one, algorithm), one, "application/octet-stream") for one in contents]

    found = parse(*multipart.write(json.dumps(text), parts))

    assert (json.loads(found.json), list(found.parts.values())) == (text, parts)


@given(CONTENTS.filter(lambda content: f"\r\n--{BOUNDARY}".encode() not in b"\r\n" + content))
def test_whatever_holds_no_boundary_is_read_as_it_was_sent(content):  # O98
    assert list(parse(body_of(first([]), section(headers_of(content), content))).parts.values())[0].content == content


@given(st.lists(CHANGES, max_size=3))
def test_a_changed_body_is_refused_or_read_with_its_true_hash(changes):
    body = WHOLE
    for at, length, piece in changes:
        body = body[:at] + piece + body[at + length :]
    try:
        parts = parse(body).parts
    except Refused:
        parts = {}

    assert [sha2_of(part.content) for part in parts.values()] == list(parts)
