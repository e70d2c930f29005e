"""Staff feeds as Human Resources send them: a header and one line a person."""

import csv
import io

from lms.people.hr_feed import COLUMNS

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
