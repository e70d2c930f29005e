"""Statements as evidence, masked: for administrators by pseudonym, for auditors within a case. Every look is logged."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from courses.models import Course, Enrolment, Exemption
from lms.days import today
from lms.people import access, auditing, recording
from lms.people.guards import find, needs
from lms.refusals import NotAllowed
from lms.reports.forms import PAGE, CaseForm, StatementsForm
from lms.reports.masks import SHOWN, Masked, mask
from lms.xapi import evidence
from lms.xapi.queries import Filter

LAST = 2**63 - 1  # no statement has a higher number


@dataclass(frozen=True)
class Row:
    line: evidence.Line
    shown: Masked


@needs("P5", within=(access.Scope.ALL,))
@require_safe
def statements(request):
    """By pseudonym, verb, activity, registration and time."""
    form = StatementsForm(request.GET)
    context = {"form": form}
    if form.is_valid():
        rows, more = _page(form.filters, _after(request))
        context |= {"rows": rows, "more": more}
        recording.listed(request.user, "statements", form.described(), len(rows))
    return render(request, "reports/statements/statements.html", context, status=200 if form.is_valid() else 422)


@needs("P5", within=(access.Scope.ALL, access.Scope.GIVEN))
@require_safe
def cases(request):
    """An auditor's open cases; all of them, and the form for a new one, for who opens cases."""
    return _show_cases(request, CaseForm())


@needs("R5", "W")
@require_POST
def open_case(request):
    form = CaseForm(request.POST)
    if form.is_valid():
        asked = form.cleaned_data
        try:
            auditing.open_case(
                asked["auditor"], asked["person"], course=asked["course"].key, reason=asked["reason"], by=request.user
            )
        except NotAllowed as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The case is open. It closes by itself."))
            return redirect("reports:cases")
    return _show_cases(request, form, status=422)


@needs("P5", within=(access.Scope.GIVEN,))
@require_safe
def case(request, case):
    """The evidence about one person in one course. Of an exemption its class, neither the file that proves it nor who decided."""
    case = find(request, access.given_cases(request.user, "P5").select_related("person", "opened_by"), pk=case)
    enrolments = Enrolment.objects.filter(person=case.person, course__key=case.course).order_by("pk")
    filters = [Filter(registration=enrolment.registration, limit=PAGE) for enrolment in enrolments]
    hers = {str(uuid) for uuid in case.person.aliases.values_list("uuid", flat=True)}
    rows, more = _page(filters, _after(request), hers)
    course = Course.objects.filter(key=case.course).first()
    selection = {"case": str(case.pk), "course": course.code if course else str(case.course)}
    recording.decided(request.user, "case", selection, purpose=case.reason, person=case.person, count=len(rows))
    shows_exemptions = access.Scope.GIVEN in access.rights(request.user).scopes("P7")
    exemptions = Exemption.objects.agreed().filter(person=case.person, course__key=case.course) if shows_exemptions else []
    context = {"case": case, "course": course, "rows": rows, "more": more, "exemptions": exemptions}
    return render(request, "reports/statements/case.html", context)


def _show_cases(request, form: CaseForm, status: int = 200):
    listed = access.listed_cases(request.user).select_related("auditor", "person", "opened_by")
    titles = dict(Course.objects.values_list("key", "title"))
    day = today()
    rows = [(case, titles.get(case.course, ""), case.is_open_on(day), case.auditor == request.user) for case in listed[:200]]
    recording.listed(request.user, "cases", {}, len(rows))
    opens = access.opens(request.user, [("R5", "W")])
    context = {"rows": rows, "form": form, "opens": opens, "days": auditing.OPEN_DAYS}
    return render(request, "reports/statements/cases.html", context, status=status)


def _after(request) -> int | None:
    """Behind which statement the page begins."""
    sent = request.GET.get("after", "")
    return min(int(sent), LAST) if sent.isascii() and sent.isdigit() and len(sent) < 20 else None


def _page(filters: Sequence[Filter], after: int | None, people: Collection[str] | None = None) -> tuple[list[Row], int | None]:
    """A full page of rows of which something may be seen, so that it does not tell how many were left out."""
    rows: list[Row] = []
    while filters:
        lines, after = evidence.lines(filters, verbs=SHOWN, after=after)
        rows += [row for line in lines if (row := _row(line, people)) is not None]
        if len(rows) > PAGE:
            return rows[:PAGE], rows[PAGE - 1].line.seq
        if after is None:
            break
    return rows, None


def _row(line: evidence.Line, people: Collection[str] | None) -> Row | None:
    shown = mask(line.statement, base=settings.XAPI_BASE_IRI, digest=line.digest, is_voided=line.is_voided)
    if shown is None or (people is not None and shown.verb != "voided" and shown.pseudonym not in people):
        return None
    return Row(line, shown)
