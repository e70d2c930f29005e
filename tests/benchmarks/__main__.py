"""`make bench`: what an act costs, beside a limit or beside a peer measured in the same run.

Each run measures one database, prints its rows and puts them into var/bench.json in the place of its last ones. FULL=1 adds the
record store of a million statements.
"""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django  # noqa: E402

django.setup()

from django.db import connection  # noqa: E402

import lms.wsgi  # noqa: E402, F401 (everything is loaded and memory is kept as in the server)
from tests.benchmarks import asking, crowd, keeping, pages, reports, rows, store  # noqa: E402
from tests.composition import MISSING  # noqa: E402
from tests.databases import database, name_in  # noqa: E402

SIZES = [20_000, *([1_000_000] if os.environ.get("FULL") else [])]


def main() -> None:
    found = []
    with database("bench") as url:
        connection.settings_dict["NAME"] = name_in(url)
        found += pages.measure(url)
        connection.close()
    with database("bench") as url:
        connection.settings_dict["NAME"] = name_in(url)
        found += asking.measure(url)
        connection.close()
    with database("bench") as url:
        connection.settings_dict["NAME"] = name_in(url)
        found += reports.measure()
        connection.close()
    for size in SIZES:
        with database("bench") as url:
            connection.settings_dict["NAME"] = name_in(url)
            found += store.measure(url, size)
            found += keeping.measure(url, size)
            connection.close()
    if connection.vendor == "postgresql" and not MISSING:
        with database("bench") as url:
            connection.settings_dict["NAME"] = name_in(url)
            found += crowd.measure(url)
            connection.close()
    rows.show(found)
    rows.keep(found)


if __name__ == "__main__":
    main()
