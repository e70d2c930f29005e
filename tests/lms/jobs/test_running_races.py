import time
from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone

from lms.jobs import running
from lms.jobs.models import JobRun
from tests.racing import at_once

pytestmark = pytest.mark.postgres


@pytest.fixture
def db(committed):
    """Threads have connections of their own, so everything is really committed here."""


def test_two_schedulers_at_once_run_a_window_once(db):
    runs = []

    claims = at_once(*[partial(running.run, "count", partial(runs.append, 1), window="w")] * 2, held_at=JobRun)

    assert ([claim is None for claim in claims].count(True), runs) == (1, [1])
    assert JobRun.objects.get().outcome == JobRun.Outcome.DONE


def test_a_job_that_takes_long_gives_signs_of_life_meanwhile(db, monkeypatch):
    monkeypatch.setattr(running, "PULSE", 0.01)
    begun = timezone.now()

    def job() -> bool:
        ends = time.monotonic() + 20
        while time.monotonic() < ends:
            if JobRun.objects.get().heartbeat_at > begun + timedelta(milliseconds=30):
                return True
            time.sleep(0.005)
        return False

    assert running.run("long", job, window="w").detail == "True"


def test_a_run_that_died_is_taken_up_by_one_of_two_schedulers(db):
    long_ago = timezone.now() - timedelta(hours=1)
    JobRun.objects.create(name="count", window="w", claimed_at=long_ago, heartbeat_at=long_ago)
    runs = []

    at_once(*[partial(running.run, "count", partial(runs.append, 1), window="w")] * 2, held_at=JobRun)

    assert (runs, list(JobRun.objects.order_by("take").values_list("take", "outcome"))) == ([1], [(1, "died"), (2, "done")])


def test_two_workers_that_start_at_once_are_one_heartbeat(db):
    assert at_once(running.beat, running.beat, held_at=JobRun) == [None, None]
    assert JobRun.objects.count() == 1
