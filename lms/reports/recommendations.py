"""Courses that a focal point or HR recommends to people by name, for a while."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from courses import recommending
from courses.models import ManualAssignment, Strength
from lms.days import today
from lms.people import access, recording
from lms.people.guards import find, needs
from lms.people.models import Posting, User
from lms.refusals import NotAllowed
from lms.reports.correction_forms import RecommendationForm


@needs("P3", "W")
@require_safe
def listed(request):
    """What is recommended today or from a later day on: people with the same course, note and end together."""
    groups: dict[tuple, list] = {}
    rows = list(_within_reach(request.user))
    for row in rows:
        groups.setdefault((row.course, row.reason, row.due_on, row.kept_by or row.recorded_by), []).append(row)
    recording.listed(request.user, "recommended courses", {}, len(rows))
    return render(request, "reports/recommended/list.html", {"groups": list(groups.items())})


@needs("P3", "W")
@require_http_methods(["GET", "HEAD", "POST"])
def recommend(request, person=None):
    """To one person, or to the people of a structure."""
    reached = access.people(request.user, "P3", "W").exclude(pk=request.user.pk)
    if person is not None:
        person = find(request, reached, uuid=person)
    form = RecommendationForm(request.user, person, request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        people = [person] if person is not None else _in_post(request.user, reached, values["structure"])
        try:
            count = recommending.recommend(
                values["course"], people, by=request.user, day=today(), until=values["until"], note=values["note"]
            )
        except NotAllowed as error:
            form.add_error(None, str(error))
        else:
            said = ngettext("Recommended to %(count)s person.", "Recommended to %(count)s people.", count)
            messages.success(request, said % {"count": count})
            return redirect("reports:recommended")
    return render(request, "reports/recommended/new.html", {"form": form, "person": person}, status=422 if form.errors else 200)


@needs("P3", "W")
@require_POST
def end(request):
    chosen = [int(key) for key in request.POST.getlist("chosen") if key.isascii() and key.isdigit() and len(key) < 18]
    count = recommending.end(ManualAssignment.objects.filter(pk__in=chosen), by=request.user, day=today())
    if count:
        messages.success(request, _("It is recommended no more."))
    else:
        messages.error(request, _("Choose the people for whom it ends."))
    return redirect("reports:recommended")


def _within_reach(user):
    rows = ManualAssignment.objects.known().filter(strength=Strength.RECOMMENDED, person__in=access.people(user, "P3", "W"))
    rows = rows.select_related("person", "course", "recorded_by", "kept_by").order_by("due_on", "course__code", "pk")
    return [row for row in rows if row.is_open_on(today())]


def _in_post(user, reached, structure: int) -> list[User]:
    below = access.rights(user).tree_on(today()).below(structure)
    return list(reached.filter(pk__in=Posting.objects.on(today()).filter(structure__in=below).values("person")))
