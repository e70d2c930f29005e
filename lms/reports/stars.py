"""The files of the star schema at the desk of Human Resources."""

from django.contrib import messages
from django.http import FileResponse, Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lms.people import recording
from lms.people.access import Scope
from lms.people.guards import needs
from lms.reports import deposits, star_schema
from lms.reports.forms import ExportForm


@needs("P3", "X", within={Scope.ALL})
@require_safe
def listed(request):
    night = deposits.latest()
    context = {
        "day": night and deposits.day_of(night),
        "tables": star_schema.TABLES,
        "files": deposits.FILES,
        "export": ExportForm(),
    }
    return render(request, "reports/star.html", context)


@needs("P3", "X", within={Scope.ALL})
@require_POST
def download(request, name):
    """One file of the last night; the purpose is asked and kept."""
    purpose = ExportForm(request.POST)
    if not purpose.is_valid():
        messages.error(request, _("Say in a few words what you need the file for."))
        return redirect("reports:star")
    night = deposits.latest()
    try:
        file = deposits.opened(night or "", name)
    except FileNotFoundError:
        raise Http404 from None
    recording.exported(request.user, "star schema", {"file": name, "day": (night or "")[:10]}, 0, purpose.cleaned_data["purpose"])
    return FileResponse(file, as_attachment=True, filename=f"{(night or '')[:10]}-{name}")
