"""What a statement's row says beside its body, so that it can be found and compared."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from lms.xapi import admission, identifiers
from lms.xapi.rules import instant
from lms.xapi.texts import digest


def columns_of(statement: Mapping[str, Any], stored: datetime) -> dict[str, Any]:
    """Column → value for a statement with everything that a store fills in (Data 2.4).

    A timestamp later than `stored` counts as `stored`. Raises ValueError, KeyError, TypeError or AttributeError for what is no
    statement.
    """
    registration = statement.get("context", {}).get("registration")
    actor = identifiers.agent_identifier(statement["actor"]) or identifiers.ANONYMOUS_GROUP
    return {
        "id": UUID(statement["id"]),
        "stored": stored,
        "timestamp": min(instant(statement["timestamp"]) or stored, stored),
        "digest": digest(statement),
        "actor": identifiers.key(actor),
        "verb": identifiers.key(identifiers.verb_identifier(statement["verb"]["id"])),
        "object": identifiers.key(identifiers.object_identifier(statement["object"])),
        "registration": UUID(registration) if registration else None,
        "version": statement["version"],
        "voids": admission.voided_by(statement),
    }
