"""Reads the staff feed: a CSV table becomes rows that could be true, and refusals with a reason each."""

import csv
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

COLUMNS = (
    "staff number",
    "official name",
    "e-mail",
    "structure",
    "duty station",
    "function group",
    "contract type",
    "entry on duty",
    "end",
    "manager",
    "language",
)
MAY_BE_EMPTY = {"end", "manager"}


class UnreadableFeed(ValueError):
    """The file as a whole is not a staff feed; nothing of it may be applied."""


@dataclass(frozen=True)
class FeedRow:
    """One person as the feed has her; `line` is the line of the file, from 2 on."""

    line: int
    staff_number: str
    official_name: str
    email: str
    structure: str
    duty_station: str
    function_group: str
    contract_type: str
    entered_on: date
    ends_on: date | None
    manager: str
    language: str


@dataclass(frozen=True)
class Refusal:
    line: int
    staff_number: str
    reason: str


@dataclass(frozen=True)
class Codes:
    """What the coded columns may hold."""

    structures: Collection[str]
    function_groups: Collection[str]
    contract_types: Collection[str]
    languages: Collection[str]


def parse(lines: Iterable[str], codes: Codes) -> tuple[list[FeedRow], list[Refusal], list[str]]:
    """Rows, refusals, and the names of columns that were dropped because the platform has no use for them.

    Raises UnreadableFeed where a column is missing or no line follows the header.
    """
    reader = csv.DictReader(lines)
    headings = [(name or "").strip().lower() for name in reader.fieldnames or []]
    missing = [name for name in COLUMNS if name not in headings]
    if missing:
        raise UnreadableFeed(f"The first line lacks: {', '.join(missing)}. Add these columns and send the file again.")
    reader.fieldnames = headings
    rows: list[FeedRow] = []
    refusals: list[Refusal] = []
    for record in reader:
        line = reader.line_num
        values = {name: (record.get(name) or "").strip() for name in COLUMNS}
        reasons = _faults(values, codes)
        if reasons:
            refusals.append(Refusal(line, values["staff number"], " ".join(reasons)))
        else:
            rows.append(_row(line, values))
    if not rows and not refusals:
        raise UnreadableFeed("The file holds no person. An empty feed is never applied.")
    rows, doubled = _without_doubles(rows)
    return rows, sorted(refusals + doubled, key=lambda refusal: refusal.line), _dropped(headings)


def _dropped(headings: list[str]) -> list[str]:
    return [name for name in headings if name and name not in COLUMNS]


def _faults(values: dict[str, str], codes: Codes) -> list[str]:
    faults = [f"{name.capitalize()} is empty." for name in COLUMNS if not values[name] and name not in MAY_BE_EMPTY]
    for name, allowed in (
        ("structure", codes.structures),
        ("function group", codes.function_groups),
        ("contract type", codes.contract_types),
        ("language", codes.languages),
    ):
        if values[name] and values[name] not in allowed:
            faults.append(f"{name.capitalize()} {values[name]!r} is not known.")
    if values["e-mail"] and not _is_address(values["e-mail"]):
        faults.append(f"E-mail {values['e-mail']!r} is no address.")
    days = {name: _day(values[name]) for name in ("entry on duty", "end")}
    faults += [f"{name.capitalize()} {values[name]!r} is no date (2026-12-31)." for name, day in days.items() if day is False]
    if days["entry on duty"] and days["end"] and days["end"] < days["entry on duty"]:
        faults.append("End lies before entry on duty.")
    if values["manager"] and values["manager"] == values["staff number"]:
        faults.append("Nobody is her own manager.")
    return faults


def _is_address(text: str) -> bool:
    name, at, domain = text.partition("@")
    return bool(name and at and "." in domain and not any(char.isspace() for char in text) and "@" not in domain)


def _day(text: str) -> date | None | bool:
    """The date, None for an empty cell, False for something else."""
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return False


def _row(line: int, values: dict[str, str]) -> FeedRow:
    return FeedRow(
        line=line,
        staff_number=values["staff number"],
        official_name=" ".join(values["official name"].split()),
        email=values["e-mail"].lower(),
        structure=values["structure"],
        duty_station=values["duty station"],
        function_group=values["function group"],
        contract_type=values["contract type"],
        entered_on=date.fromisoformat(values["entry on duty"]),
        ends_on=date.fromisoformat(values["end"]) if values["end"] else None,
        manager=values["manager"],
        language=values["language"],
    )


def _without_doubles(rows: list[FeedRow]) -> tuple[list[FeedRow], list[Refusal]]:
    """A staff number or address that stands twice could be either person: all of them are refused."""
    numbers = Counter(row.staff_number for row in rows)
    addresses = Counter(row.email for row in rows)
    kept, refusals = [], []
    for row in rows:
        if numbers[row.staff_number] > 1:
            refusals.append(Refusal(row.line, row.staff_number, "This staff number stands in more than one line."))
        elif addresses[row.email] > 1:
            refusals.append(Refusal(row.line, row.staff_number, "This e-mail stands in more than one line."))
        else:
            kept.append(row)
    return kept, refusals
