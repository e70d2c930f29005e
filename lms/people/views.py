"""Accounts and roles, for administrators; who holds which role; one-time codes for staff without a mailbox."""

from hashlib import sha256

from allauth.account.adapter import get_adapter
from allauth.account.utils import perform_login
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.db.models import Q
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lms import limits
from lms.days import today
from lms.people import access, admitting, appointing, closing, recording, unlocking
from lms.people.devices import device_of
from lms.people.forms import CodeForm, GrantForm
from lms.people.guards import find, needs
from lms.people.models import SECOND_PERSON, Posting, RoleGrant
from lms.refusals import NotAllowed

ACTIONS = {
    "activate": lambda person, by: unlocking.set_active(person, is_active=True, by=by),
    "deactivate": lambda person, by: unlocking.set_active(person, is_active=False, by=by),
    "send-link": lambda person, by: unlocking.send_link(person, by=by),
    "end-sessions": lambda person, by: unlocking.end_sessions(person, by=by),
    "remove-factor": lambda person, by: unlocking.remove_factor(person, by=by),
    "remove-links": lambda person, by: unlocking.remove_links(person, by=by),
}


@needs("R5")
@require_safe
def people(request):
    wanted = request.GET.get("q", "").strip()
    rows = _whose_roles_she_sees(request).order_by("official_name", "pk")
    if wanted:
        rows = rows.filter(Q(official_name__icontains=wanted) | Q(display_name__icontains=wanted) | Q(email__icontains=wanted))
    page = Paginator(rows, 50).get_page(request.GET.get("page"))
    recording.searched(request.user, "people", wanted, len(page.object_list))
    waiting = RoleGrant.objects.on(today()).filter(
        person__in=access.people(request.user, "R5"),
        role__in=SECOND_PERSON,
        approved_by=None,
        granted_by__isnull=False,
        cancelled_at=None,
    )
    context = {"page": page, "q": wanted, "waiting": waiting.select_related("person", "granted_by")}
    return render(request, "people/people.html", context)


@needs("R5")
@require_safe
def person(request, person):
    return _show(request, find(request, _whose_roles_she_sees(request), uuid=person), GrantForm())


@needs("R5", "W")
@require_POST
def act(request, person, action):
    """One of ACTIONS on somebody's account."""
    person = find(request, access.people(request.user, "P1", "W"), uuid=person)
    try:
        ACTIONS[action](person, request.user)
    except NotAllowed as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Done."))
    return redirect("people:person", person=person.uuid)


@needs("R5", "W")
@require_POST
def grant(request, person):
    person = find(request, access.people(request.user, "P1", "W"), uuid=person)
    form = GrantForm(request.POST)
    if form.is_valid():
        try:
            made = appointing.grant(person, by=request.user, starts_on=today(), **form.cleaned_data)
        except NotAllowed as error:
            form.add_error(None, str(error))
        else:
            waits = made.role in SECOND_PERSON
            messages.success(request, _("Waits for a second administrator.") if waits else _("The role holds from now on."))
            return redirect("people:person", person=person.uuid)
    return _show(request, person, form, status=422)


@needs("R5", "W")
@require_POST
def end(request, grant):
    held = find(request, RoleGrant.objects.select_related("person"), pk=grant)
    try:
        appointing.end(held, by=request.user, day=today())
    except NotAllowed as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The role is over, from the next page on."))
    return redirect("people:person", person=held.person.uuid)


@needs("R5", "A")
@require_POST
def approve(request, grant):
    held = find(request, RoleGrant.objects.select_related("person"), pk=grant)
    try:
        appointing.approve(held, by=request.user, day=today())
    except NotAllowed as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The role holds from now on."))
    return redirect("people:person", person=held.person.uuid)


@needs("P10", "W")
@require_POST
def give_code(request, person):
    """The code stands on this one answer and nowhere else."""
    person = find(request, access.people(request.user, "P10", "W"), uuid=person)
    try:
        code = admitting.issue(person, by=request.user)
    except NotAllowed as error:
        messages.error(request, str(error))
        return redirect("people:person", person=person.uuid)
    context = {
        "person": person,
        "code": code,
        "days": admitting.VALID_FOR.days,
        "address": f"{settings.PUBLIC_URL}{reverse('account_code')}",
        "sees_number": _sees_number(request),
    }
    return render(request, "people/code.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def sessions(request):
    """One's own: where they were begun, and an end to all of them."""
    if request.method == "POST":
        closing.end_access([request.user])
        logout(request)
        messages.success(request, _("You are signed out everywhere."))
        return redirect(settings.LOGIN_URL)
    sessions = [(session, device_of(session.user_agent)) for session in closing.sessions_of(request.user)]
    return render(request, "account/sessions.html", {"sessions": sessions})


@login_not_required
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in_by_code(request):
    """For staff without a mailbox. Whatever is wrong, the answer is the same."""
    if request.user.is_authenticated:
        return redirect(settings.LOGIN_REDIRECT_URL)
    form = CodeForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return render(request, "account/code.html", {"form": form}, status=422 if form.errors else 200)
    if not _may_try(request, form.cleaned_data["staff_number"]):
        form.add_error(None, _("Too many wrong tries. Wait five minutes."))
        return render(request, "account/code.html", {"form": form}, status=429)
    person = admitting.redeem(**form.cleaned_data)
    if person is None:
        form.add_error(
            None,
            _("Number or code is not right, or the code was used or is too old. Look again, or ask for a new code."),
        )
        return render(request, "account/code.html", {"form": form}, status=422)
    request.session[admitting.CAME_BY_CODE] = True
    return perform_login(request, person)


def _may_try(request, staff_number: str) -> bool:
    """As many tries as with a password, for the network and for one number from it, so that nobody can lock a colleague out."""
    network = get_adapter().get_client_ip(request)
    number = sha256(staff_number.strip().casefold().encode()).hexdigest()
    takes = ((f"code:{network}", 20, 60), (f"code:{network}:{number}", 5, 300))
    return all(limits.take(key, tries=tries, seconds=seconds) for key, tries, seconds in takes)


def _sees_number(request) -> bool:
    """Note 9 of permissions.md."""
    return access.Scope.ALL in access.rights(request.user).scopes("P2")


def _whose_roles_she_sees(request):
    return access.people(request.user, "P1").filter(pk__in=access.people(request.user, "R5").values("pk"))


def _show(request, person, form, status=200):
    recording.opened(request.user, person, "account")
    posting = Posting.objects.on(today()).filter(person=person).select_related("structure").first()
    grants = RoleGrant.objects.filter(person=person).select_related("structure", "granted_by", "approved_by")
    titles = {key: title for pages in form.pages.values() for key, title in pages.items()}
    held = [(grant, [titles.get(key, key) for key in grant.object_keys]) for grant in grants.order_by("-starts_on", "-pk")]
    context = {
        "person": person,
        "posting": posting,
        "held": held,
        "form": form,
        "today": today(),
        "sees_number": _sees_number(request),
        "has_links": person.sign_in_links.exists(),
        "may_give_code": not person.email and access.people(request.user, "P10", "W").filter(pk=person.pk).exists(),
    }
    return render(request, "people/person.html", context, status=status)
