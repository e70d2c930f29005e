"""Exemptions: one HR officer asks, a second one agrees; the file that proves one is opened by HR alone."""

from django.contrib import messages
from django.http import FileResponse, Http404, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from courses import exempting
from courses.models import Course, Exemption
from lms.days import today
from lms.people import access, recording
from lms.people.access import Scope
from lms.people.guards import find, needs
from lms.refusals import NotAllowed
from lms.reports import exports
from lms.reports.forms import ExportForm
from lms.reports.matrix_forms import ExemptionForm


@needs("P7", within=(Scope.ALL,))
@require_safe
def listed(request):
    """What waits for a second officer, and what holds today or later."""
    rows = list(_within_reach(request.user).order_by("approved_at", "person__official_name", "pk"))
    day = today()
    context = {
        "export": ExportForm(),
        "waiting": [row for row in rows if row.approved_at is None],
        "agreed": [row for row in rows if row.approved_at is not None and row.is_open_on(day)],
    }
    recording.listed(request.user, "exemptions", {}, len(context["waiting"]) + len(context["agreed"]))
    return render(request, "reports/exemptions/list.html", context)


@needs("P7", "X")
@require_POST
def listed_csv(request):
    """All exemptions as they are known now, with class and days, without the files."""
    purpose = ExportForm(request.POST)
    if not purpose.is_valid():
        messages.error(request, _("Say in a few words what you need the file for."))
        return redirect("reports:exemptions")
    rows = _within_reach(request.user).order_by("person__official_name", "pk")
    recording.exported(request.user, "exemptions", {}, rows.count(), purpose.cleaned_data["purpose"])
    header = [_("staff number"), _("name"), _("course"), _("reason"), _("from"), _("until"), _("asked by"), _("agreed by")]
    lines = (
        [row.person.staff_number, row.person.official_name, row.course.code, row.get_reason_display(), row.starts_on, row.ends_on]
        + [row.recorded_by, row.approved_by]
        for row in rows.iterator(chunk_size=1000)
    )
    text = (line.encode() for line in exports.csv_lines(header, lines))
    response = StreamingHttpResponse(text, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="exemptions-{today()}.csv"'
    return response


@needs("P7", "W", within=(Scope.ALL,))
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request, person, code):
    person = find(request, access.people(request.user, "P7", "W"), uuid=person)
    course = get_object_or_404(Course, code__iexact=code)
    form = ExemptionForm(request.POST or None, request.FILES or None, initial={"starts_on": today().isoformat()})
    if request.method == "POST" and form.is_valid():
        try:
            exempting.ask(person, course, by=request.user, day=today(), **form.cleaned_data)
        except NotAllowed as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Waits for a second HR officer."))
            return redirect("reports:explanation", person=person.uuid, code=code)
    context = {"form": form, "person": person, "course": course}
    return render(request, "reports/exemptions/ask.html", context, status=422 if form.errors else 200)


@needs("P7", "A")
@require_POST
def agree(request, exemption):
    return _decide(request, exemption, lambda row: exempting.agree(row, by=request.user))


@needs("P7", "A")
@require_POST
def decline(request, exemption):
    return _decide(request, exemption, lambda row: exempting.decline(row, by=request.user))


@needs("P7", "W", within=(Scope.ALL,))
@require_POST
def end(request, exemption):
    return _decide(request, exemption, lambda row: exempting.end(row, by=request.user, day=today()))


@needs("P7")
@require_safe
def evidence(request, exemption):
    """Whoever may not open it is told what she is told of one that does not exist."""
    row = find(request, _within_reach(request.user), pk=exemption)
    if not row.evidence:
        raise Http404
    recording.opened(request.user, row.person, f"evidence of an exemption: {row.course.code}")
    return FileResponse(row.evidence.open(), as_attachment=True)


def _within_reach(user):
    people = access.people(user, "P7").exclude(pk=user.pk)
    return Exemption.objects.known().filter(person__in=people).select_related("person", "course", "recorded_by", "approved_by")


def _decide(request, exemption, verb):
    row = find(request, _within_reach(request.user), pk=exemption)
    try:
        verb(row)
    except NotAllowed as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Done."))
    return redirect("reports:exemptions")
