"""Eight writers and two readers at once, in a process of their own, over real connections to the record store.

Each reader asks again and again for what was stored after the last Consistent-Through that it was told. At the end it must have
seen every acknowledged statement, and each once: a store that promises too early loses some, one that promises nothing is late.

usage: python -m tests.benchmarks.minute <<< '{"address": …, "headers": …, "seconds": 60, "since": …}'
Prints {"written", "spent", "faults", "late"}: statements; seconds; statements that a reader missed or saw twice; the longest time
in milliseconds by which a Consistent-Through lay behind the clock.
"""

import json
import sys
import threading
import time
from collections import Counter
from datetime import UTC, datetime
from random import Random
from urllib.parse import quote

from tests.benchmarks import statements
from tests.benchmarks.client import Line

WRITERS, READERS = 8, 2
SIZES = (1, 1, 5, 50)  # statements in a batch, in turn by chance
REST = 0.05  # seconds between two looks


class Writer(threading.Thread):
    def __init__(self, wanted: dict, number: int, until: float):
        super().__init__()
        self.line, self.chance, self.until = Line(wanted["address"], wanted["headers"]), Random(number), until
        self.written: list[str] = []

    def run(self) -> None:
        while time.monotonic() < self.until:
            body = statements.batch(self.chance.choice(SIZES), seed=self.chance.randrange(2**32))
            self.written += json.loads(self.line.ask("POST", "/xapi/statements", body))


class Reader(threading.Thread):
    def __init__(self, wanted: dict, writers: list[Writer]):
        super().__init__()
        self.line, self.since, self.writers = Line(wanted["address"], wanted["headers"]), wanted["since"], writers
        self.seen: Counter[str] = Counter()
        self.late = 0.0

    def run(self) -> None:
        is_last = False
        while not is_last:
            is_last = not any(writer.is_alive() for writer in self.writers)
            time.sleep(REST)
            self.look()

    def look(self) -> None:
        asked = datetime.now(UTC)
        page = json.loads(self.line.ask("GET", f"/xapi/statements?ascending=true&limit=100&since={quote(self.since)}"))
        through = self.line.headers["x-experience-api-consistent-through"]
        self.late = max(self.late, (asked - datetime.fromisoformat(through)).total_seconds() * 1000)
        while True:
            self.seen.update(one["id"] for one in page["statements"] if one["stored"] <= through)
            if not page["more"]:
                break
            page = json.loads(self.line.ask("GET", page["more"]))
        self.since = through


def main() -> None:
    wanted = json.load(sys.stdin)
    start = time.monotonic()
    writers = [Writer(wanted, number, start + wanted["seconds"]) for number in range(WRITERS)]
    readers = [Reader(wanted, writers) for _ in range(READERS)]
    for one in [*writers, *readers]:
        one.start()
    for writer in writers:
        writer.join()
    spent = time.monotonic() - start
    for reader in readers:
        reader.join()
    written = Counter(one for writer in writers for one in writer.written)
    found = {
        "written": written.total(),
        "spent": spent,
        "faults": sum(((written - reader.seen) + (reader.seen - written)).total() for reader in readers),
        "late": max(reader.late for reader in readers),
    }
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
