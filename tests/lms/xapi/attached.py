"""Statements with attachments, and bodies of multipart/mixed made by hand: what a client sends, and what it must not."""

import base64
import hashlib
import json
from datetime import UTC, datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from lms.xapi import multipart, signatures
from tests.lms.xapi.valid_statements import PLAIN

BOUNDARY = "of this test"
MIXED = f'multipart/mixed; boundary="{BOUNDARY}"'
LIMIT = 1_000_000
BINARY = b"\x00\xff\r\n--\r\n\r\nof this test\n\r \t\r\n"


def sha2_of(content, algorithm="sha256"):
    return hashlib.new(algorithm, content).hexdigest()


def declared(content, algorithm="sha256", **changes):
    """What a statement says of an attachment with this content."""
    return {
        "usageType": "https://example.org/usage/photo",
        "display": {"en": "Photo"},
        "contentType": "image/png",
        "length": len(content),
        "sha2": sha2_of(content, algorithm),
        **changes,
    }


def with_attachments(*attachments, **changes):
    return {**PLAIN, **changes, "attachments": list(attachments)}


def headers_of(content, **changes):
    """The headers of a part, without those that are None."""
    usual = {"Content-Type": "image/png", "Content-Transfer-Encoding": "binary", "X-Experience-API-Hash": sha2_of(content)}
    return {name: value for name, value in (usual | changes).items() if value is not None}


def section(headers, content):
    return "".join(f"{name}: {value}\r\n" for name, value in headers.items()).encode() + b"\r\n" + content


def first(value):
    return section({"Content-Type": "application/json"}, json.dumps(value).encode())


def body_of(*sections, boundary=BOUNDARY):
    """A body as RFC 2046 wants it."""
    edge = f"--{boundary}".encode()
    return b"".join(edge + b"\r\n" + one + b"\r\n" for one in sections) + edge + b"--\r\n"


def mixed(value, *contents):
    """A body of these statements and contents."""
    return body_of(first(value), *(section(headers_of(one), one) for one in contents))


def parsed(response):
    """The JSON of an answer, and what is attached to it."""
    assert response.status_code == 200
    found = multipart.parse(response.content, response["Content-Type"], most=LIMIT)
    return json.loads(found.json), [part.content for part in found.parts.values()]


# --- signatures -------------------------------------------------------------------------------------------------------
HASHES = {"RS256": hashes.SHA256(), "RS384": hashes.SHA384(), "RS512": hashes.SHA512()}


@cache
def rsa_key(owner):
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def encoded(content):
    return base64.urlsafe_b64encode(content).rstrip(b"=")


def jws(payload, *, key="signer", hashed="RS256", **header):
    """A JSON web signature in compact form, whose header may say what it likes."""
    signed = b".".join(encoded(json.dumps(one).encode()) for one in ({"alg": hashed, **header}, payload))
    return signed + b"." + encoded(rsa_key(key).sign(signed, padding.PKCS1v15(), HASHES[hashed]))


def certificate(public_key=None, *, until=timedelta(days=1)):
    """The bytes of a certificate that ends at `until` from now."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Amina")])
    end = datetime.now(UTC) + until
    made = x509.CertificateBuilder(name, name, public_key or rsa_key("signer").public_key(), 1, end - timedelta(days=9), end)
    return made.sign(rsa_key("signer"), hashes.SHA256()).public_bytes(Encoding.DER)


def x5c(*certificates):
    return [base64.b64encode(one).decode() for one in certificates]


def declared_signature(content, **changes):
    return declared(content, usageType=signatures.USAGE, contentType="application/octet-stream", **changes)
