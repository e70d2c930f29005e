"""The statement resource (Communication 2.1)."""

import json
from collections.abc import Mapping, Sequence
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.http import http_date

from lms.xapi import (
    admission,
    alternate,
    attachments,
    definitions,
    formats,
    http,
    identifiers,
    multipart,
    parameters,
    queries,
    rights,
    sequencing,
    storing,
    texts,
)
from lms.xapi.models import Credential
from lms.xapi.refusals import NotFound, Refused
from lms.xapi.rules import Finding

SINGLE = frozenset({"statementId", "voidedStatementId"})
FILTERS = frozenset(
    {"agent", "verb", "activity", "registration", "related_activities", "related_agents"}
    | {"since", "until", "limit", "ascending"}
)
FORMS = frozenset({"format", "attachments"})
CURSOR = "cursor"  # the one parameter of the address that `more` gives
CONSISTENT = "X-Experience-API-Consistent-Through"
PUTTING, GETTING = "xAPI 1.0.3 Communication 2.1.1", "xAPI 1.0.3 Communication 2.1.3"


def _consistency(request: HttpRequest) -> dict[str, str]:
    """How far reading was complete when the request came; who lists statements wants to know it to the millisecond."""
    is_reading = request.method in {"GET", "HEAD"} or alternate.is_used(request)
    request.through = sequencing.consistent_through() if is_reading else sequencing.lately_consistent_through()
    return {CONSISTENT: request.through.isoformat(timespec="milliseconds").replace("+00:00", "Z")}


def _statements(request, *, version, credential):
    match request.method:
        case "GET" | "HEAD":
            return _get(request, version, credential)
        case "POST":
            return _post(request, version, credential)
        case "PUT":
            return _put(request, version, credential)
    raise http.wrong_method(request, "GET, HEAD, POST or PUT")


statements = http.resource(_statements, beside=_consistency)


def _post(request, version, credential) -> HttpResponse:
    http.parameters_of(request, frozenset())
    batch, parts = _received(request)
    ids = storing.receive(batch, version=version, credential=credential, parts=parts)
    return http.json_value([str(statement_id) for statement_id in ids])


def _put(request, version, credential) -> HttpResponse:
    sent = http.parameters_of(request, frozenset({"statementId"}))
    statement_id = parameters.uuid(sent, "statementId", PUTTING)
    if statement_id is None:
        raise Refused(Finding("?statementId", "PUT needs the parameter statementId.", PUTTING))
    batch, parts = _received(request)
    storing.receive([_with_id(batch, statement_id)], version=version, credential=credential, parts=parts)
    return HttpResponse(status=204)


def _limits() -> texts.Limits:
    return texts.Limits(levels=settings.XAPI_DEPTH_LIMIT, statements=settings.XAPI_BATCH_LIMIT)


def _received(request) -> tuple[list[texts.Received], Mapping[str, multipart.Part]]:
    """The statements of a request, and the attachments that came along."""
    if request.content_type == "application/json":
        return texts.read(http.body_of(request), _limits()), admission.NO_PARTS
    content_type = request.headers.get("Content-Type", "")
    parsed = multipart.parse(http.body_of(request), content_type, most=settings.XAPI_ATTACHMENT_LIMIT)
    return texts.read(parsed.json, _limits()), parsed.parts


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
    sent = http.parameters_of(request, SINGLE | FILTERS | FORMS | {CURSOR})
    if SINGLE & sent.keys():
        return _single(request, sent, readable, version, credential)
    sent, after = _opened(sent) if CURSOR in sent else (sent, None)
    wanted = _filter(sent, version, credential)
    found = queries.page(wanted, readable=readable, after=after, through=request.through)
    more = f"{request.path}?{CURSOR}={_sealed(sent, found.last_seq)}" if found.last_seq else ""
    bodies = ",".join(_formed(found.found, sent, request, version, credential))
    return _answer(f'{{"statements":[{bodies}],"more":{json.dumps(more)}}}', found.found, sent)


def _single(request, sent: dict[str, str], readable, version, credential) -> HttpResponse:
    names = sorted(sent.keys() - FORMS)
    if len(names) > 1:
        raise Refused(Finding("?", "statementId and voidedStatementId stand alone, beside format and attachments.", GETTING))
    [name] = names
    found = queries.one(parameters.uuid(sent, name, GETTING), readable=readable, is_voided=name == "voidedStatementId")
    if found is None:
        raise NotFound(Finding(f"?{name}", "There is no such statement, or this credential may not read it.", GETTING))
    [body] = _formed([found], sent, request, version, credential)
    response = _answer(body, [found], sent)
    response["Last-Modified"] = http_date(found.stored.timestamp())
    return response


def _answer(text: str, found: Sequence[queries.Found], sent: dict[str, str]) -> HttpResponse:
    """The JSON, and with it the attachments if they were asked for."""
    if not _flag(sent, "attachments"):
        return http.json_text(text)
    body, content_type = multipart.write(text, attachments.kept_of([one.seq for one in found]))
    return HttpResponse(body, content_type=content_type)


def _formed(found: Sequence[queries.Found], sent: dict[str, str], request, version: str, credential: Credential) -> list[str]:
    """The bodies in the form that was asked for; exactly as they came where nothing else was."""
    form = sent.get("format", "exact")
    if form not in {"exact", "ids", "canonical"}:
        raise Refused(Finding("?format", "format must be exact, ids or canonical.", GETTING))
    if form == "exact":
        return [_exact(one, version) for one in found]
    values = [_readable(one, version) for one in found]
    if form == "ids":
        return [texts.dump(formats.ids(value)) for value in values]
    pick = formats.picker(request.headers.get("Accept-Language", ""))
    known = {
        iri: definitions.activity(iri, parts, with_patterns=rights.sees_patterns(credential, iri)).get("definition", {})
        for iri, parts in queries.definitions_by_id(set().union(*map(formats.activities, values))).items()
    }
    return [texts.dump(formats.canonical(value, pick=pick, definitions=known)) for value in values]


def _exact(one: queries.Found, version: str) -> str:
    return texts.dump(_readable(one, version)) if _is_newer(one, version) else one.body


def _readable(one: queries.Found, version: str) -> dict:
    value = json.loads(one.body)
    return formats.as_older(value) if _is_newer(one, version) else value


def _is_newer(one: queries.Found, version: str) -> bool:
    return version == "1.0.3" and one.version.startswith("2.")


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


def _filter(sent: dict[str, str], version: str, credential: Credential) -> queries.Filter:
    agent = parameters.agent(sent, "agent", version)
    return queries.Filter(
        agent=None if agent is None else identifiers.agent_identifier(agent),
        verb=parameters.iri(sent, "verb", GETTING),
        activity=parameters.iri(sent, "activity", GETTING),
        # A learner's browser is launched for one registration, by which everything of hers is found.
        registration=parameters.uuid(sent, "registration", GETTING) or credential.registration,
        related_agents=_flag(sent, "related_agents"),
        related_activities=_flag(sent, "related_activities"),
        since=parameters.instant(sent, "since", GETTING),
        until=parameters.instant(sent, "until", GETTING),
        limit=_limit(sent),
        ascending=_flag(sent, "ascending"),
    )


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
