"""`make bench`: what an act costs, beside a limit or beside a peer measured in the same run.

Each run measures one database, prints its rows and puts them into var/bench.json in the place of its last ones.
"""

import json
import os
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from statistics import median
from uuid import uuid4

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django  # noqa: E402

django.setup()

from django.db import connection, transaction  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import reverse  # noqa: E402
from django.utils import timezone  # noqa: E402

from certificates import pdf, rendering  # noqa: E402
from certificates.models import Certificate  # noqa: E402
from lms.xapi import storing, texts  # noqa: E402
from lms.xapi.models import Credential, Statement, StatementLink  # noqa: E402
from tests.databases import database, name_in  # noqa: E402
from tests.factories.cast import make_cast  # noqa: E402
from tests.factories.course import make_course  # noqa: E402
from tests.factories.learning import complete, enrol  # noqa: E402

RESULTS = Path(__file__).resolve().parents[2] / "var" / "bench.json"
BATCH = 500


@dataclass(frozen=True)
class Row:
    """One measurement; `ratio` is value to limit or peer, below 1 where a smaller value is better and all is well."""

    name: str
    database: str
    value: float
    unit: str
    against: str
    against_value: float
    ratio: float


def row(name: str, value: float, unit: str, against: str, against_value: float) -> Row:
    return Row(name, connection.vendor, round(value, 2), unit, against, round(against_value, 2), round(value / against_value, 2))


def milliseconds(act: Callable[[], object], *, times: int) -> float:
    """The median of several runs, after one to warm up."""
    act()
    spent = []
    for _ in range(times):
        start = time.perf_counter()
        act()
        spent.append((time.perf_counter() - start) * 1000)
    return median(spent)


def answer(cast, course) -> Row:
    """A knowledge check answered through the whole stack, the page that shows the verdict not included."""
    enrolment = enrol(cast.lea, course)
    client = Client()
    client.force_login(cast.lea)
    address = reverse("courses:check", args=[course.code, course.reading.translation_key, course.screens[1]])
    tries = iter(range(1, 1_000))

    def act() -> None:
        sent = {"question": str(course.check.translation_key), "option": "b", "try_number": next(tries)}
        assert client.post(address, sent).status_code == 302

    spent = milliseconds(act, times=100)
    assert enrolment.attempts.get().answers.count() == 101
    return row("an answer", spent, "ms", "limit", 100)


def batch(*_made) -> Row:
    """Statements of a client in batches, beside the same rows by bare inserts of the driver."""
    credential = Credential.objects.create(
        key="bench", secret_sha256="", name="bench", scopes=["all"], expires_at=timezone.now() + timedelta(days=1)
    )

    def act() -> None:
        body = json.dumps([statement() for _ in range(BATCH)]).encode()
        storing.receive(texts.read(body), version="1.0.3", credential=credential)

    spent = milliseconds(act, times=10)
    runs = iter([bare_rows(run) for run in range(1, 12)])
    bare = milliseconds(lambda: insert_bare(*next(runs)), times=10)
    return row(f"a batch of {BATCH} statements", BATCH / spent * 1000, "statements/s", "bare inserts", BATCH / bare * 1000)


def statement() -> dict:
    return {
        "id": str(uuid4()),
        "actor": {"account": {"homePage": "https://client.test", "name": str(uuid4())}},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/experienced", "display": {"en": "experienced"}},
        "object": {"id": f"https://client.test/things/{uuid4()}", "definition": {"name": {"en": "A thing"}}},
        "context": {"registration": str(uuid4())},
        "timestamp": "2026-01-01T12:00:00Z",
    }


def bare_rows(run: int) -> tuple[list, list]:
    """The rows of the newest batch once more under other keys, as the driver takes them."""
    newest = Statement.objects.order_by("-seq")[:BATCH]
    fields = Statement._meta.concrete_fields
    lines = []
    for made in newest:
        made.id, made.seq = uuid4(), made.seq + run * BATCH
        lines.append([field.get_db_prep_save(getattr(made, field.attname), connection) for field in fields])
    links = StatementLink.objects.filter(seq__in=[made.seq for made in newest]).values_list("part", "seq")
    return lines, [[run * 1_000_000 + place, *link] for place, link in enumerate(links)]


def insert_bare(lines: list, links: list) -> None:
    columns = [field.column for field in Statement._meta.concrete_fields]
    marks = ", ".join(["%s"] * len(columns))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO xapi_statement ({', '.join(columns)}) VALUES ({marks})", lines)
        cursor.executemany("INSERT INTO xapi_statementlink (key, part, seq) VALUES (%s, %s, %s)", links)


def certificate(cast, course) -> Row:
    """A certificate drawn, beside one empty page drawn by the same library in the same form."""
    complete(cast.lea, course)
    look = rendering.look_of(Certificate.objects.get())
    empty = pdf.Look(html="<html lang='en'><title>Empty</title><p>Empty</p></html>", css="@page { size: A4 landscape }")
    spent = milliseconds(lambda: pdf.draw(look), times=10)
    return row("a certificate", spent, "ms", "an empty page", milliseconds(lambda: pdf.draw(empty), times=10))


def main() -> None:
    with database("bench") as url:
        connection.settings_dict["NAME"] = name_in(url)
        cast, course = make_cast(), make_course()
        rows = [measure(cast, course) for measure in (answer, batch, certificate)]
        connection.close()
    keep(rows)
    print(f"\n{'':<32}{'database':<12}{'value':>10} {'unit':<14}{'against':<16}{'':>10}{'ratio':>8}")  # noqa: T201
    for one in rows:
        figures = f"{one.value:>10} {one.unit:<14}{one.against:<16}{one.against_value:>10}{one.ratio:>8}"
        print(f"{one.name:<32}{one.database:<12}{figures}")  # noqa: T201


def keep(rows: list[Row]) -> None:
    RESULTS.parent.mkdir(exist_ok=True)
    before = json.loads(RESULTS.read_text()) if RESULTS.exists() else []
    others = [one for one in before if one["database"] != connection.vendor]
    RESULTS.write_text(json.dumps(others + [asdict(one) for one in rows], indent=1) + "\n")


if __name__ == "__main__":
    main()
