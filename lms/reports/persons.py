"""One person: what is asked of her and how she stands with it, for those who may see her state."""

from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from courses import explanations
from courses.models import Course, Reminder
from lms import mailing
from lms.days import today
from lms.people import access, recording
from lms.people.guards import find, needs
from lms.people.models import Posting

LATEST = 10  # reminders that are shown


@needs("P3", within=access.NAMED)
@require_safe
def person(request, person):
    person = find(request, access.people(request.user, "P3"), uuid=person)
    recording.opened(request.user, person, "what is asked of her")
    day = today()
    context = {
        "person": person,
        "posting": Posting.objects.on(day).filter(person=person).select_related("structure").first(),
        "asked": explanations.asked_of(person, day, access.rights(request.user).tree_on(day)),
        "shows_reminders": access.people(request.user, "R10").filter(pk=person.pk).exists(),
        "may_recommend": person != request.user and access.people(request.user, "P3", "W").filter(pk=person.pk).exists(),
        "today": day,
    }
    if context["shows_reminders"]:
        latest = list(Reminder.objects.filter(person=person)[:LATEST])
        fates = mailing.fates([reminder.key for reminder in latest])
        context["reminders"] = [(reminder, fates.get(reminder.key)) for reminder in latest]
    return render(request, "reports/person.html", context)


@needs("P3", within=access.NAMED)
@require_safe
def explanation(request, person, code):
    """The whole way to a state. Statements, certificates, reasons of exemptions, questions and corrections are HR's alone."""
    person = find(request, access.people(request.user, "P3"), uuid=person)
    course = get_object_or_404(Course, code__iexact=code)
    recording.opened(request.user, person, f"why {course.code}")
    day = today()
    shows_all = access.Scope.ALL in access.rights(request.user).scopes("P7")
    context = {
        "person": person,
        "course": course,
        "found": explanations.explain(person, course, day, access.rights(request.user).tree_on(day)),
        "shows_all": access.Scope.ALL in access.rights(request.user).scopes("P6"),
        "said": explanations.said_of(person, course) if shows_all and person != request.user else None,
        "today": day,
    }
    return render(request, "reports/explanation.html", context)
