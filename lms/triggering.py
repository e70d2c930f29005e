"""Keeps rules in the database itself that follow changes of rows, whoever makes them and by whatever way.

They are taken away before migrations, which rebuild tables on SQLite, and made again afterwards.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.apps import AppConfig
from django.db import connection
from django.db.models.signals import post_migrate, pre_migrate

NOW = {"sqlite": "strftime('%Y-%m-%d %H:%M:%f', 'now')", "postgresql": "clock_timestamp()"}
OTHER = {"sqlite": "IS NOT", "postgresql": "IS DISTINCT FROM"}


@dataclass(frozen=True)
class Trigger:
    """After `event` (INSERT, UPDATE, DELETE) on a row of `table` the `commands` run, which may speak of OLD, NEW and {now}.

    An update counts only where it changes one of `columns`. `writes` is the table that the commands write.
    """

    name: str
    table: str
    event: str
    commands: Sequence[str]
    writes: str
    columns: Sequence[str] = ()


def follow_migrations(app: AppConfig, triggers: Sequence[Trigger]) -> None:
    def before(sender: AppConfig, **options: object) -> None:
        drop(triggers)

    def after(sender: AppConfig, **options: object) -> None:
        drop(triggers)
        make(triggers)

    pre_migrate.connect(before, sender=app, weak=False, dispatch_uid=f"{app.label}.drop_triggers")
    post_migrate.connect(after, sender=app, weak=False, dispatch_uid=f"{app.label}.make_triggers")


def make(triggers: Iterable[Trigger]) -> None:
    """Those whose tables are there: a migration may lead back to a time before them."""
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        for one in triggers:
            if {one.table, one.writes} <= tables:
                for command in _made(one):
                    cursor.execute(command)


def drop(triggers: Iterable[Trigger]) -> None:
    is_postgresql = connection.vendor == "postgresql"
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        for one in triggers:
            if one.table in tables:
                cursor.execute(f"DROP TRIGGER IF EXISTS {one.name}" + (f" ON {one.table}" if is_postgresql else ""))
            if is_postgresql:
                cursor.execute(f"DROP FUNCTION IF EXISTS {one.name}")


def _made(one: Trigger) -> list[str]:
    vendor = connection.vendor
    body = " ".join(f"{command};" for command in one.commands).replace("{now}", NOW[vendor])
    changed = " OR ".join(f"OLD.{column} {OTHER[vendor]} NEW.{column}" for column in one.columns)
    condition = f" WHEN ({changed})" if changed else ""
    begins = f"CREATE TRIGGER {one.name} AFTER {one.event} ON {one.table} FOR EACH ROW{condition}"
    if vendor == "sqlite":
        return [f"{begins} BEGIN {body} END"]
    function = f"CREATE FUNCTION {one.name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} RETURN NULL; END $$"
    return [function, f"{begins} EXECUTE FUNCTION {one.name}()"]
