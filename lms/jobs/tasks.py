"""What the worker does by itself, and the mails it delivers."""

from datetime import UTC

from django.utils import timezone
from huey import crontab
from huey.contrib.djhuey import db_periodic_task, db_task, on_startup

from lms.jobs import delivering, running
from lms.jobs.schedule import BY_NAME, JOBS


@db_task()
def deliver(mail: int) -> None:
    """Hands one mail to the mail server; what fails waits for the sweep."""
    delivering.deliver(mail)


@db_task()
def run_job(name: str, window: str) -> None:
    running.run(name, BY_NAME[name].job, window=window)


@on_startup()
def first_beat() -> None:
    running.beat()


@db_periodic_task(crontab(minute="*"), name="beat")
def beat() -> None:
    """Hands on what is due, also what was missed while no worker ran and what died in one."""
    running.beat()
    now = timezone.now().astimezone(UTC)
    for job in JOBS:
        window = job.window_at(now)
        if running.is_free(job.name, window):
            run_job(job.name, window)
