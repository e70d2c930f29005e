"""JSON text in and out: what was received is kept letter by letter, apart from what a store fills in (Data 2.4)."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from lms.xapi.rules import Finding

# Set by the store, whatever was sent (Data 2.4.8, 2.4.9).
SET_BY_STORE = ("stored", "authority")
# Not compared when the same id comes again (Data 2.3.1, 2.3.2).
NOT_COMPARED = frozenset({"id", "authority", "stored", "timestamp", "version"})
SPACE = " \t\n\r"


class Refused(ValueError):
    """What came is no conformant body. `finding` says where, what and by which rule."""

    def __init__(self, finding: Finding):
        super().__init__(finding.finding)
        self.finding = finding


class Received(NamedTuple):
    """One statement: its text as received, and its value."""

    text: str
    value: Any


def read(body: bytes) -> tuple[list[Received], bool]:
    """The statements of a request body, and whether they came as an array. Raises Refused."""
    try:
        text = body.decode("utf-8-sig").strip(SPACE)
        if not text.startswith("["):
            return [Received(text, _DECODER.decode(text))], False
        return _elements(text), True
    except (ValueError, RecursionError) as error:
        # ValueError: not UTF-8, not JSON, a doubled name, a number of thousands of digits.
        raise Refused(Finding("$", f"The body is no JSON that can be read: {error}.", "Communication 2.1.1")) from error


def filled(received: Received, *, before: Mapping[str, Any]) -> str:
    """The text of a statement with `before` written in front of its own members, `stored` and `authority` taken out."""
    own = _without(received.text, SET_BY_STORE) if any(name in received.value for name in SET_BY_STORE) else received.text
    front = json.dumps(before, ensure_ascii=False, separators=(",", ":"))[1:-1]
    inner = own.strip(SPACE)[1:-1].strip(SPACE)
    return f"{{{front},{inner}}}" if inner else f"{{{front}}}"


def with_id(received: Received, statement_id: str) -> Received:
    """The same statement with the id that stood in the address (Communication 2.1.1)."""
    return Received(filled(received, before={"id": statement_id}), {"id": statement_id, **received.value})


def digest(statement: Mapping[str, Any]) -> str:
    """SHA-256 of what makes two statements the same content: order of keys and of group members does not count."""
    compared = {name: value for name, value in statement.items() if name not in NOT_COMPARED}
    text = json.dumps(_comparable(compared), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def dump(statement: Mapping[str, Any]) -> str:
    return json.dumps(statement, ensure_ascii=False, separators=(",", ":"))


def _members_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a name stands twice in one object")
    return members


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


_DECODER = json.JSONDecoder(object_pairs_hook=_members_once, parse_constant=_no_constant)


def _elements(text: str) -> list[Received]:
    found: list[Received] = []
    at = _skip(text, 1)
    if text[at : at + 1] == "]":
        _end(text, at + 1)
        return found
    while True:
        value, end = _DECODER.raw_decode(text, at)
        found.append(Received(text[at:end], value))
        at = _skip(text, end)
        if text[at : at + 1] == "]":
            _end(text, at + 1)
            return found
        if text[at : at + 1] != ",":
            raise ValueError("a comma or the end of the array is missing")
        at = _skip(text, at + 1)


def _end(text: str, at: int) -> None:
    if _skip(text, at) != len(text):
        raise ValueError("something follows the array")


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at] in SPACE:
        at += 1
    return at


def _without(text: str, names: tuple[str, ...]) -> str:
    """The object's text without these members, every other letter as it was."""
    kept: list[str] = []
    at = _skip(text, 1)
    while text[at] != "}":
        name, after_name = _DECODER.raw_decode(text, at)
        start = _skip(text, _skip(text, after_name) + 1)
        _, end = _DECODER.raw_decode(text, start)
        if name not in names:
            kept.append(text[at:end])
        at = _skip(text, end)
        if text[at] == ",":
            at = _skip(text, at + 1)
    return "{" + ",".join(kept) + "}"


def _comparable(value: Any, name: str = "") -> Any:
    """The value without what may differ: displays, definitions, the order of members. Extensions count to the letter."""
    if isinstance(value, dict):
        if name == "extensions":
            return value
        left_out = "display" if name == "verb" else "definition" if name else ""
        return {key: _comparable(inner, key) for key, inner in value.items() if key != left_out}
    if isinstance(value, list):
        items = [_comparable(inner, name) for inner in value]
        return sorted(items, key=dump) if name == "member" else items
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value
