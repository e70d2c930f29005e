from django.apps import AppConfig


class ContentConfig(AppConfig):
    name = "content"

    def ready(self):
        from wagtail.models import ModelLogEntry, PageLogEntry, TaskState, WorkflowState
        from wagtail.signals import task_submitted, workflow_approved, workflow_rejected

        from content import approving
        from lms.triggering import Guard, follow_migrations

        # Under the names of Wagtail's own receivers, which come later and find their place taken.
        for signal, receiver, sender, name in (
            (task_submitted, approving.handed_in, TaskState, "group_approval_task_submitted_email_notification"),
            (workflow_approved, approving.approved, WorkflowState, "workflow_state_approved_email_notification"),
            (workflow_rejected, approving.returned, WorkflowState, "workflow_state_rejected_email_notification"),
        ):
            signal.connect(receiver, sender=sender, dispatch_uid=name)
        # Who created, changed, published or withdrew what: Wagtail only adds to its logs, and nobody else may do otherwise.
        follow_migrations(self, [Guard(log._meta.db_table) for log in (PageLogEntry, ModelLogEntry)])
