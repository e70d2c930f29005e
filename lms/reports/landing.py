"""Are we fit to deploy? The first page of the reports: for HR, for a mission, and in totals for readers without names."""

from django.contrib import messages
from django.http import StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lms.days import organisation_zone
from lms.people import access, recording
from lms.people.access import Scope
from lms.people.guards import find, needs
from lms.reports import exports, sheets, totals
from lms.reports.coverage import Coverage
from lms.reports.forms import ExportForm
from lms.reports.landing_forms import CoverageForm, TotalsForm
from lms.reports.models import Sheet
from lms.reports.pictures import pictures
from lms.reports.totals import Totals

OTHERS = access.NAMED | {Scope.TOTAL}


@needs("P3", within=OTHERS)
@require_safe
def landing(request):
    """A manager has a page of her own, by name."""
    rights = access.rights(request.user)
    if rights.scopes("P3") & OTHERS == {Scope.TEAM}:
        return redirect("reports:team")
    form, page = _asked(request)
    context = {"form": form, "page": page, "zone": organisation_zone().key, "query": request.GET.urlencode()}
    context |= {"list_url": reverse("reports:list"), "export": ExportForm(), "may_export": rights.scopes("P3", "X") & OTHERS}
    if page is not None:
        context["pictures"] = pictures(page)
        recording.listed(request.user, _what(page), page.described(), page.whole.of.value if page.whole else 0)
    return render(request, "reports/landing/landing.html", context, status=200 if form.is_valid() else 422)


@needs("P3", "X", within=OTHERS)
@require_POST
def landing_csv(request):
    """The shares of groups and courses as a file; the purpose is asked and kept."""
    purpose = ExportForm(request.POST)
    _form, page = _asked(request, action="X")
    if page is None or not purpose.is_valid():
        if not purpose.is_valid():
            messages.error(request, _("Say in a few words what you need the file for."))
        return redirect(f"{request.path.removesuffix('csv')}?{request.GET.urlencode()}")
    recording.exported(request.user, _what(page), page.described(), len(page.lines), purpose.cleaned_data["purpose"])
    words = (_("hold it"), _("asked"), _("per cent"))
    header = [_("group"), *(f"{code} {word}" for code in (_("all"), *(course.code for course in page.courses)) for word in words)]
    lines = [[line.name or _("all shown here"), *_cells(line)] for line in [*page.lines, page.total]]
    rows = (row.encode() for row in exports.csv_lines(header, lines))
    response = StreamingHttpResponse(rows, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="coverage-{page.day}.csv"'
    return response


def _asked(request, *, action: str = "R"):
    """The form, and the page that it asks for: None where it is wrong, and before the first night's work."""
    if totals.reads_totals(request.user, action):
        form = TotalsForm(request.GET, totals.months())
        is_known = form.is_valid() and form.cleaned_data["month"]
        return form, Totals(form.cleaned_data["month"], form.cleaned_data["grouping"]) if is_known else None
    form = CoverageForm(request.user, request.GET)
    sheet = _sheet(request, form.chosen.sheet) if form.is_valid() else None
    return form, sheet and Coverage(request.user, sheet, form.chosen, action=action)


def _sheet(request, key) -> Sheet | None:
    if key is None:
        return sheets.living()
    return find(request, Sheet.objects.filter(stage=Sheet.Stage.READY), uuid=key)


def _what(page) -> str:
    return "coverage in totals" if page.is_total else "coverage"


def _cells(line):
    for share in (line.whole, *line.shares):
        yield from ("", "", "") if share is None else (share.held.value, share.of.value, share.percent)
