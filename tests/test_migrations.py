"""Migrations lead from nothing to the models as they are, and back as far as Wagtail's own allow it."""

import pytest
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from tests.databases import managed

OURS = ["reports", "rights", "courses", "certificates", "content", "jobs", "xapi", "people"]  # from the top downwards
# Wagtail's migrations need the table of users, and not all of them lead back.
LOWEST = {"people": "0001_initial"}
ADDED_LATER = {
    "people_languagechoice",
    "people_postingversion",
    "people_rolegrantversion",
    "people_structureperiodversion",
    "people_case",
    "people_apitoken",
    "people_scimrecord",
    "people_signinlink",
    "people_gueststay",
    "people_feedline",
    "people_feedrun",
    "people_personjoin",
    "people_signincode",
    "people_standin",
}
TRIGGERS = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
}


@pytest.fixture
def db(committed):
    """A database that was migrated from nothing."""


def tables_of(app: str) -> list[str]:
    return [model._meta.db_table for model in apps.get_app_config(app).get_models(include_auto_created=True)]


def columns_and_rules() -> dict:
    """Every column, constraint, index and trigger of our tables."""
    with connection.cursor() as cursor:
        found = {}
        for table in [table for app in OURS for table in tables_of(app)]:
            columns = connection.introspection.get_table_description(cursor, table)
            rules = connection.introspection.get_constraints(cursor, table)
            found[table] = (
                sorted((column.name, column.type_code, column.null_ok) for column in columns),
                sorted((name if rule["check"] else "", str(rule)) for name, rule in rules.items()),
            )
        cursor.execute(TRIGGERS[connection.vendor])
        return found | {"triggers": sorted(cursor.fetchall())}


def test_no_migration_is_missing(committed):
    done = managed(committed, "makemigrations", "--check", "--dry-run")

    assert (done.returncode, done.stdout) == (0, "No changes detected\n")


def test_from_nothing_all_migrations_are_applied(db):
    executed = set(MigrationLoader(connection).applied_migrations)

    wanted = {key for key in MigrationLoader(None).disk_migrations if key[0] in OURS}
    assert wanted - executed == set()
    call_command("migrate", check_unapplied=True, verbosity=0)


@pytest.mark.postgres  # a demo does not go back
def test_all_apps_go_back_and_forward_again(db):
    before = columns_and_rules()

    MigrationExecutor(connection).migrate([(app, LOWEST.get(app)) for app in OURS])
    tables = set(connection.introspection.table_names())
    left = {app: sorted(set(tables_of(app)) & tables) for app in OURS}
    call_command("migrate", verbosity=0)
    ContentType.objects.clear_cache()

    assert left == {app: [] for app in OURS} | {"people": sorted(set(tables_of("people")) - ADDED_LATER)}
    assert columns_and_rules() == before


def test_every_constraint_of_a_model_is_one_of_the_database(db):
    missing = []
    with connection.cursor() as cursor:
        for app in OURS:
            for model in apps.get_app_config(app).get_models():
                kept = connection.introspection.get_constraints(cursor, model._meta.db_table)
                columns = {tuple(rule["columns"]) for rule in kept.values() if rule["unique"]}
                missing += [rule.name for rule in model._meta.constraints if rule.name not in kept]
                unique = [field for field in model._meta.local_fields if field.unique and not field.primary_key]
                missing += [str(field) for field in unique if (field.column,) not in columns]

    assert missing == []
    assert sum(len(model._meta.constraints) for app in OURS for model in apps.get_app_config(app).get_models()) >= 25
