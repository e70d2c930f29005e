"""Many learners at once before the whole composition: no error, no lost answer, and no growth of memory.

FULL=1 sends 500 learners for ten minutes, else 40 come for 20 seconds. On loopback only.
"""

import csv
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.db import connection

from courses.models import Answer
from lms.people.models import User
from tests.benchmarks.rows import Row
from tests.composition import Composition, composed
from tests.databases import ROOT
from tests.factories.course import make_course
from tests.factories.learning import enrol
from tests.factories.people import make_person, make_structure

PASSWORD = "blue lamp under the stairs"
LEARNERS, SECONDS, ARRIVE = (
    (500, 600, 25) if os.environ.get("FULL") else (40, 20, 20)
)  # how many, how long, how many come in a second
REST = (5, 15) if os.environ.get("FULL") else (0.5, 1.5)  # seconds between two acts of one learner
P95, GROWTH = 1_000, 30  # limits: milliseconds, per cent of memory


def measure(url: str) -> Iterator[Row]:
    course, mission = make_course(), make_structure("MIS")
    people = [make_person(f"Learner {number}", email=f"l{number}@osce.test", structure=mission) for number in range(LEARNERS)]
    hasher = PBKDF2PasswordHasher()
    User.objects.update(password=hasher.encode(PASSWORD, hasher.salt()))
    for person in people:
        enrol(person, course)
    place = f"/learn/tst/{course.reading.translation_key}/{course.screens[1]}/"
    plan = {"screen": place, "check": f"{place}check/", "question": str(course.check.translation_key)}
    connection.close()
    with TemporaryDirectory() as name, composed(url, Path(name)) as whole:
        folder = Path(name)
        before = {process: memory(whole, process) for process in ("web1", "web2", "worker")}
        plan |= {"people": [person.email for person in people], "password": PASSWORD, "rest": REST}
        plan |= {"url": whole.url, "certificate": str(whole.certificate)}
        (folder / "learners.json").write_text(json.dumps(plan))
        figures = crowd(whole, folder)
        after = {process: memory(whole, process) for process in before}
        acknowledged = set((folder / "learners.answered").read_text().split("\n")) - {""}
    stored = Answer.objects.values_list("attempt__enrolment__person__email", "try_number")
    lost = acknowledged - {f"{email} {number}" for email, number in stored}
    failures, asked = int(figures["Failure Count"]), int(figures["Request Count"])
    assert (failures, lost) == (0, set()), f"{failures} of {asked} requests failed, {len(lost)} answers were lost"
    p50, p95 = float(figures["50%"]), float(figures["95%"])
    growth = max(round((after[process] / before[process] - 1) * 100) for process in before)
    yield Row(f"{LEARNERS} learners at once, p95", connection.vendor, p95, "ms", "limit", P95, p50, p95)
    yield Row("… requests", connection.vendor, round(float(figures["Requests/s"]), 1), "a second", "learners", LEARNERS)
    yield Row("… answers acknowledged and kept", connection.vendor, len(acknowledged), "answers", "stored", len(stored))
    yield Row(f"… memory after {asked} requests", connection.vendor, growth, "% more", "limit", GROWTH)


def crowd(whole: Composition, folder: Path) -> dict[str, str]:
    """Locust's line for all requests together."""
    command = [sys.executable, "-W", "ignore", "-m", "locust", "--headless", "--only-summary", "--loglevel", "ERROR"]
    command += [
        "-f",
        str(ROOT / "tests/benchmarks/locustfile.py"),
        "--host",
        whole.url.rstrip("/"),
        "--csv",
        str(folder / "load"),
    ]
    command += ["-u", str(LEARNERS), "-r", str(ARRIVE), "-t", f"{SECONDS}s", "--exit-code-on-error", "0"]
    environment = {**os.environ, "LEARNERS": str(folder / "learners.json")}
    subprocess.run(command, env=environment, cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    with (folder / "load_stats.csv").open(newline="") as lines:
        return [line for line in csv.DictReader(lines) if line["Name"] == "Aggregated"][0]


def memory(whole: Composition, name: str) -> int:
    """Kilobytes that a process and its children hold."""
    root = whole.processes[name].pid
    listed = subprocess.run(["ps", "-e", "-o", "pid=,ppid=,rss="], capture_output=True, text=True, check=True).stdout
    rows = [tuple(map(int, line.split())) for line in listed.splitlines()]
    return sum(size for pid, parent, size in rows if root in (pid, parent))
