"""Many learners at once before the whole composition: no error, no lost answer, and no growth of memory.

FULL=1 sends 500 learners, who come within three minutes and stay ten more; else 20 come and stay for half a minute. They pause as
readers do. On loopback only.
"""

import csv
import json
import os
import subprocess
import sys
from collections import Counter
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
IS_FULL = bool(os.environ.get("FULL"))
# How many, how many come in a second (a sign-in costs a third of a second of one core, on purpose), and how long they stay.
LEARNERS, ARRIVE, STAY = (500, 3, 600) if IS_FULL else (20, 2, 30)
REST = (10, 30) if IS_FULL else (1, 3)  # seconds between two acts of one learner
P95, GROWTH, SOAKED = 1_000, 30, 10  # limits: milliseconds, per cent of memory while they come, and once all is warm
SHORTER = 8  # so many times are the learners fewer and the time shorter in which memory is looked at once more


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
        before = memory(whole)
        plan |= {"people": [person.email for person in people], "password": PASSWORD, "rest": REST}
        plan |= {"url": whole.url, "certificate": str(whole.certificate)}
        (folder / "learners.json").write_text(json.dumps(plan))
        load = crowd(whole, folder, LEARNERS, STAY)
        warm = memory(whole)
        crowd(whole, folder, LEARNERS // SHORTER, STAY // SHORTER)
        soaked = memory(whole)
        acknowledged = set((folder / "learners.answered").read_text().split("\n")) - {""}
    # A try that did not arrive is made up for by the next one, which takes its number: each learner's are counted.
    stored = Counter(Answer.objects.values_list("attempt__enrolment__person__email", flat=True))
    lost = Counter(line.split()[0] for line in acknowledged) - stored
    every = load["Aggregated"]
    assert not lost, f"Answers were acknowledged and are not there: {lost}"
    for name, what in (("Aggregated", f"{LEARNERS} learners at once"), ("answer", "… an answer"), ("sign-in", "… a sign-in")):
        p50, p95 = (float(load[name][part]) for part in ("50%", "95%"))
        yield Row(f"{what}, p95", connection.vendor, p95, "ms", "limit", P95, p50, p95)
    speed = round(float(every["Requests/s"]), 1)
    yield Row("… requests", connection.vendor, speed, "a second", "learners", LEARNERS)
    yield Row("… answers acknowledged and kept", connection.vendor, len(acknowledged), "answers", "stored", stored.total())
    name = f"… memory after {every['Request Count']} requests"
    yield Row(name, connection.vendor, growth(before, warm), "% more", "limit", GROWTH)
    yield Row("… memory after some more", connection.vendor, growth(warm, soaked), "% more", "limit", SOAKED)


def crowd(whole: Composition, folder: Path, learners: int, stay: int) -> dict[str, dict[str, str]]:
    """Locust's line for each kind of request, and for all of them together. None may fail."""
    script = str(ROOT / "tests" / "benchmarks" / "locustfile.py")
    command = [sys.executable, "-W", "ignore", "-m", "locust", "--headless", "--only-summary", "--loglevel", "ERROR"]
    command += ["-f", script, "--host", whole.url.rstrip("/"), "--csv", str(folder / "load"), "--exit-code-on-error", "0"]
    command += ["-u", str(learners), "-r", str(ARRIVE), "-t", f"{learners // ARRIVE + stay}s"]
    environment = {**os.environ, "LEARNERS": str(folder / "learners.json")}
    subprocess.run(command, env=environment, cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    with (folder / "load_stats.csv").open(newline="") as lines:
        figures = {line["Name"]: line for line in csv.DictReader(lines)}
    assert figures["Aggregated"]["Failure Count"] == "0", (folder / "load_failures.csv").read_text()
    return figures


def memory(whole: Composition) -> dict[str, int]:
    """Kilobytes that each process and its children hold."""
    listed = subprocess.run(["ps", "-e", "-o", "pid=,ppid=,rss="], capture_output=True, text=True, check=True).stdout
    rows = [tuple(map(int, line.split())) for line in listed.splitlines()]
    roots = {name: whole.processes[name].pid for name in ("web1", "web2", "worker")}
    return {name: sum(size for pid, parent, size in rows if root in (pid, parent)) for name, root in roots.items()}


def growth(before: dict[str, int], after: dict[str, int]) -> int:
    """Per cent, of the process that grew most."""
    return max(round((after[name] / before[name] - 1) * 100) for name in before)
