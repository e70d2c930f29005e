"""Keeps what was known when of rows that are changed in place: triggers write a version of each change."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Model

from lms.people.models import (
    LanguageChoice,
    Posting,
    PostingVersion,
    RoleGrant,
    RoleGrantVersion,
    StructurePeriod,
    StructurePeriodVersion,
    User,
)
from lms.people.models.versions import Version
from lms.triggering import Guard, Trigger, drop, make

VERSIONS: dict[type[Model], type[Version]] = {
    Posting: PostingVersion,
    RoleGrant: RoleGrantVersion,
    StructurePeriod: StructurePeriodVersion,
    User: LanguageChoice,
}
OWN = ("id", "row", "recorded_at", "superseded_at")


def columns_of(version: type[Version]) -> list[str]:
    """What a version copies of its row."""
    return [str(field.column) for field in version._meta.local_fields if field.name not in OWN]


def triggers() -> list[Trigger]:
    return [one for model, version in VERSIONS.items() for one in _triggers(model._meta.db_table, version)]


def guards() -> list[Guard]:
    """A version is never changed, but for its end, which comes once."""
    return [
        Guard(
            version._meta.db_table,
            same=("id = NEW.id", '"row" = NEW."row" AND superseded_at IS NULL AND NEW.superseded_at IS NULL'),
            ends="superseded_at",
            columns=["id", '"row"', "recorded_at", *columns_of(version)],
        )
        for version in VERSIONS.values()
    ]


@contextmanager
def inventing() -> Iterator[None]:
    """Meanwhile versions may be told other times than their own: for invented history, within a transaction."""
    drop(guards())
    yield
    make(guards())


def date_back(since: datetime, to: datetime) -> None:
    """What was recorded or superseded since that moment becomes known at another one: for invented history."""
    since -= timedelta(milliseconds=1)  # to which SQLite tells the time
    with transaction.atomic(), inventing():
        for version in VERSIONS.values():
            rows: Any = version._default_manager
            rows.filter(recorded_at__gte=since).update(recorded_at=to)
            rows.filter(superseded_at__gte=since).update(superseded_at=to)


def _triggers(table: str, version: type[Version]) -> Iterator[Trigger]:
    target, columns = version._meta.db_table, columns_of(version)
    names, values = ", ".join(columns), ", ".join(f"NEW.{column}" for column in columns)
    ends = f'UPDATE {target} SET superseded_at = {{now}} WHERE "row" = OLD.id AND superseded_at IS NULL'
    begins = f'INSERT INTO {target} ("row", recorded_at, {names}) VALUES (NEW.id, {{now}}, {values})'
    yield Trigger(f"{target}_begins", table, "INSERT", [begins], target)
    yield Trigger(f"{target}_follows", table, "UPDATE", [ends, begins], target, columns)
    yield Trigger(f"{target}_ends", table, "DELETE", [ends], target)
