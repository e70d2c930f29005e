"""Who comes in at the API, how often, and in which words it answers."""

import hashlib
from collections.abc import Callable, Collection
from functools import wraps
from http import HTTPStatus
from typing import Any

from allauth.account.adapter import get_adapter
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.security import HttpBearer

from lms import limits
from lms.people import access, entrusting, recording
from lms.people.access import Scope
from lms.people.models import ApiToken, TokenScope
from lms.refusals import NotAllowed

A_MINUTE = 60  # seconds
REQUESTS = 300  # of one token a minute
STRANGERS = 30  # requests of one network a minute that bring no token of ours


class TooMany(Exception):
    """More requests than a minute allows."""


class Bearer(HttpBearer):
    """The token in the line "Authorization"; cookies are not looked at."""

    def authenticate(self, request: HttpRequest, token: str) -> ApiToken | None:
        found = entrusting.recognise(token)
        network = get_adapter().get_client_ip(request)
        key, most = (f"api:{found.key}", REQUESTS) if found else (f"api-stranger:{network}", STRANGERS)
        if not limits.take(key, tries=most, seconds=A_MINUTE):
            raise TooMany
        return found


class Api(NinjaAPI):
    """Each answer to a question carries its ETag; who has it already gets 304 and nothing else."""

    def create_response(self, request: HttpRequest, data: Any, **kwargs: Any) -> HttpResponse:
        response = super().create_response(request, data, **kwargs)
        patch_vary_headers(response, ("Authorization", "Accept-Language"))
        if request.method in {"GET", "HEAD"} and response.status_code == HTTPStatus.OK:
            etag = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
            known = parse_etags(request.headers.get("If-None-Match", ""))
            if etag in known or "*" in known:
                response = HttpResponse(status=HTTPStatus.NOT_MODIFIED, headers=dict(response.headers))
                del response["Content-Type"]
            response["ETag"] = etag
        return response


api = Api(
    title="Learning for protection",
    version="1",
    description=(
        "Read completions, assignments, structures and courses, check certificates, send the staff feed. A token acts as its"
        " owner may on the day of the request, less its scopes. Lists come in pages: ask for `next` until it is null. Days are"
        " days of the Organization; a period holds from its first day to before its end."
    ),
    auth=Bearer(),
    docs_url=None,
    urls_namespace="api",
)


def opens(scope: TokenScope, column: str, action: str = "R", *, within: Collection[Scope] = tuple(Scope)) -> Callable:
    """Lets a request in whose token has the scope and whose owner has a right in that column today; else 403."""

    def decorate(view: Callable) -> Callable:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            token: ApiToken = request.auth
            request.user = token.owner
            if scope not in token.scopes:
                _refuse(token, scope)
                raise HttpError(HTTPStatus.FORBIDDEN, _("This token is not for that: it lacks the scope “%s”.") % scope)
            if not access.rights(token.owner).scopes(column, action) & set(within):
                _refuse(token, scope)
                raise HttpError(HTTPStatus.FORBIDDEN, _("The owner of this token has no role that may do that today."))
            return view(request, *args, **kwargs)

        guarded.scope, guarded.cell = scope, (column, action)
        return guarded

    return decorate


def note(request: HttpRequest, what: str, selection: dict[str, str], count: int) -> None:
    """A page with people on it was handed out: kept with the purpose of the token."""
    token: ApiToken = request.auth
    recording.exported(token.owner, f"API: {what}", {"token": token.key, **selection}, count, token.purpose)


def _refuse(token: ApiToken, scope: TokenScope) -> None:
    recording.refused(token.owner, f"api:{scope}")


def _answer(request: HttpRequest, status: HTTPStatus, error: str, **more: Any) -> HttpResponse:
    return api.create_response(request, {"error": error, **more}, status=status)


@api.exception_handler(AuthenticationError)
def _stranger(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    response = _answer(request, HTTPStatus.UNAUTHORIZED, _("Send a token that holds, in the line “Authorization: Bearer …”."))
    response["WWW-Authenticate"] = "Bearer"
    return response


@api.exception_handler(TooMany)
def _too_many(request: HttpRequest, error: TooMany) -> HttpResponse:
    response = _answer(request, HTTPStatus.TOO_MANY_REQUESTS, _("Too many requests. Wait a minute, then go on."))
    response["Retry-After"] = str(A_MINUTE)
    return response


@api.exception_handler(HttpError)
def _error(request: HttpRequest, error: HttpError) -> HttpResponse:
    return _answer(request, HTTPStatus(error.status_code), str(error))


@api.exception_handler(Http404)
def _nothing(request: HttpRequest, error: Http404) -> HttpResponse:
    """The same for what is outside the owner's reach as for what does not exist."""
    return _answer(request, HTTPStatus.NOT_FOUND, _("There is nothing here, or it is not meant for this token."))


@api.exception_handler(NotAllowed)
def _not_allowed(request: HttpRequest, error: NotAllowed) -> HttpResponse:
    return _answer(request, HTTPStatus.CONFLICT, str(error))


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Names each part that cannot be read, never what was sent."""
    faults = [
        {"where": ".".join(str(part) for part in fault["loc"]), "what": fault["msg"]} for fault in error.errors if "loc" in fault
    ]
    return _answer(request, HTTPStatus.UNPROCESSABLE_ENTITY, _("Some of what was sent cannot be read."), faults=faults)
