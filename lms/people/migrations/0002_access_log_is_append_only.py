"""Nobody changes or deletes an entry of the access log, not even by SQL."""

from django.db import migrations

TABLE = "people_accessentry"
REFUSE = "BEGIN SELECT RAISE(ABORT, 'the access log is append-only'); END"
SQLITE = {
    f"{TABLE}_no_update": f"BEFORE UPDATE ON {TABLE} {REFUSE}",
    f"{TABLE}_no_delete": f"BEFORE DELETE ON {TABLE} {REFUSE}",
    # INSERT OR REPLACE takes the old row away without asking the trigger above.
    f"{TABLE}_no_replace": f"BEFORE INSERT ON {TABLE} WHEN EXISTS (SELECT 1 FROM {TABLE} WHERE id = NEW.id) {REFUSE}",
}
POSTGRESQL = {
    f"{TABLE}_no_change": f"BEFORE UPDATE OR DELETE ON {TABLE} FOR EACH ROW EXECUTE FUNCTION {TABLE}_refuse()",
    f"{TABLE}_no_truncate": f"BEFORE TRUNCATE ON {TABLE} FOR EACH STATEMENT EXECUTE FUNCTION {TABLE}_refuse()",
}
FUNCTION = (
    f"CREATE FUNCTION {TABLE}_refuse() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'the access log is append-only'; END $$"
)


def make(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(FUNCTION)
    for name, rule in _triggers(schema_editor).items():
        schema_editor.execute(f"CREATE TRIGGER {name} {rule}")


def undo(apps, schema_editor):
    is_postgresql = schema_editor.connection.vendor == "postgresql"
    for name in _triggers(schema_editor):
        schema_editor.execute(f"DROP TRIGGER {name} ON {TABLE}" if is_postgresql else f"DROP TRIGGER {name}")
    if is_postgresql:
        schema_editor.execute(f"DROP FUNCTION {TABLE}_refuse")


def _triggers(schema_editor):
    return {"sqlite": SQLITE, "postgresql": POSTGRESQL}[schema_editor.connection.vendor]


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial")]
    operations = [migrations.RunPython(make, undo)]
