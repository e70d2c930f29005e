"""What the tables of rules are made of: functions from a JSON value to its first fault, and their makers."""

import sys
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeAlias

from lms.xapi.rules.findings import (
    DURATION,
    ENCODING,
    EXTENSIONS,
    FORMATTING,
    IRI,
    LANGUAGE,
    TIMESTAMP,
    UUID,
    Fault,
    Paragraph,
    quote,
)
from lms.xapi.rules.languages import is_language_tag
from lms.xapi.rules.strings import is_iri, is_storable, is_uuid
from lms.xapi.rules.times import check_timestamp, is_duration

Check: TypeAlias = Callable[[object], Fault | None]
Relation: TypeAlias = Callable[[dict[str, Any]], Fault | None]

_GREATEST = sys.float_info.max
_TYPES = {
    bool: "a boolean",
    int: "a number",
    float: "a number",
    str: "a string",
    list: "an array",
    dict: "an object",
}

_UNSTORABLE = Fault("", "Text cannot hold the character U+0000 or half of a surrogate pair; remove it.", ENCODING)
_UNBOUNDED = Fault("", "A number must be finite and no greater than a double can hold.", FORMATTING)


def misfit(value: object, wanted: str, paragraph: Paragraph) -> Fault:
    """The fault of a value that is not `wanted`, words after "must be"; a wrong type breaks Data 2.2."""
    if value is None:
        return Fault("", f"Null is allowed only inside extensions; leave this out or give {wanted}.", FORMATTING)
    if isinstance(value, str):
        return Fault("", f"This must be {wanted}, not {quote(value)}.", paragraph)
    return Fault("", f"This must be {wanted}, not {_TYPES.get(type(value), 'this')}.", FORMATTING)


def text(value: object) -> Fault | None:
    if not isinstance(value, str):
        return misfit(value, "a string", FORMATTING)
    return None if is_storable(value) else _UNSTORABLE


def boolean(value: object) -> Fault | None:
    return None if isinstance(value, bool) else misfit(value, "true or false", FORMATTING)


def number(value: object) -> Fault | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return misfit(value, "a number", FORMATTING)
    return None if -_GREATEST <= value <= _GREATEST else _UNBOUNDED


def matching(matches: Callable[[str], object], wanted: str, paragraph: Paragraph) -> Check:
    """A string for which `matches` is true; it must refuse NUL and surrogates by itself."""

    def check(value: object) -> Fault | None:
        return None if isinstance(value, str) and matches(value) else misfit(value, wanted, paragraph)

    return check


def word(*words: str, paragraph: Paragraph) -> Check:
    """One of the given words, in this spelling."""
    return matching(frozenset(words).__contains__, " or ".join(map(quote, words)), paragraph)


def refused(finding: str, paragraph: Paragraph) -> Check:
    """Nothing at all: for a property whose absence deserves a better reason than "unknown"."""
    return lambda value: Fault("", finding, paragraph)


def array(item: Check, *, paragraph: Paragraph, at_least: int = 0) -> Check:
    def check(value: object) -> Fault | None:
        if not isinstance(value, list):
            return misfit(value, "an array", paragraph)
        for position, member in enumerate(value):
            fault = item(member)
            if fault is not None:
                return fault.under(position)
        return None if len(value) >= at_least else Fault("", "This array must not be empty.", paragraph)

    return check


def closed(
    properties: Mapping[str, Check],
    *,
    paragraph: Paragraph,
    required: Iterable[str] = (),
    relations: Iterable[Relation] = (),
) -> Check:
    """An object with no property beyond the table, all the required ones, and properties that go together."""
    required, relations = tuple(required), tuple(relations)

    def check(value: object) -> Fault | None:
        if not isinstance(value, dict):
            return misfit(value, "an object", paragraph)
        for name, item in value.items():
            rule = properties.get(name)
            fault = _unknown(name, properties) if rule is None else rule(item)
            if fault is not None:
                return fault.under(name)
        for name in required:
            if name not in value:
                return Fault("", "This property is required; add it.", paragraph).under(name)
        for relation in relations:
            fault = relation(value)
            if fault is not None:
                return fault
        return None

    return check


def _unknown(name: str, properties: Mapping[str, Check]) -> Fault:
    by_lower_case = {known.lower(): known for known in properties}
    meant = by_lower_case.get(name.lower())
    if meant is not None:
        return Fault("", f"Names are case-sensitive; write {quote(meant)}.", FORMATTING)
    return Fault("", "This property is not defined here; leave it out or use extensions.", FORMATTING)


def by_object_type(kinds: Mapping[str, Check], *, paragraph: Paragraph, default: str) -> Check:
    """An object judged by the check of its objectType, or of the default where it names none."""
    wanted = " or ".join(map(quote, kinds))

    def check(value: object) -> Fault | None:
        if not isinstance(value, dict):
            return misfit(value, "an object", paragraph)
        kind = value.get("objectType", default)
        rule = kinds.get(kind) if isinstance(kind, str) else None
        if rule is None:
            return misfit(kind, wanted, paragraph).under("objectType")
        return rule(value)

    return check


def language_map(value: object) -> Fault | None:
    if not isinstance(value, dict):
        return misfit(value, "an object from language tags to strings", LANGUAGE)
    for tag, words in value.items():
        if not is_language_tag(tag):
            return misfit(tag, "a language tag of RFC 5646 such as en or pt-BR", LANGUAGE).under(tag)
        fault = text(words)
        if fault is not None:
            return fault.under(tag)
    return None


def extensions(value: object) -> Fault | None:
    if not isinstance(value, dict):
        return misfit(value, "an object whose keys are IRIs", EXTENSIONS)
    for name, item in value.items():
        if not is_iri(name):
            return misfit(name, "an IRI with a scheme", EXTENSIONS).under(name)
        fault = free_form(item)
        if fault is not None:
            return fault.under(name)
    return None


def free_form(value: object) -> Fault | None:
    """Any JSON that can be kept, null included; walked without recursion, since its depth is not ours."""
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            if not is_storable(item):
                return _UNSTORABLE
        elif isinstance(item, dict):
            waiting.extend(item)
            waiting.extend(item.values())
        elif isinstance(item, list):
            waiting.extend(item)
        elif isinstance(item, int | float) and not -_GREATEST <= item <= _GREATEST:
            return _UNBOUNDED
    return None


iri = matching(is_iri, "an IRI with a scheme and without spaces", IRI)
uuid = matching(is_uuid, "a UUID of the form 8-4-4-4-12 hex digits", UUID)
language_tag = matching(is_language_tag, "a language tag of RFC 5646 such as en or pt-BR", LANGUAGE)
timestamp = matching(check_timestamp, "a date and time such as 2026-03-01T09:30:00.000Z, not with the zone -00", TIMESTAMP)
duration = matching(is_duration, "an ISO 8601 duration such as PT4H35M59.14S or P4W", DURATION)
