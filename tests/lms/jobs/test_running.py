from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from lms.jobs import running
from lms.jobs.models import JobRun

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def at(monkeypatch):
    """Sets the clock: `at(hours=1)` is one hour after noon."""

    def set_clock(**values) -> datetime:
        moment = NOON + timedelta(**values)
        monkeypatch.setattr(timezone, "now", lambda: moment)
        return moment

    set_clock()
    return set_clock


def test_a_job_runs_and_how_it_ended_is_kept(db, at):
    run = running.run("count", lambda: 3, window="2026-11-24")

    assert JobRun.objects.values("name", "window", "claimed_at", "ended_at", "outcome", "detail").get() == {
        "name": "count",
        "window": "2026-11-24",
        "claimed_at": NOON,
        "ended_at": NOON,
        "outcome": "done",
        "detail": "3",
    }
    assert run.outcome == JobRun.Outcome.DONE


def test_a_job_that_says_nothing_leaves_no_detail(db):
    assert running.run("quiet", lambda: None, window="w").detail == ""


def test_a_window_is_claimed_once_however_many_schedulers_there_are(db):
    runs = []

    claims = [running.run("count", lambda: runs.append(1), window="w") for _ in range(3)]

    assert ([claim is not None for claim in claims], len(runs), JobRun.objects.count()) == ([True, False, False], 1, 1)


def test_another_window_and_another_job_are_claimed_for_themselves(db):
    runs = []

    for name, window in (("count", "one"), ("count", "two"), ("other", "one")):
        running.run(name, lambda: runs.append(1), window=window)

    assert len(runs) == 3


def test_while_a_job_runs_its_window_is_taken(db):
    inner = []

    running.run("count", lambda: inner.append(running.run("count", lambda: 1 / 0, window="w")), window="w")

    assert inner == [None]


def test_a_failure_is_kept_with_its_reason_logged_and_not_run_again(db, caplog):
    claims = [running.run("broken", lambda: {}["nothing"], window="w") for _ in range(2)]

    assert [claim and (claim.outcome, claim.detail) for claim in claims] == [("failed", "KeyError: 'nothing'"), None]
    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [("ERROR", "Job broken failed.")]


def died(name: str, at, **values) -> JobRun:
    """A run whose process was killed."""
    now = at(**values)
    last = JobRun.objects.filter(name=name).count()
    return JobRun.objects.create(name=name, window="w", take=last + 1, claimed_at=now, heartbeat_at=now)


def test_a_run_that_shows_signs_of_life_is_left_alone(db, at):
    died("count", at)
    at(minutes=10)

    assert (running.is_free("count", "w"), running.run("count", lambda: 3, window="w")) == (False, None)


def test_a_run_that_died_is_seen_and_taken_up_again(db, at, caplog):
    died("count", at)
    at(minutes=10, seconds=1)

    assert running.is_free("count", "w")
    assert running.run("count", lambda: 3, window="w").detail == "3"
    assert list(JobRun.objects.order_by("take").values_list("take", "outcome", "ended_at")) == [
        (1, "died", NOON),
        (2, "done", NOON + timedelta(minutes=10, seconds=1)),
    ]
    assert [record.getMessage() for record in caplog.records] == [
        "A run of job count stopped without an end and is taken up again."
    ]


def test_a_job_that_dies_each_time_is_not_taken_up_for_ever(db, at):
    for hour in range(3):
        died("count", at, hours=hour)
    at(hours=4)

    assert (running.is_free("count", "w"), running.run("count", lambda: 3, window="w")) == (False, None)


def test_the_last_run_of_each_job_is_found_in_one_question(db, at, django_assert_num_queries):
    for name, window in (("count", "one"), ("count", "two"), ("other", "one")):
        running.run(name, lambda window=window: window, window=window)
    running.beat()

    with django_assert_num_queries(1):
        found = running.last_runs()

    assert {name: run.detail for name, run in found.items()} == {"count": "two", "other": "one"}


def test_the_worker_leaves_one_row_however_often_it_beats(db, at):
    before = running.last_beat()
    running.beat()
    later = at(minutes=7)
    running.beat()

    assert (before, running.last_beat(), JobRun.objects.count()) == (None, later, 1)
    assert JobRun.objects.get().claimed_at == NOON


def test_old_runs_that_ended_well_are_forgotten_and_nothing_else(db, at):
    running.beat()
    for window in ("good", "bad"):
        running.run(window, (lambda: 1) if window == "good" else (lambda: 1 / 0), window="old")
    JobRun.objects.create(name="crashed", window="old", claimed_at=NOON, heartbeat_at=NOON)
    at(days=30)
    running.run("good", lambda: 1, window="new")
    kept_for_thirty_days = running.forget_old()
    at(days=30, seconds=1)

    assert (kept_for_thirty_days, running.forget_old()) == (0, 1)
    left = JobRun.objects.order_by("name", "window").values_list("name", "window")
    assert list(left) == [("bad", "old"), ("crashed", "old"), ("good", "new"), ("worker", "")]
