"""Reads what a kept report says, and whether a file is one that was signed here.

A snapshot is a JSON object: `report` (title, both dates, time zone, totals), `rows` (one a person and course, where names
were kept, each a list in the order of `report.columns`), `sha256` and `signature`. The hash is taken over the report and then
each row, each as JSON in one line with sorted keys and without spaces, followed by a line feed. The signature is Django's, by
the secret key of the server; what a former key signed counts while the server still knows that key.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db.models import Count
from django.template.loader import render_to_string
from django.utils.translation import override

from certificates import pdf
from courses.models import State
from lms.people.models import Tree
from lms.reports.models import Sheet, SheetPerson, SheetRow, Snapshot

COLUMNS = {
    "staff number": "staff_number",
    "name": "name",
    "structure": "structure__code",
    "course": "course__code",
    "strength": "strength",
    "state": "state",
    "due on": "due_on",
    "completed on": "completed_on",
    "valid until": "valid_until",
}
MOST_BYTES = 200_000_000  # of a file that is verified
SALT = "lms.reports.snapshots"


class Unreadable(ValueError):
    """The file is no snapshot."""


@dataclass(frozen=True)
class Verdict:
    """`is_signed`: just so it was signed here. `kept`: the record of it, None where it is not among the records."""

    title: str
    sha256: str
    is_signed: bool
    kept: Snapshot | None


def report_of(sheet: Sheet, *, title: str, with_names: bool) -> dict[str, Any]:
    """All but the rows, in values that JSON knows."""
    tree = Tree(sheet.day)
    counted = SheetRow.objects.filter(sheet=sheet).exclude(strength="").order_by()
    cells = counted.values("structure", "structure__code", "course__code", "course__title", "strength", "state")
    totals = [
        {
            "structure": cell["structure__code"],
            "structure name": tree.name(cell["structure"]),
            "course": cell["course__code"],
            "course title": cell["course__title"],
            "strength": cell["strength"],
            "state": cell["state"],
            "people": cell["people"],
        }
        for cell in cells.annotate(people=Count("person")).order_by("structure__code", "course__code", "strength", "state")
    ]
    known_at = sheet.known_at or sheet.ready_at
    return {
        "title": title,
        "organisation": settings.ORGANISATION_NAME,
        "sheet": str(sheet.uuid),
        "state date": sheet.day.isoformat(),
        "known at": known_at.isoformat() if known_at else None,
        "days end in": settings.ORGANISATION_TIME_ZONE,
        "people in post": SheetPerson.objects.filter(sheet=sheet).count(),
        "totals": totals,
        "columns": list(COLUMNS) if with_names else [],
    }


def rows_of(sheet: Sheet) -> Iterator[list[Any]]:
    """In the order of names, as lists in the order of COLUMNS."""
    rows = SheetRow.objects.filter(sheet=sheet).order_by("name", "pk").values_list(*COLUMNS.values())
    for row in rows.iterator(chunk_size=2000):
        yield [value.isoformat() if hasattr(value, "isoformat") else value for value in row]


def line_of(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"


def digest_of(report: dict[str, Any], rows: Iterable[list[Any]]) -> str:
    found = sha256(line_of(report))
    for row in rows:
        found.update(line_of(row))
    return found.hexdigest()


def signature_of(digest: str) -> str:
    return Signer(salt=SALT).signature(digest)


def verify(content: bytes) -> Verdict:
    """Raises Unreadable."""
    found = read(content)
    digest = digest_of(found["report"], found["rows"])
    try:
        is_signed = Signer(salt=SALT).unsign(f"{digest}:{found['signature']}") == found["sha256"]
    except BadSignature:
        is_signed = False
    kept = Snapshot.objects.filter(sha256=digest).first() if is_signed else None
    return Verdict(str(found["report"].get("title", "")), digest, is_signed, kept)


def read(content: bytes) -> dict[str, Any]:
    """Raises Unreadable."""
    try:
        found = json.loads(content)
        is_one = (
            isinstance(found["report"], dict)
            and isinstance(found["rows"], list)
            and all(isinstance(found[name], str) for name in ("sha256", "signature"))
        )
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise Unreadable from error
    if not is_one:
        raise Unreadable
    return dict(found)


def drawn(snapshot: Snapshot, language: str) -> bytes:
    """The PDF of its totals, with both dates, time zone and hash."""
    with snapshot.file.open() as file:
        found = read(file.read())
    report = found["report"]
    context = {
        "report": report,
        "day": report["state date"],
        "known_at": snapshot.sheet.known_at or snapshot.sheet.ready_at,
        "zone": report["days end in"],
        "people": report["people in post"],
        "states": State.choices,
        "lines": _lines(report["totals"]),
        "snapshot": snapshot,
        "day_of_sheet": snapshot.sheet.day,
        "language": language,
    }
    with override(language):
        html = render_to_string("reports/dates/snapshot_pdf.html", context)
    return pdf.draw(pdf.Look(html=html, css=render_to_string("reports/dates/snapshot.css")))


def _lines(totals: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """One a structure, course and strength, with the number of people in each state."""
    lines: dict[tuple[str, str, str], dict[str, Any]] = {}
    for total in totals:
        key = (total["structure"], total["course"], total["strength"])
        line = lines.setdefault(key, {"total": total, "by_state": {}})
        line["by_state"][total["state"]] = total["people"]
    for line in lines.values():
        line["cells"] = [line["by_state"].get(state, 0) for state in State.values]
        line["all"] = sum(line["cells"])
    return list(lines.values())
