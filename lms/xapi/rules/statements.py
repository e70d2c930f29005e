"""Whole statements and sub-statements (Data 2.2, 2.3.2, 2.4, 2.4.4.3; IEEE 9274.1.1 4.2)."""

import re
from typing import Any

from lms.xapi.rules.activities import activity, statement_reference
from lms.xapi.rules.actors import actor, agent, authority, group
from lms.xapi.rules.attachments import attachments
from lms.xapi.rules.contexts import context
from lms.xapi.rules.findings import CONTEXT, OBJECT, STATEMENT, VERB, VERSION, VOIDING, Fault, Finding
from lms.xapi.rules.results import result
from lms.xapi.rules.shapes import (
    Check,
    by_object_type,
    closed,
    iri,
    language_map,
    matching,
    refused,
    timestamp,
    uuid,
    word,
)

VOIDED = "http://adlnet.gov/expapi/verbs/voided"

_verb = closed({"id": iri, "display": language_map}, paragraph=VERB, required=["id"])
# Six digits of a patch number are more than there will be, and keep the text to ten characters.
_version = {
    "1.0.3": matching(re.compile(r"1\.0(?:\.[0-9]{1,6})?").fullmatch, "1.0 or 1.0.x", VERSION),
    "2.0.0": matching(re.compile(r"[12]\.0(?:\.[0-9]{1,6})?").fullmatch, "1.0, 1.0.x, 2.0 or 2.0.x", VERSION),
}


def _voids_by_reference(statement: dict[str, Any]) -> Fault | None:
    if statement["verb"]["id"] != VOIDED or statement["object"].get("objectType") == "StatementRef":
        return None
    return Fault(".object.objectType", 'The object of a voiding statement must be a "StatementRef".', VOIDING)


def _describes_an_activity(statement: dict[str, Any]) -> Fault | None:
    found = statement.get("context")
    if found is None or statement["object"].get("objectType", "Activity") == "Activity":
        return None
    for name in ("revision", "platform"):
        if name in found:
            return Fault(f".context.{name}", f"The {name} may be given only when the object is an Activity.", CONTEXT)
    return None


def _statement(properties: dict[str, Check], objects: dict[str, Check], version: str) -> Check:
    return closed(
        {
            **properties,
            "actor": actor,
            "verb": _verb,
            "object": by_object_type(objects, paragraph=OBJECT, default="Activity"),
            "result": result,
            "context": context[version],
            "timestamp": timestamp,
            "attachments": attachments,
        },
        paragraph=STATEMENT,
        required=("actor", "verb", "object"),
        relations=(_voids_by_reference, _describes_an_activity),
    )


_OBJECTS: dict[str, Check] = {
    "Activity": activity,
    "Agent": agent,
    "Group": group,
    "StatementRef": statement_reference,
}
_NOT_NESTED: dict[str, Check] = {
    name: refused(f"A SubStatement has no {name}; leave it out.", OBJECT) for name in ("id", "stored", "version", "authority")
}


def _sub_statement(version: str) -> Check:
    nested = refused("A SubStatement cannot hold another SubStatement; refer to a statement instead.", OBJECT)
    properties = {"objectType": word("SubStatement", paragraph=OBJECT), **_NOT_NESTED}
    return _statement(properties, {**_OBJECTS, "SubStatement": nested}, version)


def _whole_statement(version: str) -> Check:
    properties = {"id": uuid, "stored": timestamp, "authority": authority, "version": _version[version]}
    return _statement(properties, {**_OBJECTS, "SubStatement": _sub_statement(version)}, version)


_STATEMENTS = {version: _whole_statement(version) for version in ("1.0.3", "2.0.0")}


def check(statement: object, *, version: str) -> Finding | None:
    """The first finding about one statement as `json.loads` gives it, None when it conforms.

    `version` is "1.0.3" or "2.0.0"; any other is a KeyError. Nothing else is raised, whatever the value
    holds, and the value is not changed. Beyond the standard, text that cannot be kept (U+0000, lone
    surrogates) and numbers that no double can hold are refused everywhere, extensions included.
    """
    fault = _STATEMENTS[version](statement)
    return None if fault is None else fault.named(version)
