"""Ledgers: append-only lists in files beside the database, of what a restored backup must not bring back.

A line is written before the change that it tells of is committed: one too many is harmless, one too few is not.
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path

from django.conf import settings

ERASURES, WITHDRAWALS = "erasures", "withdrawals"


def note(ledger: str, line: Mapping[str, str]) -> None:
    """Appends a line; it is on the disk when this returns."""
    path = _path(ledger)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    content = json.dumps(dict(line), sort_keys=True).encode() + b"\n"
    # One write of one short line: two processes never mix theirs.
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(handle, content)
        os.fsync(handle)
    finally:
        os.close(handle)


def lines_of(ledger: str) -> list[dict[str, str]]:
    """All lines, the oldest first; the last one may be cut off where the power failed."""
    path = _path(ledger)
    found = path.read_text().split("\n")[:-1] if path.exists() else []
    return [json.loads(line) for line in found]


def _path(ledger: str) -> Path:
    return Path(settings.LEDGER_DIR) / f"{ledger}.jsonl"
