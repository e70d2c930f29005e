"""Reads a table of completions from before this platform: each line becomes a row that could be true, or a refusal."""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

COLUMNS = ("staff number", "course", "completed on", "valid until")
MAY_BE_EMPTY = {"valid until"}
MOST_LINES = 50_000


class UnreadableFile(ValueError):
    """The file as a whole is no such table; `args[0]` names what is wrong with it, as in `FAULTS`, and `args[1]` what."""


@dataclass(frozen=True)
class PastRow:
    """Somebody completed a course on a day; `line` is the line of the file, from 2 on."""

    line: int
    staff_number: str
    course: str
    completed_on: date
    valid_until: date | None


@dataclass(frozen=True)
class Refusal:
    """`reason` is a key of `crediting.REASONS`."""

    line: int
    staff_number: str
    course: str
    reason: str


def read(text: str) -> tuple[list[PastRow], list[Refusal]]:
    """Rows and refusals in the order of the lines. Columns beyond those needed are left unread. Raises UnreadableFile."""
    reader = csv.DictReader(text.removeprefix("\ufeff").splitlines(), delimiter=_delimiter(text))
    try:
        reader.fieldnames = _headings(reader.fieldnames or [])
        records = [(reader.line_num, {name: (record[name] or "").strip() for name in COLUMNS}) for record in reader]
    except csv.Error as error:
        raise UnreadableFile("no table", str(error)) from error
    if not records or len(records) > MOST_LINES:
        raise UnreadableFile("too many" if records else "empty", str(MOST_LINES))
    return _sorted_out(records)


def _delimiter(text: str) -> str:
    """Spreadsheets of some languages write semicolons."""
    first = text.partition("\n")[0]
    return ";" if first.count(";") > first.count(",") else ","


def _headings(first_line: Sequence[str]) -> list[str]:
    headings = [name.strip().lower() for name in first_line]
    wrong = [name for name in COLUMNS if headings.count(name) != 1]
    if wrong:
        raise UnreadableFile("columns", ", ".join(wrong))
    return headings


def _sorted_out(records: Iterable[tuple[int, dict[str, str]]]) -> tuple[list[PastRow], list[Refusal]]:
    rows, refusals = [], []
    seen: set[tuple[str, str, date]] = set()
    for line, values in records:
        row, reason = _row(line, values)
        if row is not None and (row.staff_number, row.course.lower(), row.completed_on) in seen:
            reason = "stands twice"
        if row is None or reason:
            refusals.append(Refusal(line, values["staff number"], values["course"], reason))
            continue
        seen.add((row.staff_number, row.course.lower(), row.completed_on))
        rows.append(row)
    return rows, refusals


def _row(line: int, values: dict[str, str]) -> tuple[PastRow | None, str]:
    if not all(values[name] for name in COLUMNS if name not in MAY_BE_EMPTY):
        return None, "a cell is empty"
    try:
        completed_on = date.fromisoformat(values["completed on"])
        valid_until = date.fromisoformat(values["valid until"]) if values["valid until"] else None
    except ValueError:
        return None, "no date"
    if valid_until is not None and valid_until < completed_on:
        return None, "ends before"
    return PastRow(line, values["staff number"], values["course"], completed_on, valid_until), ""
