"""Lists that somebody keeps under a name, shares, and has sent to her."""

from collections.abc import Callable

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lms.days import today
from lms.people import access
from lms.people.guards import find, needs
from lms.refusals import NotAllowed
from lms.reports import saving
from lms.reports.list_forms import ListForm, SaveForm, ScheduleForm
from lms.reports.list_models import Export, SavedList, Schedule


@needs("R4", within=access.NAMED)
@require_safe
def listed(request):
    """Her own with what is sent of them, what others share, and the files that are made for her."""
    hers = SavedList.objects.open().filter(owner=request.user)
    schedules = list(Schedule.objects.filter(saved__in=hers, ended_at=None))
    context = {
        "hers": [(one, [row for row in schedules if row.saved_id == one.pk]) for one in hers],
        "shared": SavedList.objects.open().filter(is_shared=True).exclude(owner=request.user).select_related("owner"),
        "files": Export.objects.filter(owner=request.user),
        "may_keep": saving.may_keep(request.user),
        "form": ScheduleForm(),
    }
    return render(request, "reports/lists/saved.html", context)


@needs("P3")
@require_safe
def open_list(request, saved):
    """For whoever may see lists; each finds in it what she may see herself."""
    is_reader = bool(access.rights(request.user).scopes("P3") & access.NAMED)
    visible = SavedList.objects.opened_by(request.user) if is_reader else SavedList.objects.none()
    saved = find(request, visible, uuid=saved)
    return redirect(f"{reverse('reports:list')}?{saved.query}")


@needs("R4", "W", within=access.NAMED)
@require_POST
def save(request):
    form, said = ListForm(request.user, request.GET), SaveForm(request.POST)
    if not (form.is_valid() and said.is_valid()):
        if not said.is_valid():
            messages.error(request, _("Give the list a name of at most a hundred letters."))
        return redirect(f"{reverse('reports:list')}?{request.GET.urlencode()}")
    return _do(request, lambda: saving.keep(request.user, form.listing, **said.cleaned_data))


@needs("R4", "W", within=access.NAMED)
@require_POST
def change(request, saved):
    saved, said = _find(request, saved), SaveForm(request.POST)
    if not said.is_valid():
        messages.error(request, _("Give the list a name of at most a hundred letters."))
        return redirect("reports:saved_lists")
    return _do(request, lambda: saving.change(saved, by=request.user, **said.cleaned_data))


@needs("R4", "W", within=access.NAMED)
@require_POST
def end(request, saved):
    saved = _find(request, saved)
    return _do(request, lambda: saving.end(saved, by=request.user))


@needs("R4", "W", within=access.NAMED)
@require_POST
def schedule(request, saved):
    saved, said = _find(request, saved), ScheduleForm(request.POST)
    if not said.is_valid():
        messages.error(request, _("Say how often, as what, and what you need it for."))
        return redirect("reports:saved_lists")
    return _do(request, lambda: saving.schedule(saved, by=request.user, day=today(), **said.cleaned_data))


@needs("R4", "W", within=access.NAMED)
@require_POST
def pause_schedule(request, schedule):
    found = _find_schedule(request, schedule)
    return _do(request, lambda: saving.pause(found, by=request.user))


@needs("R4", "W", within=access.NAMED)
@require_POST
def resume_schedule(request, schedule):
    found = _find_schedule(request, schedule)
    return _do(request, lambda: saving.resume(found, by=request.user, day=today()))


@needs("R4", "W", within=access.NAMED)
@require_POST
def stop_schedule(request, schedule):
    found = _find_schedule(request, schedule)
    return _do(request, lambda: saving.stop(found, by=request.user))


def _find(request, saved):
    return find(request, SavedList.objects.open().filter(owner=request.user), uuid=saved)


def _find_schedule(request, schedule):
    hers = Schedule.objects.filter(saved__owner=request.user, ended_at=None).select_related("saved")
    return find(request, hers, uuid=schedule)


def _do(request, verb: Callable[[], object]):
    try:
        verb()
    except NotAllowed as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Done."))
    return redirect("reports:saved_lists")
