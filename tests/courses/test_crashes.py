"""The server is killed in the middle of an act of learning: all of it is kept or nothing, and sent again it goes through."""

import http.client
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, contextmanager
from urllib.parse import urlencode

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from certificates.models import Certificate
from courses.models import Completion, Question
from tests.courses.dying import evidence
from tests.databases import ROOT, name_in
from tests.factories.learning import enrol, read_module, right_answer, sit_quiz
from tests.racing import wait_until
from tests.serving import served

TOKEN = "c" * 32  # of the form; the cookie has the same


@pytest.fixture
def db(committed):
    """Other processes work in it."""


def session_of(person) -> str:
    client = Client()
    client.force_login(person)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def last_answer(person, course) -> tuple[str, dict]:
    """Everything is done but the last item of the quiz. Where its answer is sent to, and the right one."""
    enrolment = enrol(person, course)
    read_module(enrolment, course.reading)
    read_module(enrolment, course.second)
    attempt = sit_quiz(enrolment, course.quiz, leave=1)
    question = Question.objects.get(translation_key=attempt.drawn[-1]["key"])
    path = f"/learn/tst/{course.quiz.translation_key}/quiz/4/answer/"
    return path, {"option": right_answer(question.content), "try_number": 1}


def last_screen(person, course) -> tuple[str, dict]:
    """Everything is done but a module that is only read."""
    enrolment = enrol(person, course)
    read_module(enrolment, course.reading)
    sit_quiz(enrolment, course.quiz)
    return f"/learn/tst/{course.second.translation_key}/{course.second.screen_ids[0]}/next/", {}


def check(person, course) -> tuple[str, dict]:
    enrol(person, course)
    path = f"/learn/tst/{course.reading.translation_key}/{course.screens[1]}/check/"
    return path, {"question": str(course.check.translation_key), "option": ["b"], "try_number": 1}


def quiz(person, course) -> tuple[str, dict]:
    enrol(person, course)
    return f"/learn/tst/{course.quiz.translation_key}/quiz/start/", {}


def start(person, course) -> tuple[str, dict]:
    return "/learn/tst/start/", {}


COURSE_DONE = {"Completion": 1, "Certificate": 1, "closed": 1}
# Who does it, what it adds when it is done, and what it may leave half-way: who is enrolled is launched when she comes again.
ACTS = {
    last_answer: (
        "lea",
        {"Answer": 1, "Statement": 4, "ModuleProgress": 1, "done": 1, "passed": 1, "judged": 1} | COURSE_DONE,
        [{}],
    ),
    last_screen: ("ben", {"Statement": 3, "ModuleProgress": 1, "seen": 1, "done": 1} | COURSE_DONE, [{}]),
    check: ("nora", {"Attempt": 1, "Answer": 1, "Statement": 1}, [{}]),
    quiz: ("manager", {"Attempt": 1, "Statement": 1}, [{}]),
    start: ("stranger", {"Enrolment": 1, "Statement": 2}, [{}, {"Enrolment": 1, "Statement": 1}]),
}


def gain(before: dict[str, int], after: dict[str, int]) -> dict[str, int]:
    return {name: after[name] - before[name] for name in before if after[name] != before[name] and name != "StatementLink"}


def test_killed_after_any_write_an_act_is_whole_or_not_there(committed, cast, course):
    forms = []
    for act, (who, _, _) in ACTS.items():
        path, data = act(getattr(cast, who), course)
        forms.append({"session": session_of(getattr(cast, who)), "path": path, "data": data})
    environment = {**os.environ, "DATABASE_URL": committed, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    command = [sys.executable, "-W", "ignore", "-m", "tests.courses.dying"]
    connection.close()

    done = subprocess.run(command, input=json.dumps(forms), env=environment, cwd=ROOT, capture_output=True, text=True)

    assert done.returncode == 0, done.stderr
    for (act, (_, whole, halts)), found in zip(ACTS.items(), json.loads(done.stdout), strict=True):
        left = [gain(found["before"], death) for death in found["deaths"]]
        assert (act, gain(found["before"], found["after"])) == (act, whole)
        assert (act, [rest for rest in left if rest not in [*halts, whole]]) == (act, [])
        assert left.count({}) >= 2, f"{act} was hardly killed before it was done"


def send(port: int, session: str, path: str, data: dict) -> http.client.HTTPConnection:
    sent = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {
        "Host": "localhost",
        "Cookie": f"{settings.SESSION_COOKIE_NAME}={session}; csrftoken={TOKEN}",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    sent.request("POST", path, urlencode({**data, "csrfmiddlewaretoken": TOKEN}, doseq=True), headers)
    return sent


@contextmanager
def no_certificate_can_be_written(url: str):
    """Whoever writes one stands still in the middle of her transaction. Gives what tells whether somebody does."""
    table = Certificate._meta.db_table
    if connection.vendor == "postgresql":
        with psycopg.connect(url) as holder:
            holder.execute(f"LOCK TABLE {table} IN SHARE MODE")
            yield lambda: psycopg.connect(url).execute("SELECT count(*) FROM pg_locks WHERE NOT granted").fetchone()[0]
    else:
        endless = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x > 0) SELECT max(x) FROM n"
        with closing(sqlite3.connect(name_in(url), timeout=0, isolation_level=None)) as database:
            database.execute(f"CREATE TRIGGER endless BEFORE INSERT ON {table} BEGIN SELECT ({endless}); END")
            yield lambda: all(is_held(database) for _ in range(50))
            database.execute("PRAGMA busy_timeout = 20000")
            database.execute("DROP TRIGGER endless")


def is_held(database: sqlite3.Connection) -> bool:
    """Whether another process has been writing for a while."""
    time.sleep(0.02)
    try:
        database.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError:
        return True
    database.execute("ROLLBACK")
    return False


def test_the_server_is_killed_in_the_middle_of_the_last_answer(committed, cast, course, tmp_path):
    path, data = last_answer(cast.lea, course)
    session, before = session_of(cast.lea), evidence()
    connection.close()

    with served(committed, tmp_path, "--threads", "2") as (group, port), no_certificate_can_be_written(committed) as is_held_up:
        lost = send(port, session, path, data)
        wait_until(is_held_up)
        os.killpg(group, signal.SIGKILL)
        with pytest.raises((http.client.HTTPException, ConnectionError)):
            lost.getresponse()
    killed = evidence()
    connection.close()
    with served(committed, tmp_path, "--threads", "2") as (group, port):
        again = [send(port, session, path, data).getresponse().status for _ in range(2)]

    assert (killed, again) == (before, [302, 302])
    assert gain(before, evidence()) == ACTS[last_answer][1]
    assert Certificate.objects.get().award == Completion.objects.get().uuid
