"""Runs periodic jobs: a window is claimed once, however many schedulers there are."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from lms.jobs.models import JobRun

logger = logging.getLogger(__name__)


def run(name: str, job: Callable[[], object], *, window: str) -> JobRun | None:
    """Runs the job for its window; None where another scheduler has claimed it. A failure is kept and logged."""
    now = timezone.now()
    try:
        with transaction.atomic():
            claimed = JobRun.objects.create(name=name, window=window, claimed_at=now, heartbeat_at=now)
    except IntegrityError:
        return None
    try:
        detail = job()
        claimed.outcome, claimed.detail = JobRun.Outcome.DONE, "" if detail is None else str(detail)
    except Exception as error:
        logger.exception("Job %s failed.", name)
        claimed.outcome, claimed.detail = JobRun.Outcome.FAILED, f"{type(error).__name__}: {error}"
    claimed.ended_at = timezone.now()
    claimed.save(update_fields=["outcome", "detail", "ended_at"])
    return claimed


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
