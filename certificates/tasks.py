"""Drawing, in the worker."""

from huey.contrib.djhuey import db_task

from certificates import rendering


@db_task(retries=5, retry_delay=60)
def draw(certificate: int) -> None:
    rendering.draw(certificate)
