from django.apps import AppConfig


class ContentConfig(AppConfig):
    name = "content"

    def ready(self):
        from wagtail.models import TaskState, WorkflowState
        from wagtail.signals import task_submitted, workflow_approved, workflow_rejected

        from content import approving

        # Under the names of Wagtail's own receivers, which come later and find their place taken.
        for signal, receiver, sender, name in (
            (task_submitted, approving.handed_in, TaskState, "group_approval_task_submitted_email_notification"),
            (workflow_approved, approving.approved, WorkflowState, "workflow_state_approved_email_notification"),
            (workflow_rejected, approving.returned, WorkflowState, "workflow_state_rejected_email_notification"),
        ):
            signal.connect(receiver, sender=sender, dispatch_uid=name)
