"""The matrix: which course is asked of whom. HR writes the lines of the Organization, focal points add to them."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from courses import effects, requiring, wordings
from courses.models import Requirement
from lms.days import today
from lms.people import access, recording
from lms.people.access import Scope
from lms.people.guards import find, needs
from lms.refusals import NotAllowed
from lms.reports.matrix_forms import LineForm, TermsForm

READERS = (Scope.ALL, Scope.STRUCTURE)
KINDS = {
    effects.NEW: gettext_lazy("asked for the first time"),
    effects.ENDED: gettext_lazy("asked no more"),
    effects.STRICTER: gettext_lazy("mandatory instead of recommended"),
    effects.SOONER: gettext_lazy("due sooner"),
    effects.OTHER: gettext_lazy("other dates"),
}
COLUMNS = ("strength", "due_days", "due_from", "valid_months", "renewal_days", "refresher")


@needs("R2", within=READERS)
@require_safe
def matrix(request):
    """Audience × course, the Organization's lines first; those of structures stand out by colour and sign."""
    day = today()
    tree = access.rights(request.user).tree_on(day)
    lines = [line for line in _visible(request.user) if line.is_open_on(day)]
    lines.sort(key=lambda line: (line.owner_id or 0, line.pk))
    courses = list({line.course_id: line.course for line in lines}.values())
    idle = effects.without_effect(lines, day)
    groups: dict[tuple, dict[int, list]] = {}
    for line in lines:
        cell = groups.setdefault(_of_audience(line), {}).setdefault(line.course_id, [])
        cell.append((line, wordings.due(line), line.pk in idle, line.starts_on > day))
    rows = []
    for of_course in groups.values():
        first = next(iter(of_course.values()))[0][0]
        cells = [of_course.get(course.pk, []) for course in courses]
        owner = tree.name(first.owner_id) if first.owner_id else ""
        rows.append({"audience": wordings.audience(first, tree), "owner": owner, "cells": cells})
    writable = set(_writable(request.user).values_list("pk", flat=True))
    context = {"rows": rows, "courses": courses, "writable": writable, "writes": _writes(request.user)}
    return render(request, "reports/matrix/matrix.html", context)


@needs("R2", "W")
@require_http_methods(["GET", "HEAD", "POST"])
def new_line(request):
    """The first press shows who is touched, the second saves."""
    form = LineForm(request.user, request.POST or None)
    context = {"form": form}
    if request.method == "POST" and form.is_valid():
        try:
            wanted = requiring.drafted(by=request.user, day=today(), **form.values)
            if "save" in request.POST:
                requiring.ask(by=request.user, day=today(), **form.values)
                messages.success(request, _("The line is in the matrix. Assignments follow in a moment."))
                return redirect("reports:matrix")
        except NotAllowed as error:
            form.add_error(None, str(error))
        else:
            context["effect"] = _effect(request, None, wanted)
    return render(request, "reports/matrix/new_line.html", context, status=422 if form.errors else 200)


@needs("R2", "W")
@require_http_methods(["GET", "HEAD", "POST"])
def line(request, line):
    """What a line asks, to be changed from today on."""
    line = find(request, _writable(request.user), pk=line)
    initial = {name: getattr(line, name) for name in COLUMNS[:-1]} | {"refresher": line.refresher and line.refresher.code}
    form = TermsForm(request.POST or None, initial=initial)
    context = _described(request.user, line) | {"form": form}
    if request.method == "POST" and form.is_valid():
        try:
            wanted = requiring.drafted(by=request.user, day=today(), **_kept(line) | form.values)
            if "save" in request.POST:
                requiring.change(line, by=request.user, day=today(), **form.values)
                messages.success(request, _("Changed from today on. Assignments follow in a moment."))
                return redirect("reports:matrix")
        except NotAllowed as error:
            form.add_error(None, str(error))
        else:
            context["effect"] = _effect(request, line, wanted)
    return render(request, "reports/matrix/line.html", context, status=422 if form.errors else 200)


@needs("R2", "W")
@require_safe
def ask_end(request, line):
    """Who would be touched if the line ended today."""
    line = find(request, _writable(request.user), pk=line)
    context = _described(request.user, line) | {"effect": _effect(request, line, None)}
    return render(request, "reports/matrix/end.html", context)


@needs("R2", "W")
@require_POST
def end_line(request, line):
    line = find(request, _writable(request.user), pk=line)
    requiring.end(line, by=request.user, day=today())
    messages.success(request, _("The line has ended. Assignments follow in a moment."))
    return redirect("reports:matrix")


def _visible(user):
    """All lines, or, for who reads within a structure, those that may touch people there."""
    lines = Requirement.objects.known().select_related("course", "refresher")
    reach = access.reach(user, "R2")
    if Scope.ALL in reach.scopes:
        return lines
    tree = access.rights(user).tree_on(today())
    near = {above for key in reach.structures for above in tree.upwards(key)} | reach.structures
    return [line for line in lines if line.structure_id is None or line.structure_id in near]


def _writable(user):
    """Only HR changes and ends a line of the Organization; a focal point those of her own structure."""
    lines = Requirement.objects.known().select_related("course", "refresher", "structure", "owner")
    reach = access.reach(user, "R2", "W")
    return lines if Scope.ALL in reach.scopes else lines.filter(owner__in=reach.structures)


def _writes(user) -> bool:
    return bool(access.reach(user, "R2", "W"))


def _of_audience(line: Requirement) -> tuple:
    """Lines with the same one stand in one row."""
    named = (line.function_groups, line.contract_types, line.duty_stations, line.roles)
    return (line.owner_id or 0, line.structure_id or 0, *(str(sorted(part)) for part in named))


def _kept(line: Requirement) -> dict:
    names = ("course", "owner", "structure", "function_groups", "contract_types", "duty_stations", "roles", "ends_on", "line")
    return {name: getattr(line, name) for name in names} | {"starts_on": max(line.starts_on, today())}


def _described(user, line: Requirement) -> dict:
    tree = access.rights(user).tree_on(today())
    return {"line": line, "audience": wordings.audience(line, tree), "owner": wordings.owner(line, tree)}


def _effect(request, before, after) -> dict:
    """Counts and the first names; logged, since people are named."""
    day = max(today(), after.starts_on if after else today())
    found = effects.effect_of(before, after, day)
    tree = access.rights(request.user).tree_on(today())
    course = (before or after).course
    recording.listed(request.user, "whom a line touches", {"course": course.code}, found.people)
    reasons = [(wordings.audience(one, tree), wordings.owner(one, tree), wordings.due(one)) for one in found.because]
    more = found.people - len(found.shown)
    counts = [(KINDS[kind], number) for kind, number in sorted(found.counts.items())]
    shown = [(person, KINDS[kind], new) for person, kind, _old, new in found.shown]
    return {"people": found.people, "counts": counts, "shown": shown, "reasons": reasons, "more": more, "day": day}
