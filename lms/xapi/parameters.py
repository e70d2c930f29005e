"""Reads the values that travel as parameters, by the same rules as those in statements (Communication 2).

`sent` holds the parameters of a request by name, `rule` is the paragraph that asks for the one in question.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from lms.xapi import rules, texts
from lms.xapi.refusals import Refused
from lms.xapi.rules import Finding

Sent = Mapping[str, str]


def needed(sent: Sent, name: str, rule: str) -> str:
    """Raises Refused where the parameter is missing."""
    if name not in sent:
        raise _refused(name, f"The parameter {name} is missing.", rule)
    return sent[name]


def agent(sent: Sent, name: str, version: str) -> dict[str, Any] | None:
    """An Agent or an identified Group as JSON. Raises Refused."""
    if name not in sent:
        return None
    value = texts.value_of(sent[name], place=f"?{name}")
    finding = rules.check_agent(value, version=version)
    if finding is not None:
        raise Refused(finding._replace(path=f"?{name}{finding.path[1:]}"))
    return value


def iri(sent: Sent, name: str, rule: str) -> str | None:
    """Raises Refused."""
    if name in sent and not rules.check_iri(sent[name]):
        raise _refused(name, f"{name} must be an IRI with a scheme.", rule)
    return sent.get(name)


def uuid(sent: Sent, name: str, rule: str) -> UUID | None:
    """Raises Refused."""
    if name not in sent:
        return None
    if not rules.check_uuid(sent[name]):
        raise _refused(name, f"{name} must be a UUID in its standard form.", rule)
    return UUID(sent[name])


def instant(sent: Sent, name: str, rule: str) -> datetime | None:
    """Raises Refused."""
    if name not in sent:
        return None
    moment = rules.instant(sent[name])
    if moment is None:
        raise _refused(name, f"{name} must be a timestamp as in RFC 3339.", rule)
    return moment


def text(sent: Sent, name: str, rule: str, *, longest: int) -> str | None:
    """A name of one character or more that can be kept. Raises Refused."""
    value = sent.get(name)
    if value is not None and not (0 < len(value) <= longest and rules.is_storable(value)):
        raise _refused(name, f"{name} must be a text of 1 to {longest} characters without U+0000.", rule)
    return value


def _refused(name: str, said: str, rule: str) -> Refused:
    return Refused(Finding(f"?{name}", said, rule))
