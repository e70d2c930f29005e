"""Runs periodic jobs: a window is claimed once, however many schedulers there are, and taken up again where a run died."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import Max
from django.utils import timezone

from lms.jobs.models import JobRun

logger = logging.getLogger(__name__)

PULSE = 30  # seconds between two signs of life of a run
DEAD_AFTER = timedelta(minutes=10)
TAKES = 3  # a job that dies each time is not taken up for ever


def run(name: str, job: Callable[[], object], *, window: str) -> JobRun | None:
    """Runs the job for its window; None where another scheduler has claimed it. A failure is kept and logged."""
    claimed = _claim(name, window)
    if claimed is None:
        return None
    with _beating(claimed):
        try:
            detail = job()
            claimed.outcome, claimed.detail = JobRun.Outcome.DONE, "" if detail is None else str(detail)
        except Exception as error:
            logger.exception("Job %s failed.", name)
            claimed.outcome, claimed.detail = JobRun.Outcome.FAILED, f"{type(error).__name__}: {error}"
    claimed.ended_at = timezone.now()
    claimed.save(update_fields=["outcome", "detail", "ended_at"])
    return claimed


def is_free(name: str, window: str) -> bool:
    """Whether nobody has run the job for this window, or whoever did died of it."""
    last = _last(name, window)
    return last is None or (_is_dead(last) and last.take < TAKES)


def out_of_turn() -> str:
    """The window of a run that somebody asks for."""
    return f"asked for {timezone.now():%Y-%m-%dT%H:%M:%S.%f}"


def last_runs() -> dict[str, JobRun]:
    """The latest run of each job, by name."""
    latest = JobRun.objects.exclude(window="").values("name").annotate(last=Max("pk")).values("last")
    return {one.name: one for one in JobRun.objects.filter(pk__in=latest)}


def beat() -> None:
    """The worker is alive: one row, written each minute."""
    now = timezone.now()
    JobRun.objects.update_or_create(
        name="worker", window="", defaults={"heartbeat_at": now}, create_defaults={"claimed_at": now, "heartbeat_at": now}
    )


def last_beat() -> datetime | None:
    return JobRun.objects.filter(name="worker", window="").values_list("heartbeat_at", flat=True).first()


def forget_old(*, days: int = 30) -> int:
    """Runs that ended well and long ago tell nothing any more."""
    before = timezone.now() - timedelta(days=days)
    return JobRun.objects.filter(claimed_at__lt=before, outcome=JobRun.Outcome.DONE).delete()[0]


def _claim(name: str, window: str) -> JobRun | None:
    now = timezone.now()
    last = _last(name, window)
    if last is not None and not is_free(name, window):
        return None
    if last is not None:
        logger.error("A run of job %s stopped without an end and is taken up again.", name)
        JobRun.objects.filter(pk=last.pk).update(outcome=JobRun.Outcome.DIED, ended_at=last.heartbeat_at)
    try:
        with transaction.atomic():
            return JobRun.objects.create(
                name=name, window=window, take=last.take + 1 if last else 1, claimed_at=now, heartbeat_at=now
            )
    except IntegrityError:
        return None


def _last(name: str, window: str) -> JobRun | None:
    return JobRun.objects.filter(name=name, window=window).order_by("take").last()


def _is_dead(last: JobRun) -> bool:
    is_silent = timezone.now() - last.heartbeat_at > DEAD_AFTER
    return last.outcome == JobRun.Outcome.DIED or (last.ended_at is None and is_silent)


@contextmanager
def _beating(claimed: JobRun) -> Iterator[None]:
    """Gives signs of life from a thread of its own while the job runs."""
    over = threading.Event()

    def give_signs() -> None:
        while not over.wait(PULSE):
            try:
                JobRun.objects.filter(pk=claimed.pk).update(heartbeat_at=timezone.now())
            except DatabaseError:
                # The job itself goes on; if the database stays away, it will say so.
                logger.exception("No sign of life of job %s could be written.", claimed.name)
            finally:
                connection.close()

    signs = threading.Thread(target=give_signs, daemon=True)
    signs.start()
    try:
        yield
    finally:
        over.set()
        signs.join()
