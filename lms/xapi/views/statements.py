"""The statement resource (Communication 2.1)."""

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core import signing
from django.http import HttpResponse
from django.urls import reverse
from django.utils.dateparse import parse_datetime

from lms.xapi import http, queries, rules, storing, texts
from lms.xapi.http import NoStatement
from lms.xapi.rules import Finding
from lms.xapi.texts import Refused

SINGLE = frozenset({"statementId", "voidedStatementId"})
FILTERS = frozenset(
    {"agent", "verb", "activity", "registration", "related_activities", "related_agents"}
    | {"since", "until", "limit", "ascending"}
)
RULE = "Communication 2.1.3"
CURSOR = "xapi.statements.more"


@http.resource
def statements(request, *, version: str) -> HttpResponse:
    match request.method:
        case "GET" | "HEAD":
            return _get(request, version)
        case "POST":
            return _post(request, version)
        case "PUT":
            return _put(request, version)
    raise Refused(Finding("method", f"{request.method} is not taken here: use GET, HEAD, POST or PUT.", "Communication 2.1"))


def _post(request, version: str) -> HttpResponse:
    http.parameters_of(request, frozenset())
    batch, _ = texts.read(http.body_of(request))
    _refuse_missing_attachments(batch)
    ids = storing.receive(batch, version=version, credential=request.credential)
    return http.json_value(request, [str(statement_id) for statement_id in ids])


def _put(request, version: str) -> HttpResponse:
    wanted = http.parameters_of(request, frozenset({"statementId"}))
    statement_id = _uuid(wanted, "statementId")
    if statement_id is None:
        raise Refused(Finding("?statementId", "PUT needs the parameter statementId.", "Communication 2.1.1"))
    batch, is_array = texts.read(http.body_of(request))
    if is_array or not isinstance(batch[0].value, dict):
        raise Refused(Finding("$", "PUT takes one statement object.", "Communication 2.1.1"))
    _refuse_missing_attachments(batch)
    [received] = batch
    said = received.value.get("id", str(statement_id))
    if isinstance(said, str) and said.lower() != str(statement_id):
        raise Refused(Finding("$.id", "The id in the body differs from the parameter statementId.", "Communication 2.1.1"))
    if "id" not in received.value:
        received = texts.with_id(received, str(statement_id))
    storing.receive([received], version=version, credential=request.credential)
    return HttpResponse(status=204)


def _get(request, version: str) -> HttpResponse:
    readable = queries.readable_by(request.credential)
    if "cursor" in request.GET:
        http.parameters_of(request, frozenset({"cursor"}))
        wanted, after = _opened(request.GET["cursor"])
    else:
        sent = http.parameters_of(request, SINGLE | FILTERS)
        if SINGLE & set(sent):
            return _single(request, sent, readable)
        wanted, after = _filter(sent, version), None
    found = queries.page(wanted, readable=readable, after=after)
    more = f"{reverse('xapi:statements')}?cursor={_sealed(wanted, found.last_seq)}" if found.last_seq else ""
    return http.json_text(request, f'{{"statements":[{",".join(found.bodies)}],"more":{json.dumps(more)}}}')


def _single(request, sent: dict[str, str], readable) -> HttpResponse:
    if len(sent) > 1:
        raise Refused(Finding("?", "statementId and voidedStatementId stand alone.", RULE))
    [name] = sent
    body = queries.one(_uuid(sent, name), readable=readable, is_voided=name == "voidedStatementId")
    if body is None:
        raise NoStatement("There is no such statement, or this credential may not read it.")
    return http.json_text(request, body)


def _filter(sent: dict[str, str], version: str) -> queries.Filter:
    for name in ("verb", "activity"):
        if name in sent and not rules.check_iri(sent[name]):
            raise Refused(Finding(f"?{name}", f"{name} must be an IRI with a scheme.", RULE))
    return queries.Filter(
        agent=_agent(sent, version),
        verb=sent.get("verb"),
        activity=sent.get("activity"),
        registration=_uuid(sent, "registration"),
        related_agents=_flag(sent, "related_agents"),
        related_activities=_flag(sent, "related_activities"),
        since=_instant(sent, "since"),
        until=_instant(sent, "until"),
        limit=_limit(sent),
        ascending=_flag(sent, "ascending"),
    )


def _agent(sent: dict[str, str], version: str) -> dict[str, Any] | None:
    if "agent" not in sent:
        return None
    try:
        agent = json.loads(sent["agent"])
    except (ValueError, RecursionError):
        raise Refused(Finding("?agent", "agent must be a JSON object.", RULE)) from None
    finding = rules.check_agent(agent, version=version)
    if finding is not None:
        raise Refused(finding._replace(path=f"?agent{finding.path[1:]}"))
    return agent


def _uuid(sent: dict[str, str], name: str) -> UUID | None:
    if name not in sent:
        return None
    if not rules.check_uuid(sent[name]):
        raise Refused(Finding(f"?{name}", f"{name} must be a UUID in its standard form.", RULE))
    return UUID(sent[name])


def _instant(sent: dict[str, str], name: str) -> datetime | None:
    if name not in sent:
        return None
    if not rules.check_timestamp(sent[name]):
        raise Refused(Finding(f"?{name}", f"{name} must be a timestamp as in RFC 3339.", RULE))
    return storing.instant(sent[name])


def _flag(sent: dict[str, str], name: str) -> bool:
    value = sent.get(name, "false")
    if value not in {"true", "false"}:
        raise Refused(Finding(f"?{name}", f"{name} must be true or false.", RULE))
    return value == "true"


def _limit(sent: dict[str, str]) -> int:
    value = sent.get("limit", "0")
    if not (value.isascii() and value.isdigit() and len(value) < 10):
        raise Refused(Finding("?limit", "limit must be a whole number, 0 for as many as the server gives.", RULE))
    return int(value)


def _sealed(wanted: queries.Filter, last_seq: int) -> str:
    plain = asdict(wanted) | {
        "registration": str(wanted.registration) if wanted.registration else None,
        "since": wanted.since.isoformat() if wanted.since else None,
        "until": wanted.until.isoformat() if wanted.until else None,
    }
    return signing.dumps([plain, last_seq], salt=CURSOR, compress=True)


def _opened(cursor: str) -> tuple[queries.Filter, int]:
    try:
        plain, last_seq = signing.loads(cursor, salt=CURSOR)
    except signing.BadSignature:
        raise Refused(Finding("?cursor", "This is no address that the store gave out as more.", RULE)) from None
    plain["registration"] = UUID(plain["registration"]) if plain["registration"] else None
    for name in ("since", "until"):
        plain[name] = parse_datetime(plain[name]) if plain[name] else None
    return queries.Filter(**plain), last_seq


def _refuse_missing_attachments(batch: list[texts.Received]) -> None:
    """application/json carries no attachment data, so each attachment must say where it lies (Data 2.4.11)."""
    for received in batch:
        attachments = received.value.get("attachments") if isinstance(received.value, dict) else None
        for position, attachment in enumerate(attachments if isinstance(attachments, list) else []):
            if isinstance(attachment, dict) and "fileUrl" not in attachment:
                path = f"$.attachments[{position}]"
                raise Refused(Finding(path, "Sent as application/json, an attachment needs a fileUrl.", "Data 2.4.11"))
