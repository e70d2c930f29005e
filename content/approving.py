"""Tells people by mail that a draft waits for them, or what became of theirs. Wagtail says when, the mails are ours."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Model
from wagtail.admin.admin_url_finder import AdminURLFinder
from wagtail.admin.mail import (
    BaseGroupApprovalTaskStateEmailNotifier,
    EmailNotificationMixin,
    WorkflowStateApprovalEmailNotifier,
    WorkflowStateRejectionEmailNotifier,
)
from wagtail.admin.utils import get_latest_str
from wagtail.models import TaskState

from content.models.approvals import ApprovalTask, may_publish
from lms import mailing
from lms.days import today
from lms.people import appointing
from lms.people.models import User


class OurMail(EmailNotificationMixin):
    """Each in her own language. The draft itself is not in the mail."""

    template: str

    def send_notifications(
        self, template_set: object, context: dict[str, Any], recipients: Iterable[User], **kwargs: Any
    ) -> bool:
        draft = context["object"]
        for recipient in recipients:
            mailing.send(
                self.template,
                address=recipient.email,
                language=recipient.language,
                name=recipient.display_name,
                title=get_latest_str(draft),
                path=AdminURLFinder(recipient).get_edit_url(draft),
                comment=context.get("comment", ""),
            )
        return True


class HandedIn(OurMail, BaseGroupApprovalTaskStateEmailNotifier):
    notification = "submitted"
    template = "draft_handed_in"

    def can_handle(self, instance: object, **kwargs: Any) -> bool:
        return isinstance(instance, TaskState) and isinstance(instance.task.specific, ApprovalTask)

    def get_recipient_users(self, task_state: TaskState, **kwargs: Any) -> list[User]:
        return approvers(task_state.workflow_state.content_object, but=kwargs.get("user"))


class Approved(OurMail, WorkflowStateApprovalEmailNotifier):
    template = "draft_approved"


class Returned(OurMail, WorkflowStateRejectionEmailNotifier):
    template = "draft_returned"


def approvers(thing: Model, *, but: User | None) -> list[User]:
    """Who may publish it today; not `but`, who hands it in."""
    day = today()
    found = []
    for person in User.objects.active_on(day).with_duties(day).filter(is_appointed=True).order_by("pk"):
        appointing.derive_groups(person, day=day)  # a role may have begun since she was last on the editors' side
        if person != but and may_publish(thing, person):
            found.append(person)
    return found


handed_in, approved, returned = HandedIn(), Approved(), Returned()
