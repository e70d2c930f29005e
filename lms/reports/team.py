"""The desk of a focal point and of a manager: her people and how they stand, reminding them, and who looks after whose team."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from wagtail.admin.admin_url_finder import AdminURLFinder

from content import desks
from courses import reminding
from lms.days import today
from lms.people import access, recording, standing
from lms.people.access import Scope
from lms.people.guards import find, needs
from lms.people.models import Posting, StandIn
from lms.refusals import NotAllowed
from lms.reports import standings
from lms.reports.team_forms import StandInForm, TeamForm

THEIRS = frozenset({Scope.TEAM, Scope.STRUCTURE})


@needs("P3", within=THEIRS)
@require_safe
def team(request):
    """People × mandatory courses, never a score."""
    form = TeamForm(request.user, request.GET)
    rights, day = access.rights(request.user), today()
    context = {
        "form": form,
        "stand_ins": _hers(request.user).open_on(day),
        "checks": _checks(request.user, day),
        "may_remind": Scope.STRUCTURE in rights.scopes("P3", "W"),
        "shows_stand_ins": bool(rights.scopes("R11")),
        "query": request.GET.urlencode(),
        "today": day,
    }
    if form.is_valid():
        people = access.people(request.user, "P3", within={form.scope}).filter(is_active=True).exclude(pk=request.user.pk)
        page = Paginator(standings.in_order(people, day, state=form.cleaned_data["state"]), 50).get_page(request.GET.get("page"))
        context |= {"page": page, "rows": standings.standings(page.object_list, day)}
        recording.listed(request.user, "team", {"whose": form.scope, **form.chosen}, page.paginator.count)
    return render(request, "reports/team/team.html", context, status=200 if form.is_valid() else 422)


@needs("P3", "W", within={Scope.STRUCTURE})
@require_POST
def remind(request, person):
    person = find(request, access.people(request.user, "P3", "W", within={Scope.STRUCTURE}), uuid=person)
    try:
        reminding.remind_now(person, by=request.user, day=today())
    except NotAllowed as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("A mail to %(person)s is on its way.") % {"person": person})
    query = request.GET.urlencode()
    return HttpResponseRedirect(reverse("reports:team") + (f"?{query}" if query else ""))


@needs("R11")
@require_http_methods(["GET", "HEAD", "POST"])
def stand_ins(request):
    """Who looks after whose team, and from when to when; a manager sees what concerns herself."""
    form = StandInForm(request.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            standing.name(by=request.user, **form.cleaned_data)
        except NotAllowed as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Named. It begins and ends by itself."))
            return redirect("reports:stand_ins")
    rows = _hers(request.user).open_on(today())
    recording.listed(request.user, "stand-ins", {}, len(rows))
    context = {
        "form": form,
        "rows": [(row, _may_end(request.user, row)) for row in rows],
        "may_name": "leader" in form.fields or Posting.objects.on(today()).filter(manager=request.user).exists(),
    }
    return render(request, "reports/team/stand_ins.html", context, status=422 if form.errors else 200)


@needs("R11", "W")
@require_POST
def end_stand_in(request, stand_in):
    found = find(request, _hers(request.user), pk=stand_in)
    try:
        standing.end(found, by=request.user, day=today())
    except NotAllowed as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("It is over, from the next page on."))
    return redirect("reports:stand_ins")


def _hers(user):
    """Those that she may see: of everybody for Human Resources, else where she is one of the two."""
    rows = StandIn.objects.named().select_related("leader", "person")
    if Scope.ALL in access.rights(user).scopes("R11"):
        return rows
    return rows.filter(leader=user) | rows.filter(person=user)


def _may_end(user, row) -> bool:
    return row.leader_id == user.pk or Scope.ALL in access.rights(user).scopes("R11", "W")


def _checks(user, day):
    """The contacts that she has to check now, each with the address where she does."""
    finder = AdminURLFinder(user)
    structures = access.reach(user, "C6", "W").structures
    return [(contact, finder.get_edit_url(contact)) for contact in desks.to_check(structures, day)] if structures else []
