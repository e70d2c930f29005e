"""Staff feeds as Human Resources send them: a header and one line a person."""

import csv
import io
from datetime import date

from lms.people import feeding, hr_files, syncing
from lms.people.hr_feed import COLUMNS
from lms.people.models import FeedRun

USUAL = {
    "structure": "MIS",
    "duty station": "Skopje",
    "function group": "human-rights",
    "contract type": "seconded",
    "entry on duty": "2026-02-02",
    "language": "en",
}


def line(number: int, **values: str) -> dict[str, str]:
    """Person S1, S2, …; words of a column's name are joined by an underscore."""
    row = USUAL | {"staff number": f"S{number}", "official name": f"Person {number}", "e-mail": f"person{number}@feed.test"}
    return row | {name.replace("_", " "): value for name, value in values.items()}


def feed(*rows: dict[str, str], columns: tuple[str, ...] = COLUMNS) -> list[str]:
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().splitlines(keepends=True)


def sync_staff(lines: list[str], *, day: date, dry_run: bool = False) -> syncing.Report:
    return syncing.sync_staff(hr_files.read_csv(lines), day=day, dry_run=dry_run)


def receive(lines: list[str], *, by, day: date, name: str = "staff.csv") -> FeedRun:
    return feeding.receive(hr_files.read_csv(lines), file_name=name, file_sha256="0" * 64, by=by, day=day)


def applied(lines: list[str], *, by, day: date) -> FeedRun:
    return feeding.apply(receive(lines, by=by, day=day), by=by, day=day)
