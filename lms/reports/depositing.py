"""Writes the star schema as Parquet files for analysis: one folder a night in the private storage, of the last night only."""

import secrets
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow
from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from pyarrow import parquet

from courses.models import Completion, Course
from lms.days import day_of
from lms.people.models import Structure, Tree
from lms.reports import deposits, sheets, star_schema
from lms.reports.models import Sheet, SheetPerson, SheetRow

AT_ONCE = 10_000  # rows that are in memory

Row = tuple[Any, ...]
Pseudonyms = defaultdict[int, str]


def deposit() -> int:
    """Writes the files of the living sheet, and takes away those of the nights before. Returns how many rows they have.

    Safe to repeat. The dictionary comes last: where it is, all is.
    """
    sheet = sheets.living()
    if sheet is None:
        return 0
    storage, before = storages["private"], deposits.folders()
    night, count = f"{sheet.day}-{secrets.token_hex(4)}", 0
    with TemporaryDirectory() as temporary:
        for name, rows in _tables(sheet):
            path = Path(temporary) / deposits.file_name(name)
            count += _write(path, star_schema.BY_NAME[name].schema, rows)
            with path.open("rb") as file:
                storage.save(f"{deposits.FOLDER}/{night}/{path.name}", File(file))
    storage.save(f"{deposits.FOLDER}/{night}/{deposits.DICTIONARY}", ContentFile(star_schema.dictionary().encode()))
    for earlier in before:
        _forget(earlier)
    return count


def _tables(sheet: Sheet) -> Iterator[tuple[str, Iterable[Row]]]:
    """By name; the people last, since they are those who occurred before."""
    # Drawn anew each night and kept nowhere: nobody can follow a person from one night to the next.
    pseudonyms: Pseudonyms = defaultdict(lambda: secrets.token_hex(8))
    codes = dict(Structure.objects.values_list("pk", "code"))
    yield "fact_standing", _standings(sheet, pseudonyms)
    yield "fact_completion", _completions(pseudonyms)
    yield "dim_course", Course.objects.order_by("code").values_list("code", "title", "retired_on")
    yield "dim_structure", _structures(sheet, codes)
    yield "dim_person", _people(sheet, pseudonyms, codes)


def _standings(sheet: Sheet, pseudonyms: Pseudonyms) -> Iterator[Row]:
    names = (
        "course__code",
        "structure__code",
        "strength",
        "state",
        "due_on",
        "begun_on",
        "completed_on",
        "valid_until",
        "source",
    )
    rows = SheetRow.objects.filter(sheet=sheet).order_by("pk").values_list("person", *names)
    for person, *values in rows.iterator(chunk_size=AT_ONCE):
        yield (sheet.day, pseudonyms[person], *values)


def _completions(pseudonyms: Pseudonyms) -> Iterator[Row]:
    names = ("course__code", "edition__major", "edition__minor", "language", "completed_on", "valid_until", "source")
    rows = Completion.objects.order_by("pk").values_list("person", "recorded_at", "withdrawn_at", *names)
    for person, recorded, withdrawn, course, major, minor, *values in rows.iterator(chunk_size=AT_ONCE):
        ends = withdrawn and day_of(withdrawn)
        yield (pseudonyms[person], course, f"{major}.{minor}", *values, day_of(recorded), ends)


def _structures(sheet: Sheet, codes: Mapping[int, str]) -> Iterator[Row]:
    """Also those that were closed on the day, with people still in them."""
    tree = Tree(sheet.day)
    served = set(SheetPerson.objects.filter(sheet=sheet).values_list("structure", flat=True))
    kinds = dict(Structure.objects.values_list("pk", "kind"))
    for key in sorted(served | tree.periods.keys(), key=codes.__getitem__):
        period = tree.periods.get(key)
        above = tree.parent(key)
        yield (codes[key], period.names["en"] if period else codes[key], kinds[key], codes[above] if above else None)


def _people(sheet: Sheet, pseudonyms: Pseudonyms, codes: Mapping[int, str]) -> Iterator[Row]:
    """Whoever has a row; in the order of pseudonyms, which says nothing."""
    names = ("structure", "function_group", "contract_type", "entered_on")
    in_post = {person: values for person, *values in SheetPerson.objects.filter(sheet=sheet).values_list("person", *names)}
    for person in in_post:
        pseudonyms[person]  # who is in post without a course, too
    for person, pseudonym in sorted(pseudonyms.items(), key=lambda pair: pair[1]):
        structure, function, contract, entered = in_post.get(person, (None, None, None, None))
        yield (pseudonym, codes.get(structure), function, contract, _year(entered))


def _year(day: date | None) -> int | None:
    return day.year if day else None


def _write(path: Path, schema: pyarrow.Schema, rows: Iterable[Row]) -> int:
    """Part by part. Returns how many rows."""
    waiting, count = iter(rows), 0
    with parquet.ParquetWriter(path, schema, compression="zstd") as writer:
        while part := list(islice(waiting, AT_ONCE)):
            columns = [pyarrow.array(values, field.type) for values, field in zip(zip(*part, strict=True), schema, strict=True)]
            writer.write_table(pyarrow.table(columns, schema=schema))
            count += len(part)
    return count


def _forget(night: str) -> None:
    """The dictionary first: without it nobody reads the rest."""
    storage, folder = storages["private"], f"{deposits.FOLDER}/{night}"
    storage.delete(f"{folder}/{deposits.DICTIONARY}")
    for name in storage.listdir(folder)[1]:
        storage.delete(f"{folder}/{name}")
    storage.delete(folder)
