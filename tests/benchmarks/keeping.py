"""What it costs to back an installation up and to bring it back, by the commands that its operator runs."""

import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from django.db import connection

from tests.benchmarks.rows import Row
from tests.databases import database, manage

SECONDS = 60  # of each, for every million statements; a process takes some to start


def measure(url: str, size: int) -> Iterator[Row]:
    connection.close()
    limit = SECONDS * max(1, size // 1_000_000)
    with TemporaryDirectory() as place, database("bench_restored", is_empty=True) as other:
        kept = Path(place) / "backup"
        for name, where, command in (("backup", url, "backup"), ("restore", other, "restore")):
            var = Path(place) / f"{name}-var"
            var.mkdir()
            variables = {"VAR_DIR": str(var), "LEDGER_DIR": str(var / "ledgers"), "DJANGO_SETTINGS_MODULE": "lms.settings"}
            start = time.perf_counter()
            manage(where, command, str(kept), **variables)
            spent = round(time.perf_counter() - start, 1)
            yield Row(f"{size:,} statements: {name}", connection.vendor, spent, "s", "limit", limit)
