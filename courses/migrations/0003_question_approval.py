"""A trainer hands in a question as she hands in a page."""

from django.db import migrations


def assign(apps, schema_editor):
    kind, _made = apps.get_model("contenttypes", "ContentType").objects.get_or_create(app_label="courses", model="question")
    approval = apps.get_model("wagtailcore", "WorkflowTask").objects.filter(task__content_type__model="approvaltask").first()
    if approval is not None:
        apps.get_model("wagtailcore", "WorkflowContentType").objects.get_or_create(
            content_type=kind, defaults={"workflow_id": approval.workflow_id}
        )


class Migration(migrations.Migration):
    dependencies = [("courses", "0002_initial"), ("content", "0004_approval"), ("wagtailcore", "0098_apitoken")]
    operations = [migrations.RunPython(assign, migrations.RunPython.noop)]
