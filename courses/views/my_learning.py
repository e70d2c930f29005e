"""What I have begun, done and said."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from certificates.models import Certificate
from content.desks import Desk
from content.models import GuideFeedback
from courses import explanations
from courses.completing import issue_waiting
from courses.forms import ProfileForm
from courses.models import CalendarAddress, Completion, Course, Edition, Enrolment, ModuleProgress
from courses.walks import Walk
from lms.days import today
from lms.people import access, naming
from lms.people.guards import needs
from lms.people.models import ApiToken, GuestStay


@needs("P3")
@require_safe
def my_learning(request):
    enrolments = list(
        Enrolment.objects.with_course().latest_of(request.user).filter(closed_at__isnull=True).order_by("enrolled_at")
    )
    rows = list(ModuleProgress.objects.filter(enrolment__in=enrolments))
    walks = [
        Walk(enrolment, enrolment.edition, [row for row in rows if row.enrolment_id == enrolment.pk]) for enrolment in enrolments
    ]
    completions = Completion.objects.standing().filter(person=request.user).select_related("course", "edition")
    certificates = {certificate.award: certificate for certificate in Certificate.objects.current().filter(person=request.user)}
    done = [(completion, certificates.get(completion.uuid)) for completion in completions.order_by("-completed_on")]
    day = today()
    tree = access.rights(request.user).tree_on(day)
    stay = GuestStay.objects.in_force(day).filter(person=request.user).first() if request.user.is_guest else None
    taken = {row.course_id for row in (*enrolments, *(completion for completion, _certificate in done))}
    context = {
        "stay": stay,
        "host": tree.name(stay.structure_id) if stay else "",
        "invited_to": _invited_to(stay).exclude(pk__in=taken) if stay else [],
        "asked": explanations.asked_of(request.user, day, tree),
        "live": set(Edition.objects.values_list("course", flat=True)),
        "walks": walks,
        "done": done,
        "feedback": GuideFeedback.objects.filter(sender__person=request.user).in_reading_order().prefetch_related("reports"),
        "name_waits": naming.needs_agreement(request.user),
        "desk": Desk(request.user, day),
        "today": day,
    }
    return render(request, "courses/my_learning.html", context)


def _invited_to(stay):
    return Course.objects.filter(key__in=stay.course_keys, retired_on=None).order_by("title")


@needs("P1", "W")
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request):
    """Her name as she writes it, and the language of the pages."""
    person = request.user
    form = ProfileForm(request.POST or None, initial={"display_name": person.display_name, "language": person.language})
    if request.method == "POST" and form.is_valid():
        naming.present(person, **form.cleaned_data)
        if naming.needs_agreement(person):
            messages.info(request, _("Saved. The name differs from your staff record, so HR is asked before it is printed."))
        else:
            issue_waiting(person)
            messages.success(request, _("Saved."))
        return redirect("courses:profile")
    context = {
        "form": form,
        "name_waits": naming.needs_agreement(person),
        "calendar": CalendarAddress.objects.filter(person=person).first(),
        "has_tokens": ApiToken.objects.filter(owner=person).exists(),
    }
    return render(request, "courses/profile.html", context)
