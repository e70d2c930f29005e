"""Bare driver code: the same rows into the same tables and indexes, without a store around it. What a store can at best reach.

usage: python -m tests.benchmarks.bare <<< '{"database": …, "connections": 8, "seconds": 2, "size": 500}'
Prints {"acts", "spent"}: transactions, seconds.
"""

import json
import os
import sys
import threading
import time
from random import Random
from uuid import UUID

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django  # noqa: E402

django.setup()

from django.db import connection, transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from lms.xapi import inserting, sequencing, storing, texts  # noqa: E402
from tests.benchmarks import statements  # noqa: E402
from tests.databases import name_in  # noqa: E402

MOST = 8_000  # statements that are made ready for a connection


def ready(size: int, lane: int) -> list[inserting.Additions]:
    """Batches that are ready to be written, with numbers of the lane's own."""
    chance, now = Random(lane), timezone.now()
    number = sequencing.first_number(now) + lane * MOST * 2
    found = []
    for _ in range(max(4, min(MOST // size, 500))):
        made = [statements.statement(chance) for _ in range(size)]
        new = [(UUID(value["id"]), texts.Received(texts.dump(value), value)) for value in made]
        rows, values = storing.rows_of(new, range(number, number + size), now, "1.0.3", None)
        found.append(storing.additions(rows, values, None))
        number += size
    return found


def work(size: int, lane: int, seconds: float, began: threading.Barrier, ends: list[tuple[int, float]]) -> None:
    batches, acts = ready(size, lane), 0
    connection.ensure_connection()
    began.wait()
    until = time.perf_counter() + seconds
    while batches and time.perf_counter() < until:
        with transaction.atomic():
            inserting.insert(batches.pop())
        acts += 1
    ends.append((acts, time.perf_counter()))
    connection.close()


def main() -> None:
    wanted = json.load(sys.stdin)
    connection.settings_dict["NAME"] = name_in(wanted["database"])
    began, ends = threading.Barrier(wanted["connections"] + 1), []
    # Far apart, so that lanes of several runs never draw the same numbers.
    lanes = range(wanted["connections"])
    threads = [threading.Thread(target=work, args=(wanted["size"], lane, wanted["seconds"], began, ends)) for lane in lanes]
    for thread in threads:
        thread.start()
    began.wait()
    start = time.perf_counter()
    for thread in threads:
        thread.join()
    json.dump({"acts": sum(acts for acts, _ in ends), "spent": max(end for _, end in ends) - start}, sys.stdout)


if __name__ == "__main__":
    main()
