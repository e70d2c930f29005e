"""The SCIM 2.0 service at /scim/v2/: people of a directory, by a token that an administrator allowed."""

import json
import re
import sys

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from scim2_models import (
    ForbiddenException,
    InvalidValueException,
    Meta,
    NotFoundException,
    PreconditionFailedException,
    SCIMException,
    UnauthorizedException,
    UniquenessException,
)
from scim2_models.path import CompareOperator, Comparison
from scim2_server.applications.wsgi import WSGIApplication
from scim2_server.requests import ScimRequest
from scim2_server.storage import ScimStorage, SearchPage

from lms import limits
from lms.days import today
from lms.people import access, entrusting, provisioning, recording
from lms.people.models import ScimRecord, StructurePeriod, TokenScope, User
from lms.people.scim_schemas import PAGE, described_with
from lms.refusals import NotAllowed

A_MINUTE = 60  # seconds
REQUESTS, STRANGERS = 600, 30  # a minute: of one token, and of one network without one
# What no text here may hold and no database looks for: NUL, and one half of a pair that is no pair.
NO_TEXT = re.compile(r"\0|\\u0000|\\u[dD][89abAB]..(?!\\u[dD][c-fC-F])|(?<!\\u[dD][89abAB]..)\\u[dD][c-fC-F]")
# What directories ask for again and again is looked up; other filters walk through everybody.
COLUMNS = {
    "username": "user_name__iexact",
    "externalid": "external_id",
    "id": "person__uuid",
    f"{provisioning.ENTERPRISE}:employeeNumber".lower(): "person__staff_number__iexact",
}


class TooManyException(SCIMException):
    status = 429
    _default_detail = "Too many requests. Wait a minute, then go on."


class Storage(ScimStorage):
    """People with a live record. `token` is set once somebody was recognised."""

    def __init__(self, model):
        self.model = model
        self.token = None

    def operation(self):
        return transaction.atomic()

    def get(self, resource_type, resource_id, *, response_parameters=None):
        is_question = response_parameters is not None  # else the first half of a change, for which others stand in line
        record = self._record(resource_id, is_locked=not is_question)
        if is_question:
            self._note("read", record)
        return self._resource(record)

    def search(self, resource_types, search_request, *, position=None):
        wanted = search_request.filter
        rows = _narrowed(ScimRecord.objects.live().select_related("person"), wanted)
        start, count = search_request.start_index_0, PAGE if search_request.count is None else search_request.count
        start = min(start, sys.maxsize - PAGE)  # no database counts further
        if wanted is None and search_request.sort_by is None:
            total, page = rows.count(), [self._resource(record) for record in rows[start : start + count]]
        else:
            resources = [self._resource(record) for record in rows]
            found = search_request.sort(one for one in resources if wanted is None or wanted.match(one))
            total, page = len(found), found[start : start + count]
        recording.exported(self.token.owner, "SCIM", {"token": self.token.key}, len(page), self.token.purpose)
        return SearchPage(total, page)

    def create(self, resource_type, resource):
        with _in_its_words():
            record = provisioning.bring_in(self._said(resource))
        self._note("created", record)
        return self._resource(record)

    def update(self, resource_type, resource, *, expected_version=None):
        record = self._record(resource.id, expected_version, is_locked=True)
        with _in_its_words():
            record = provisioning.replace(record, self._said(resource))
        self._note("changed", record)
        return self._resource(record)

    def delete(self, resource_type, resource_id, *, expected_version=None):
        record = self._record(resource_id, expected_version, is_locked=True)
        provisioning.remove(record)
        self._note("deleted", record)

    def _record(self, resource_id, expected_version=None, *, is_locked=False) -> ScimRecord:
        rows = ScimRecord.objects.live().select_related("person").filter(person__uuid=resource_id)
        record = rows.first() if _is_uuid(resource_id) else None
        if record is not None and is_locked:
            User.objects.lock([record.person_id])
            record = rows.first()
        if record is None:
            raise NotFoundException(detail=_("Nobody has this id."))
        if expected_version is not None and _version(record) != expected_version:
            raise PreconditionFailedException
        return record

    def _resource(self, record: ScimRecord):
        resource = self.model.model_validate(record.said)
        resource.id = str(record.person.uuid)
        resource.meta = Meta(
            resource_type="User", created=record.created_at, last_modified=record.changed_at, version=_version(record)
        )
        return resource

    @staticmethod
    def _said(resource) -> dict:
        said = json.loads(json.dumps(resource.model_dump(), default=str))
        return {name: value for name, value in said.items() if name not in {"id", "meta"}}

    def _note(self, what: str, record: ScimRecord) -> None:
        token = self.token
        recording.decided(token.owner, f"SCIM: {what}", {"token": token.key}, purpose=token.purpose, person=record.person)


class Application(WSGIApplication):
    """Reads no session and no cookie: the token in the line "Authorization" is all."""

    network = ""

    def check_auth(self, request: ScimRequest) -> None:
        scheme, _space, text = (request.header("Authorization") or "").partition(" ")
        token = entrusting.recognise(text.strip()) if scheme.lower() == "bearer" else None
        key, most = (f"scim:{token.key}", REQUESTS) if token else (f"scim-stranger:{self.network}", STRANGERS)
        if not limits.take(key, tries=most, seconds=A_MINUTE):
            raise TooManyException
        if token is None:
            raise UnauthorizedException(detail=_("Send a token that holds, in the line “Authorization: Bearer …”."))
        if TokenScope.SCIM not in token.scopes or not access.rights(token.owner).scopes("R1", "W"):
            recording.refused(token.owner, "scim")
            raise ForbiddenException(detail=_("This token is not for that, or its owner has no role that may do it today."))
        self.storage.token = token


@csrf_exempt
@login_not_required
def serve(request, path):
    structures = StructurePeriod.objects.on(today()).order_by("structure__code").values_list("structure__code", flat=True)
    described = described_with(tuple(structures))
    application = Application(Storage(described.person), described.provider)
    application.network = get_adapter().get_client_ip(request)
    query = request.GET.dict()
    if _holds_no_text(path, *query.values(), request.body.decode(errors="replace")):
        refusal = InvalidValueException(detail=_("The request holds a NUL or half of a character."))
        answer = application.service.error_response(refusal)
    else:
        answer = application.serve(
            ScimRequest(
                method=request.method,
                base_url=f"{settings.PUBLIC_URL}/scim/v2",
                path=f"/{path}".rstrip("/"),
                query=query,
                headers=dict(request.headers),
                body=request.body,
            )
        )
    body = b"" if answer.body is None else json.dumps(answer.body).encode()
    return HttpResponse(body, status=int(answer.status), headers=answer.headers)


class _in_its_words:
    """Our refusals become those of the protocol."""

    def __enter__(self):
        return self

    def __exit__(self, _kind, error, _trace):
        if isinstance(error, provisioning.Taken):
            raise UniquenessException(detail=str(error)) from error
        if isinstance(error, NotAllowed):
            raise InvalidValueException(detail=str(error)) from error


def _narrowed(rows, wanted):
    node = getattr(wanted, "ast", None)
    if isinstance(node, Comparison) and node.op == CompareOperator.eq and isinstance(node.value, str):
        column = COLUMNS.get(str(node.attr_path).lower().removeprefix("urn:ietf:params:scim:schemas:core:2.0:user:"))
        if column == "person__uuid" and not _is_uuid(node.value):
            return rows.none()
        return rows.filter(**{column: node.value}) if column else rows
    return rows


def _holds_no_text(*texts: str) -> bool:
    """NUL, as itself or as JSON and filters write it, or half of a character."""
    return any(NO_TEXT.search(text) for text in texts)


def _is_uuid(text) -> bool:
    return len(str(text)) == 36 and str(text).count("-") == 4 and all(char in "0123456789abcdef-" for char in str(text).lower())


def _version(record: ScimRecord) -> str:
    return f'W/"{record.version}"'
