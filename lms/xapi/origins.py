"""Which pages of other sites may speak to the store (CORS): those of a client that registered its origin. Never with cookies."""

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from lms.xapi.models import Credential

TAKEN = "Authorization, Content-Type, X-Experience-API-Version, If-Match, If-None-Match, Accept-Language"
GIVEN = "ETag, Last-Modified, X-Experience-API-Version, X-Experience-API-Consistent-Through"
_ORIGINS = "xapi.origins"  # where a request keeps them
METHODS = "GET, HEAD, POST, PUT, DELETE"


def is_preflight(request: HttpRequest) -> bool:
    return request.method == "OPTIONS" and "Origin" in request.headers and "Access-Control-Request-Method" in request.headers


def preflight(request: HttpRequest) -> HttpResponse:
    """What a browser asks before it sends a page's request; it carries no key, so any live client's origin is allowed."""
    response = HttpResponse(status=204)
    if request.headers["Origin"] in {origin for client in Credential.objects.live() for origin in client.origins}:
        response["Access-Control-Allow-Methods"] = METHODS
        response["Access-Control-Allow-Headers"] = TAKEN
        response["Access-Control-Max-Age"] = "600"
        _allow(request, response)
    return response


def remember(request: HttpRequest, credential: Credential) -> None:
    """Whose key the request holds."""
    request.META[_ORIGINS] = credential.origins


def open_to(request: HttpRequest, response: HttpResponse) -> None:
    """Lets the page that asked read the answer, if its origin is registered with the key that it used."""
    if request.headers.get("Origin", "") in request.META.get(_ORIGINS, ()):
        response["Access-Control-Expose-Headers"] = GIVEN
        _allow(request, response)


def _allow(request: HttpRequest, response: HttpResponse) -> None:
    response["Access-Control-Allow-Origin"] = request.headers["Origin"]
    patch_vary_headers(response, ["Origin"])
