"""Carries statements out of the store into a file, and out of a file into the store: JSON lines, one statement each."""

import gzip
import os
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Literal, NamedTuple, cast

from django.conf import settings

from lms.xapi import queries, rules, sequencing, storing, texts
from lms.xapi.models import Credential, Statement
from lms.xapi.refusals import Refused
from lms.xapi.texts import Received

AT_ONCE = 500  # statements
BYTES_AT_ONCE = 5_000_000


class NotCarried(ValueError):
    """The file cannot be written or taken in; the message says why, and what was done until then."""


@dataclass(frozen=True)
class Exported:
    count: int
    through: datetime  # everything stored until then was looked at


class Imported(NamedTuple):
    new: int
    known: int


def export_to(path: Path, *, since: datetime | None = None, until: datetime | None = None) -> Exported:
    """Writes what was stored after `since` and not after `until`, voided ones too, in the order of storing.

    Each stands as it is kept, letter by letter; only breaks between its parts become spaces, since a line is a statement. A
    file of this name is there when it is whole, and only its owner can read it. Raises NotCarried.
    """
    through = sequencing.consistent_through()
    through = through if until is None else min(until, through)
    first = None if since is None else sequencing.first_number(since + sequencing.MILLISECOND)
    rows = queries.in_order(first, sequencing.first_number(through + sequencing.MILLISECOND), "body")
    count, unfinished = 0, path.with_name(f".{os.getpid()}.{path.name}")  # the end of its name says how it is written
    try:
        unfinished.touch(mode=0o600)
        with _opened(unfinished, "wb") as file:
            for row in rows:
                file.write(row.body.replace("\r", " ").replace("\n", " ").encode() + b"\n")
                count += 1
        os.replace(unfinished, path)
    except OSError as error:
        raise NotCarried(f"{path} cannot be written: {error}.") from error
    finally:
        unfinished.unlink(missing_ok=True)
    return Exported(count, through)


def import_from(path: Path, *, key: str) -> Imported:
    """Stores what the file holds in the name of a client, in batches of which all or nothing is stored.

    What is there already with the same content is left as it is, so that the same file can be taken in again after a fault.
    The rules are those of each statement's own version. Raises NotCarried, which names the line that is to blame.
    """
    credential = Credential.objects.filter(key=key).first()
    if credential is None or not credential.is_valid:
        raise NotCarried(f"No valid credential has the key {key}.")
    new = known = 0
    for first_line, batch in _batches(path):
        there = _there(batch)
        unknown = [received for received in batch if _id_of(received) not in there]
        try:
            if unknown:
                storing.receive(unknown, version=_version(batch[0]), credential=credential)
        except Refused as error:
            raise _refused(error, first_line) from error
        new, known = new + len(unknown), known + len(batch) - len(unknown)
    return Imported(new, known)


def _refused(error: Refused, first_line: int) -> NotCarried:
    place, said, rule = error.finding
    return NotCarried(f"{place}: {said} ({rule}) {_before(first_line)}")


def _before(first_line: int) -> str:
    return f"What stands before line {first_line} is stored, nothing from there on."


def _batches(path: Path) -> Iterator[tuple[int, list[Received]]]:
    """Statements of one version that follow each other, with the number of the first one's line."""
    first_line, size, batch = 1, 0, list[Received]()
    for number, line in _lines(path):
        try:
            text = line.decode().strip(texts.SPACE)
            received = Received(text, texts.value_of(text, place=f"line {number}"), f"line {number}")
        except UnicodeDecodeError as error:
            raise NotCarried(f"line {number}: This is no UTF-8. {_before(first_line)}") from error
        except Refused as error:
            raise _refused(error, first_line) from error
        size += len(line)
        if batch and (len(batch) == AT_ONCE or size > BYTES_AT_ONCE or _version(received) != _version(batch[0])):
            yield first_line, batch
            first_line, size, batch = number, len(line), []
        batch.append(received)
    if batch:
        yield first_line, batch


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    number = 0
    try:
        with _opened(path, "rb") as file:
            while line := file.readline(settings.XAPI_BODY_LIMIT + 1):
                number += 1
                if len(line) > settings.XAPI_BODY_LIMIT:
                    raise NotCarried(f"line {number} is longer than {settings.XAPI_BODY_LIMIT} bytes.")
                if line.strip():
                    yield number, line
    except (OSError, EOFError, zlib.error) as error:
        raise NotCarried(f"{path} cannot be read after line {number}: {error}.") from error


def _opened(path: Path, mode: Literal["rb", "wb"]) -> IO[bytes]:
    return cast(IO[bytes], gzip.open(path, mode)) if path.name.endswith(".gz") else path.open(mode)


def _there(batch: list[Received]) -> set[str]:
    """The ids of those that are stored already with the same content."""
    ids = {statement_id: received for received in batch if (statement_id := _id_of(received))}
    stored = Statement.objects.filter(id__in=ids).values_list("id", "digest")
    return {str(statement_id) for statement_id, digest in stored if digest == texts.digest(ids[str(statement_id)].value)}


def _id_of(received: Received) -> str:
    """Empty where there is none, or none that is a UUID: then the rules say so."""
    found = received.value.get("id") if isinstance(received.value, dict) else None
    return found.lower() if isinstance(found, str) and rules.check_uuid(found) else ""


def _version(received: Received) -> str:
    """The oldest version whose rules the statement follows; the older one for what follows none."""
    is_newer = rules.check(received.value, version="1.0.3") and rules.check(received.value, version="2.0.0") is None
    return "2.0.0" if is_newer else "1.0.3"
