"""What the first page of the reports and its lists cost at the server."""

from collections.abc import Iterator

from django.db import connection
from django.test import Client

from tests.benchmarks import lists, reports_rows
from tests.benchmarks.pages import milliseconds
from tests.benchmarks.rows import Row

STAFF = {"postgresql": 100_000, "sqlite": 3_500}
LIMIT = {"postgresql": 300, "sqlite": 150}  # ms


def measure(staff: int | None = None) -> Iterator[Row]:
    staff = staff or STAFF[connection.vendor]
    client = Client()
    officer = reports_rows.fill(staff)
    client.force_login(officer)

    def act() -> None:
        assert client.get("/reports/").status_code == 200

    name = f"the first page of the reports, {staff:,} staff"
    yield Row(name, connection.vendor, milliseconds(act, times=10), "ms", "limit", LIMIT[connection.vendor])
    yield from lists.measure(officer)
