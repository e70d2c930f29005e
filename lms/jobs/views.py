"""What runs by itself and which mails go out: for those who keep the platform running."""

from datetime import UTC

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lms.jobs import delivering, running, tasks
from lms.jobs.models import JobRun, Mail, MailPause
from lms.jobs.previews import previews
from lms.jobs.schedule import BY_NAME, JOBS
from lms.people import access, recording
from lms.people.guards import find, needs


@needs("R8")
@require_safe
def schedule(request):
    """Every periodic job: when it ran last, how that ended, when it runs next."""
    now = timezone.now().astimezone(UTC)
    last = running.last_runs()
    context = {
        "rows": [{"name": job.name, "last": last.get(job.name), "next": job.next_due(now)} for job in JOBS],
        "faults": JobRun.objects.filter(outcome__in=[JobRun.Outcome.FAILED, JobRun.Outcome.DIED]).order_by("-pk")[:20],
        "last_beat": running.last_beat(),
        "may_write": _may_write(request),
    }
    return render(request, "jobs/schedule.html", context)


@needs("R8", "W")
@require_POST
def run_now(request):
    """Hands a job to the worker, out of turn."""
    name = request.POST.get("job", "")
    if name not in BY_NAME:
        raise Http404
    tasks.run_job(name, running.out_of_turn())
    recording.decided(request.user, "job: run out of turn", {"job": name}, purpose="")
    messages.success(request, _("The worker was told. Load this page again in a moment to see how it ended."))
    return redirect("jobs:schedule")


@needs("R8")
@require_safe
def outbox(request):
    """What goes out next, and what did not arrive."""
    mails = Mail.objects.defer("content")
    context = {
        "page": Paginator(mails.filter(state=Mail.State.WAITING).order_by("next_try_at", "pk"), 50).get_page(
            request.GET.get("page")
        ),
        "stuck": mails.filter(state__in=[Mail.State.UNCERTAIN, Mail.State.GIVEN_UP]).order_by("-ended_at")[:200],
        "counts": [(state.label, mails.filter(state=state).count()) for state in Mail.State],
        "pause": MailPause.objects.filter(ended_at=None).select_related("began_by").first(),
        "may_write": _may_write(request),
    }
    recording.listed(request.user, "mails", {}, len(context["page"]) + len(context["stuck"]))
    return render(request, "jobs/outbox.html", context)


@needs("R8")
@require_safe
def next_mails(request):
    """How many mails of each kind are written in the next days: apart, since it goes through everybody."""
    return render(request, "jobs/next_mails.html", {"previews": previews(timezone.now().astimezone(UTC))})


@needs("R8", "W")
@require_POST
def pause(request):
    delivering.pause(request.user)
    messages.success(request, _("No mail goes out until somebody lets them go again."))
    return redirect("jobs:outbox")


@needs("R8", "W")
@require_POST
def resume(request):
    delivering.resume(request.user)
    messages.success(request, _("Mails go out again, the oldest first."))
    return redirect("jobs:outbox")


@needs("R8", "W")
@require_POST
def send_again(request, mail):
    found = find(request, Mail.objects.all(), pk=mail)
    if delivering.send_again(found):
        recording.decided(request.user, "mail: sent again", {"mail": found.pk}, purpose="")
        messages.success(request, _("The mail waits for the next round."))
    else:
        messages.info(request, _("This mail needs no second try."))
    return redirect("jobs:outbox")


def _may_write(request) -> bool:
    return bool(access.rights(request.user).scopes("R8", "W"))
