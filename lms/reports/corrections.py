"""Corrections: one HR officer asks for one, a second one agrees; the file that proves one is opened by HR alone."""

from django.contrib import messages
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from courses import correcting, explanations
from courses.models import Completion, Correction, Course
from lms.people import access, recording
from lms.people.access import Scope
from lms.people.guards import find, needs
from lms.refusals import NotAllowed
from lms.reports.correction_forms import CorrectionForm
from lms.reports.disputes import within_reach


@needs("P7", "W", within=(Scope.ALL,))
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request, person, code, kind):
    person = find(request, access.people(request.user, "P7", "W"), uuid=person)
    course = get_object_or_404(Course, code__iexact=code)
    if kind not in Correction.Kind.values:
        raise Http404
    kind = Correction.Kind(kind)
    standing = Completion.objects.standing().filter(person=person, course=course).order_by("-completed_on")
    form = CorrectionForm(kind, standing, request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            _ask(kind, person, course, by=request.user, **form.cleaned_data)
        except NotAllowed as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Waits for a second HR officer."))
            return redirect("reports:disputes")
    recording.opened(request.user, person, f"correction of {course.code}")
    said = explanations.said_of(person, course)
    context = {"form": form, "person": person, "course": course, "kind": kind, "one": said.open}
    return render(request, "reports/disputes/correct.html", context, status=422 if form.errors else 200)


@needs("P7", "A")
@require_POST
def agree(request, correction):
    return _decide(request, correction, correcting.agree, _("Done. A mail tells her."))


@needs("P7", "A")
@require_POST
def decline(request, correction):
    return _decide(request, correction, correcting.decline, _("Declined. Nothing was changed."))


@needs("P7")
@require_safe
def evidence(request, correction):
    """Whoever may not open it is told what she is told of one that does not exist."""
    row = find(request, within_reach(request.user, Correction).select_related("person", "course"), uuid=correction)
    if not row.evidence:
        raise Http404
    recording.opened(request.user, row.person, f"evidence of a correction: {row.course.code}")
    return FileResponse(row.evidence.open(), as_attachment=True)


def _ask(kind, person, course, **asked):
    if kind == Correction.Kind.CREDIT:
        correcting.ask_credit(person, course, **asked)
    elif kind == Correction.Kind.WITHDRAWAL:
        correcting.ask_withdrawal(**asked)
    else:
        correcting.ask_later_date(person, course, **asked)


def _decide(request, correction, verb, done):
    row = find(request, within_reach(request.user, Correction).select_related("person", "course"), uuid=correction)
    try:
        verb(row, by=request.user)
    except NotAllowed as error:
        messages.error(request, str(error))
    else:
        messages.success(request, done)
    return redirect("reports:disputes")
