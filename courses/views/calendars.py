"""My due days in my calendar program, which has no sign-in but a secret in its address."""

from uuid import uuid5

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_POST, require_safe

from courses import calendars, reminders, subscribing
from courses.models import Assignment, State
from lms.days import today
from lms.languages import spoken
from lms.people.access import Scope
from lms.people.guards import needs
from lms.people.models import User


@needs("P3", "X", within={Scope.OWN})
@require_POST
def renew(request):
    """A new address; the one before it is refused from now on. It is shown this once: nobody keeps it here. What it gives out is
    a copy of her own days, so who may have one is who may export these."""
    path = reverse("courses:calendar", query={"key": subscribing.renew(request.user)})
    return render(request, "courses/calendar.html", {"address": settings.PUBLIC_URL + path})


@login_not_required
@require_safe
def calendar(request):
    """The secret is no part of the path, since paths of what was not found are logged."""
    day = today()
    secret = subscribing.hash_of(request.GET.get("key", ""))
    person = User.objects.active_on(day).filter(calendar_address__secret_sha256=secret).first()
    if person is None:
        raise Http404
    with override(spoken(person.language)):
        file = calendars.calendar(
            _entries(person, day),
            name=_("Staff training"),
            address=settings.PUBLIC_URL + reverse("courses:my_learning"),
            at=timezone.now(),
        )
    headers = {"Cache-Control": "no-store", "Content-Disposition": 'inline; filename="calendar.ics"'}
    return HttpResponse(file, content_type="text/calendar; charset=utf-8", headers=headers)


def _entries(person, day) -> list[calendars.Entry]:
    rows = Assignment.objects.with_state(day).filter(person=person).exclude(state__in=[State.EXEMPT, State.WAITING])
    title = _("Staff training: a course is due")
    return [
        calendars.Entry(uid=str(uuid5(person.uuid, str(due.course.key))), day=due.due_on, title=title)
        for due in reminders.dues(rows, day).get(person.pk, [])
    ]
