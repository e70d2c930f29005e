"""Makes something by the verbs of the product once a process, and writes the same rows afterwards: to make a course by its verbs
asks the database eight hundred times."""

import pickle
from collections.abc import Callable
from typing import Any, NamedTuple

from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, transaction

from lms.people.versioning import VERSIONS
from lms.reports.models import Mark

BY_TRIGGERS = {*VERSIONS.values(), Mark}  # come last: the rows before them write some, which give way


class _Change(NamedTuple):
    before: list[tuple]
    after: list[tuple]


class _Kept(NamedTuple):
    changes: dict[type, _Change]  # by model
    result: bytes


_kept: dict[tuple, _Kept] = {}


def replayed(make: Callable[..., Any], *values: Any) -> Any:
    """What `make(*values)` returns, with the rows that it writes.

    Where what it touches is not as it was the first time, it is called.
    """
    kept = _kept.get((make, values))
    if kept is None:
        models = [model for model in apps.get_models(include_auto_created=True) if model._meta.managed and not model._meta.proxy]
        before = {model: _rows(model) for model in sorted(models, key=BY_TRIGGERS.__contains__)}
        result = make(*values)
        changes = {model: _Change(rows, after) for model, rows in before.items() if (after := _rows(model)) != rows}
        _kept[make, values] = _Kept(changes, pickle.dumps(result))
        return result
    if any(_rows(model) != change.before for model, change in kept.changes.items()):
        return make(*values)
    with transaction.atomic(), connection.cursor() as cursor:
        for model, change in kept.changes.items():
            table = connection.ops.quote_name(model._meta.db_table)
            cursor.execute(f"DELETE FROM {table}")
            if change.after:
                marks = ", ".join(["%s"] * len(change.after[0]))
                cursor.executemany(f"INSERT INTO {table} VALUES ({marks})", change.after)
        for command in connection.ops.sequence_reset_sql(no_style(), list(kept.changes)):
            cursor.execute(command)
    return pickle.loads(kept.result)


def _rows(model: type) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {connection.ops.quote_name(model._meta.db_table)}")
        return cursor.fetchall()
