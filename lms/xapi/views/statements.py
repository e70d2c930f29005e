"""The statement resource (Communication 2.1)."""

import json
from datetime import datetime
from uuid import UUID

from django.core import signing
from django.http import HttpResponse
from django.urls import reverse

from lms.xapi import http, identifiers, queries, rules, storing, texts
from lms.xapi.refusals import NotFound, Refused
from lms.xapi.rules import Finding

SINGLE = frozenset({"statementId", "voidedStatementId"})
FILTERS = frozenset(
    {"agent", "verb", "activity", "registration", "related_activities", "related_agents"}
    | {"since", "until", "limit", "ascending"}
)
CURSOR = "cursor"  # the one parameter of the address that `more` gives
PUTTING, GETTING = "xAPI 1.0.3 Communication 2.1.1", "xAPI 1.0.3 Communication 2.1.3"


@http.resource
def statements(request, *, version, credential):
    match request.method:
        case "GET" | "HEAD":
            return _get(request, version, credential)
        case "POST":
            return _post(request, version, credential)
        case "PUT":
            return _put(request, version, credential)
    raise http.wrong_method(request, "GET, HEAD, POST or PUT")


def _post(request, version, credential) -> HttpResponse:
    http.parameters_of(request, frozenset())
    batch = texts.read(http.json_body_of(request))
    ids = storing.receive(batch, version=version, credential=credential)
    return http.json_value([str(statement_id) for statement_id in ids])


def _put(request, version, credential) -> HttpResponse:
    sent = http.parameters_of(request, frozenset({"statementId"}))
    statement_id = _uuid(sent, "statementId", PUTTING)
    if statement_id is None:
        raise Refused(Finding("?statementId", "PUT needs the parameter statementId.", PUTTING))
    batch = texts.read(http.json_body_of(request))
    storing.receive([_with_id(batch, statement_id)], version=version, credential=credential)
    return HttpResponse(status=204)


def _with_id(batch: list[texts.Received], statement_id: UUID) -> texts.Received:
    """The one statement of the body, with the id that stood in the address."""
    if [received.place for received in batch] != ["$"] or not isinstance(batch[0].value, dict):
        raise Refused(Finding("$", "PUT takes one statement object.", PUTTING))
    [received] = batch
    if "id" not in received.value:
        return texts.filled(received, {"id": str(statement_id)})
    if str(received.value["id"]).lower() != str(statement_id):
        raise Refused(Finding("$.id", "The id in the body differs from the parameter statementId.", PUTTING))
    return received


def _get(request, version, credential) -> HttpResponse:
    readable = queries.readable_by(credential)
    sent = http.parameters_of(request, SINGLE | FILTERS | {CURSOR})
    if SINGLE & sent.keys():
        return _single(sent, readable)
    sent, after = _opened(sent) if CURSOR in sent else (sent, None)
    found = queries.page(_filter(sent, version), readable=readable, after=after)
    more = f"{reverse('xapi:statements')}?{CURSOR}={_sealed(sent, found.last_seq)}" if found.last_seq else ""
    return http.json_text(f'{{"statements":[{",".join(found.bodies)}],"more":{json.dumps(more)}}}')


def _single(sent: dict[str, str], readable) -> HttpResponse:
    if len(sent) > 1:
        raise Refused(Finding("?", "statementId and voidedStatementId stand alone.", GETTING))
    [name] = sent
    body = queries.one(_uuid(sent, name), readable=readable, is_voided=name == "voidedStatementId")
    if body is None:
        raise NotFound(Finding(f"?{name}", "There is no such statement, or this credential may not read it.", GETTING))
    return http.json_text(body)


def _sealed(sent: dict[str, str], last_seq: int) -> str:
    return signing.dumps([sent, last_seq], salt=CURSOR, compress=True)


def _opened(sent: dict[str, str]) -> tuple[dict[str, str], int]:
    """The parameters of the first page, and the last statement that was shown."""
    if len(sent) > 1:
        raise Refused(Finding("?", "The address of more needs no other parameters.", GETTING))
    try:
        first, last_seq = signing.loads(sent[CURSOR], salt=CURSOR)
    except signing.BadSignature:
        raise Refused(Finding(f"?{CURSOR}", "The store gave out no such address as more.", GETTING)) from None
    return first, last_seq


def _filter(sent: dict[str, str], version: str) -> queries.Filter:
    return queries.Filter(
        agent=_agent(sent, version),
        verb=_iri(sent, "verb"),
        activity=_iri(sent, "activity"),
        registration=_uuid(sent, "registration"),
        related_agents=_flag(sent, "related_agents"),
        related_activities=_flag(sent, "related_activities"),
        since=_instant(sent, "since"),
        until=_instant(sent, "until"),
        limit=_limit(sent),
        ascending=_flag(sent, "ascending"),
    )


def _agent(sent: dict[str, str], version: str) -> str | None:
    if "agent" not in sent:
        return None
    agent = texts.value_of(sent["agent"], place="?agent")
    finding = rules.check_agent(agent, version=version)
    if finding is not None:
        raise Refused(finding._replace(path=f"?agent{finding.path[1:]}"))
    return identifiers.agent_identifier(agent)


def _iri(sent: dict[str, str], name: str) -> str | None:
    if name in sent and not rules.check_iri(sent[name]):
        raise Refused(Finding(f"?{name}", f"{name} must be an IRI with a scheme.", GETTING))
    return sent.get(name)


def _uuid(sent: dict[str, str], name: str, rule: str = GETTING) -> UUID | None:
    if name not in sent:
        return None
    if not rules.check_uuid(sent[name]):
        raise Refused(Finding(f"?{name}", f"{name} must be a UUID in its standard form.", rule))
    return UUID(sent[name])


def _instant(sent: dict[str, str], name: str) -> datetime | None:
    if name not in sent:
        return None
    moment = rules.instant(sent[name])
    if moment is None:
        raise Refused(Finding(f"?{name}", f"{name} must be a timestamp as in RFC 3339.", GETTING))
    return moment


def _flag(sent: dict[str, str], name: str) -> bool:
    value = sent.get(name, "false")
    if value not in {"true", "false"}:
        raise Refused(Finding(f"?{name}", f"{name} must be true or false.", GETTING))
    return value == "true"


def _limit(sent: dict[str, str]) -> int:
    value = sent.get("limit", "0")
    if not (value.isascii() and value.isdigit() and len(value) < 10):
        raise Refused(Finding("?limit", "limit must be a whole number, 0 for as many as the server gives.", GETTING))
    return int(value)
