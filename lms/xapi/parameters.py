"""What the parameters of a request say. `sent` is name → value as http.parameters_of gives it; what is not there is None.

Everything here raises Refused with the parameter's name and the paragraph `rule`.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings

from lms.xapi import identifiers, rules, texts
from lms.xapi.refusals import Refused
from lms.xapi.rules import Finding


def party(sent: Mapping[str, str], name: str, version: str, *, rule: str) -> dict[str, Any] | None:
    """An agent or identified group, as JSON."""
    if name not in sent:
        return None
    value: dict[str, Any] = texts.value_of(sent[name], place=f"?{name}", limits=limits())
    finding = rules.check_agent(value, version=version)
    if finding is not None:
        raise Refused(finding._replace(path=f"?{name}{finding.path[1:]}"))
    return value


def agent(sent: Mapping[str, str], name: str, version: str, *, rule: str) -> str | None:
    """The identifier of an agent or identified group."""
    value = party(sent, name, version, rule=rule)
    return None if value is None else identifiers.agent_identifier(value)


def iri(sent: Mapping[str, str], name: str, *, rule: str) -> str | None:
    if name in sent and not rules.check_iri(sent[name]):
        raise Refused(Finding(f"?{name}", f"{name} must be an IRI with a scheme.", rule))
    return sent.get(name)


def uuid(sent: Mapping[str, str], name: str, *, rule: str) -> UUID | None:
    if name not in sent:
        return None
    if not rules.check_uuid(sent[name]):
        raise Refused(Finding(f"?{name}", f"{name} must be a UUID in its standard form.", rule))
    return UUID(sent[name])


def instant(sent: Mapping[str, str], name: str, *, rule: str) -> datetime | None:
    if name not in sent:
        return None
    moment = rules.instant(sent[name])
    if moment is None:
        raise Refused(Finding(f"?{name}", f"{name} must be a timestamp as in RFC 3339.", rule))
    return moment


def flag(sent: Mapping[str, str], name: str, *, rule: str) -> bool:
    value = sent.get(name, "false")
    if value not in {"true", "false"}:
        raise Refused(Finding(f"?{name}", f"{name} must be true or false.", rule))
    return value == "true"


def number(sent: Mapping[str, str], name: str, *, rule: str) -> int:
    value = sent.get(name, "0")
    if not (value.isascii() and value.isdigit() and len(value) < 10):
        raise Refused(Finding(f"?{name}", f"{name} must be a whole number, 0 for as many as the server gives.", rule))
    return int(value)


def limits() -> texts.Limits:
    """How much JSON this server reads."""
    return texts.Limits(levels=settings.XAPI_DEPTH_LIMIT, statements=settings.XAPI_BATCH_LIMIT)
