"""Reads and writes the files of the staff feed, CSV and XLSX alike. Of a file only the columns of the feed are ever kept."""

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.writer.excel import save_workbook

from lms.people.hr_feed import COLUMNS, Sheet, UnreadableFeed, tabulate

ZIP = b"PK\x03\x04"  # with which every XLSX file begins
MOST_BYTES = 10_000_000
MOST_UNPACKED = 100_000_000
MOST_ROWS, MOST_COLUMNS = 100_000, 100


def read(content: bytes) -> Sheet:
    """A CSV file in UTF-8 or the first sheet of an XLSX file. Raises UnreadableFeed."""
    if len(content) > MOST_BYTES:
        raise UnreadableFeed(f"The file is larger than {MOST_BYTES // 1_000_000} MB. Send it without pictures and other sheets.")
    if content.startswith(ZIP):
        return tabulate(_rows_of_workbook(content))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableFeed(f"The file is neither XLSX nor text in UTF-8 ({error}). Save it as “CSV UTF-8”.") from error
    return read_csv(io.StringIO(text, newline=""))


def read_csv(lines: Iterable[str]) -> Sheet:
    """Raises UnreadableFeed."""
    reader = csv.reader(lines)
    try:
        return tabulate((reader.line_num, cells) for cells in reader)
    except csv.Error as error:
        raise UnreadableFeed(f"The file is no CSV table: {error}.") from error


def dump(sheet: Sheet) -> bytes:
    """The sheet as it is kept until somebody decides; `load` gives it back."""
    return json.dumps({"records": sheet.records, "dropped": sheet.dropped}).encode()


def load(kept: bytes) -> Sheet:
    read_back = json.loads(kept)
    return Sheet(tuple((line, values) for line, values in read_back["records"]), tuple(read_back["dropped"]))


def csv_template() -> bytes:
    """A file to fill in: the names of the columns."""
    return ("\ufeff" + ",".join(COLUMNS) + "\r\n").encode()


def xlsx_template(codes: Mapping[str, Iterable[Sequence[str]]]) -> bytes:
    """The same as a workbook, with a second sheet that lists what each coded column may hold: (code, meaning) by column."""
    book = openpyxl.Workbook(write_only=True)
    people = book.create_sheet("staff")
    people.append(COLUMNS)
    legend = book.create_sheet("codes")
    legend.append(("column", "code", "meaning"))
    for column, pairs in codes.items():
        for code, meaning in pairs:
            legend.append((column, code, meaning))
    file = io.BytesIO()
    save_workbook(book, file)
    return file.getvalue()


def _rows_of_workbook(content: bytes) -> Iterator[tuple[int, Sequence[str]]]:
    try:
        _refuse_bombs(content)
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # what the file says about its own size may be wrong
        rows = sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True)
        for number, cells in enumerate(rows, start=1):
            if number > MOST_ROWS:
                raise UnreadableFeed(f"The sheet has more than {MOST_ROWS} rows. Delete the empty ones below the last person.")
            yield number, [_text(cell) for cell in cells]
    except UnreadableFeed:
        raise
    # A damaged workbook ends in any of these, according to which of its parts is damaged.
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, TypeError, IndexError, SyntaxError, OSError) as error:
        raise UnreadableFeed(f"The file is no workbook that can be read ({error}). Save it as XLSX or CSV again.") from error


def _refuse_bombs(content: bytes) -> None:
    """A small file may unpack to a huge one, by its packing or by entities that XML lets it define."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        if sum(part.file_size for part in packed.infolist()) > MOST_UNPACKED:
            raise UnreadableFeed("The workbook unpacks to more than it can hold. Save the sheet as CSV and send that.")
        for part in packed.infolist():
            if part.filename.endswith((".xml", ".rels")) and b"<!DOCTYPE" in packed.read(part):
                raise UnreadableFeed("The workbook defines a document type, which no staff feed needs. Save the sheet as CSV.")


def _text(cell: object) -> str:
    """As a person would have typed it into a CSV file: days as 2026-12-31, whole numbers without a fraction."""
    if cell is None:
        return ""
    if isinstance(cell, datetime) and cell.time() == time():
        cell = cell.date()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return str(cell)
