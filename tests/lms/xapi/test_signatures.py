"""Signatures of statements: which are taken, and what is said of the others (rule R109)."""

import base64
import json
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from lms.xapi import signatures
from lms.xapi.rules import Finding
from tests.lms.xapi.attached import HASHES, certificate, declared_signature, encoded, jws, rsa_key, x5c
from tests.lms.xapi.strategies import ANYTHING, mutations
from tests.lms.xapi.valid_statements import AGENTS, ATTACHMENT, NESTED, PLAIN, RICH, drop, put

NOT_THIS = "What was signed is not this statement."
WRONG_ALGORITHM = "A signature is made with RS256, RS384 or RS512."
UNREADABLE_CERTIFICATE = "The certificate of the signature cannot be read."
NOT_FITTING = "The signature does not fit its certificate."


def said_of(content, statement=PLAIN, **changes):
    """What is said of a signature that comes with this statement, None where nothing is."""
    attachment = declared_signature(content, **changes)
    statement = {**statement, "attachments": [*statement.get("attachments", []), attachment]}
    finding = signatures.check(statement, attachment, content)
    if finding is None:
        return None
    assert finding == Finding("", finding.finding, "xAPI 1.0.3 Data 2.6")
    return finding.finding


# --- the attachment ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("content_type", ["application/json", "application/octet-stream; charset=utf-8", "application/jose"])
def test_a_signature_has_one_content_type(content_type):
    attachment = {**declared_signature(jws(PLAIN)), "contentType": content_type}

    finding = signatures.check(PLAIN, attachment, jws(PLAIN))

    said = "A signature has the content type application/octet-stream."
    assert finding == Finding(".contentType", said, "xAPI 1.0.3 Data 2.6")


def test_the_signature_itself_must_be_sent():
    finding = signatures.check(PLAIN, declared_signature(jws(PLAIN)), None)

    assert finding == Finding("", "Send the signature itself, as a part of multipart/mixed.", "xAPI 1.0.3 Data 2.6")


# --- the algorithm ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("algorithm", HASHES)
def test_a_signature_without_certificate_is_taken(algorithm):
    assert said_of(jws(PLAIN, hashed=algorithm)) is None


@pytest.mark.parametrize(
    "algorithm",
    ["none", "HS256", "HS512", "ES256", "PS256", "rs256", "RS1", "", None, 256, [], {}, ["RS256"], {"RS256": 1}],
)
def test_other_algorithms_are_refused(algorithm):
    assert said_of(jws(PLAIN, alg=algorithm, x5c=x5c(certificate()))) == WRONG_ALGORITHM


def test_a_header_names_its_algorithm():
    assert said_of(encoded(b"{}") + b"." + jws(PLAIN).partition(b".")[2]) == WRONG_ALGORITHM


# --- the certificate --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("algorithm", HASHES)
def test_a_signature_that_fits_its_certificate_is_taken(algorithm):
    assert said_of(jws(PLAIN, hashed=algorithm, x5c=x5c(certificate()))) is None


def test_of_a_chain_the_first_certificate_counts():
    own, other = certificate(), certificate(rsa_key("other").public_key())

    assert said_of(jws(PLAIN, x5c=x5c(own, other))) is None
    assert said_of(jws(PLAIN, x5c=x5c(other, own))) == NOT_FITTING


def test_what_was_signed_before_its_certificate_ended_may_come_later():
    assert said_of(jws(PLAIN, x5c=x5c(certificate(until=timedelta(days=-1))))) is None


def test_a_signature_of_another_key_is_refused():
    assert said_of(jws(PLAIN, key="other", x5c=x5c(certificate()))) == NOT_FITTING


@pytest.mark.parametrize(("named", "hashed"), [("RS256", "RS384"), ("RS384", "RS512"), ("RS512", "RS256")])
def test_a_signature_of_another_hash_is_refused(named, hashed):
    assert said_of(jws(PLAIN, hashed=hashed, alg=named, x5c=x5c(certificate()))) == NOT_FITTING


@pytest.mark.parametrize("signature", [b"", b"\0", b"\xff" * 256, b"x" * 300])
def test_bytes_that_are_no_signature_are_refused(signature):
    signed = jws(PLAIN, x5c=x5c(certificate())).rpartition(b".")[0]

    assert said_of(signed + b"." + encoded(signature)) == NOT_FITTING


def test_the_text_that_was_signed_counts_and_not_its_meaning():
    header, payload, signature = jws(PLAIN, x5c=x5c(certificate())).split(b".")
    spaced = encoded(json.dumps(PLAIN, indent=1).encode())

    assert said_of(b".".join([header, spaced, signature])) == NOT_FITTING


def broken(what, by):
    found = certificate()
    assert what in found
    return found.replace(what, by)


UNREADABLE = {
    "no list": None,
    "text": "".join(x5c(certificate())),
    "a number": 1,
    "an empty list": [],
    "an object": {},
    "an object with a first": {"0": x5c(certificate())[0]},
    "a number in the list": [1],
    "null in the list": [None],
    "an empty text": [""],
    "no ASCII": ["é"],
    "no base64": ["%%%%"],
    "base64 for addresses": [base64.urlsafe_b64encode(b"\xff" * 9).decode()],
    "line breaks": [base64.encodebytes(certificate()).decode()],
    "no certificate": x5c(b"no certificate"),
    "half a certificate": x5c(certificate()[:300]),
    "more than a certificate": x5c(certificate() + b"x"),
    "PEM": x5c(b"-----BEGIN CERTIFICATE-----\n" + base64.encodebytes(certificate()) + b"-----END CERTIFICATE-----\n"),
    "an unknown version": x5c(broken(b"\xa0\x03\x02\x01\x02", b"\xa0\x03\x02\x01\x07")),
    "an unknown kind of key": x5c(broken(b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01", b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x63")),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_certificate_that_cannot_be_read_is_refused(name):
    assert said_of(jws(PLAIN, x5c=UNREADABLE[name])) == UNREADABLE_CERTIFICATE


def test_a_certificate_holds_an_rsa_key():
    public_key = ec.generate_private_key(ec.SECP256R1()).public_key()

    said = said_of(jws(PLAIN, x5c=x5c(certificate(public_key))))
    assert said == "The certificate of the signature holds no RSA key."


# --- what was signed --------------------------------------------------------------------------------------------------

FINE = put(RICH, "$.result.duration", "PT1H0.129S")
DEEP = put(NESTED, "$.object.result.duration", "PT0.1299S")


@pytest.mark.parametrize("statement", [PLAIN, RICH, NESTED], ids=["plain", "with an attachment", "nested"])
@pytest.mark.parametrize("with_signature", [False, True])
def test_a_statement_may_be_signed_with_or_without_naming_a_signature(statement, with_signature):
    named = [declared_signature(b"another")] if with_signature else []
    payload = {**statement, "attachments": [*named, *statement.get("attachments", [])]}

    assert said_of(jws(payload), statement) is None


@pytest.mark.parametrize(
    ("statement", "payload"),
    [
        (RICH, {name: RICH[name] for name in sorted(RICH)}),
        (RICH, {name: part for name, part in RICH.items() if name not in {"id", "stored", "authority", "version"}}),
        (PLAIN, {**PLAIN, "timestamp": "2026-03-01T09:30:00Z"}),
        (RICH, put(RICH, "$.verb.display", {"en": "other"})),
        (FINE, put(FINE, "$.result.duration", "PT1H0.12S")),
        (put(FINE, "$.result.duration", "PT1H0.12S"), FINE),
        (put(FINE, "$.result.duration", "PT0,123S"), put(FINE, "$.result.duration", "PT0,129S")),
        (DEEP, put(DEEP, "$.object.result.duration", "PT0.12S")),
    ],
    ids=[
        "another order",
        "what a store sets",
        "what a store adds",
        "another display",
        "cut after signing",
        "cut before",
        "a comma",
        "a sub-statement",
    ],
)
def test_what_a_store_may_change_is_not_compared(statement, payload):
    assert said_of(jws(payload), statement) is None


@pytest.mark.parametrize(
    ("statement", "payload"),
    [
        (PLAIN, {**PLAIN, "actor": AGENTS["openid"]}),
        (PLAIN, put(PLAIN, "$.verb.id", "urn:x:other")),
        (PLAIN, put(PLAIN, "$.object.id", "urn:x:other")),
        (PLAIN, {**PLAIN, "result": {"success": True}}),
        (PLAIN, {**PLAIN, "attachments": [ATTACHMENT]}),
        (PLAIN, {**PLAIN, "more": 1}),
        (PLAIN, {**PLAIN, "context": "text"}),
        (RICH, drop(RICH, "$.attachments")),
        (RICH, put(RICH, "$.attachments[0].sha2", "0" * 64)),
        (FINE, put(FINE, "$.result.duration", "PT1H0.13S")),
        (FINE, put(FINE, "$.result.duration", "PT1H")),
        (DEEP, put(DEEP, "$.object.result.duration", "PT0.11S")),
    ],
)
def test_another_statement_than_the_signed_one_is_refused(statement, payload):
    assert said_of(jws(payload, x5c=x5c(certificate())), statement) == NOT_THIS


@pytest.mark.parametrize(
    "payload",
    [
        {},
        {"object": 1},
        {**PLAIN, "object": "urn:x"},
        {**PLAIN, "attachments": None},
        {**PLAIN, "attachments": ["text"]},
        {**PLAIN, "result": []},
        {**PLAIN, "actor": {"name": "\ud800"}},
    ],
)
def test_a_payload_that_is_no_statement_is_refused(payload):
    assert said_of(jws(payload)).startswith("What was signed is no")


# --- the form ---------------------------------------------------------------------------------------------------------

HEADER, PAYLOAD, SIGNATURE = jws(PLAIN).split(b".")
OF_THREE_PARTS = "A signature is a JSON web signature of three parts in compact form."
AS_JSON = "The header or the payload of the signature cannot be read as JSON."
AS_OBJECTS = "Header and payload of a signature are JSON objects."
NO_JSON = [b"", b"{", b"\xff{}", b"9" * 5_000, b"[" * 100_000]


@pytest.mark.parametrize("content", [b"", b".", b"\xff\x00", PAYLOAD, jws(PLAIN) + b".", json.dumps({"payload": "x"}).encode()])
def test_a_signature_has_three_parts(content):
    assert said_of(content) == OF_THREE_PARTS


@pytest.mark.parametrize("part", [b"x", b"\xff\xff", b"a b=", *map(encoded, NO_JSON)])
def test_header_and_payload_are_json(part):
    assert said_of(b".".join([part, PAYLOAD, SIGNATURE])) == AS_JSON
    assert said_of(b".".join([HEADER, part, SIGNATURE])) == AS_JSON


def test_the_signature_is_base64():
    assert said_of(b".".join([HEADER, PAYLOAD, b"%"])) == AS_JSON


@pytest.mark.parametrize("value", [b"[]", b"1", b"null", b'"RS256"', b"[{}]"])
def test_header_and_payload_are_objects(value):
    assert said_of(b".".join([encoded(value), PAYLOAD, SIGNATURE])) == AS_OBJECTS
    assert said_of(b".".join([HEADER, encoded(value), SIGNATURE])) == AS_OBJECTS


def test_white_space_around_it_is_no_part_of_it():
    assert said_of(jws(PLAIN, x5c=x5c(certificate())) + b"\r\n") is None


# --- nothing that is sent breaks it -----------------------------------------------------------------------------------

OBJECTS = st.dictionaries(st.sampled_from(["alg", "x5c", "typ"]), st.just("RS256") | ANYTHING, max_size=3)


@given(st.binary(max_size=40) | st.lists(st.binary(max_size=9).map(encoded), min_size=3, max_size=3).map(b".".join))
def test_no_bytes_break_the_reader(content):
    assert said_of(content) in {OF_THREE_PARTS, AS_JSON, AS_OBJECTS, WRONG_ALGORITHM}


@given(OBJECTS, ANYTHING | mutations())
def test_no_header_and_no_payload_break_the_reader(header, payload):
    said = said_of(b".".join([encoded(json.dumps(header).encode()), encoded(json.dumps(payload).encode()), SIGNATURE]))

    assert said is None or said.endswith(".")


@given(st.lists(st.tuples(st.integers(0, 600), st.binary(min_size=1, max_size=2)), min_size=1, max_size=3))
def test_no_certificate_breaks_the_reader(changes):
    changed = bytearray(certificate())
    for at, by in changes:
        changed[at : at + len(by)] = by

    assert said_of(jws(PLAIN, x5c=x5c(bytes(changed)))) in {
        None,
        NOT_FITTING,
        UNREADABLE_CERTIFICATE,
        "The certificate of the signature holds no RSA key.",
    }
