"""Strings with a format: identifiers, addresses, hashes, media types (Data 2.2, 2.4.2.3, 4.3, 4.4).

The patterns cannot backtrack far: what they repeat is possessive, or fenced by a character it cannot hold.
"""

import re

_HEX = "[0-9A-Fa-f]"
_SURROGATE = re.compile(r"[\ud800-\udfff]")

# What RFC 3987 allows beyond ASCII, without white space, marks of direction and surrogates.
_BEYOND_ASCII = (
    r"\u00a1-\u167f\u1681-\u1fff\u200b-\u200d\u2010-\u2027\u2030-\u205e\u2060-\u2fff\u3001-\ud7ff"
    r"\ue000-\ufdcf\ufdf0-\uffef\U00010000-\U0010fffd"
)
_IRI = re.compile(rf"[A-Za-z][A-Za-z0-9+.-]*+:(?:[!#-;=?-\[\]_a-z~]++|[{_BEYOND_ASCII}]++)++")
_UUID = re.compile(rf"{_HEX}{{8}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{12}}")

_ATOM = rf"[A-Za-z0-9!#$%&'*+/=?^_`{{|}}~{_BEYOND_ASCII}-]++"
_LABEL = rf"(?!-)[A-Za-z0-9{_BEYOND_ASCII}-]++(?<!-)"
_MBOX = re.compile(
    rf"mailto:{_ATOM}(?:\.{_ATOM})*+@(?:{_LABEL}(?:\.{_LABEL})*+|\[(?:IPv6:)?[0-9A-Fa-f:.]+\])",
)
_SHA1 = re.compile(rf"{_HEX}{{40}}")
_SHA2 = re.compile("|".join(rf"{_HEX}{{{bits // 4}}}" for bits in (224, 256, 384, 512)))
_TOKEN = r"[A-Za-z0-9!#$%&'*+.^_`|~-]++"
_MEDIA_TYPE = re.compile(rf"{_TOKEN}/{_TOKEN}(?:[ \t]*+;[\t -~]*+)?")

is_mbox = _MBOX.fullmatch
is_sha1 = _SHA1.fullmatch
is_sha2 = _SHA2.fullmatch
is_media_type = _MEDIA_TYPE.fullmatch
is_iri = _IRI.fullmatch
is_uuid = _UUID.fullmatch


def check_iri(text: str) -> bool:
    """Whether the text has a scheme, something after it, and no character that RFC 3987 forbids."""
    return is_iri(text) is not None


def check_media_type(text: str) -> bool:
    """Whether the text can be the value of Content-Type: type/subtype, perhaps parameters, all of it ASCII in one line."""
    return is_media_type(text) is not None


def check_uuid(text: str) -> bool:
    """Whether the text is a UUID in standard form: 8-4-4-4-12 hex digits, any variant, either case."""
    return is_uuid(text) is not None


def is_storable(text: str) -> bool:
    """Whether text can be sent as UTF-8 and kept by PostgreSQL: no lone surrogate, no NUL."""
    return "\0" not in text and (text.isascii() or _SURROGATE.search(text) is None)
