"""State, activity profiles and agent profiles (Communication 2.2, 2.3, 2.6, 2.7)."""

from collections.abc import Callable
from typing import NamedTuple

from django.http import HttpResponse
from django.utils.http import http_date

from lms.xapi import documents, filing, http, parameters, rights
from lms.xapi.documents import Place
from lms.xapi.models import Document
from lms.xapi.refusals import NotFound, Refused
from lms.xapi.rules import Finding

LONGEST_ID = 500


class Kind(NamedTuple):
    """What is different between the three resources."""

    name: Document.Kind
    id_parameter: str
    required: tuple[str, ...]
    optional: tuple[str, ...] = ()
    removes_all: bool = False
    rule: str = "xAPI 1.0.3 Communication 2.2"


STATE = Kind(Document.Kind.STATE, "stateId", ("activityId", "agent"), ("registration",), removes_all=True)
ACTIVITY_PROFILE = Kind(Document.Kind.ACTIVITY_PROFILE, "profileId", ("activityId",))
AGENT_PROFILE = Kind(Document.Kind.AGENT_PROFILE, "profileId", ("agent",))


def _resource(kind: Kind) -> Callable[..., HttpResponse]:
    def view(request, *, version, credential):
        if request.method not in {"GET", "HEAD", "PUT", "POST", "DELETE"}:
            raise http.wrong_method(request, "GET, HEAD, PUT, POST or DELETE")
        is_list = request.method in {"GET", "HEAD"}
        known = {kind.id_parameter, *kind.required, *kind.optional, *({"since"} if is_list else ())}
        sent = http.parameters_of(request, frozenset(known))
        place = _place(kind, sent, version)
        rights.check_document(place, credential)
        if is_list:
            return _get(kind, place, sent)
        if not place.document_id and not (kind.removes_all and request.method == "DELETE"):
            raise Refused(Finding(f"?{kind.id_parameter}", f"Name the document by {kind.id_parameter}.", kind.rule))
        _write(kind, request, place, version)
        return HttpResponse(status=204)

    return http.resource(view)


def _place(kind: Kind, sent: dict[str, str], version: str) -> Place:
    for name in kind.required:
        if name not in sent:
            raise Refused(Finding(f"?{name}", f"The parameter {name} is required.", kind.rule))
    document_id = sent.get(kind.id_parameter, "")
    if kind.id_parameter in sent and not (0 < len(document_id) <= LONGEST_ID and "\0" not in document_id):
        raise Refused(Finding(f"?{kind.id_parameter}", f"An id has 1 to {LONGEST_ID} characters.", kind.rule))
    agent = parameters.agent(sent, "agent", version, rule=kind.rule)
    if "agent" in sent and agent is None:
        raise Refused(Finding("?agent", "A group without an identifier has no documents.", kind.rule))
    return Place(
        kind.name,
        activity=parameters.iri(sent, "activityId", rule=kind.rule),
        agent=agent,
        registration=parameters.uuid(sent, "registration", rule=kind.rule),
        document_id=document_id,
    )


def _get(kind: Kind, place: Place, sent: dict[str, str]) -> HttpResponse:
    since = parameters.instant(sent, "since", rule=kind.rule)
    if not place.document_id:
        return http.json_value(documents.ids_at(place, since=since))
    document = documents.at(place)
    if document is None:
        raise NotFound(Finding(f"?{kind.id_parameter}", "There is no such document.", kind.rule))
    response = HttpResponse(bytes(document.content), content_type=document.content_type)
    response["ETag"] = f'"{document.etag}"'
    response["Last-Modified"] = http_date(document.updated_at.timestamp())
    return response


def _write(kind: Kind, request, place: Place, version: str) -> None:
    is_profile = kind is not STATE
    demands = filing.Demands(
        if_match=request.headers.get("If-Match"),
        if_none_match=request.headers.get("If-None-Match"),
        needs_headers=is_profile or version == "2.0.0",
        needs_headers_when_new=is_profile and version == "1.0.3",
    )
    if request.method == "DELETE":
        return filing.remove(place, demands)
    content_type = request.headers.get("Content-Type") or "application/octet-stream"
    if len(content_type) > 200 or not content_type.isprintable() or not content_type.isascii():
        raise Refused(Finding("Content-Type", "Send a content type of at most 200 plain characters.", kind.rule))
    content = filing.Content(http.body_of(request), content_type)
    return (filing.put if request.method == "PUT" else filing.merge)(place, content, demands)


state, activity_profile, agent_profile = map(_resource, (STATE, ACTIVITY_PROFILE, AGENT_PROFILE))
