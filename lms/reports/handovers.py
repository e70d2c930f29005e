"""A focal point or a trainer rotates: her tasks go to somebody else, and her role ends."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from content import desks
from courses.models import GroupSession, ManualAssignment
from courses.successors import Successors
from lms.days import today
from lms.people import access, recording
from lms.people.guards import find, needs
from lms.people.models import Role, RoleGrant
from lms.refusals import NotAllowed
from lms.reports import passing
from lms.reports.list_models import SavedList
from lms.reports.team_forms import HandoverForm


@needs("R12", "W")
@require_http_methods(["GET", "HEAD", "POST"])
def hand_over(request, grant):
    """What hangs on the role, and who takes it over."""
    day = today()
    held = RoleGrant.objects.filter(role__in=[role for role in Role if role.holds_tasks]).exclude(person=request.user)
    grant = find(request, held.select_related("person", "structure"), pk=grant)
    form = HandoverForm([one for one in Successors(day).beside(grant) if one != request.user], request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            count = passing.hand_over(grant, to=form.cleaned_data["to"], by=request.user, day=day)
        except NotAllowed as error:
            form.add_error(None, str(error))
        else:
            said = ngettext("The role is over. %(count)s task went on.", "The role is over. %(count)s tasks went on.", count)
            messages.success(request, said % {"count": count})
            return redirect("people:person", person=grant.person.uuid)
    recording.opened(request.user, grant.person, "what is handed over")
    structures = access.Rights(grant.person, day).reach("C6", "W").structures
    context = {
        "grant": grant,
        "is_over": not RoleGrant.objects.in_force(day).filter(pk=grant.pk).exists(),
        "form": form,
        "sessions": GroupSession.objects.open().filter(held_by=grant.person).with_people(),
        "recommendations": ManualAssignment.objects.kept_on(day).filter(kept_by=grant.person).count(),
        "lists": SavedList.objects.open().filter(owner=grant.person).count(),
        "checks": desks.to_check(structures, day),
    }
    return render(request, "reports/team/hand_over.html", context, status=422 if form.errors else 200)
