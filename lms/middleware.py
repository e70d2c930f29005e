"""What happens to every request: who may pass, in which language, and which headers leave with the answer."""

import logging
import time
from collections.abc import Iterator
from uuid import uuid4

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import QueryDict
from django.middleware.locale import LocaleMiddleware
from django.shortcuts import redirect, resolve_url
from django.urls import resolve
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.datastructures import MultiValueDictKeyError
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from content.second_person import PublishingRefused
from courses import keeping
from lms import logs, metrics
from lms.days import today
from lms.languages import speak_to_reader
from lms.people import access, admitting, appointing, roles

requests = logging.getLogger("lms.requests")

ADMIN = "/admin/"
STORE = "/xapi/"
FOR_PROGRAMS = ("/api/", "/scim/")  # which say themselves what they cannot read
NO_DEVICES = "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()"
SEARCHED = 200  # characters for which editors may search
# What somebody may reach who still has to enrol her second factor.
FACTOR_NAMES = ("mfa_", "account_")


def watched(get_response):
    """One line in the log and one count for each answer: route, method, status and time, nothing of what was sent or by whom."""

    def answer(request):
        number, start = uuid4().hex, time.perf_counter()
        logs.request_id.set(number)
        response = get_response(request)
        seconds = time.perf_counter() - start
        route = logs.route_of(request)
        metrics.count(route, request.method, response.status_code, seconds)
        told = {"route": route, "method": request.method, "status": response.status_code, "ms": round(seconds * 1000, 1)}
        requests.info("%s %s", route, response.status_code, extra=told)
        response.headers["X-Request-ID"] = number
        return response

    return answer


def response_rules(get_response):
    """Looser policy under the admin's prefix only, which cannot do without; previews keep the strict one but may stand in
    the editor's frame; nothing of a signed-in page is stored."""
    admin_policy = {
        "script-src": ["'self'", "'unsafe-inline'"],
        "style-src": ["'self'", "'unsafe-inline'"],
        "frame-ancestors": ["'self'"],
        "img-src": ["'self'", "data:", "blob:"],
    }

    def answer(request):
        response = get_response(request)
        response.headers.setdefault("Permissions-Policy", NO_DEVICES)
        if request.path.startswith(ADMIN):
            response._csp_replace = admin_policy
        elif getattr(request, "is_preview", False):
            response._csp_replace = {"frame-ancestors": ["'self'"]}
        user = getattr(request, "user", None)
        if user is not None and user.is_authenticated and not request.path.startswith(settings.MEDIA_URL):
            response["Cache-Control"] = "no-store"
        return response

    return answer


def store_first(get_response):
    """The record store has no sessions, languages, pages or cookies, and a policy of its own, so its requests go past all that
    serves only those: a fifth of what a statement costs."""

    def answer(request):
        if not request.path_info.startswith(STORE):
            return get_response(request)
        request.get_host()  # a foreign one is refused here as everywhere
        match = request.resolver_match = resolve(request.path_info)
        return match.func(request, *match.args, **match.kwargs)

    return answer


def refuse_nul(get_response):
    """No text here holds a NUL, and PostgreSQL can neither store nor look for one. The record store says so in its own words."""

    def answer(request):
        if not request.path.startswith(FOR_PROGRAMS):
            sent = [request.path, *_texts(request.GET), *_texts(request.POST)]
            if any("\0" in text for text in sent):
                raise BadRequest("The request holds a NUL.")
        return get_response(request)

    return answer


def _texts(sent: QueryDict) -> Iterator[str]:
    for name, values in sent.lists():
        yield from (name, *values)


class AddressLanguageMiddleware(LocaleMiddleware):
    """The language of the address or the browser. Unlike Django's own it never turns a 404 into a redirect to /en/…: who
    asks for something outside her reach gets the same answer as for something that does not exist."""

    def process_response(self, request, response):
        patch_vary_headers(response, ("Accept-Language",))
        response.headers.setdefault("Content-Language", translation.get_language())
        return response


class SignedInMiddleware(LoginRequiredMiddleware):
    """Everything asks for a sign-in but the pages marked `login_not_required`. An answer sent too late is kept."""

    def handle_no_permission(self, request, view_func):
        if request.method == "POST" and request.resolver_match.app_name == "courses":
            return redirect_to_login(keeping.keep(request, request.resolver_match), resolve_url(settings.LOGIN_URL))
        return super().handle_no_permission(request, view_func)


class SecondFactorMiddleware:
    """Roles that see or change other people's things set up a second factor before they go anywhere else."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        name = request.resolver_match.url_name or ""
        if self._is_too_weak(request):
            logout(request)
            messages.info(request, _("You have duties now: sign in with your address and your password."))
            return redirect(settings.LOGIN_URL)
        if self._is_missing(request) and not name.startswith(FACTOR_NAMES):
            messages.info(request, _("Your role needs a second factor. Set it up once, here."))
            return redirect("mfa_activate_totp")
        return None

    def _is_too_weak(self, request) -> bool:
        """Who came by a one-time code was given a role since, or people to lead."""
        if not request.user.is_authenticated or not request.session.get(admitting.CAME_BY_CODE):
            return False
        return access.rights(request.user).has_duties

    def _is_missing(self, request) -> bool:
        if not settings.SECOND_FACTOR_REQUIRED or not request.user.is_authenticated:
            return False
        return access.rights(request.user).needs_second_factor and not is_mfa_enabled(request.user)


class PersonLanguageMiddleware:
    """The interface speaks the person's language where it has one of ours; the content speaks its own."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        # Wagtail finds pages by the active language, so its pages change over only when they are rendered.
        if request.resolver_match.view_name != "wagtail_serve":
            self._activate(request)

    def process_template_response(self, request, response):
        self._activate(request)
        return response

    def _activate(self, request):
        if not request.path.startswith(ADMIN):
            speak_to_reader(request)


class AdminMiddleware:
    """The editors' side: closed with 403 to people without a role there and to views of a column that is not theirs, in step
    with today's grants, and polite when a rule stands against publishing."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        if not request.path.startswith(ADMIN) or request.resolver_match.view_name == "wagtailadmin_login":
            return None
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path(), resolve_url(settings.LOGIN_URL))
        appointing.derive_groups(request.user, day=today())
        cells = roles.cells_that_open(request.resolver_match.view_name)
        if not request.user.has_perm("wagtailadmin.access_admin") or not (cells is None or access.opens(request.user, cells)):
            raise PermissionDenied
        self._simplify(request)
        return None

    def _simplify(self, request):
        """Wagtail's search breaks over quotation marks and over hundreds of words, on SQLite."""
        words = request.GET.get("q", "")
        if '"' in words or len(words) > SEARCHED:
            request.GET = request.GET.copy()
            request.GET["q"] = words.replace('"', " ")[:SEARCHED]

    def process_exception(self, request, exception):
        if isinstance(exception, MultiValueDictKeyError) and request.path.startswith(ADMIN):
            raise BadRequest("Half of a form.") from exception
        if not isinstance(exception, PublishingRefused) or not request.path.startswith(ADMIN):
            return None
        for message in exception.messages:
            messages.error(request, message)
        back = request.headers.get("Referer", "")
        is_ours = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure())
        return redirect(back if is_ours else "wagtailadmin_home")
