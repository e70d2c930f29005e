"""Accounts and roles, for administrators; who holds which role, for HR and auditors."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lms.days import today
from lms.people import access, appointing, recording, unlocking
from lms.people.forms import GrantForm
from lms.people.guards import find, needs
from lms.people.models import SECOND_PERSON, Posting, RoleGrant

ACTIONS = {
    "activate": lambda person, by: unlocking.set_active(person, is_active=True, by=by),
    "deactivate": lambda person, by: unlocking.set_active(person, is_active=False, by=by),
    "send-link": lambda person, by: unlocking.send_link(person, by=by),
    "end-sessions": lambda person, by: unlocking.end_sessions(person, by=by),
    "remove-factor": lambda person, by: unlocking.remove_factor(person, by=by),
}


@needs("R5")
@require_safe
def people(request):
    wanted = request.GET.get("q", "").strip()
    rows = _whose_roles_she_sees(request).order_by("official_name", "pk")
    if wanted:
        rows = rows.filter(Q(official_name__icontains=wanted) | Q(display_name__icontains=wanted) | Q(email__icontains=wanted))
    page = Paginator(rows, 50).get_page(request.GET.get("page"))
    recording.listed(request.user, "people", {"q": wanted}, len(page.object_list))
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
    except unlocking.NotAllowed as error:
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
        except appointing.NotAllowed as error:
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
    except appointing.NotAllowed as error:
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
    except appointing.NotAllowed as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The role holds from now on."))
    return redirect("people:person", person=held.person.uuid)


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
        "sees_number": access.Scope.ALL in access.rights(request.user).scopes("P2"),
    }
    return render(request, "people/person.html", context, status=status)
