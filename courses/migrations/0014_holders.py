from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q
from django.db.models.deletion import PROTECT


def name_the_holders(apps, schema_editor):
    """Who made it held and recorded it up to now; who recommended a course answered for it."""
    sessions = apps.get_model("courses", "GroupSession").objects
    sessions.update(held_by=F("made_by"))
    sessions.filter(recorded_at__isnull=False).update(recorded_by=F("made_by"))
    recommended = apps.get_model("courses", "ManualAssignment").objects.filter(strength="recommended")
    recommended.update(kept_by=F("recorded_by"))
    if schema_editor.connection.vendor == "postgresql":
        # It alters no table on whose rows foreign keys still wait to be checked.
        schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


class Migration(migrations.Migration):
    dependencies = [
        ("courses", "0013_corrections"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="groupsession",
            name="made_by",
            field=models.ForeignKey(on_delete=PROTECT, related_name="sessions_made", to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name="groupsession",
            name="held_by",
            field=models.ForeignKey(null=True, on_delete=PROTECT, related_name="sessions_held", to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name="groupsession",
            name="recorded_by",
            field=models.ForeignKey(null=True, on_delete=PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name="manualassignment",
            name="kept_by",
            field=models.ForeignKey(null=True, on_delete=PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
        ),
        migrations.RunPython(name_the_holders, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="groupsession",
            name="held_by",
            field=models.ForeignKey(on_delete=PROTECT, related_name="sessions_held", to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name="groupsession",
            constraint=models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | Q(recorded_by__isnull=True) | ~Q(confirmed_by=F("recorded_by")),
                name="courses_groupsession_recorded_by_another",
            ),
        ),
    ]
