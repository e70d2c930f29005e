"""Cuts an act short at a statement of SQL."""

from contextlib import contextmanager

from django.db import connection


@contextmanager
def dying_at(words: str, *, time: int = 1):
    """The connection is lost at the `time`-th statement that holds these words."""
    seen = 0

    def cut(execute, sql, params, many, context):
        nonlocal seen
        seen += words in sql
        if seen == time and words in sql:
            raise ConnectionError("Lost.")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(cut):
        yield
