"""What is kept about me, and the desk where Human Resources answer what people ask about it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lms.people import access, recording
from lms.people.access import Scope
from lms.people.guards import carry_out, find, needs
from lms.refusals import NotAllowed
from lms.rights import exports, requesting
from lms.rights.forms import AskForm, DecideForm
from lms.rights.holdings import holdings
from lms.rights.models import DataRequest, Erasure, RetentionRun

SHOWN = 20  # rows of each kind; the file has all of them


@needs("P9")
@require_http_methods(["GET", "HEAD", "POST"])
def my_data(request):
    """Everything by kind, with how long it stays; who opened her record; what she asked and what she was answered."""
    form = AskForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        requesting.ask(request.user, **form.cleaned_data)
        messages.success(request, _("Human Resources were asked. They answer within 30 days; a mail tells you."))
        return redirect("rights:my_data")
    found = holdings(request.user)
    shown = [(one, len(one.rows), *exports.table_of(one.rows[:SHOWN])) for one in found if one.rows]
    empty = " · ".join(str(one.title) for one in found if not one.rows)
    asked = DataRequest.objects.filter(person=request.user).order_by("-asked_at")
    context = {"holdings": shown, "empty": empty, "shown": SHOWN, "form": form, "asked": asked}
    return render(request, "rights/my_data.html", context, status=422 if form.errors else 200)


@needs("P5", "X", within=(Scope.OWN,))
@require_safe
def export(request):
    """One archive with everything, for machines and for eyes."""
    content = exports.archive_of(request.user)
    headers = {"Content-Disposition": 'attachment; filename="my-data.zip"', "Cache-Control": "no-store"}
    return HttpResponse(content, content_type="application/zip", headers=headers)


@needs("P12", "W")
@require_POST
def take_back(request, asked):
    row = find(request, DataRequest.objects.filter(person=request.user), uuid=asked)
    return _do(request, lambda: requesting.take_back(row, by=request.user), _("Taken back."), "rights:my_data")


@needs("P12", within=(Scope.ALL,))
@require_safe
def desk(request):
    """Open requests, the oldest first, the ledger of erasures, and what the retention did."""
    rows = list(_others(request).open().select_related("person", "decided_by"))
    recording.listed(request.user, "data requests", {}, len(rows))
    context = {"rows": rows, "erasures": Erasure.objects.order_by("-at")[:50], "runs": RetentionRun.objects.all()[:10]}
    return render(request, "rights/desk.html", context)


@needs("P12", "A", within=(Scope.ALL,))
@require_http_methods(["GET", "HEAD", "POST"])
def decide(request, asked):
    row = find(request, _others(request).select_related("person", "decided_by"), uuid=asked)
    form = DecideForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            requesting.decide(row, by=request.user, **form.cleaned_data)
        except NotAllowed as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Decided."))
            return redirect("rights:desk")
    recording.opened(request.user, row.person, f"data request: {row.kind}")
    return render(request, "rights/decide.html", {"row": row, "form": form}, status=422 if form.errors else 200)


@needs("P12", "A", within=(Scope.ALL,))
@require_POST
def agree(request, asked):
    row = find(request, _others(request), uuid=asked)
    return _do(request, lambda: requesting.agree(row, by=request.user), _("Erased. A mail tells her."), "rights:desk")


@needs("P12", "A", within=(Scope.ALL,))
@require_POST
def send_back(request, asked):
    row = find(request, _others(request), uuid=asked)
    return _do(request, lambda: requesting.send_back(row, by=request.user), _("Sent back."), "rights:desk")


def _others(request):
    """Of everybody but herself."""
    return DataRequest.objects.filter(person__in=access.people(request.user, "P12", "A").exclude(pk=request.user.pk))


def _do(request, act, said, where):
    carry_out(request, act, said)
    return redirect(where)
