"""JSON text in and out: what was received is kept letter by letter, apart from what a store fills in (Data 2.4)."""

import hashlib
import json
import re
from collections.abc import Mapping
from itertools import chain
from typing import Any, NamedTuple

from lms.xapi.refusals import Refused, TooLarge
from lms.xapi.rules import Finding, instant

# Not compared when the same id comes again (Data 2.3.1, 2.3.2).
NOT_COMPARED = frozenset({"id", "authority", "stored", "timestamp", "version"})
SPACE = " \t\n\r"
_FINE_SECONDS = re.compile(r"([0-9]+[.,][0-9]{2})[0-9]+(?=S\Z)")


class Limits(NamedTuple):
    levels: int = 100  # Python reads JSON by recursion, and so does whoever reads the statement later
    statements: int = 5_000  # as many as a slow machine stores within a request's time


LIMITS = Limits()


class Received(NamedTuple):
    """One statement: its text as received, its value, and where it stood in the body ("$" or "$[2]")."""

    text: str
    value: Any
    place: str = "$"


def read(body: bytes, limits: Limits = LIMITS) -> list[Received]:
    """The statement of a request body, or the statements of its array. Raises Refused, TooLarge."""
    try:
        text = body.decode("utf-8-sig").strip(SPACE)
    except UnicodeDecodeError as error:
        raise _unreadable("$", f"byte {error.start} is no UTF-8") from error
    return _elements(text, limits) if text.startswith("[") else [Received(text, value_of(text, place="$", limits=limits))]


def value_of(text: str, *, place: str, limits: Limits = LIMITS) -> Any:
    """The value of JSON text in which each name stands once in its object. Raises Refused with this place."""
    value, end = _decoded(text, _skip(text, 0), place, limits)
    if _skip(text, end) != len(text):
        raise _unreadable(place, f"something follows at character {end}")
    return value


def filled(received: Received, members: Mapping[str, Any]) -> Received:
    """The statement with these members; every other letter stays as it was.

    A value that stands there already is replaced, a member that is missing is put in front.
    """
    text = received.text
    replaced = members.keys() & received.value.keys()
    spans = _member_spans(text) if replaced else {}
    for name in sorted(replaced, key=spans.__getitem__, reverse=True):
        _, start, end = spans[name]
        text = text[:start] + dump(members[name]) + text[end:]
    front = dump({name: value for name, value in members.items() if name not in replaced})[1:-1]
    comma = "," if front and received.value else ""
    return received._replace(text=f"{{{front}{comma}{text[1:]}", value={**received.value, **members})


def members(body: bytes, *, place: str, limits: Limits = LIMITS) -> dict[str, str]:
    """The members of a document that is a JSON object: name → text of name and value as they were written.

    Raises Refused with this place where it is no such object.
    """
    try:
        text = body.decode("utf-8-sig").strip(SPACE)
    except UnicodeDecodeError as error:
        raise _unreadable(place, f"byte {error.start} is no UTF-8") from error
    if not isinstance(value_of(text, place=place, limits=limits), dict):
        raise _unreadable(place, "it is no object")
    return {name: text[start:end] for name, (start, _, end) in _member_spans(text).items()}


def digest(statement: Mapping[str, Any]) -> str:
    """SHA-256 of what makes two statements the same content (Data 2.3.1).

    What a store may set at the top does not count, nor displays of verbs, definitions of activities, the order of
    keys and of group members, the zone in which an instant is written, what is finer than a hundredth of a second in a
    duration (Data 4.6), whether a single related activity stands in an array. Extensions count as they are.
    """
    compared = {name: value for name, value in statement.items() if name not in NOT_COMPARED}
    return hashlib.sha256(_ordered(_comparable(compared)).encode()).hexdigest()


def dump(value: object) -> str:
    return _ENCODER.encode(value)


def _unreadable(place: str, reason: str) -> Refused:
    return Refused(Finding(place, f"This cannot be read as JSON: {reason}.", "xAPI 1.0.3 Communication 2.1"))


def _members_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a name stands twice in one object")
    return members


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no number of JSON")


_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_ORDERING_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True)
_DECODER = json.JSONDecoder(object_pairs_hook=_members_once, parse_constant=_no_constant)


def _decoded(text: str, at: int, place: str, limits: Limits) -> tuple[Any, int]:
    """The value that begins at a character, and where it ends."""
    try:
        value, end = _DECODER.raw_decode(text, at)
    except json.JSONDecodeError as error:
        raise _unreadable(place, f"{error.msg} at character {error.pos}") from error
    except ValueError as error:  # a doubled name, NaN, a number of thousands of digits
        raise _unreadable(place, str(error)) from error
    except RecursionError as error:
        raise _too_deep(place, limits) from error
    # What opens few brackets cannot be deep.
    if text.count("{", at, end) + text.count("[", at, end) > limits.levels and _is_too_deep(value, limits.levels):
        raise _too_deep(place, limits)
    return value, end


def _is_too_deep(value: object, levels: int) -> bool:
    level = [value]
    for _ in range(levels):
        inner = (item.values() if isinstance(item, dict) else item for item in level if isinstance(item, dict | list))
        level = list(chain.from_iterable(inner))
        if not level:
            return False
    return any(isinstance(item, dict | list) for item in level)


def _too_deep(place: str, limits: Limits) -> Refused:
    return _unreadable(place, f"it is nested deeper than {limits.levels} levels")


def _elements(text: str, limits: Limits) -> list[Received]:
    found: list[Received] = []
    at = _skip(text, 1)
    if text[at : at + 1] != "]":
        at = _collect(text, at, found, limits)
    if text[at:] != "]":
        raise _unreadable("$", f"a comma or the end of the array is missing at character {at}")
    return found


def _collect(text: str, at: int, found: list[Received], limits: Limits) -> int:
    """Adds the values that stand between commas, and returns where they end."""
    while True:
        place = f"$[{len(found)}]"
        value, end = _decoded(text, at, place, limits)
        found.append(Received(text[at:end], value, place))
        if len(found) > limits.statements:
            finding = f"A batch holds at most {limits.statements} statements. Send the statements in smaller batches."
            raise TooLarge(Finding("$", finding, "xAPI 1.0.3 Communication 3.2"))
        at = _skip(text, end)
        if text[at : at + 1] != ",":
            return at
        at = _skip(text, at + 1)


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at] in SPACE:
        at += 1
    return at


def _member_spans(text: str) -> dict[str, tuple[int, int, int]]:
    """Where each member of an object begins, where its value does, and where both end."""
    spans: dict[str, tuple[int, int, int]] = {}
    at = _skip(text, 1)
    while text[at] != "}":
        name, end = _DECODER.raw_decode(text, at)
        start = _skip(text, _skip(text, end) + 1)
        _, end = _DECODER.raw_decode(text, start)
        spans[name] = (at, start, end)
        at = _skip(text, end)
        if text[at] == ",":
            at = _skip(text, at + 1)
    return spans


def _ordered(value: object) -> str:
    return _ORDERING_ENCODER.encode(value)


def _comparable(value: Any, name: str = "") -> Any:
    """The value that stands under `name`, without what may differ in it."""
    if name == "extensions":
        return value
    if name == "timestamp":
        return str(instant(value))
    if name == "duration":
        return _FINE_SECONDS.sub(r"\1", value)
    if name == "contextActivities":
        return {key: _comparable(inner if isinstance(inner, list) else [inner], key) for key, inner in value.items()}
    if isinstance(value, dict):
        left_out = "display" if name == "verb" else "definition"
        return {key: _comparable(inner, key) for key, inner in value.items() if key != left_out}
    if isinstance(value, list):
        items = [_comparable(inner, name) for inner in value]
        return sorted(items, key=_ordered) if name == "member" else items
    return int(value) if isinstance(value, float) and value.is_integer() else value
