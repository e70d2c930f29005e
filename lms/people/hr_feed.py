"""Judges the staff feed: a table becomes rows that could be true, and refusals with a reason each."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
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
MAY_BE_EMPTY = {"e-mail", "end", "manager"}  # no e-mail: staff without a mailbox
LONGEST = {"staff number": 40, "official name": 200, "e-mail": 254, "duty station": 80}

# What other systems like to send along: of a column whose name holds one of these not a single value is kept.
NEVER_HELD = ("nationality", "birth", "seconding", "health", "medical", "grade", "step", "gender", "sex", "religion", "salary")


class UnreadableFeed(ValueError):
    """The file as a whole is not a staff feed; nothing of it may be applied."""


@dataclass(frozen=True)
class Sheet:
    """The file as a table: for each line that holds anything its number and its text by column; the columns that were dropped."""

    records: tuple[tuple[int, dict[str, str]], ...]
    dropped: tuple[str, ...]


@dataclass(frozen=True)
class FeedRow:
    """One person as the feed has her; `line` is the line of the file, from 2 on."""

    line: int
    staff_number: str
    official_name: str
    email: str | None
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


def tabulate(rows: Iterable[tuple[int, Sequence[str]]]) -> Sheet:
    """A table whose first row names the columns; each row comes with its line in the file.

    Raises UnreadableFeed where a column is missing or stands twice, or nothing follows the names.
    """
    numbered = iter(rows)
    _line, first = next(numbered, (1, ()))
    headings = _headings(first)
    places = [(name, headings.index(name)) for name in COLUMNS]
    records = tuple(
        (line, {name: cells[place].strip() if place < len(cells) else "" for name, place in places})
        for line, cells in numbered
        if any(cell.strip() for cell in cells)
    )
    if not records:
        raise UnreadableFeed("The file holds no person. An empty feed is never applied.")
    return Sheet(records, tuple(name for name in headings if name and name not in COLUMNS))


def judge(sheet: Sheet, codes: Codes) -> tuple[list[FeedRow], list[Refusal]]:
    """The lines that could be true, and the others with their reasons, each in the order of the file."""
    rows: list[FeedRow] = []
    refusals: list[Refusal] = []
    for line, values in sheet.records:
        reasons = _faults(values, codes)
        if reasons:
            refusals.append(Refusal(line, values["staff number"], " ".join(reasons)))
        else:
            rows.append(_row(line, values))
    rows, doubled = _without_doubles(rows)
    return rows, sorted(refusals + doubled, key=lambda refusal: refusal.line)


def never_held(columns: Iterable[str]) -> list[str]:
    """Of these columns the ones that the sender should leave out of the file: there is no purpose for them here."""
    return [name for name in columns if any(word in name for word in NEVER_HELD)]


def _headings(first_line: Sequence[str]) -> list[str]:
    headings = [name.strip().lower() for name in first_line]
    wrong = [name for name in COLUMNS if headings.count(name) != 1]
    if wrong:
        raise UnreadableFeed(f"The first line must name each of these once: {', '.join(wrong)}. Then send the file again.")
    return headings


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
    faults += [
        f"{name.capitalize()} is longer than {most} characters." for name, most in LONGEST.items() if len(values[name]) > most
    ]
    if "\0" in "".join(values.values()):
        faults.append("A cell holds a NUL character.")
    if values["e-mail"] and not _is_address(values["e-mail"]):
        faults.append(f"E-mail {values['e-mail']!r} is no address.")
    if values["manager"] and values["manager"] == values["staff number"]:
        faults.append("Nobody is her own manager.")
    return faults + _faults_of_days(values)


def _faults_of_days(values: dict[str, str]) -> list[str]:
    days, faults = [], []
    for name in ("entry on duty", "end"):
        try:
            days += [date.fromisoformat(values[name])] if values[name] else []
        except ValueError:
            faults.append(f"{name.capitalize()} {values[name]!r} is no date (2026-12-31).")
    if days != sorted(days):
        faults.append("End lies before entry on duty.")
    return faults


def _is_address(text: str) -> bool:
    name, at, domain = text.partition("@")
    return bool(name and at and "." in domain and not any(char.isspace() for char in text) and "@" not in domain)


def _row(line: int, values: dict[str, str]) -> FeedRow:
    return FeedRow(
        line=line,
        staff_number=values["staff number"],
        official_name=" ".join(values["official name"].split()),
        email=values["e-mail"].lower() or None,
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
    addresses = Counter(row.email for row in rows if row.email)
    kept, refusals = [], []
    for row in rows:
        if numbers[row.staff_number] > 1:
            refusals.append(Refusal(row.line, row.staff_number, "This staff number stands in more than one line."))
        elif row.email and addresses[row.email] > 1:
            refusals.append(Refusal(row.line, row.staff_number, "This e-mail stands in more than one line."))
        else:
            kept.append(row)
    return kept, refusals
