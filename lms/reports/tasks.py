"""What the worker does for reports; what it misses the jobs of each minute make up for."""

from huey.contrib.djhuey import db_task

from lms.reports import producing, sheeting


@db_task()
def follow_changes() -> None:
    sheeting.follow_changes()


@db_task()
def work_out(sheet: int) -> None:
    sheeting.work_out(sheet)


@db_task()
def produce(export: int) -> None:
    producing.produce(export)
