"""What the worker does for this app."""

from huey.contrib.djhuey import db_task

from lms.reports import producing


@db_task()
def produce(export: int) -> None:
    producing.produce(export)
