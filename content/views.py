"""Guide feedback: the reader's form, the keeper's desk, and reports of personal data. Pictures for people who may see them."""

import uuid

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import SuspiciousFileOperation
from django.core.paginator import Paginator
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils._os import safe_join
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from wagtail.models import Page, ReferenceIndex

from content import rating, triaging
from content.desks import Desk
from content.forms import FeedbackForm, TriageForm
from content.models import GuideFeedback, GuidePage, Rendition, TextReport
from lms.days import today
from lms.people import access, recording
from lms.people.guards import find, needs
from lms.refusals import NotAllowed


@needs("V1", "W")
@require_http_methods(["GET", "HEAD", "POST"])
def comment(request, guide):
    page = get_object_or_404(GuidePage.objects.live().select_related("locale"), translation_key=guide)
    initial = {"submission": uuid.uuid4(), "section": request.GET.get("section", "")}
    form = FeedbackForm(page, request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        values = {name: form.cleaned_data[name] for name in FeedbackForm.Meta.fields}
        options = {name: form.cleaned_data[name] for name in ("submission", "section", "is_named")}
        rating.send(page, values, by=request.user, **options)
        messages.success(request, _("Thank you. You find its state and the answer here."))
        return redirect("courses:my_learning")
    context = {"page": page, "form": form, "desk": Desk(request.user, today()), "is_learner_page": True}
    return render(request, "content/comment.html", context, status=422 if form.errors else 200)


@needs("V3", "W")
@require_http_methods(["GET", "HEAD", "POST"])
def feedback(request):
    """The keeper's desk: what readers say about her guides, state by state."""
    keys = access.reach(request.user, "V1").keys
    mine = GuideFeedback.objects.about(keys)
    form = TriageForm(request.POST if request.method == "POST" else None)
    chosen = mine.filter(submission__in=_uuids(request.POST.getlist("chosen")))
    if request.method == "POST" and not chosen:
        form.add_error(
            None, _("Nothing is ticked. Tick at least one entry above, then save again; what you wrote is still here.")
        )
    if request.method == "POST" and form.is_valid():
        try:
            count = triaging.set_state(chosen, by=request.user, **form.cleaned_data)
        except NotAllowed as error:
            form.add_error("answer", str(error))
        else:
            said = ngettext("%(count)d entry changed.", "%(count)d entries changed.", count)
            messages.success(request, said % {"count": count})
            return redirect(request.get_full_path())
    rows = _filtered(mine, request.GET).prefetch_related("reports").select_related("structure")
    page = Paginator(rows.in_reading_order(), 50).get_page(request.GET.get("page"))
    names = GuideFeedback.objects.names_of(page.object_list)
    for entry in page:
        entry.sender_name = names.get(entry.pk, "")
    context = {
        "page": page,
        "form": form,
        "guides": mine.values_list("guide", "guide_title").distinct().order_by("guide_title"),
        "sections": mine.exclude(section="").values_list("section", "section_title").distinct().order_by("section_title"),
        "states": GuideFeedback.State.choices,
        "chosen": request.POST.getlist("chosen"),
    }
    return render(request, "content/feedback.html", context, status=422 if form.errors else 200)


@needs("V7", "W")
@require_POST
def report(request, submission):
    """Any reader of a text may say that it names somebody: it is hidden at once."""
    keys = access.reach(request.user, "V1").keys
    readable = GuideFeedback.objects.about(keys) | GuideFeedback.objects.filter(sender__person=request.user)
    entry = find(request, readable.distinct(), submission=submission)
    triaging.report_text(entry, by=request.user)
    messages.success(request, _("Thank you. The text is hidden now; two administrators will look at it within 24 hours."))
    return redirect("content:feedback" if str(entry.guide) in keys else "courses:my_learning")


@needs("V7")
@require_safe
def reports(request):
    """Reported texts: administrators decide, auditors see who and when."""
    rows = TextReport.objects.select_related("feedback", "reported_by", "decided_by", "confirmed_by").order_by("-reported_at")
    may_decide = access.rights(request.user).administers
    recording.listed(request.user, "reports of personal data", {}, rows.count())
    return render(request, "content/reports.html", {"rows": rows[:200], "may_decide": may_decide})


@needs("R5", "W")
@require_POST
def decide(request, key):
    entry = find(request, TextReport.objects.all(), key=key)
    try:
        is_done = triaging.decide(entry, decision=request.POST.get("decision", ""), by=request.user)
    except ValueError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Done.") if is_done else _("Proposed. A second administrator has to confirm."))
    return redirect("content:reports")


@login_not_required
@require_safe
def media(request, path):
    """Pictures: for people who are signed in, and for anybody where an open page shows them."""
    rendition = Rendition.objects.filter(file=path).select_related("image").first()
    if not request.user.is_authenticated and not (rendition and _stands_on_open_page(rendition.image)):
        raise Http404
    try:
        picture = open(safe_join(settings.MEDIA_ROOT, path), "rb")  # noqa: SIM115  FileResponse closes it
    except (OSError, ValueError, SuspiciousFileOperation) as error:
        raise Http404 from error
    response = FileResponse(picture)
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, max-age=31536000, immutable"
    return response


def _stands_on_open_page(picture) -> bool:
    pages = ReferenceIndex.get_references_to(picture).values_list("object_id", flat=True)
    return any(
        getattr(page, "is_open", False) for page in Page.objects.live().filter(pk__in=[int(key) for key in pages]).specific()
    )


def _uuids(texts: list[str]) -> list[uuid.UUID]:
    found = []
    for text in texts:
        try:
            found.append(uuid.UUID(text))
        except ValueError:
            continue
    return found


def _filtered(rows, wanted):
    for name, field in (("guide", "guide"), ("section", "section"), ("state", "state")):
        value = wanted.get(name, "")
        if name == "guide":
            value = (_uuids([value]) or [""])[0]
        if value:
            rows = rows.filter(**{field: value})
    return rows
