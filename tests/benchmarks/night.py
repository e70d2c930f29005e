"""Works out who is asked what, twice, and then the living sheet, in a process whose memory nothing else has filled.

usage: python -m tests.benchmarks.night <<< "the address of a filled database"
Prints {"first", "again", "sheet", "memory"}: seconds, seconds, seconds, megabytes.
"""

import json
import os
import resource
import sys
import time
from datetime import date

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django  # noqa: E402

django.setup()

from django.db import connection  # noqa: E402

from courses import assigning  # noqa: E402
from lms.reports import sheeting  # noqa: E402
from tests.databases import name_in  # noqa: E402

DAY = date(2026, 11, 26)


def timed() -> tuple[float, int]:
    """Seconds, and rows that differed."""
    start = time.perf_counter()
    changed = assigning.apply_rules(DAY)
    return round(time.perf_counter() - start, 1), changed


def main() -> None:
    connection.settings_dict["NAME"] = name_in(sys.stdin.read().strip())
    (first, changed), (again, differed) = timed(), timed()
    assert changed > 0
    assert differed == 0
    start = time.perf_counter()
    people = sheeting.follow(DAY)
    sheet = round(time.perf_counter() - start, 1)
    assert people > 0
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    json.dump({"first": first, "again": again, "sheet": sheet, "memory": memory, "rows": changed}, sys.stdout)


if __name__ == "__main__":
    main()
