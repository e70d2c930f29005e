"""What is submitted waits for those who may publish it, not for Wagtail's group of moderators, in which nobody is."""

from django.db import migrations, models


def assign(apps, schema_editor):
    kind, _made = apps.get_model("contenttypes", "ContentType").objects.get_or_create(app_label="content", model="approvaltask")
    task = apps.get_model("content", "ApprovalTask").objects.create(name="Approval by a publisher", content_type=kind)
    wagtails = apps.get_model("wagtailcore", "Task").objects.filter(content_type__model="groupapprovaltask")
    steps = apps.get_model("wagtailcore", "WorkflowTask").objects.filter(task__in=wagtails)
    apps.get_model("wagtailcore", "Workflow").objects.filter(workflow_tasks__in=steps).update(name="Approval by a publisher")
    steps.update(task_id=task.pk)
    wagtails.update(active=False)


class Migration(migrations.Migration):
    dependencies = [("content", "0003_locales"), ("contenttypes", "0002_remove_content_type_name"), ("wagtailcore", "0098_apitoken")]
    operations = [
        migrations.CreateModel(
            name="ApprovalTask",
            fields=[
                (
                    "task_ptr",
                    models.OneToOneField(
                        auto_created=True,
                        on_delete=models.deletion.CASCADE,
                        parent_link=True,
                        primary_key=True,
                        serialize=False,
                        to="wagtailcore.task",
                    ),
                ),
            ],
            options={"verbose_name": "approval by a publisher", "verbose_name_plural": "approvals by publishers"},
            bases=("wagtailcore.task",),
        ),
        migrations.RunPython(assign, migrations.RunPython.noop),
    ]
