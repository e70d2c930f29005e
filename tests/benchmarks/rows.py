"""Measurements, each beside a limit or beside a peer measured in the same run."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

RESULTS = Path(__file__).resolve().parents[2] / "var" / "bench.json"


@dataclass(frozen=True)
class Row:
    """`ratio` is value to limit or peer. Milliseconds are better below 1, statements a second above the goal of the page."""

    name: str
    database: str
    value: float
    unit: str
    against: str
    against_value: float
    p50: float | None = None  # milliseconds of one act
    p95: float | None = None

    @property
    def ratio(self) -> float:
        return round(self.value / self.against_value, 2) if self.against_value else 0.0


def show(rows: Iterable[Row]) -> None:
    print(f"{'':<46}{'database':<12}{'value':>10} {'unit':<14}{'against':<16}{'':>10}{'ratio':>7}{'p50 ms':>9}{'p95 ms':>9}")  # noqa: T201
    for row in rows:
        spent = "".join(f"{'' if value is None else value:>9}" for value in (row.p50, row.p95))
        figures = f"{row.value:>10} {row.unit:<14}{row.against:<16}{row.against_value:>10}{row.ratio:>7}{spent}"
        print(f"{row.name:<46}{row.database:<12}{figures}", flush=True)  # noqa: T201


def keep(rows: list[Row]) -> None:
    """Puts the rows into var/bench.json in the place of the last ones of the same database."""
    RESULTS.parent.mkdir(exist_ok=True)
    before = json.loads(RESULTS.read_text()) if RESULTS.exists() else []
    databases = {row.database for row in rows}
    others = [one for one in before if one["database"] not in databases]
    RESULTS.write_text(json.dumps(others + [asdict(row) | {"ratio": row.ratio} for row in rows], indent=1) + "\n")
