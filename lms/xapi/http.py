"""What every resource of the store shares: who asks, under which version, and how a refusal is said."""

import base64
import hmac
import json
import re
from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from lms.xapi import granting
from lms.xapi.models import Credential
from lms.xapi.refusals import NotAuthenticated, Refused, TooLarge
from lms.xapi.rules import Finding

VERSION_HEADER = "X-Experience-API-Version"
LATEST = "2.0.0"
View = Callable[..., HttpResponse]
_VERSION = re.compile(r"(1\.0|2\.0)(?:\.[0-9]+)?")


def resource(view: View) -> View:
    """A resource that asks for a version and a credential, and hands both to the view."""

    @wraps(view)
    def enter(request: HttpRequest) -> HttpResponse:
        version = version_of(request)
        return view(request, version=version, credential=credential_of(request))

    return open_resource(enter)


def open_resource(view: View) -> View:
    """What all answers have: no cookies, no CSRF, a version, refusals as JSON, for HEAD the headers of GET alone."""

    @csrf_exempt
    @login_not_required
    @wraps(view)
    def answer(request: HttpRequest) -> HttpResponse:
        try:
            response = view(request)
        except Refused as error:
            response = refusal(error)
        response[VERSION_HEADER] = _asked_version(request) or LATEST
        if request.method == "HEAD":
            response["Content-Length"] = len(response.content)
            response.content = b""
        return response

    return answer


def version_of(request: HttpRequest) -> str:
    """The rule set that the version header asks for: "1.0.3" or "2.0.0" (Communication 3.3). Raises Refused."""
    version = _asked_version(request)
    if version is None:
        said = f"Send the header {VERSION_HEADER} with 1.0.3 or 2.0.0."
        raise Refused(Finding(VERSION_HEADER, said, "xAPI 1.0.3 Communication 3.3"))
    return version


def credential_of(request: HttpRequest) -> Credential:
    """Whose key and secret these are (Communication 4.0). Raises NotAuthenticated."""
    key, secret = _basic(request.headers.get("Authorization", ""))
    # No key has other characters, and a database may take offence at them.
    found = Credential.objects.filter(key=key).first() if key.isalnum() else None
    # Unknown keys cost the same comparison.
    is_right = hmac.compare_digest(granting.hash_of(secret), found.secret_sha256 if found else granting.hash_of(""))
    if found is None or not is_right or not found.is_valid:
        said = "Send a valid key and secret by HTTP Basic authentication."
        raise NotAuthenticated(Finding("Authorization", said, "xAPI 1.0.3 Communication 4.0"))
    granting.note_use(found)
    return found


def json_body_of(request: HttpRequest) -> bytes:
    """The body, read only as far as the limit. Raises TooLarge, Refused."""
    limit = settings.XAPI_BODY_LIMIT
    body = request.read(limit + 1)
    if len(body) > limit:
        said = f"The body is larger than {limit} bytes. Send the statements in smaller batches."
        raise TooLarge(Finding("$", said, "xAPI 1.0.3 Communication 3.2"))
    if request.content_type != "application/json":
        said = "Send the body as application/json."
        raise Refused(Finding("Content-Type", said, "xAPI 1.0.3 Communication 1.5"))
    return body


def parameters_of(request: HttpRequest, known: frozenset[str]) -> dict[str, str]:
    """The query string. Unknown, doubled or wrongly cased names are refused (Communication 3.2). Raises Refused."""
    try:
        sent = dict(request.GET.lists())
    except SuspiciousOperation:
        raise _wrong_parameter("", "There are too many parameters.") from None
    for name, values in sent.items():
        if name not in known:
            raise _wrong_parameter(name, f"{name!r} is no parameter of this resource.")
        if len(values) > 1:
            raise _wrong_parameter(name, f"{name!r} stands twice.")
    return {name: value for name, [value] in sent.items()}


def wrong_method(request: HttpRequest, allowed: str) -> Refused:
    said = f"{request.method} is not taken here: use {allowed}."
    return Refused(Finding("method", said, "xAPI 1.0.3 Communication 2"))


def refusal(error: Refused) -> JsonResponse:
    response = JsonResponse(error.finding._asdict(), status=error.status)
    if isinstance(error, NotAuthenticated):
        response["WWW-Authenticate"] = 'Basic realm="xAPI", charset="UTF-8"'
    return response


def json_text(text: str) -> HttpResponse:
    """JSON that is text already."""
    return HttpResponse(text, content_type="application/json")


def json_value(value: object) -> HttpResponse:
    return json_text(json.dumps(value))


def _asked_version(request: HttpRequest) -> str | None:
    asked = _VERSION.fullmatch(request.headers.get(VERSION_HEADER, ""))
    return {"1.0": "1.0.3", "2.0": "2.0.0"}[asked[1]] if asked else None


def _basic(header: str) -> tuple[str, str]:
    """Key and secret of a Basic header; empty where they cannot be read."""
    scheme, _, encoded = header.partition(" ")
    try:
        key, _, secret = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
    except ValueError:  # no base64, or no UTF-8
        return "", ""
    return (key, secret) if scheme.lower() == "basic" else ("", "")


def _wrong_parameter(name: str, said: str) -> Refused:
    return Refused(Finding(f"?{name}", said, "xAPI 1.0.3 Communication 3.2"))
