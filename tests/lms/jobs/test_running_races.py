from functools import partial

import pytest

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


def test_two_workers_that_start_at_once_are_one_heartbeat(db):
    assert at_once(running.beat, running.beat, held_at=JobRun) == [None, None]
    assert JobRun.objects.count() == 1
