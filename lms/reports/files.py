"""A list as a file: CSV, XLSX or Parquet, row by row in little memory; text stays text and a day stays a day."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq
from xlsxwriter import Workbook

from lms.cells import BOM, harmless

Cell = str | date | None
Rows = Iterable[Sequence[Cell]]

AT_ONCE = 10_000  # rows a block of a file
MOST_KEPT = 50_000  # cells whose text is kept, since the same come again and again
MOST_IN_XLSX = 1_048_575  # rows below the header
EPOCH = date(1899, 12, 30)  # from which spreadsheets count days
WIDEST = 40  # characters of a column


@dataclass(frozen=True)
class Head:
    """`key` is what programs call the column, `label` what people read."""

    key: str
    label: str
    is_date: bool = False


class _Texts(dict[Cell, str]):
    """Cell → its text in a CSV file."""

    def __missing__(self, cell: Cell) -> str:
        if len(self) >= MOST_KEPT:
            self.clear()
        text = self[cell] = harmless(cell)
        return text


def write_csv(out: BinaryIO, head: Sequence[Head], rows: Rows) -> None:
    """UTF-8 with a byte order mark, so that spreadsheets read it; whatever would begin a formula has an apostrophe before it."""
    texts = _Texts()
    block = io.StringIO(newline="")
    writer = csv.writer(block)
    block.write(BOM)
    writer.writerow([harmless(column.label) for column in head])
    for some in _blocks(rows):
        writer.writerows([texts[cell] for cell in row] for row in some)
        out.write(block.getvalue().encode())
        block.seek(0)
        block.truncate()
    out.write(block.getvalue().encode())


def write_xlsx(out: BinaryIO, head: Sequence[Head], rows: Rows) -> None:
    """Every cell is typed: text is never a formula, and a day is a day. The header stays in sight and can be filtered."""
    book = Workbook(out, {"constant_memory": True})
    sheet = book.add_worksheet()
    bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.freeze_panes(1, 0)
    for at, column in enumerate(head):
        sheet.set_column(at, at, 12 if column.is_date else min(WIDEST, max(16, len(column.label) + 4)))
        sheet.write_string(0, at, column.label, bold)
    text, number, last = sheet.write_string, sheet.write_number, 0
    for last, row in enumerate(rows, start=1):
        for at, cell in enumerate(row):
            if not cell:
                continue
            if isinstance(cell, str):
                text(last, at, cell)
            else:
                number(last, at, (cell - EPOCH).days, day)
    sheet.autofilter(0, 0, last, len(head) - 1)
    book.close()


def write_parquet(out: BinaryIO, head: Sequence[Head], rows: Rows) -> None:
    """Columns under their keys: text, and days as days."""
    schema = pa.schema([(column.key, pa.date32() if column.is_date else pa.string()) for column in head])
    with pq.ParquetWriter(out, schema) as writer:
        for some in _blocks(rows):
            columns = [pa.array(cells, field.type) for cells, field in zip(zip(*some, strict=True), schema, strict=True)]
            writer.write_batch(pa.record_batch(columns, schema=schema))


WRITERS: dict[str, Callable[[BinaryIO, Sequence[Head], Rows], None]] = {
    "csv": write_csv,
    "xlsx": write_xlsx,
    "parquet": write_parquet,
}
KINDS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
}


def _blocks(rows: Rows) -> Iterator[list[Sequence[Cell]]]:
    waiting = iter(rows)
    while some := list(islice(waiting, AT_ONCE)):
        yield some
