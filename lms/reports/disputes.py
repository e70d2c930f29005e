"""What people say is wrong: HR reads it beside the explanation, and answers."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from courses import disputing, explanations
from courses.models import Correction, Dispute
from lms.days import day_of, today
from lms.people import access, recording
from lms.people.access import Scope
from lms.people.guards import find, needs
from lms.refusals import NotAllowed
from lms.reports.correction_forms import AnswerForm


@needs("P7", within=(Scope.ALL,))
@require_safe
def listed(request):
    """Open questions, the oldest first, and corrections that wait for a second officer."""
    day = today()
    open_rows = list(within_reach(request.user, Dispute).open().with_correction().select_related("person", "course"))
    waiting = list(
        within_reach(request.user, Correction).waiting().select_related("person", "course", "completion", "asked_by", "dispute")
    )
    recording.listed(request.user, "questions about states", {}, len(open_rows) + len(waiting))
    context = {"open": [(row, (day - day_of(row.asked_at)).days) for row in open_rows], "waiting": waiting}
    return render(request, "reports/disputes/list.html", context)


@needs("P7", "W", within=(Scope.ALL,))
@require_http_methods(["GET", "HEAD", "POST"])
def dispute(request, dispute):
    """The question beside the explanation, and the ways to answer."""
    rows = within_reach(request.user, Dispute).with_correction().select_related("person", "course")
    row = find(request, rows, uuid=dispute)
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            disputing.explain(row, by=request.user, answer=form.cleaned_data["answer"])
        except NotAllowed as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Answered. A mail tells her."))
            return redirect("reports:disputes")
    recording.opened(request.user, row.person, f"question about {row.course.code}")
    day = today()
    context = {
        "one": row,
        "person": row.person,
        "course": row.course,
        "found": explanations.explain(row.person, row.course, day, access.rights(request.user).tree_on(day)),
        "form": form,
        "shows_all": True,
        "today": day,
    }
    return render(request, "reports/disputes/dispute.html", context, status=422 if form.errors else 200)


def within_reach(user, model):
    """Of everybody but herself."""
    return model.objects.filter(person__in=access.people(user, "P7").exclude(pk=user.pk))
