"""What the worker does for this app."""

from huey.contrib.djhuey import db_task

from courses import assigning
from lms.days import today


@db_task()
def apply_rules(people: list[int] | None = None) -> None:
    assigning.apply_rules(today(), people)
