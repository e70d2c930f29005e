"""Reports of any day, as they were known on any day since then; what two of them say otherwise; reports that are kept."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from lms.days import organisation_zone
from lms.people import access, recording
from lms.people.access import Scope
from lms.people.guards import find, needs
from lms.refusals import NotAllowed
from lms.reports import asking, differences, keeping, sheets, snapshots
from lms.reports.date_forms import DatesForm, DifferenceForm, KeepForm, VerifyForm
from lms.reports.forms import ExportForm
from lms.reports.models import Sheet, Snapshot

SHOWN = 30  # sheets


@needs("P3", within=access.NAMED)
@require_http_methods(["GET", "HEAD", "POST"])
def dates(request):
    """What was asked for, and how far it is."""
    form = DatesForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            asking.ask(**form.cleaned_data, by=request.user)
        except NotAllowed as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("It is being worked out. It stands in the list below as soon as it is ready."))
            return redirect("reports:dates")
    asked = list(sheets.readable(request.user).filter(is_living=False)[:SHOWN])
    keeps = Scope.ALL in access.rights(request.user).scopes("P3", "X")
    context = {
        "form": form,
        "asked": asked,
        "is_at_work": any(sheet.is_at_work for sheet in asked),
        "keeps": keeps,
        "snapshots": Snapshot.objects.select_related("sheet", "kept_by") if keeps else [],
        "zone": organisation_zone(),
    }
    return render(request, "reports/dates/dates.html", context, status=422 if form.errors else 200)


@needs("P3", within=access.NAMED)
@require_http_methods(["GET", "HEAD", "POST"])
def difference(request):
    """Asks for both sheets, and shows person by person what they say otherwise once both are ready."""
    form = DifferenceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        try:
            one, other = (asking.ask(asked["day"], asked[name], by=request.user) for name in ("earlier", "later"))
        except NotAllowed as error:
            form.add_error(None, str(error))
        else:
            return redirect(f"{reverse('reports:difference')}?earlier={one.uuid}&later={other.uuid}")
    context = {"form": form, "zone": organisation_zone(), "query": request.GET.urlencode()}
    if request.GET.keys() >= {"earlier", "later"}:
        visible = sheets.readable(request.user).filter(is_living=False)
        one, other = (_found(request, visible, request.GET[name]) for name in ("earlier", "later"))
        context |= {"one": one, "other": other, "is_ready": one.is_ready and other.is_ready}
        if context["is_ready"]:
            people = differences.differing(one, other, request.user)
            page = Paginator(people, 50).get_page(request.GET.get("page"))
            context |= {"page": page, "rows": differences.described(one, other, list(page))}
            selection = {"day": str(one.day), "earlier": str(one.known_at), "later": str(other.known_at)}
            recording.listed(request.user, "difference of two knowledge dates", selection, len(people))
    return render(request, "reports/dates/difference.html", context, status=422 if form.errors else 200)


@needs("P3", "X", within=(Scope.ALL,))
@require_http_methods(["GET", "HEAD", "POST"])
def keep(request, sheet):
    """A report of the sheet is kept and signed."""
    sheet = find(request, sheets.readable(request.user).filter(is_living=False, stage=Sheet.Stage.READY), uuid=sheet)
    form = KeepForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            keeping.keep(sheet, **form.cleaned_data, by=request.user)
        except NotAllowed as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Kept and signed."))
            return redirect("reports:dates")
    context = {"form": form, "sheet": sheet, "zone": organisation_zone()}
    return render(request, "reports/dates/keep.html", context, status=422 if form.errors else 200)


@needs("P3", "X", within=(Scope.ALL,))
@require_POST
def download(request, snapshot, kind):
    """The JSON that was signed, or the PDF of its totals."""
    snapshot = find(request, Snapshot.objects.select_related("sheet"), uuid=snapshot)
    purpose = ExportForm(request.POST)
    if not purpose.is_valid():
        messages.error(request, _("Say in a few words what you need the file for."))
        return redirect("reports:dates")
    selection = {"snapshot": str(snapshot.uuid), "as": kind}
    recording.exported(request.user, "kept report", selection, 1, purpose.cleaned_data["purpose"])
    name = f"report-{snapshot.sheet.day}-{snapshot.sha256[:8]}.{kind}"
    if kind == "json":
        return FileResponse(snapshot.file.open(), as_attachment=True, filename=name, content_type="application/json")
    response = HttpResponse(snapshots.drawn(snapshot, get_language() or "en"), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@needs("P3", within=access.NAMED)
@require_http_methods(["GET", "HEAD", "POST"])
def verify(request):
    """Whether a file is a report that was signed here and that nobody changed since."""
    form = VerifyForm(request.POST or None, request.FILES or None)
    verdict = None
    if request.method == "POST" and form.is_valid():
        try:
            verdict = snapshots.verify(form.cleaned_data["file"])
        except snapshots.Unreadable:
            form.add_error("file", _("This file is no report of this platform: choose the JSON file that was downloaded."))
    context = {"form": form, "verdict": verdict}
    return render(request, "reports/dates/verify.html", context, status=422 if form.errors else 200)


def _found(request, visible, text):
    try:
        uuid = UUID(text)
    except ValueError:
        raise Http404 from None
    return find(request, visible, uuid=uuid)
