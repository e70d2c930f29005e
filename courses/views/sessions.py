"""Group sessions: made and held by a trainer or a focal point, confirmed by a second person."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from content.desks import Desk
from courses import convening, papers
from courses.models import GroupSession
from courses.session_forms import NamesForm, OutcomeForm, SessionForm
from lms.days import today
from lms.people import access, recording
from lms.people.guards import find, needs
from lms.refusals import NotAllowed


@needs("P11")
@require_safe
def listed(request):
    page = Paginator(_visible(request), 50).get_page(request.GET.get("page"))
    context = {"page": page, "may_hold": bool(access.rights(request.user).scopes("P11", "W"))}
    return render(request, "courses/sessions/list.html", context)


@needs("P11", "W")
@require_http_methods(["GET", "HEAD", "POST"])
def make(request):
    form = SessionForm(request.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            session = convening.convene(by=request.user, **form.cleaned_data)
        except NotAllowed as error:
            _tell(form, error)
        else:
            messages.success(request, _("The session is made and its quiz is drawn."))
            return redirect("courses:session", session=session.uuid)
    return render(request, "courses/sessions/make.html", {"form": form}, status=422 if form.errors else 200)


@needs("P11")
@require_safe
def session(request, session):
    return _show(request, find(request, _visible(request), uuid=session))


@needs("P11", "W")
@require_POST
def invite(request, session):
    found = _held(request, session)
    form = NamesForm(request.POST)
    if form.is_valid():
        try:
            count = convening.invite(found, form.cleaned_data["names"], by=request.user)
        except NotAllowed as error:
            _tell(form, error)
        else:
            said = ngettext("%(count)s person more is on the list.", "%(count)s people more are on the list.", count)
            messages.success(request, said % {"count": count})
            return redirect("courses:session", session=found.uuid)
    return _show(request, found, names_form=form, status=422)


@needs("P11", "W")
@require_POST
def record(request, session):
    found = _held(request, session)
    form = OutcomeForm(found, found.seats.select_related("person"), request.POST)
    if form.is_valid():
        try:
            convening.record(found, held_on=form.cleaned_data["held_on"], outcomes=form.outcomes, by=request.user)
        except NotAllowed as error:
            _tell(form, error)
        else:
            messages.success(request, _("Recorded. It counts as soon as a second person has confirmed it."))
            return redirect("courses:session", session=found.uuid)
    return _show(request, found, outcome_form=form, status=422)


@needs("P11", "A")
@require_POST
def confirm(request, session):
    return _decide(request, session, lambda found: convening.confirm(found, seen=request.POST.get("seen", ""), by=request.user))


@needs("P11", "A")
@require_POST
def cancel(request, session):
    return _decide(request, session, lambda found: convening.cancel(found, by=request.user))


@needs("P11", "W")
@require_safe
def parts(request, session):
    """What is read together, to print. Nothing of it is of a person."""
    found = _held(request, session)
    if papers.is_outdated(found):
        messages.error(
            request, _("The course was published anew since: cancel this session and make another, with a sheet of today.")
        )
        return redirect("courses:session", session=found.uuid)
    context = {"session": found, "parts": papers.parts(found), "desk": Desk(request.user, today())}
    return render(request, "courses/sessions/parts.html", context)


@needs("P11", "W")
@require_safe
def sheet(request, session):
    found = _held(request, session)
    return render(request, "courses/sessions/sheet.html", {"session": found, "quizzes": papers.quizzes(found)})


@needs("P11", "W")
@require_safe
def key(request, session):
    """For who marks: of this sheet only, and only while it is marked."""
    found = _held(request, session)
    if not found.is_open or not papers.may_mark(request.user, found):
        raise PermissionDenied
    recording.listed(request.user, "key of a sheet", {"session": str(found.uuid)}, len(found.drawn))
    return render(request, "courses/sessions/key.html", {"session": found, "quizzes": papers.quizzes(found)})


def _visible(request):
    return GroupSession.objects.within(request.user).with_people()


def _held(request, session) -> GroupSession:
    """To anybody else it does not exist."""
    return find(request, GroupSession.objects.held_by(request.user).with_people(), uuid=session)


def _decide(request, session, verb):
    found = find(request, GroupSession.objects.within(request.user, "A").with_people(), uuid=session)
    try:
        verb(found)
    except NotAllowed as error:
        messages.error(request, " ".join(error.args))
    else:
        messages.success(request, _("Done."))
    return redirect("courses:session", session=found.uuid)


def _tell(form, error: NotAllowed) -> None:
    for sentence in error.args:
        form.add_error(None, sentence)


def _show(request, found: GroupSession, *, names_form=None, outcome_form=None, status: int = 200):
    seats = list(found.seats.select_related("person", "completion").order_by("person__official_name", "pk"))
    recording.listed(request.user, "group session", {"session": str(found.uuid)}, len(seats))
    is_held = GroupSession.objects.held_by(request.user).filter(pk=found.pk).exists()
    may_decide = GroupSession.objects.within(request.user, "A").filter(pk=found.pk).exists()
    is_first = request.user.pk in {found.made_by_id, found.recorded_by_id}
    was_there = any(seat.was_present and seat.person_id == request.user.pk for seat in seats)
    context = {
        "session": found,
        "seats": seats,
        "stamp": convening.stamp(found),
        "is_held": is_held,
        "may_mark": is_held and papers.may_mark(request.user, found),
        "may_cancel": may_decide and found.is_open,
        "may_confirm": may_decide and found.stage == found.Stage.RECORDED and not is_first and not was_there,
        "names_form": names_form or NamesForm(),
        "outcome_form": outcome_form or OutcomeForm(found, seats),
    }
    return render(request, "courses/sessions/session.html", context, status=status)
