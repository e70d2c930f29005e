"""The step of a workflow in which a draft waits for somebody who may publish it."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page, Task, TaskState
from wagtail.permissions import policy_registry


class ApprovalTask(Task):
    """Wagtail's own task asks for membership of a group; here only those approve, and look in, who may publish this thing."""

    class Meta:
        verbose_name = _("approval by a publisher")
        verbose_name_plural = _("approvals by publishers")

    @classmethod
    def get_description(cls):
        return _("Whoever may publish a page approves it or asks for changes.")

    def user_can_access_editor(self, obj, user):
        return may_publish(obj, user)

    def locked_for_user(self, obj, user):
        return not may_publish(obj, user)

    def get_actions(self, obj, user):
        if not may_publish(obj, user):
            return []
        return [
            ("reject", _("Request changes"), True),
            ("approve", _("Approve"), False),
            ("approve", _("Approve with comment"), True),
        ]

    def get_task_states_user_can_moderate(self, user, **kwargs):
        waiting = TaskState.objects.filter(task=self.pk, status=TaskState.STATUS_IN_PROGRESS).select_related("workflow_state")
        hers = [state.pk for state in waiting if may_publish(state.workflow_state.content_object, user)]
        return TaskState.objects.filter(pk__in=hers)


def may_publish(thing: models.Model, user) -> bool:
    """Whether this person may put this page or snippet live, group and reach taken together."""
    if isinstance(thing, Page):
        return thing.specific.permissions_for_user(user).can_publish()
    return policy_registry.get_by_type(type(thing)).user_has_permission_for_instance(user, "publish", thing)
