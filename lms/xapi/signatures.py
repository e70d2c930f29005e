"""Signed statements: a JSON web signature of the statement in one of its attachments (Data 2.6; RFC 7515, 7.1)."""

import base64
import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509 import InvalidVersion, load_der_x509_certificate

from lms.xapi import texts
from lms.xapi.rules import Finding

USAGE = "http://adlnet.gov/expapi/attachments/signature"
RULE = "xAPI 1.0.3 Data 2.6"
HASHES = {"RS256": hashes.SHA256(), "RS384": hashes.SHA384(), "RS512": hashes.SHA512()}


class _Wrong(ValueError):
    """What is wrong with a signature, as a sentence."""


def check(statement: Mapping[str, Any], attachment: Mapping[str, Any], content: bytes | None) -> Finding | None:
    """What is wrong with the signature of a statement, None where nothing is; the path is that of the attachment.

    `content` are the attachment's bytes. A signature without certificate cannot be verified, only read. Who gave out the
    certificate and until when is not asked: a statement may arrive years after it was signed.
    """
    if attachment["contentType"] != "application/octet-stream":
        return Finding(".contentType", "A signature has the content type application/octet-stream.", RULE)
    if content is None:
        return Finding("", "Send the signature itself, as a part of multipart/mixed.", RULE)
    try:
        if texts.digest(_signed_part(statement)) != _digest_of(content):
            raise _Wrong("What was signed is not this statement.")
    except _Wrong as error:
        return Finding("", str(error), RULE)
    return None


@lru_cache(maxsize=4)
def _digest_of(content: bytes) -> str:
    """The digest of what was signed. Thousands of statements in a batch may name the same five megabytes: they are read once."""
    header, payload, signed, signature = _read(content)
    _verify(header, signed, signature)
    try:
        return texts.digest(_signed_part(payload))
    except (TypeError, AttributeError, KeyError, ValueError, RecursionError) as error:
        raise _Wrong("What was signed is no statement.") from error


def _read(content: bytes) -> tuple[dict[str, Any], dict[str, Any], bytes, bytes]:
    """Header, payload, what was signed, and the signature."""
    parts = content.strip().split(b".")
    if len(parts) != 3:
        raise _Wrong("A signature is a JSON web signature of three parts in compact form.")
    try:
        header, payload = (json.loads(_decoded(part)) for part in parts[:2])
        signature = _decoded(parts[2])
    except (ValueError, RecursionError) as error:
        raise _Wrong("The header or the payload of the signature cannot be read as JSON.") from error
    if not isinstance(header, dict) or not isinstance(payload, dict):
        raise _Wrong("Header and payload of a signature are JSON objects.")
    if header.get("alg") not in list(HASHES):  # a list compares what cannot be hashed, too
        raise _Wrong("A signature is made with RS256, RS384 or RS512.")
    return header, payload, b".".join(parts[:2]), signature


def _signed_part(statement: Mapping[str, Any]) -> dict[str, Any]:
    """A statement without what comes after the signing."""
    made = dict(statement)
    others = [one for one in made.pop("attachments", []) if one.get("usageType") != USAGE]
    if others:
        made["attachments"] = others
    return made


def _verify(header: Mapping[str, Any], signed: bytes, signature: bytes) -> None:
    if "x5c" not in header:
        return
    try:
        certificate = load_der_x509_certificate(base64.b64decode(header["x5c"][0], validate=True))
        key = certificate.public_key()
    except (ValueError, TypeError, LookupError, InvalidVersion, UnsupportedAlgorithm) as error:
        raise _Wrong("The certificate of the signature cannot be read.") from error
    if not isinstance(key, rsa.RSAPublicKey):
        raise _Wrong("The certificate of the signature holds no RSA key.")
    try:
        key.verify(signature, signed, padding.PKCS1v15(), HASHES[header["alg"]])
    except InvalidSignature as error:
        raise _Wrong("The signature does not fit its certificate.") from error


def _decoded(part: bytes) -> bytes:
    return base64.b64decode(part + b"=" * (-len(part) % 4), altchars=b"-_", validate=True)
