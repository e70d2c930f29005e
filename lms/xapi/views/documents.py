"""The state and profile resources (Communication 2.3, 2.6, 2.7)."""

from typing import NamedTuple

from django.http import HttpResponse
from django.utils.http import http_date

from lms.xapi import conditions, documents, filing, http, identifiers, parameters, rights, rules
from lms.xapi.documents import Kind, Shelf
from lms.xapi.models import Document
from lms.xapi.models.documents import NO_REGISTRATION
from lms.xapi.refusals import NotFound, Refused
from lms.xapi.rules import Finding

UNTYPED = "application/octet-stream"  # RFC 9110, 8.3


class Resource(NamedTuple):
    kind: Kind
    id_name: str
    required: frozenset[str]
    optional: frozenset[str]
    deletes_all: bool
    rule: str


STATE = Resource(
    Kind.STATE,
    "stateId",
    frozenset({"activityId", "agent"}),
    frozenset({"registration"}),
    deletes_all=True,
    rule="xAPI 1.0.3 Communication 2.3",
)
AGENT_PROFILE = Resource(
    Kind.AGENT_PROFILE,
    "profileId",
    frozenset({"agent"}),
    frozenset(),
    deletes_all=False,
    rule="xAPI 1.0.3 Communication 2.6",
)
ACTIVITY_PROFILE = Resource(
    Kind.ACTIVITY_PROFILE,
    "profileId",
    frozenset({"activityId"}),
    frozenset(),
    deletes_all=False,
    rule="xAPI 1.0.3 Communication 2.7",
)


@http.resource
def state(request, *, version, credential):
    return _answer(STATE, request, version, credential)


@http.resource
def agent_profile(request, *, version, credential):
    return _answer(AGENT_PROFILE, request, version, credential)


@http.resource
def activity_profile(request, *, version, credential):
    return _answer(ACTIVITY_PROFILE, request, version, credential)


def _answer(resource: Resource, request, version, credential) -> HttpResponse:
    if request.method not in {"GET", "HEAD", "PUT", "POST", "DELETE"}:
        raise http.wrong_method(request, "GET, HEAD, PUT, POST or DELETE")
    is_read = request.method in {"GET", "HEAD"}
    known = resource.required | resource.optional | {resource.id_name} | ({"since"} if is_read else set())
    sent = http.parameters_of(request, known)
    document_id = parameters.text(sent, resource.id_name, resource.rule, longest=documents.LONGEST_ID)
    shelf = _shelf(resource, sent, version)
    rights.check_documents(credential, shelf)
    if document_id is None:
        return _answer_many(resource, request, shelf, sent)
    if is_read:
        return _get(shelf, document_id, sent, resource.rule)
    wanted = conditions.read(request.headers.get("If-Match"), request.headers.get("If-None-Match"))
    match request.method:
        case "PUT":
            filing.put(shelf, document_id, _content(request), conditions=wanted, version=version)
        case "POST":
            filing.merge(shelf, document_id, _content(request), conditions=wanted)
        case "DELETE":
            filing.remove(shelf, document_id, conditions=wanted)
    return HttpResponse(status=204)


def _answer_many(resource: Resource, request, shelf: Shelf, sent: dict[str, str]) -> HttpResponse:
    if request.method in {"GET", "HEAD"}:
        return http.json_value(documents.ids(shelf, since=parameters.instant(sent, "since", resource.rule)))
    if request.method != "DELETE" or not resource.deletes_all:
        parameters.needed(sent, resource.id_name, resource.rule)
    for name in ("If-Match", "If-None-Match"):
        if name in request.headers:
            said = f"{name} speaks of one document. Name it with {resource.id_name}, or leave {name} out."
            raise Refused(Finding(name, said, conditions.RULE))
    filing.remove_all(shelf)
    return HttpResponse(status=204)


def _get(shelf: Shelf, document_id: str, sent: dict[str, str], rule: str) -> HttpResponse:
    if "since" in sent:
        raise Refused(Finding("?since", "since chooses among ids; a document is asked for by its id alone.", rule))
    document = documents.one(shelf, document_id)
    if document is None:
        raise NotFound(Finding("?", "There is no such document.", rule))
    return _file(document)


def _file(document: Document) -> HttpResponse:
    response = HttpResponse(bytes(document.content), content_type=document.content_type)
    response["ETag"] = filing.tag_of(document)
    response["Last-Modified"] = http_date(document.updated_at.timestamp())
    response["Content-Disposition"] = "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _shelf(resource: Resource, sent: dict[str, str], version: str) -> Shelf:
    for name in sorted(resource.required):
        parameters.needed(sent, name, resource.rule)
    agent = parameters.agent(sent, "agent", version)
    registration = parameters.uuid(sent, "registration", resource.rule)
    if registration == NO_REGISTRATION:
        said = "This UUID of zeros names no registration. Leave registration out where there is none."
        raise Refused(Finding("?registration", said, resource.rule))
    return Shelf(
        resource.kind,
        activity=parameters.iri(sent, "activityId", resource.rule),
        agent=None if agent is None else identifiers.agent_identifier(agent),
        registration=registration,
    )


def _content(request) -> filing.Content:
    content_type = request.headers.get("Content-Type") or UNTYPED
    if not rules.check_media_type(content_type) or len(content_type) > documents.LONGEST_CONTENT_TYPE:
        said = f"Write the type of the document like text/plain, in at most {documents.LONGEST_CONTENT_TYPE} characters."
        raise Refused(Finding("Content-Type", said, documents.RULE))
    return filing.Content(content_type, http.body_of(request))
