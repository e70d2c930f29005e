"""Makes things happen at once, and surely so: the database holds them until all of them wait."""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

import psycopg
from django.db import connection, models
from psycopg.sql import SQL, Identifier

PATIENCE = 20  # seconds


def at_once(*acts: Callable[[], object], held_at: type[models.Model]) -> list:
    """Runs the acts in threads with connections of their own, and returns what each returned or raised.

    The first one is held before it writes a row of `held_at`; then the second one begins, and so on. When all of them
    wait, for that table or for each other, they are let go.
    """
    running: list[Future] = []
    with psycopg.connect(**connection.get_connection_params()) as holder, ThreadPoolExecutor(len(acts)) as threads:
        holder.execute(SQL("LOCK TABLE {} IN SHARE MODE").format(Identifier(held_at._meta.db_table)))
        try:
            for act in acts:
                running.append(threads.submit(_alone, act))
                _wait_until_all_wait(running)
        finally:
            holder.rollback()
        return [future.exception() or future.result() for future in running]


def _alone(act: Callable[[], object]) -> object:
    try:
        return act()
    finally:
        connection.close()


def wait_until(holds: Callable[[], object]) -> None:
    until = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < until, "It did not come to that."
        time.sleep(0.01)


def _wait_until_all_wait(running: list[Future]) -> None:
    def all_wait() -> bool:
        done = [future.exception() or future.result() for future in running if future.done()]
        assert not done, f"Not all of them were held: {done}"
        return _waiting() == len(running)

    wait_until(all_wait)


def _waiting() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")
        return cursor.fetchone()[0]
