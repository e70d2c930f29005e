"""The alternate request syntax of xAPI 1.0.3 (Communication 1.3): a form that stands for another request."""

from typing import NamedTuple
from urllib.parse import parse_qs, parse_qsl

from django.http import HttpRequest

from lms.xapi.refusals import Refused
from lms.xapi.rules import Finding

RULE = "xAPI 1.0.3 Communication 1.3"
_UNFOLDED = "xapi.unfolded"  # where a request keeps it
METHODS = frozenset({"GET", "PUT", "POST", "DELETE", "HEAD"})
# Form fields that stand for headers, by what WSGI calls them.
HEADERS = {
    "Authorization": "HTTP_AUTHORIZATION",
    "X-Experience-API-Version": "HTTP_X_EXPERIENCE_API_VERSION",
    "Content-Type": "CONTENT_TYPE",
    "Content-Length": "CONTENT_LENGTH",
    "If-Match": "HTTP_IF_MATCH",
    "If-None-Match": "HTTP_IF_NONE_MATCH",
    "Accept-Language": "HTTP_ACCEPT_LANGUAGE",
}


class Unfolded(NamedTuple):
    parameters: dict[str, list[str]]
    body: bytes


def is_used(request: HttpRequest) -> bool:
    """Whether the address names a method. Nothing of the body is read."""
    return "method" in parse_qs(request.META.get("QUERY_STRING", ""), keep_blank_values=True)


def unfold(request: HttpRequest, form: bytes) -> None:
    """Turns the request into the one that its form stands for. Raises Refused."""
    query = parse_qs(request.META.get("QUERY_STRING", ""), keep_blank_values=True)
    if request.method != "POST":
        raise _refused("method", "Only a POST may name another method in its address.")
    if set(query) != {"method"} or len(query["method"]) > 1:
        raise _refused("?", "Beside method, all parameters stand in the form.")
    method = query["method"][0].upper()
    if method not in METHODS:
        raise _refused("?method", "Name GET, PUT, POST, DELETE or HEAD.")
    fields = _fields(request, form)
    content = fields.pop("content", None)
    if method in {"PUT", "POST"} and content is None:
        raise _refused("content", "The form needs the field content with the body of the request.")
    request.method = method
    content_type = fields.get("Content-Type", ["application/json"])[-1]
    for name, key in HEADERS.items():
        if name in fields:
            request.META[key] = fields.pop(name)[-1]
    request.META["CONTENT_TYPE"] = content_type
    request.content_type = content_type.partition(";")[0].strip().lower()
    request.__dict__.pop("headers", None)  # made from META when first asked for
    request.META[_UNFOLDED] = Unfolded(fields, (content or [""])[-1].encode())


def unfolded(request: HttpRequest) -> Unfolded | None:
    """What the form of the request stood for, None where it was no such form."""
    found: Unfolded | None = request.META.get(_UNFOLDED)
    return found


def _fields(request: HttpRequest, form: bytes) -> dict[str, list[str]]:
    if request.content_type != "application/x-www-form-urlencoded":
        raise _refused("Content-Type", "Send the form as application/x-www-form-urlencoded.")
    fields: dict[str, list[str]] = {}
    try:
        pairs = parse_qsl(form.decode("ascii"), keep_blank_values=True, strict_parsing=bool(form), errors="strict")
    except ValueError as error:
        raise _refused("$", "This cannot be read as a form of UTF-8 text.") from error
    for name, value in pairs:
        fields.setdefault(name, []).append(value)
    return fields


def _refused(path: str, said: str) -> Refused:
    return Refused(Finding(path, said, RULE))
