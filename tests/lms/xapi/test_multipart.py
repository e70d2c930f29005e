"""Bodies of several parts, byte by byte (rules O96-O98)."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.xapi import multipart
from lms.xapi.multipart import Part
from lms.xapi.refusals import Refused, TooLarge

MIXED = "multipart/mixed; boundary=b"
JSON = b"Content-Type: application/json\r\n\r\n{}"
TEXT = b"sent\r\nas \xff it is"
HASH = hashlib.sha256(TEXT).hexdigest()


def body(*sections, end=b"--b--\r\n"):
    return b"".join(b"--b\r\n" + section + b"\r\n" for section in sections) + end


def attached(content=TEXT, *, sha2=None, encoding="binary", kind="text/plain"):
    sha2 = hashlib.sha256(content).hexdigest() if sha2 is None else sha2
    headers = {"Content-Type": kind, "Content-Transfer-Encoding": encoding, multipart.HASH_HEADER: sha2}
    return "".join(f"{name}: {value}\r\n" for name, value in headers.items()).encode() + b"\r\n" + content


def parse(sent, content_type=MIXED, most=1_000):
    return multipart.parse(sent, content_type, most=most)


def test_the_first_part_is_the_json_and_the_others_are_known_by_their_hash():
    assert parse(body(JSON, attached())) == (b"{}", {HASH: Part(HASH, TEXT, "text/plain")})


def test_json_may_come_alone():
    assert parse(body(JSON)) == (b"{}", {})


@pytest.mark.parametrize("algorithm", ["sha224", "sha256", "sha384", "sha512"])
def test_each_length_of_hash_is_its_own_algorithm(algorithm):
    sha2 = hashlib.new(algorithm, TEXT).hexdigest()

    assert list(parse(body(JSON, attached(sha2=sha2.upper()))).parts) == [sha2]


def test_one_content_sent_twice_is_one_part():
    assert list(parse(body(JSON, attached(), attached())).parts) == [HASH]


def test_what_stands_before_and_behind_the_parts_is_nothing():
    assert parse(b"Hello\r\n" + body(JSON, attached()) + b"Bye").parts.keys() == {HASH}


@pytest.mark.parametrize(
    "content_type",
    [
        "multipart/mixed",
        "multipart/mixed; boundary=",
        "multipart/mixed; boundary=c",
        "multipart/form-data; boundary=b",
        "text/plain",
    ],
)
def test_the_boundary_stands_in_header_and_body(content_type):
    with pytest.raises(Refused):
        parse(body(JSON), content_type)


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"{}",
        body(JSON, end=b""),
        body(b"{}"),
        body(b"Content-Type: text/plain\r\n\r\n{}"),
        body(attached(), JSON),
        body(JSON, attached(encoding="base64")),
        body(JSON, attached(sha2="")),
        body(JSON, attached(sha2="ab" * 32)),
        body(JSON, attached(sha2=HASH[:-2])),
        body(JSON, b"\r\n" + TEXT),
    ],
)
def test_what_is_not_put_together_like_that_is_refused(sent):
    with pytest.raises(Refused):
        parse(sent)


def test_an_attachment_has_a_greatest_length():
    assert parse(body(JSON, attached()), most=len(TEXT)).parts.keys() == {HASH}
    with pytest.raises(TooLarge):
        parse(body(JSON, attached()), most=len(TEXT) - 1)


@given(contents=st.lists(st.binary(max_size=60) | st.sampled_from([b"", b"\r\n", b"--", b"\r\n--b--", b"\r\n\r\n"]), max_size=4))
def test_what_goes_out_can_come_in_and_is_the_same(contents):
    parts = {hashlib.sha256(one).hexdigest(): one for one in contents}

    written, content_type = multipart.write('{"a": 1}', [Part(sha2, one, "image/png") for sha2, one in parts.items()])

    read = parse(written, content_type)
    assert read.json == b'{"a": 1}'
    assert {sha2: part.content for sha2, part in read.parts.items()} == parts


@given(sent=st.binary(max_size=120), content_type=st.sampled_from([MIXED, "multipart/mixed", 'multipart/mixed; boundary="--"']))
def test_any_bytes_are_read_or_refused(sent, content_type):
    try:
        read = parse(b"--b\r\n" + sent, content_type)
    except Refused:
        return

    assert all(multipart.hashes_to(part.content, sha2) for sha2, part in read.parts.items())
