"""Why a course is asked of me, how I stand with it, and what I say to that."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from courses import arranging, disputing, explanations
from courses.forms import ArrangementForm, DisputeForm
from courses.models import Arrangement, Course, Dispute
from lms.days import today
from lms.people import access
from lms.people.guards import find, needs
from lms.refusals import NotAllowed


@needs("P3")
@require_safe
def why(request, code):
    return _page(request, get_object_or_404(Course, code__iexact=code))


@needs("P7", "W")
@require_POST
def dispute(request, code):
    """She says that something is wrong."""
    course = get_object_or_404(Course, code__iexact=code)
    form = DisputeForm(request.POST)
    if not form.is_valid():
        return _page(request, course, dispute_form=form)
    disputing.ask(request.user, course, **form.cleaned_data)
    messages.success(request, _("Human Resources will look at it. You find the answer here, and a mail tells you."))
    return redirect("courses:why", code=code)


@needs("P7", "W")
@require_POST
def take_back(request, code, dispute):
    row = find(request, Dispute.objects.filter(person=request.user), uuid=dispute)
    try:
        disputing.withdraw(row, by=request.user)
    except NotAllowed as error:
        messages.error(request, str(error))
    return redirect("courses:why", code=code)


@needs("P8", "W")
@require_POST
def ask_for_later(request, code):
    """She asks the owner of the course for a later date."""
    course = get_object_or_404(Course, code__iexact=code)
    form = ArrangementForm(request.POST)
    if form.is_valid():
        try:
            arranging.ask(request.user, course, **form.cleaned_data)
        except NotAllowed as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The owner of the course will answer. You find it here, and a mail tells you."))
            return redirect("courses:why", code=code)
    return _page(request, course, later_form=form)


@needs("P8", "W")
@require_POST
def take_back_request(request, code, arrangement):
    row = find(request, Arrangement.objects.filter(person=request.user), uuid=arrangement)
    try:
        arranging.withdraw(row, by=request.user)
    except NotAllowed as error:
        messages.error(request, str(error))
    return redirect("courses:why", code=code)


def _page(request, course, dispute_form=None, later_form=None):
    day = today()
    arrangements = list(
        Arrangement.objects.filter(person=request.user, course=course).order_by("-asked_at").select_related("later")
    )
    context = {
        "course": course,
        "found": explanations.explain(request.user, course, day, access.rights(request.user).tree_on(day)),
        "said": explanations.said_of(request.user, course),
        "arrangements": arrangements,
        "may_ask_for_later": not any(one.is_open for one in arrangements),
        "dispute_form": dispute_form or DisputeForm(auto_id="wrong_%s"),
        "later_form": later_form or ArrangementForm(auto_id="later_%s"),
        "today": day,
        "shows_all": True,
    }
    return render(request, "courses/why.html", context, status=422 if dispute_form or later_form else 200)
