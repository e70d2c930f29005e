"""Keeps rules in the database itself that follow changes of rows, whoever makes them and by whatever way.

They are taken away before migrations, which rebuild tables on SQLite, and made again afterwards.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from django.apps import AppConfig
from django.db import connection
from django.db.models.signals import post_migrate, pre_migrate

NOW = {"sqlite": "strftime('%Y-%m-%d %H:%M:%f', 'now')", "postgresql": "clock_timestamp()"}
OTHER = {"sqlite": "IS NOT", "postgresql": "IS DISTINCT FROM"}


class Rule(Protocol):
    @property
    def table(self) -> str: ...

    def tables(self) -> set[str]:
        """Without one of these there is no rule."""

    def made(self, vendor: str) -> list[str]: ...

    def dropped(self, vendor: str) -> list[str]:
        """The table is there; the rule perhaps not."""

    def left(self, vendor: str) -> list[str]:
        """What goes even if the table is gone."""


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

    def tables(self) -> set[str]:
        return {self.table, self.writes}

    def made(self, vendor: str) -> list[str]:
        body = " ".join(f"{command};" for command in self.commands).replace("{now}", NOW[vendor])
        changed = " OR ".join(f"OLD.{column} {OTHER[vendor]} NEW.{column}" for column in self.columns)
        condition = f" WHEN ({changed})" if changed else ""
        begins = f"CREATE TRIGGER {self.name} AFTER {self.event} ON {self.table} FOR EACH ROW{condition}"
        if vendor == "sqlite":
            return [f"{begins} BEGIN {body} END"]
        function = f"CREATE FUNCTION {self.name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} RETURN NULL; END $$"
        return [function, f"{begins} EXECUTE FUNCTION {self.name}()"]

    def dropped(self, vendor: str) -> list[str]:
        return [_drop(self.name, self.table, vendor)]

    def left(self, vendor: str) -> list[str]:
        return [f"DROP FUNCTION IF EXISTS {self.name}"] if vendor == "postgresql" else []


@dataclass(frozen=True)
class Guard:
    """Rows of `table` are only added: whoever changes, deletes or replaces one is refused by the database itself.

    Where `ends` is named, that column may be filled once while none of the `columns` changes. `same` says of a row when one that
    is added as NEW would take its place.
    """

    table: str
    same: Sequence[str] = ("id = NEW.id",)
    ends: str = ""
    columns: Sequence[str] = ()

    def tables(self) -> set[str]:
        return {self.table}

    def made(self, vendor: str) -> list[str]:
        text, changed = f"{self.table} is append-only", self._changed(vendor)
        if vendor == "sqlite":
            refuse = f"BEGIN SELECT RAISE(ABORT, '{text}'); END"
            # INSERT OR REPLACE takes the old row away without asking the trigger of deletions.
            there = " OR ".join(f"EXISTS (SELECT 1 FROM {self.table} WHERE {same})" for same in self.same)
            return [
                f"CREATE TRIGGER {self.table}_no_update BEFORE UPDATE ON {self.table} WHEN {changed} {refuse}",
                f"CREATE TRIGGER {self.table}_no_delete BEFORE DELETE ON {self.table} {refuse}",
                f"CREATE TRIGGER {self.table}_no_replace BEFORE INSERT ON {self.table} WHEN {there} {refuse}",
            ]
        body = f"BEGIN RAISE EXCEPTION '{text}'; END"
        runs = f"EXECUTE FUNCTION {self.table}_refuse()"
        return [
            f"CREATE FUNCTION {self.table}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$",
            f"CREATE TRIGGER {self.table}_no_update BEFORE UPDATE ON {self.table} FOR EACH ROW WHEN ({changed}) {runs}",
            f"CREATE TRIGGER {self.table}_no_delete BEFORE DELETE ON {self.table} FOR EACH ROW {runs}",
            f"CREATE TRIGGER {self.table}_no_truncate BEFORE TRUNCATE ON {self.table} FOR EACH STATEMENT {runs}",
        ]

    def dropped(self, vendor: str) -> list[str]:
        last = "no_truncate" if vendor == "postgresql" else "no_replace"
        return [_drop(f"{self.table}_{what}", self.table, vendor) for what in ("no_update", "no_delete", last)]

    def left(self, vendor: str) -> list[str]:
        return [f"DROP FUNCTION IF EXISTS {self.table}_refuse"] if vendor == "postgresql" else []

    def _changed(self, vendor: str) -> str:
        if not self.ends:
            return "1 = 1"
        others = [f"OLD.{column} {OTHER[vendor]} NEW.{column}" for column in self.columns]
        return " OR ".join([*others, f"OLD.{self.ends} IS NOT NULL", f"NEW.{self.ends} IS NULL"])


def follow_migrations(app: AppConfig, rules: Sequence[Rule]) -> None:
    def before(sender: AppConfig, **options: object) -> None:
        drop(rules)

    def after(sender: AppConfig, **options: object) -> None:
        drop(rules)
        make(rules)

    pre_migrate.connect(before, sender=app, weak=False, dispatch_uid=f"{app.label}.drop_triggers")
    post_migrate.connect(after, sender=app, weak=False, dispatch_uid=f"{app.label}.make_triggers")


def make(rules: Iterable[Rule]) -> None:
    """Those whose tables are there: a migration may lead back to a time before them."""
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        for one in rules:
            if one.tables() <= tables:
                for command in one.made(connection.vendor):
                    cursor.execute(command)


def drop(rules: Iterable[Rule]) -> None:
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        for one in rules:
            for command in [*(one.dropped(connection.vendor) if one.table in tables else ()), *one.left(connection.vendor)]:
                cursor.execute(command)


def _drop(name: str, table: str, vendor: str) -> str:
    return f"DROP TRIGGER IF EXISTS {name}" + (f" ON {table}" if vendor == "postgresql" else "")
