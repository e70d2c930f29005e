"""What every resource of the store shares: who asks, under which version, and how a refusal is said."""

import base64
import binascii
import hmac
import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from lms.xapi import granting
from lms.xapi.models import Credential
from lms.xapi.rules import Finding
from lms.xapi.storing import Conflict, Forbidden
from lms.xapi.texts import Refused

VERSION_HEADER = "X-Experience-API-Version"
LATEST = "2.0.0"


class NoStatement(LookupError):
    """No statement with that id can be read by this client."""


class TooLarge(ValueError):
    """The body is larger than this server takes."""


def resource(view: Callable) -> Callable:
    """A resource of the store: no cookies, no CSRF, a version, a credential, and refusals as JSON."""

    @csrf_exempt
    @login_not_required
    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        version = LATEST
        try:
            version = version_of(request)
            request.credential = credential_of(request)
            response = view(request, *args, version=version, **kwargs)
        except Refused as error:
            response = refusal(400, error.finding)
        except NotAuthenticated as error:
            response = refusal(401, Finding("$", str(error), "Communication 4.0"))
            response["WWW-Authenticate"] = 'Basic realm="xAPI"'
        except Forbidden as error:
            response = refusal(403, Finding("$", str(error), "Communication 4.0"))
        except NoStatement as error:
            response = refusal(404, Finding("$", str(error), "Communication 2.1.3"))
        except Conflict as error:
            response = refusal(409, Finding("$.id", str(error), "Data 2.3.2"))
        except TooLarge as error:
            response = refusal(413, Finding("$", str(error), "Communication 3.2"))
        response[VERSION_HEADER] = version
        return response

    return answer


class NotAuthenticated(ValueError):
    """No credential, or one that is unknown, withdrawn or expired: always the same answer."""

    def __init__(self) -> None:
        super().__init__("Send a valid key and secret by HTTP Basic authentication.")


def version_of(request: HttpRequest) -> str:
    """The rule set that the version header asks for: "1.0.3" or "2.0.0" (Communication 3.3). Raises Refused."""
    sent = request.headers.get(VERSION_HEADER, "")
    for start, version in (("1.0", "1.0.3"), ("2.0", "2.0.0")):
        if sent == start or (sent.startswith(f"{start}.") and sent[len(start) + 1 :].isdigit()):
            return version
    said = f"{VERSION_HEADER} {sent!r} is not served" if sent else f"The header {VERSION_HEADER} is missing"
    raise Refused(Finding("header", f"{said}: send 1.0.3 or 2.0.0.", "Communication 3.3"))


def credential_of(request: HttpRequest) -> Credential:
    """Raises NotAuthenticated."""
    scheme, _, encoded = request.headers.get("Authorization", "").partition(" ")
    try:
        key, _, secret = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise NotAuthenticated from None
    found = Credential.objects.filter(key=key).first() if scheme.lower() == "basic" else None
    # Unknown keys cost the same comparison.
    is_right = hmac.compare_digest(granting.hash_of(secret), found.secret_sha256 if found else granting.hash_of(""))
    if found is None or not is_right or not found.is_valid:
        raise NotAuthenticated
    granting.note_use(found)
    return found


def body_of(request: HttpRequest) -> bytes:
    """The body, read only as far as the limit. Raises TooLarge, Refused."""
    limit = settings.XAPI_BODY_LIMIT
    body = b""
    announced = request.headers.get("Content-Length", "")
    if not (announced.isdigit() and int(announced) > limit):
        body = request.read(limit + 1)
    if len(body) > limit or (announced.isdigit() and int(announced) > limit):
        raise TooLarge(f"The body is larger than {limit} bytes. Send the statements in smaller batches.")
    kind = request.content_type
    if kind != "application/json":
        raise Refused(Finding("header", f"Content-Type {kind!r} is not taken: send application/json.", "Communication 1.5"))
    return body


def parameters_of(request: HttpRequest, known: frozenset[str]) -> dict[str, str]:
    """The query string; unknown, doubled or wrongly cased names are refused (Communication 3.2)."""
    for name, values in request.GET.lists():
        if name not in known:
            raise Refused(Finding(f"?{name}", f"{name!r} is no parameter of this resource.", "Communication 3.2"))
        if len(values) > 1:
            raise Refused(Finding(f"?{name}", f"{name!r} stands twice.", "Communication 3.2"))
    return request.GET.dict()


def refusal(status: int, finding: Finding) -> JsonResponse:
    return JsonResponse({"path": finding.path, "finding": finding.finding, "rule": finding.rule}, status=status)


def json_text(request: HttpRequest, text: str, status: int = 200) -> HttpResponse:
    """JSON that is text already; HEAD gets the headers of GET (Communication 1.1)."""
    content = text.encode()
    response = HttpResponse(b"" if request.method == "HEAD" else content, content_type="application/json", status=status)
    response["Content-Length"] = len(content)
    return response


def json_value(request: HttpRequest, value: object) -> HttpResponse:
    return json_text(request, json.dumps(value, ensure_ascii=False))
