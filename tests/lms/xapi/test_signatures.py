"""Signed statements (rule R109, differences 6 and 15)."""

import base64
import hashlib
import json
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import NameOID

from lms.xapi import multipart, signatures
from lms.xapi.multipart import Part
from tests.lms.xapi.valid_statements import ATTACHMENT, PLAIN, RICH, put

HASHES = {"RS256": hashes.SHA256(), "RS384": hashes.SHA384(), "RS512": hashes.SHA512()}
SIGNATURE = {
    "usageType": "http://adlnet.gov/expapi/attachments/signature",
    "display": {"en": "Signature"},
    "contentType": "application/octet-stream",
}


@pytest.fixture(scope="module")
def key():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture(scope="module")
def certificate(key):
    return certificate_of(key)


def certificate_of(key):
    name, now = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "signer")]), datetime.now(UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(days=1))
    return base64.b64encode(builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)).decode()


def encoded(content):
    return base64.urlsafe_b64encode(content).rstrip(b"=")


def sign(key, payload, algorithm="RS256", **header):
    """The compact form of a JSON web signature."""
    parts = [json.dumps({"alg": algorithm, **header}).encode(), json.dumps(payload).encode()]
    signed = b".".join(map(encoded, parts))
    return signed + b"." + encoded(key.sign(signed, padding.PKCS1v15(), HASHES.get(algorithm, hashes.SHA256())))


def fault(statement, content, **changes):
    """Where a signature is wrong, None where it is right."""
    found = signatures.check(statement, {**SIGNATURE, **changes}, content)
    return None if found is None else (found.path, found.rule)


WRONG = ("", "xAPI 1.0.3 Data 2.6")


@pytest.mark.parametrize("algorithm", HASHES)
def test_three_algorithms_are_taken_with_and_without_certificate(key, certificate, algorithm):
    assert fault(RICH, sign(key, RICH, algorithm)) is None
    assert fault(RICH, sign(key, RICH, algorithm, x5c=[certificate])) is None


@pytest.mark.parametrize("algorithm", ["HS256", "none", "ES256", "rs256", "", None])
def test_other_algorithms_are_refused(key, algorithm):
    assert fault(RICH, sign(key, RICH, algorithm)) == WRONG


def test_a_signature_is_a_stream_of_bytes_that_comes_along(key):
    assert fault(RICH, sign(key, RICH), contentType="application/json") == (".contentType", "xAPI 1.0.3 Data 2.6")
    assert fault(RICH, None) == WRONG


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"a.b",
        b"a.b.c.d",
        b"...",
        b"!.!.!",
        encoded(b"[]") + b"." + encoded(b"{}") + b".",
        encoded(b"{}") * 3,
        b"\xff.\xff.\xff",
    ],
)
def test_what_is_no_signature_in_compact_form_is_refused(content):
    assert fault(PLAIN, content) == WRONG


@pytest.mark.parametrize("payload", [[], "text", {}, {**PLAIN, "result": 1}, {"attachments": [1]}], ids=str)
def test_what_was_signed_is_a_statement(key, payload):
    assert fault(PLAIN, sign(key, payload)) == WRONG


@pytest.mark.parametrize(
    ("path", "value"),
    [("$.result.success", False), ("$.actor.mbox", "mailto:zoe@example.org"), ("$.result.duration", "PT4H35M59.15S")],
)
def test_what_was_signed_is_this_statement(key, path, value):
    assert fault(put(RICH, path, value), sign(key, RICH)) == WRONG


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("$.id", "11111111-2222-4333-8444-555555555555"),
        ("$.verb.display", {"fr": "a répondu"}),
        ("$.attachments", [ATTACHMENT, SIGNATURE]),
        ("$.result.duration", "PT4H35M59.149S"),
    ],
)
def test_what_comes_after_the_signing_does_not_count(key, path, value):
    assert fault(put(RICH, path, value), sign(key, RICH)) is None


def test_the_certificate_is_that_of_the_signer(key, certificate):
    stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    assert fault(RICH, sign(stranger, RICH, x5c=[certificate])) == WRONG
    assert fault(RICH, sign(stranger, RICH, x5c=[certificate_of(stranger)])) is None


@pytest.mark.parametrize("x5c", [[], "x", [1], ["x"], {}, None, [base64.b64encode(b"x").decode()]], ids=repr)
def test_a_certificate_that_cannot_be_read_is_refused(key, x5c):
    assert fault(RICH, sign(key, RICH, x5c=x5c)) == WRONG


def test_a_certificate_of_another_kind_of_key_is_refused(key):
    other = certificate_of(ec.generate_private_key(ec.SECP256R1()))

    assert fault(RICH, sign(key, RICH, x5c=[other])) == WRONG


def test_a_signed_statement_is_stored_and_a_badly_signed_one_is_not(anybody, key, private_files):
    def send(statement, content):
        sha2 = hashlib.sha256(content).hexdigest()
        signed = {**statement, "attachments": [{**SIGNATURE, "length": len(content), "sha2": sha2}]}
        body, kind = multipart.write(json.dumps(signed), [Part(sha2, content, "application/octet-stream")])
        return anybody.send("POST", body, content_type=kind)

    refused = send({**PLAIN, "result": {"success": True}}, sign(key, PLAIN))

    assert (refused.status_code, refused.json()["path"]) == (400, "$.attachments[0]")
    assert send(PLAIN, sign(key, PLAIN)).status_code == 200
    assert len(anybody.get().json()["statements"]) == 1
