"""Guests of partner organizations: the list, an invitation, and what becomes of one."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lms.days import today
from lms.people import access, hosting, recording
from lms.people.guards import carry_out, find, needs
from lms.people.guest_forms import EndForm, GuestForm, ProlongForm, live_courses
from lms.people.models import Tree
from lms.refusals import NotAllowed


@needs("P13")
@require_safe
def guests(request):
    """Who is a guest or invited, the first to leave first; with `?all=1` also whose time is over."""
    rows, shows_all = access.stays(request.user).select_related("person"), "all" in request.GET
    if not shows_all:
        rows = rows.standing(today())
    wanted = request.GET.get("q", "").strip()
    if wanted:
        fields = ("person__official_name", "person__email", "organisation")
        rows = rows.filter(Q(*((f"{field}__icontains", wanted) for field in fields), _connector=Q.OR))
    page = Paginator(rows, 50).get_page(request.GET.get("page"))
    recording.searched(request.user, "guests", wanted, len(page.object_list))
    tree = Tree(today())
    shown = [(stay, tree.name(stay.structure_id), stay.is_standing(today())) for stay in page]
    return render(request, "people/guests.html", {"page": page, "shown": shown, "q": wanted, "shows_all": shows_all})


@needs("P13", "W")
@require_http_methods(["GET", "HEAD", "POST"])
def invite(request):
    form = GuestForm(request.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            stay = hosting.invite(by=request.user, **form.cleaned_data)
        except NotAllowed as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Invited: a mail with a link is on its way."))
            return redirect("people:guest", stay=stay.uuid)
    return render(request, "people/invite_guest.html", {"form": form}, status=422 if form.errors else 200)


@needs("P13")
@require_safe
def guest(request, stay):
    return _show(request, _find(request, stay), ProlongForm())


@needs("P13", "W")
@require_POST
def resend(request, stay):
    found = _find(request, stay, "W")
    return _do(request, found, lambda: hosting.resend(found, by=request.user), _("A new link is on its way."))


@needs("P13", "W")
@require_POST
def prolong(request, stay):
    found, form = _find(request, stay, "W"), ProlongForm(request.POST)
    if not form.is_valid():
        return _show(request, found, form, status=422)
    return _do(request, found, lambda: hosting.prolong(found, by=request.user, **form.cleaned_data), _("Her stay is prolonged."))


@needs("P13", "W")
@require_POST
def end(request, stay):
    found, form = _find(request, stay, "W"), EndForm(request.POST)
    form.full_clean()
    said = _("Her stay is over, from now on.")
    return _do(request, found, lambda: hosting.end(found, by=request.user, **form.cleaned_data), said)


def _find(request, stay, action="R"):
    rows = access.stays(request.user, action).select_related("person", "invited_by", "ended_by")
    return find(request, rows, uuid=stay)


def _show(request, stay, form, status=200):
    recording.opened(request.user, stay.person, "guest")
    titles = live_courses()
    context = {
        "stay": stay,
        "structure": Tree(today()).name(stay.structure_id),
        "courses": [titles[key] for key in stay.course_keys if key in titles],
        "is_standing": stay.is_standing(today()),
        "form": form,
        "end_form": EndForm(),
    }
    return render(request, "people/guest.html", context, status=status)


def _do(request, stay, act, said):
    carry_out(request, act, said)
    return redirect("people:guest", stay=stay.uuid)
