"""What every resource of the store shares: who asks, under which version, and how a refusal is said."""

import base64
import hmac
import json
import re
from collections.abc import Callable, Mapping
from functools import wraps
from ipaddress import ip_address, ip_network
from urllib.parse import parse_qs

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from lms import limits
from lms.xapi import alternate, granting, origins
from lms.xapi.models import Credential
from lms.xapi.refusals import Forbidden, NotAuthenticated, NotFound, Refused, TooLarge, TooMany
from lms.xapi.rules import Finding

VERSION_HEADER = "X-Experience-API-Version"
LATEST = "2.0.0"
OLDER = "/xapi/1.0.3/"  # the prefix whose answers name 1.0.3 where a request names no version
View = Callable[..., HttpResponse]
Headers = Callable[[HttpRequest], Mapping[str, str]]
_VERSION = re.compile(r"(1\.0|2\.0)(?:\.[0-9]+)?")


def resource(view: View, *, beside: Headers | None = None) -> View:
    """A resource that asks for a version and a credential, and hands both to the view.

    `beside` gives headers of every answer, refusals too; it is asked before anything is read.
    """

    @wraps(view)
    def enter(request: HttpRequest) -> HttpResponse:
        version = version_of(request)
        credential = credential_of(request)
        origins.remember(request, credential)
        return view(request, version=version, credential=credential)

    return open_resource(enter, beside=beside)


def open_resource(view: View, *, beside: Headers | None = None) -> View:
    """What all answers have: no cookies, no CSRF, a version, refusals as JSON, for HEAD the headers of GET alone."""

    @csrf_exempt
    @login_not_required
    @wraps(view)
    def answer(request: HttpRequest) -> HttpResponse:
        headers = beside(request) if beside else {}
        try:
            response = _answered(request, view)
        except Refused as error:
            response = refusal(error)
        # A client may have stored a page: no browser shall run it as one of ours.
        response["Content-Security-Policy"] = "default-src 'none'; sandbox"
        for name, value in {VERSION_HEADER: _asked_version(request) or _named_by_prefix(request), **headers}.items():
            response[name] = value
        origins.open_to(request, response)
        if response.status_code != 204:
            response["Content-Length"] = str(len(response.content))
        if request.method == "HEAD":
            response.content = b""
        return response

    return answer


def nowhere(request: HttpRequest) -> HttpResponse:
    """An address under the store's prefix at which there is nothing."""
    raise NotFound(Finding("path", "There is no such resource in this store.", "xAPI 1.0.3 Communication 2"))


def version_of(request: HttpRequest) -> str:
    """The rule set that the version header asks for: "1.0.3" or "2.0.0" (Communication 3.3). Raises Refused."""
    version = _asked_version(request)
    if version is None:
        said = f"Send the header {VERSION_HEADER} with 1.0.3 or 2.0.0."
        raise Refused(Finding(VERSION_HEADER, said, "xAPI 1.0.3 Communication 3.3"))
    return version


def credential_of(request: HttpRequest) -> Credential:
    """Whose key and secret these are (Communication 4.0). Raises NotAuthenticated, Forbidden, TooMany."""
    key, secret = _basic(request.headers.get("Authorization", ""))
    # No key has other characters, and a database may take offence at them.
    found = Credential.objects.of_key(key) if key.isalnum() else None
    if not _opens(found, secret) or found is None or not found.is_valid:
        said = "Send a valid key and secret by HTTP Basic authentication."
        raise NotAuthenticated(Finding("Authorization", said, "xAPI 1.0.3 Communication 4.0"))
    address = get_adapter().get_client_ip(request)
    if found.networks and not any(ip_address(address) in ip_network(network) for network in found.networks):
        said = "This credential may not be used from this network."
        raise Forbidden(Finding("Authorization", said, "xAPI 1.0.3 Communication 4.0"))
    if not limits.take(f"xapi:{found.pk}", tries=settings.XAPI_QUOTA, seconds=60):
        said = f"This client has sent more than {settings.XAPI_QUOTA} requests in a minute. Wait, and send more in one batch."
        raise TooMany(Finding("$", said, "xAPI 1.0.3 Communication 3.2"))
    granting.note_use(found, address)
    return found


def body_of(request: HttpRequest) -> bytes:
    """The body, read only as far as the limit. Raises TooLarge."""
    unfolded = alternate.unfolded(request)
    return _read(request) if unfolded is None else unfolded.body


def parameters_of(request: HttpRequest, known: frozenset[str]) -> dict[str, str]:
    """The parameters. Unknown, doubled or wrongly cased names are refused (Communication 3.2). Raises Refused."""
    unfolded = alternate.unfolded(request)
    if unfolded is not None:
        sent = unfolded.parameters
    else:
        try:
            sent = parse_qs(request.META.get("QUERY_STRING", ""), keep_blank_values=True, errors="strict", max_num_fields=100)
        except ValueError:
            raise _wrong_parameter("", "There are too many parameters, or they are no UTF-8 text.") from None
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
    if isinstance(error, TooMany):
        response["Retry-After"] = "60"
    return response


def json_text(text: str) -> HttpResponse:
    """JSON that is text already."""
    return HttpResponse(text, content_type="application/json")


def json_value(value: object) -> HttpResponse:
    return json_text(json.dumps(value))


def _answered(request: HttpRequest, view: View) -> HttpResponse:
    if origins.is_preflight(request):
        return origins.preflight(request)
    if alternate.is_used(request):
        alternate.unfold(request, _read(request))
        if version_of(request) != "1.0.3":
            said = "A method in the address is taken under xAPI 1.0.3 only."
            raise Refused(Finding("?method", said, "IEEE 9274.1.1 4.1.3"))
    return view(request)


def _read(request: HttpRequest) -> bytes:
    limit = settings.XAPI_BODY_LIMIT
    body = request.read(limit + 1)
    if len(body) > limit:
        said = f"The body is larger than {limit} bytes. Send less at once."
        raise TooLarge(Finding("$", said, "xAPI 1.0.3 Communication 3.2"))
    return body


def _opens(credential: Credential | None, secret: str) -> bool:
    """Whether the secret is the credential's, or the one before it that still counts. Unknown keys cost the same comparison."""
    given = granting.hash_of(secret)
    is_right = hmac.compare_digest(given, credential.secret_sha256 if credential else granting.hash_of(""))
    if credential is None or is_right:
        return credential is not None
    return credential.former_counts and hmac.compare_digest(given, credential.former_secret_sha256)


def _named_by_prefix(request: HttpRequest) -> str:
    return "1.0.3" if request.path.startswith(OLDER) else LATEST


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
