"""Requests for a later date or another way, for the owners of a course alone."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from courses import arranging
from courses.forms import ArrangementAnswerForm
from courses.models import Arrangement
from lms.people import access, recording
from lms.people.access import Scope
from lms.people.guards import find, needs
from lms.refusals import NotAllowed


@needs("P8", within=(Scope.GIVEN,))
@require_safe
def listed(request):
    """The oldest first."""
    rows = list(_within_reach(request.user).open())
    recording.listed(request.user, "requests to the owner of a course", {}, len(rows))
    forms = [(row, ArrangementAnswerForm(auto_id=f"{row.uuid}_%s", initial={"until": row.wanted_on})) for row in rows]
    return render(request, "courses/arrangements.html", {"forms": forms})


@needs("P8", "A")
@require_POST
def decide(request, arrangement):
    row = find(request, _within_reach(request.user), uuid=arrangement)
    form = ArrangementAnswerForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Write the day as a date, and an answer of at most 1,000 signs."))
        return redirect("courses:arrangements")
    until, answer = form.cleaned_data["until"], form.cleaned_data["answer"]
    try:
        if until:
            arranging.agree(row, by=request.user, until=until, answer=answer)
        else:
            arranging.answer(row, by=request.user, answer=answer)
    except NotAllowed as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Answered. A mail tells her."))
    return redirect("courses:arrangements")


def _within_reach(user):
    """Of given courses; never of herself, nor of people whom she leads."""
    keys = access.reach(user, "P8").keys
    rows = Arrangement.objects.filter(course__key__in=keys).exclude(person=user).exclude(person__in=access.led_by(user))
    return rows.select_related("person", "course")
