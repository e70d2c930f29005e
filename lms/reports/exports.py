"""Lists as CSV, row by row, with nothing in them that a spreadsheet would run."""

import csv
from collections.abc import Iterable, Iterator, Sequence

# A cell that begins with one of these is a formula somewhere; full-width forms are folded by some programs.
FORMULA_SIGNS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
BREAKS = ("\t", "\r", "\n")
BOM = "\ufeff"  # so that spreadsheets read UTF-8


class _Line:
    """A file for csv.writer that hands each line back."""

    def write(self, text: str) -> str:
        return text


def csv_lines(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    writer = csv.writer(_Line())
    yield BOM + writer.writerow([harmless(cell) for cell in header])
    for row in rows:
        yield writer.writerow([harmless(cell) for cell in row])


def harmless(cell: object) -> str:
    """The cell as text that stays text: an apostrophe goes before whatever would begin a formula."""
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith(BREAKS) or text.lstrip().startswith(FORMULA_SIGNS) else text
