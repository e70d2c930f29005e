"""What the worker does by itself, and the mails it delivers."""

from django.conf import settings
from django.core.mail import get_connection
from django.utils import timezone
from huey import crontab
from huey.contrib.djhuey import db_periodic_task, db_task, on_startup

from lms.jobs import running
from lms.jobs.schedule import JOBS, Job


@db_task(retries=8, retry_delay=120)
def deliver(mail) -> None:
    """Hands one mail to the mail server; tried again for a quarter of an hour."""
    get_connection(settings.EMAIL_DELIVERY_BACKEND).send_messages([mail])


@on_startup()
def first_beat() -> None:
    running.beat()


@db_periodic_task(crontab(minute="*"), name="beat")
def beat() -> None:
    running.beat()


def _plan(job: Job) -> None:
    @db_periodic_task(job.when, name=f"job {job.name}")
    def run() -> None:
        running.run(job.name, job.job, window=timezone.now().strftime(job.window))


for _job in JOBS:
    _plan(_job)
