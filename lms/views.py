"""The front door, health for whoever watches the server, and the answer to a form that came too late."""

from datetime import timedelta
from ipaddress import ip_address

from allauth.account.adapter import get_adapter
from allauth.account.views import password_change
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.defaults import page_not_found
from wagtail.views import serve

from lms import metrics
from lms.jobs import running
from lms.languages import speak_to_reader

WORKER_SILENCE = timedelta(minutes=5)


@login_not_required
@require_safe
def health(request):
    """200 while database and worker answer, else 503 with what is wrong."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    beat = running.last_beat()
    is_worker_alive = beat is not None and timezone.now() - beat < WORKER_SILENCE
    content = {"database": "ok", "worker": "ok" if is_worker_alive else "silent: start it with manage.py run_huey"}
    return JsonResponse(content, status=200 if is_worker_alive else 503)


@login_not_required
@require_safe
def figures(request):
    """Figures for Prometheus, for whoever brings the token or asks from a named network; for all others there is nothing."""
    if not _may_read_figures(request):
        raise Http404
    return HttpResponse(metrics.text(), content_type="text/plain; version=0.0.4; charset=utf-8")


def _may_read_figures(request) -> bool:
    token = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
    if settings.METRICS_TOKEN and constant_time_compare(token, settings.METRICS_TOKEN):
        return True
    address = ip_address(get_adapter().get_client_ip(request))
    return any(address in network for network in settings.METRICS_NETWORKS)


@login_not_required
@require_safe
def front(request):
    """Staff go on learning; everybody else reads what this is, in the browser's language."""
    if request.user.is_authenticated:
        return redirect(settings.LOGIN_REDIRECT_URL)
    return redirect("wagtail_serve", "")


@login_not_required
def page(request, path):
    """Wagtail's pages. Those that are not open to everybody ask for a sign-in in `wagtail_hooks.ask_to_sign_in`."""
    return serve(request, path)


@login_not_required
def to_sign_in(request, *args, **kwargs):
    """Every other door leads to the one sign-in."""
    return redirect(settings.LOGIN_URL)


def change_password(request):
    """Who came by a one-time code has no password to change; allauth would let her set one."""
    if not request.user.has_usable_password():
        messages.info(request, _("You sign in with your staff number and a one-time code: there is no password to change."))
        return redirect("courses:profile")
    return password_change(request)


def to_profile(request):
    """Wagtail would ask for names that the staff record has already; people have one profile."""
    return redirect("courses:profile")


def not_found(request, exception):
    """An address that leads nowhere is turned away before a middleware has seen whose language to speak."""
    speak_to_reader(request)
    return page_not_found(request, exception)


def csrf_failed(request, reason=""):
    """A form without its token: most often a page that stood open too long."""
    speak_to_reader(request)
    return render(request, "csrf_failed.html", status=403)
