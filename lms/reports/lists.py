"""The list of who stands where: filtered, sorted, counted, page by page, and taken along as a file."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from courses.models import Course
from lms.people import access, recording
from lms.people.guards import find, needs
from lms.refusals import NotAllowed
from lms.reports import exporting, keysets, listings, producing, saving
from lms.reports.columns import STATES, Column
from lms.reports.files import KINDS
from lms.reports.filters import COURSE
from lms.reports.list_forms import ListForm, SaveForm, TakeForm
from lms.reports.list_models import Export
from lms.reports.listings import MOST_COUNTED, Found

ANYBODY, ANY_CODE = str(UUID(int=0)), "any-course"  # stand in an address where a person and a course will
SHOWN = {"name", "state", "course"}  # columns that are more than their text


@dataclass(frozen=True)
class Head:
    """A column with the address of the list that is sorted by it."""

    column: Column
    query: str
    runs: str  # as aria-sort has it, or empty


@dataclass(frozen=True)
class Line:
    person: str  # address of her page
    state: str  # address where the state is explained, or empty
    cells: list[tuple[str, str]]  # how a cell is shown, and what is in it


@needs("P3", within=access.NAMED)
@require_safe
def show(request):
    """Never scores; whom the reader may not see is not in it."""
    form = ListForm(request.user, request.GET)
    context = {"form": form, "query": request.GET.urlencode()}
    if not form.is_valid():
        return render(request, "reports/lists/list.html", context, status=422)
    listing = form.listing
    sheet = listings.sheet_of(listing, request.user)
    context |= {"sheet": sheet, "listing": listing, "query": listing.query()}
    if sheet is not None:
        found = Found(request.user, listing, sheet)
        context |= {"found": found} | (_grouped(found) if found.group else _listed(request, found))
        context |= _tools(request)
    return render(request, "reports/lists/list.html", context)


@needs("P3", within=access.NAMED)
@require_safe
def of_course(request, code):
    """Where the list of one course was, there is the list that shows it."""
    course = find(request, Course.objects.all(), code__iexact=code)
    return redirect(f"{reverse('reports:list')}?course={course.code}")


@needs("R4", "X", within=access.NAMED)
@require_POST
def take(request):
    """As a file, at once or from the worker; what it is for is asked and kept."""
    form, wanted = ListForm(request.user, request.GET), TakeForm(request.POST)
    back = f"{reverse('reports:list')}?{request.GET.urlencode()}"
    if not (form.is_valid() and wanted.is_valid()):
        if not wanted.is_valid():
            messages.error(request, _("Say in a few words what you need the file for."))
        return redirect(back)
    kind = wanted.cleaned_data["form"]
    try:
        made = exporting.export(request.user, form.listing, kind, purpose=wanted.cleaned_data["purpose"])
    except NotAllowed as error:
        messages.error(request, str(error))
        return redirect(back)
    if isinstance(made, Export):
        return redirect("reports:export", export=made.uuid)
    return _file(made, kind, f"list-{listings.sheet_of(form.listing, request.user).day}")


@needs("P3", "X")
@require_safe
def export(request, export):
    """How far the worker is with a file."""
    return render(request, "reports/lists/export.html", {"export": find(request, _hers(request), uuid=export)})


@needs("P3", "X")
@require_safe
def export_file(request, export):
    """Only for whom it was made, and only while she may see as much as then."""
    reach = listings.reach_of(request.user)
    export = find(request, _hers(request).filter(stage=Export.Stage.READY, reach=reach), uuid=export)
    return _file(export.file.open("rb"), export.form, f"list-{export.ready_at:%Y-%m-%d}")


def _hers(request):
    hers = Export.objects.filter(owner=request.user)
    return hers if producing.may_take(request.user) else hers.none()


def _listed(request, found: Found) -> dict:
    mark, is_back = request.GET.get("after", ""), False
    if "before" in request.GET:
        mark, is_back = request.GET["before"], True
    page = found.page(keysets.read(mark), is_back=is_back)
    recording.listed(request.user, "list", producing.described(found), len(page.rows))
    count = found.count()
    return {
        "heads": [_head(found, column) for column in found.columns],
        "lines": _lines(found, page.rows),
        "page": page,
        "is_first": not page.before,
        "count": min(count, MOST_COUNTED),
        "is_more": count > MOST_COUNTED,
    }


def _grouped(found: Found) -> dict:
    return {"groups": found.groups()}


def _tools(request) -> dict:
    return {
        "take": TakeForm() if producing.may_take(request.user) else None,
        "save": SaveForm() if saving.may_keep(request.user) else None,
    }


def _head(found: Found, column: Column) -> Head:
    runs = ("descending" if found.order.is_down else "ascending") if column == found.order.column else ""
    return Head(column, found.listing.sorted_by(column.key).query(), runs)


def _lines(found: Found, rows: list[tuple]) -> list[Line]:
    shown = [column.key if column.key in SHOWN else "" for column in found.columns]
    read = [_read(column, {row[at] for row in rows}) for at, column in enumerate(found.columns, 2)]
    # Addresses are looked up once: for fifty lines that would take longer than to draw them.
    of_person = reverse("reports:person", args=[ANYBODY])
    of_state = reverse("reports:explanation", args=[ANYBODY, ANY_CODE]) if found.listing.filter.by == COURSE else ""
    return [
        Line(
            of_person.replace(ANYBODY, str(person)),
            of_state.replace(ANYBODY, str(person)).replace(ANY_CODE, code.lower()),
            [(how, words.get(cell, cell)) for how, words, cell in zip(shown, read, cells, strict=True)],
        )
        for person, code, *cells in rows
    ]


def _read(column: Column, cells: set) -> dict:
    """What is read instead of a cell: each state with its shape and each day, drawn once a page and not once a line."""
    if column.key == "state":
        return {state: render_to_string("reports/lists/state.html", {"state": state}) for state in STATES}
    if column.is_date:
        return {None: ""} | {day: _day(day) for day in cells - {None}}
    return column.read


def _day(day: date) -> str:
    return format_html('<time datetime="{}">{}</time>', day.isoformat(), date_format(day, "SHORT_DATE_FORMAT"))


def _file(content, kind: str, name: str) -> FileResponse:
    return FileResponse(content, as_attachment=True, filename=f"{name}.{kind}", content_type=KINDS[kind])
