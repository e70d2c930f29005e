"""The staff feed at the desk of Human Resources: sent, looked at, applied, agreed to, put aside, taken back, and what it did."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Case, IntegerField, QuerySet, When
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from lms.days import today
from lms.people import access, feeding, hr_feed, hr_files, recording, restoring
from lms.people.guards import find, needs
from lms.people.models import ContractType, FeedLine, FeedRun, FunctionGroup, Tree, User
from lms.refusals import NotAllowed
from lms.reports import exports
from lms.reports.forms import ExportForm, FeedForm, TakeBackForm

# What somebody has to look at comes first.
ORDER = ("refused", "unmatched", "left", "new", "returned", "moved", "changed")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@needs("R1")
@require_safe
def listed(request):
    return _show_list(request, FeedForm())


@needs("R1", "W")
@require_POST
def upload(request):
    """Looked at first: nothing is applied."""
    form = FeedForm(request.POST, request.FILES)
    if not form.is_valid():
        return _show_list(request, form, status=422)
    try:
        run = feeding.receive(**form.cleaned_data["file"], by=request.user, day=today())
    except NotAllowed as error:
        form.add_error(None, str(error))
        return _show_list(request, form, status=422)
    return redirect("reports:feed", run=run.uuid)


@needs("R1", "W")
@require_safe
def template_csv(request):
    return _file(hr_files.csv_template(), "text/csv; charset=utf-8", "staff.csv")


@needs("R1", "W")
@require_safe
def template_xlsx(request):
    """With the codes that hold today on a second sheet."""
    tree = Tree(today())
    codes = {
        "structure": [(tree.code(key), tree.name(key)) for key, _depth in tree.walk()],
        "function group": [(code, str(label)) for code, label in FunctionGroup.choices],
        "contract type": [(code, str(label)) for code, label in ContractType.choices],
        "language": User._meta.get_field("language").choices,
    }
    return _file(hr_files.xlsx_template(codes), XLSX, "staff.xlsx")


@needs("R1")
@require_safe
def feed(request, run):
    """What it did or would do, line by line for those who may know staff numbers."""
    return _show(request, _find(request, run), TakeBackForm())


@needs("R1", "W")
@require_POST
def apply(request, run):
    return _decide(request, run, lambda found: feeding.apply(found, by=request.user, day=today()))


@needs("R1", "A")
@require_POST
def agree(request, run):
    return _decide(request, run, lambda found: feeding.agree(found, by=request.user, day=today()))


@needs("R1", "W")
@require_POST
def refuse(request, run):
    return _decide(request, run, lambda found: feeding.refuse(found, by=request.user))


@needs("R1", "W")
@require_POST
def take_back(request, run):
    form = TakeBackForm(request.POST)
    if not form.is_valid():
        return _show(request, _find(request, run), form, status=422)
    return _decide(request, run, lambda found: restoring.take_back(found, by=request.user, reason=form.cleaned_data["reason"]))


@needs("R1", "X")
@require_POST
def report_csv(request, run):
    """The reconciliation report as a file; the purpose is asked and kept."""
    found, purpose = _find(request, run), ExportForm(request.POST)
    if not purpose.is_valid():
        messages.error(request, _("Say in a few words what you need the file for."))
        return redirect("reports:feed", run=found.uuid)
    lines = _ordered(found)
    recording.exported(
        request.user, "staff feed report", {"feed": str(found.uuid)}, lines.count(), purpose.cleaned_data["purpose"]
    )
    header = [_("outcome"), _("line"), _("staff number"), _("reason")]
    rows = ([line.get_outcome_display(), line.line, line.staff_number, line.reason] for line in lines.iterator(chunk_size=1000))
    response = StreamingHttpResponse(
        (line.encode() for line in exports.csv_lines(header, rows)), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="feed-{found.day}.csv"'
    return response


SAID = {
    FeedRun.State.APPLIED: gettext_lazy("The feed is applied. Invitations leave within the hour."),
    FeedRun.State.WAITING: gettext_lazy("Nothing is applied yet: a second HR officer has to agree that so many people leave."),
    FeedRun.State.REFUSED: gettext_lazy("The feed is put aside. Nothing of it was applied."),
    FeedRun.State.TAKEN_BACK: gettext_lazy("The feed is taken back. Everything it touched is as before."),
}


def _decide(request, run, decision):
    try:
        decided = decision(_find(request, run))
    except NotAllowed as error:
        messages.error(request, str(error))
    else:
        messages.success(request, str(SAID[decided.state]))
    return redirect("reports:feed", run=run)


def _find(request, run) -> FeedRun:
    return find(request, FeedRun.objects.select_related("uploaded_by", "agreed_by", "applied_by", "ended_by"), uuid=run)


def _ordered(run: FeedRun) -> QuerySet[FeedLine]:
    rank = Case(*(When(outcome=name, then=place) for place, name in enumerate(ORDER)), output_field=IntegerField())
    return run.lines.order_by(rank, "line", "pk")


def _add_names(lines) -> None:
    """The people whom the staff numbers name by now."""
    numbers = [line.staff_number for line in lines]
    names = dict(User.objects.filter(staff_number__in=numbers).values_list("staff_number", "official_name"))
    for line in lines:
        line.name = names.get(line.staff_number, "")


def _show_list(request, form: FeedForm, status: int = 200):
    runs = FeedRun.objects.select_related("uploaded_by")
    context = {
        "page": Paginator(runs, 30).get_page(request.GET.get("page")),
        "form": form,
        "may_send": access.opens(request.user, [("R1", "W")]),
    }
    return render(request, "reports/feed/list.html", context, status=status)


def _show(request, run: FeedRun, form: TakeBackForm, status: int = 200):
    sees_lines = access.Scope.ALL in access.rights(request.user).scopes("P2")
    outcome = request.GET.get("outcome", "")
    lines = _ordered(run) if sees_lines else run.lines.none()
    if outcome in ORDER:
        lines = lines.filter(outcome=outcome)
    page = Paginator(lines, 100).get_page(request.GET.get("page"))
    _add_names(page.object_list)
    recording.listed(request.user, "staff feed", {"feed": str(run.uuid), "outcome": outcome}, len(page.object_list))
    last = FeedRun.objects.applied().order_by("-applied_at", "-pk").first()
    may_write = access.opens(request.user, [("R1", "W")])
    context = {
        "run": run,
        "counts": [(name, FeedLine.Outcome(name).label, run.counts.get(name, 0)) for name in ORDER],
        "outcome": outcome,
        "page": page,
        "sees_lines": sees_lines,
        "never_held": hr_feed.never_held(run.dropped_columns),
        "may_decide": may_write and run.is_undecided,
        "may_agree": run.uploaded_by != request.user and access.opens(request.user, [("R1", "A")]),
        "may_take_back": may_write and last == run,
        "may_export": access.opens(request.user, [("R1", "X")]),
        "export": ExportForm(),
        "form": form,
    }
    return render(request, "reports/feed/run.html", context, status=status)


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
