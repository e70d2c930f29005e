"""The bank's door for files, in the admin: a file is shown with all that it would do before anything is done."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from courses import banking
from courses.bank_words import CHANGES, what_is_wrong, what_to_do
from courses.forms import AgreedFileForm, BankExportForm, BankFileForm
from lms.days import today
from lms.people import recording
from lms.people.guards import needs

BANK = "wagtailsnippets_courses_question:list"
MOST_SHOWN = 200  # findings of a kind; whoever has more begins with these


@needs("C4", "W")
@require_http_methods(["GET", "POST"])
def bring_in(request):
    """Two steps in one address: a file is posted and shown, then what was shown is posted and done."""
    if "signed" in request.POST:
        return _confirm(request)
    form = BankFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        return _preview(request, form.cleaned_data["file"])
    return render(request, "courses/bank_import.html", {"form": form}, status=422 if form.is_bound else 200)


def _preview(request, kept, status=200):
    plan = banking.plan(BankFileForm.reading_of(kept), by=request.user)
    agreed = AgreedFileForm(request.user)
    context = {
        "plan": plan,
        "entries": [(entry, [CHANGES[name] for name in entry.changes]) for entry in plan.entries],
        "errors": _worded(plan.errors),
        "more_errors": max(0, len(plan.errors) - MOST_SHOWN),
        "notes": _worded(plan.notes),
        "more_notes": max(0, len(plan.notes) - MOST_SHOWN),
        "signed": agreed.sign(kept, plan.digest) if plan.work and not plan.errors else "",
        "form": BankFileForm(),
    }
    return render(request, "courses/bank_import.html", context, status=status)


def _worded(findings):
    return [(finding, what_is_wrong(finding), what_to_do(finding)) for finding in findings[:MOST_SHOWN]]


def _confirm(request):
    form = AgreedFileForm(request.user, request.POST)
    if not form.is_valid():
        messages.error(request, form.errors["signed"][0])
        return render(request, "courses/bank_import.html", {"form": BankFileForm()}, status=422)
    kept = form.cleaned_data["signed"]
    try:
        done = banking.bring_in(BankFileForm.reading_of(kept), by=request.user, agreed=kept["agreed"])
    except banking.BankChanged:
        messages.warning(request, _("The bank changed since you looked. Nothing was done; look at it again."))
        return _preview(request, kept, status=409)
    count = len(done.work)
    said = ngettext("%(count)s question is in the bank as a draft.", "%(count)s questions are in the bank as drafts.", count)
    messages.success(request, said % {"count": count})
    return redirect(BANK)


@needs("C8", "X")
@require_http_methods(["GET", "POST"])
def export(request):
    """All questions within reach, with their keys; the purpose is asked and kept."""
    form = BankExportForm(request.POST or None)
    bank = banking.exportable(request.user)
    if request.method == "POST" and form.is_valid():
        kind, purpose = form.cleaned_data["form"], form.cleaned_data["purpose"]
        recording.exported(request.user, "question bank", {"format": kind}, len(bank.items), purpose)
        response = HttpResponse(
            form.WRITERS[kind](bank.items), content_type=f"text/{'csv' if kind == 'csv' else 'plain'}; charset=utf-8"
        )
        response["Content-Disposition"] = f'attachment; filename="questions-{today()}.{kind}"'
        return response
    return render(request, "courses/bank_export.html", {"form": form, "bank": bank}, status=422 if form.is_bound else 200)
