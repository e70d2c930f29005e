"""HR brings in what people completed before: a file is shown with all that it would do before anything is written."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from courses import crediting
from courses.forms import AgreedRecordsForm, PastFileForm
from lms.people import recording
from lms.people.guards import needs

MOST_SHOWN = 200


@needs("R1", "W")
@require_http_methods(["GET", "HEAD", "POST"])
def bring_in(request):
    """Two steps in one address: a file is posted and shown, then what was shown is posted and done."""
    if "signed" in request.POST:
        return _confirm(request)
    form = PastFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        return _preview(request, form.cleaned_data["file"])
    return render(request, "courses/past.html", {"form": form}, status=422 if form.is_bound else 200)


def _preview(request, text, status=200):
    plan = crediting.plan(text, by=request.user)
    recording.listed(request.user, "past completions", {}, len(plan.new) + len(plan.known))
    context = {
        "plan": plan,
        "new": plan.new[:MOST_SHOWN],
        "refused": [(refusal, crediting.REASONS[refusal.reason]) for refusal in plan.refused[:MOST_SHOWN]],
        "most_shown": MOST_SHOWN,
        "signed": AgreedRecordsForm(request.user).sign({"text": text}, plan.digest) if plan.new else "",
        "form": PastFileForm(),
    }
    return render(request, "courses/past.html", context, status=status)


def _confirm(request):
    form = AgreedRecordsForm(request.user, request.POST)
    if not form.is_valid():
        messages.error(request, form.errors["signed"][0])
        return render(request, "courses/past.html", {"form": PastFileForm()}, status=422)
    kept = form.cleaned_data["signed"]
    try:
        done = crediting.bring_in(kept["text"], by=request.user, agreed=kept["agreed"])
    except crediting.RecordsChanged:
        messages.warning(request, _("The records changed since you looked. Nothing was written; look at it again."))
        return _preview(request, kept["text"], status=409)
    count = len(done.new)
    said = ngettext("%(count)s completion is written down.", "%(count)s completions are written down.", count)
    messages.success(request, said % {"count": count})
    return redirect("courses:past")
