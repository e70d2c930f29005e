"""What can be asked of the API, and the one thing that can be sent: the staff feed."""

from hashlib import sha256
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Prefetch, Q, QuerySet
from django.http import Http404, HttpRequest
from ninja import File, Form, Query
from ninja.errors import HttpError
from ninja.files import UploadedFile

from certificates import verification
from courses.models import Completion, Course, Edition, LanguageVersion
from lms import limits
from lms.days import day_of, today
from lms.people import access, feeding, hr_files
from lms.people.access import Scope
from lms.people.guards import find
from lms.people.hr_feed import UnreadableFeed
from lms.people.models import FeedRun, TokenScope, Tree
from lms.reports import sheets, totals
from lms.reports.api import schemas
from lms.reports.api.doors import api, note, opens
from lms.reports.coverage import Coverage, Share
from lms.reports.filters import Filter
from lms.reports.models import SheetRow
from lms.reports.totals import Totals

Refused = {
    401: schemas.Error,
    403: schemas.Error,
    404: schemas.Error,
    422: schemas.Invalid,
    429: schemas.Error,
    503: schemas.Error,
}
NAME_TRIES, AN_HOUR = 5, 3600  # as on the page that checks certificates


@api.get("/completions", response={200: schemas.Completions, **Refused}, summary="Completions, the withdrawn ones, too")
@opens(TokenScope.COMPLETIONS, "P3", "X", within=access.NAMED)
def completions(request: HttpRequest, asked: Query[schemas.CompletionsAsked]) -> Any:
    """In the order in which they were recorded: what comes later stands behind what was there."""
    within = access.people(request.user, "P3", "X", within=access.NAMED)
    rows = Completion.objects.filter(person__in=within.values("pk"), pk__gt=asked.place)
    if asked.course:
        rows = rows.filter(course__code__iexact=asked.course)
    if asked.completed_from:
        rows = rows.filter(completed_on__gte=asked.completed_from)
    if asked.completed_before:
        rows = rows.filter(completed_on__lt=asked.completed_before)
    found, following = _page(rows.select_related("person", "course", "edition").order_by("pk"), asked.limit)
    note(request, "completions", _said(asked), len(found))
    sees_number = _sees_number(request)
    return {
        "rows": [
            {
                "id": row.uuid,
                "person": _person(row.person.uuid, row.person.official_name, row.person.staff_number, sees_number),
                "course": row.course.code,
                "edition": row.edition.number,
                "language": row.language,
                "completed_on": row.completed_on,
                "valid_until": row.valid_until,
                "source": row.source,
                "recorded_at": row.recorded_at,
                "withdrawn_on": row.withdrawn_at and day_of(row.withdrawn_at),
            }
            for row in found
        ],
        "next": str(found[-1].pk) if following else None,
    }


@api.get("/assignments", response={200: schemas.Assignments, **Refused}, summary="Who is asked what today, with states")
@opens(TokenScope.ASSIGNMENTS, "P3", "X", within=access.NAMED)
def assignments(request: HttpRequest, asked: Query[schemas.AssignmentsAsked]) -> Any:
    """In the order of persons; a person whose assignments change between two pages may be missed: ask again from the start."""
    sheet = sheets.living()
    if sheet is None:
        raise HttpError(HTTPStatus.SERVICE_UNAVAILABLE, "The report of today is being worked out. Ask again in a few minutes.")
    person, course = asked.place
    rows = sheets.rows_on(sheet, request.user, action="X").exclude(strength="")
    rows = rows.filter(Q(person__gt=person) | Q(person=person, course__gt=course))
    if asked.course:
        rows = rows.filter(course__code__iexact=asked.course)
    if asked.state:
        rows = rows.filter(state=asked.state)
    if asked.structure:
        rows = rows.filter(structure__in=_below(request, asked.structure))
    rows = rows.select_related("person", "course", "structure").order_by("person", "course")
    found, following = _page(rows, asked.limit)
    note(request, "assignments", _said(asked), len(found))
    sees_number = _sees_number(request)
    return {
        "day": sheet.day,
        "time_zone": settings.ORGANISATION_TIME_ZONE,
        "rows": [_assignment(row, sees_number) for row in found],
        "next": f"{found[-1].person_id}-{found[-1].course_id}" if following else None,
    }


@api.get("/figures", response={200: schemas.Figures, **Refused}, summary="How many hold what is asked of them")
@opens(TokenScope.FIGURES, "P3", "X", within=access.NAMED | {Scope.TOTAL})
def figures(request: HttpRequest, asked: Query[schemas.FiguresAsked]) -> Any:
    """As on the first page of the reports: what readers without names are told is the same here as there."""
    page = _figures(request, asked)
    note(request, "figures", page.described(), page.whole.of.value if page.whole else 0)
    codes = [None, *(course.code for course in page.courses)]
    lines = [page.total, *page.lines]
    return {
        "day": page.day,
        "time_zone": settings.ORGANISATION_TIME_ZONE,
        "groups": [{"name": line.name, "shares": _shares(codes, [line.whole, *line.shares])} for line in lines],
    }


@api.get("/structures", response={200: schemas.Structures, **Refused}, summary="Structures as they stand today")
@opens(TokenScope.STRUCTURES, "P2", within={Scope.STRUCTURE, Scope.ALL})
def structures(request: HttpRequest) -> Any:
    rights = access.rights(request.user)
    tree, reach = rights.tree_on(rights.day), rights.reach("P2")
    seen = tree.periods.keys() if Scope.ALL in reach.scopes else reach.structures
    return {"day": rights.day, "rows": [_structure(tree, key) for key, _depth in tree.walk() if key in seen]}


@api.get("/courses", response={200: schemas.Courses, **Refused}, summary="Courses with their newest edition")
@opens(TokenScope.COURSES, "C2")
def courses(request: HttpRequest) -> Any:
    offered = LanguageVersion.objects.offered().order_by("language")
    newest = Edition.objects.latest_of(Course.objects.values("key")).order_by("course__code")
    return {
        "rows": [
            {
                "id": edition.course.key,
                "code": edition.course.code,
                "title": edition.course.title,
                "edition": edition.number,
                "languages": [version.language for version in edition.offered],
                "retired_on": edition.course.retired_on,
            }
            for edition in newest.prefetch_related(Prefetch("versions", offered, to_attr="offered"))
        ]
    }


@api.get("/certificates/{code}", response={200: schemas.Certificate, **Refused}, summary="Whether a certificate holds")
@opens(TokenScope.CERTIFICATES, "C1")
def certificate(
    request: HttpRequest, code: schemas.CertificateCode, name: str = Query("", max_length=200, pattern=schemas.WORDS)
) -> Any:
    """As on the page that anybody may open. `name`: as it is printed; five tries an hour."""
    finding = verification.look_up(code, day=today())
    found = finding.certificate
    if found is None:
        raise Http404
    if name and not limits.take(f"verify-name:{found.pk}", tries=NAME_TRIES, seconds=AN_HOUR):
        raise HttpError(HTTPStatus.TOO_MANY_REQUESTS, "Too many names for this certificate. Wait an hour.")
    return {
        "code": found.code,
        "state": finding.state,
        "course": found.course_code,
        "edition": found.edition,
        "completed_on": found.completed_on,
        "valid_until": found.valid_until,
        "name_matches": verification.is_name(found, name) if name else None,
        "is_demo": found.is_demo,
    }


@api.post(
    "/feed",
    response={200: schemas.Feed, 409: schemas.Error, **Refused},
    summary="Sends the staff feed; looks at it only, unless `apply` is true",
)
@opens(TokenScope.FEED, "R1", "W")
def send_feed(request: HttpRequest, file: File[UploadedFile], apply: Form[bool] = False) -> Any:
    """CSV in UTF-8 or XLSX. Where too many would leave, it waits for a second HR officer, who agrees at her desk."""
    content = file.read(hr_files.MOST_BYTES + 1)
    try:
        sheet = hr_files.read(content)
    except UnreadableFeed as error:
        raise HttpError(HTTPStatus.UNPROCESSABLE_ENTITY, str(error)) from error
    digest = sha256(content).hexdigest()
    run = feeding.receive(sheet, file_name=file.name or "feed", file_sha256=digest, by=request.user, day=today())
    return _feed(feeding.apply(run, by=request.user, day=today()) if apply else run)


@api.get("/feed/{uuid:run}", response={200: schemas.FeedReport, **Refused}, summary="What a feed did or would do")
@opens(TokenScope.FEED, "R1", within={Scope.ALL})
def feed(request: HttpRequest, run: UUID, asked: Query[schemas.Paging]) -> Any:
    """Line by line for those who may know staff numbers."""
    found = find(request, FeedRun.objects.all(), uuid=run)
    lines = found.lines.order_by("pk") if _sees_number(request) else found.lines.none()
    rows, following = _page(lines.filter(pk__gt=asked.place), asked.limit)
    note(request, "staff feed", {"feed": str(run)}, len(rows))
    told = [{"line": row.line, "staff_number": row.staff_number, "outcome": row.outcome, "reason": row.reason} for row in rows]
    return _feed(found) | {"lines": told, "next": str(rows[-1].pk) if following else None}


def _figures(request: HttpRequest, asked: schemas.FiguresAsked) -> Coverage | Totals:
    if totals.reads_totals(request.user, "X"):
        months = totals.months()
        month = asked.month or next(iter(months), None)
        if month not in months:
            raise Http404
        return Totals(month, asked.grouping)
    sheet = sheets.living()
    if sheet is None:
        raise HttpError(HTTPStatus.SERVICE_UNAVAILABLE, "The report of today is being worked out. Ask again in a few minutes.")
    return Coverage(request.user, sheet, Filter(), action="X")


def _shares(codes: list[str | None], shares: list[Share | None]) -> list[dict[str, Any]]:
    """Those that may be told."""
    pairs = zip(codes, shares, strict=True)
    return [{"course": code, "held": share.held.value, "asked": share.of.value} for code, share in pairs if share]


def _page(rows: QuerySet[Any], limit: int) -> tuple[list[Any], bool]:
    """So many rows, and whether others follow."""
    found = list(rows[: limit + 1])
    return found[:limit], len(found) > limit


def _below(request: HttpRequest, code: str) -> set[int]:
    """A structure and all under it; nothing for one that is not there, or closed."""
    rights = access.rights(request.user)
    tree = rights.tree_on(rights.day)
    return tree.below(*(key for key in tree.periods if tree.code(key) == code.upper()))


def _sees_number(request: HttpRequest) -> bool:
    return Scope.ALL in access.rights(request.user).scopes("P2")


def _said(asked: schemas.Paged) -> dict[str, str]:
    """What was asked for, for the log."""
    return {name: str(value) for name, value in asked.dict(exclude={"limit"}).items() if value}


def _person(uuid: UUID, name: str, number: str | None, sees_number: bool) -> dict[str, Any]:
    return {"id": uuid, "name": name, "staff_number": number or None if sees_number else None}


def _assignment(row: SheetRow, sees_number: bool) -> dict[str, Any]:
    return {
        "person": _person(row.person.uuid, row.name, row.staff_number, sees_number),
        "structure": row.structure.code,
        "course": row.course.code,
        "strength": row.strength,
        "state": row.state,
        "due_on": row.due_on,
        "completed_on": row.completed_on,
        "valid_until": row.valid_until,
    }


def _structure(tree: Tree, key: int) -> dict[str, Any]:
    period, above = tree.periods[key], tree.parent(key)
    return {
        "code": tree.code(key),
        "name": tree.name(key),
        "kind": tree.kind(key),
        "parent": tree.code(above) if above in tree.periods else None,
        "starts_on": period.starts_on,
        "ends_on": period.ends_on,
        "note": period.structure__name_note,
    }


def _feed(run: FeedRun) -> dict[str, Any]:
    return {
        "id": run.uuid,
        "state": run.state,
        "file_name": run.file_name,
        "counts": run.counts,
        "dropped_columns": run.dropped_columns,
        "note": run.too_many,
    }
