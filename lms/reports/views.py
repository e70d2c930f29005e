"""Lists of people and their exports, each within the reader's reach; names to agree to; access log; forwarding."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F
from django.http import HttpResponseBadRequest, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from courses.completing import issue_waiting
from lms.days import today
from lms.people import access, naming, recording
from lms.people.guards import find, needs
from lms.people.models import AccessEntry, User
from lms.people.names import differ_only_in_writing
from lms.reports import exports
from lms.reports.forms import DecisionForm, ExportForm
from lms.xapi import targets


@needs("P1", "A")
@require_safe
def names(request):
    """Names that differ from the staff record wait here for HR."""
    waiting = [
        person
        for person in access.people(request.user, "P1", "A")
        .exclude(display_name=F("official_name"))
        .exclude(display_name=F("agreed_name"))
        if not differ_only_in_writing(person.display_name, person.official_name)
    ]
    recording.listed(request.user, "names to agree to", {}, len(waiting))
    return render(request, "reports/names.html", {"waiting": waiting})


@needs("P1", "A")
@require_POST
def decide_name(request, person):
    person = find(request, access.people(request.user, "P1", "A"), uuid=person)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest()
    try:
        if form.cleaned_data["decision"] == "agree":
            is_done = naming.agree(person, by=request.user, to=form.cleaned_data["name"])
        else:
            is_done = naming.decline(person, by=request.user, instead_of=form.cleaned_data["name"])
    except naming.NotForOneself as error:
        messages.error(request, str(error))
    else:
        issue_waiting(User.objects.get(pk=person.pk))
        recording.opened(request.user, person, "decided about a name")
        said = _("Done.") if is_done else _("The name was changed meanwhile: look at it again.")
        messages.success(request, said)
    return redirect("reports:names")


@needs("R7")
@require_safe
def access_log(request):
    """Who looked at whom."""
    page = Paginator(_entries(), 100).get_page(request.GET.get("page"))
    recording.listed(request.user, "access log", {}, len(page.object_list))
    return render(request, "reports/access_log.html", {"page": page, "export": ExportForm()})


@needs("R7", "X")
@require_POST
def access_log_csv(request):
    purpose = ExportForm(request.POST)
    if not purpose.is_valid():
        messages.error(request, _("Say in a few words what you need the file for."))
        return redirect("reports:access_log")
    rows = _entries()
    recording.exported(request.user, "access log", {}, rows.count(), purpose.cleaned_data["purpose"])
    header = ["at", "actor", "person", "what", "selection", "count", "purpose", "refused"]
    lines = (
        [row.at.isoformat(), _who(row.actor), _who(row.person), row.what, row.selection, row.count, row.purpose]
        + [row.was_refused]
        for row in rows.iterator(chunk_size=1000)
    )
    return _file(exports.csv_lines(header, lines), f"access-log-{today()}.csv")


@needs("R8")
@require_safe
def forwarding(request):
    """How it stands with the record stores that get copies of statements."""
    return render(request, "reports/forwarding.html", {"standings": targets.standings()})


def _entries():
    return AccessEntry.objects.select_related("actor", "person").order_by("-at", "-pk")


def _who(person: User | None) -> str | None:
    """By her address, which is hers alone; staff without a mailbox by their name."""
    return person and (person.email or person.official_name)


def _file(lines, name: str) -> StreamingHttpResponse:
    response = StreamingHttpResponse((line.encode() for line in lines), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
