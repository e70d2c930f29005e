"""What the keeper of a guide does with feedback, and what happens to a text that should not be there."""

from collections.abc import Collection
from typing import Any

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from content.models import GuideFeedback, TextReport
from lms import mailing
from lms.days import today
from lms.people.models import Role, RoleGrant, User
from lms.refusals import NotAllowed


def set_state(chosen: Collection[GuideFeedback], *, state: str, answer: str, by: User) -> int:
    """Gives several entries the same state and, where one is given, the same answer. Raises NotAllowed."""
    wanted = GuideFeedback.State(state)
    if wanted.needs_answer and not answer.strip():
        raise NotAllowed(_("Say why, or in which edition: the sender reads it."))
    if wanted == GuideFeedback.State.NEW:
        raise NotAllowed(_("Nothing becomes new again."))
    changes: dict[str, Any] = {"state": wanted, "state_changed_on": today(), "answered_by": by}
    if answer.strip():
        changes["answer"] = answer.strip()
    return GuideFeedback.objects.filter(pk__in=[feedback.pk for feedback in chosen]).update(**changes)


def report_text(feedback: GuideFeedback, *, by: User) -> None:
    """Hides the text everywhere at once and mails the administrators, two of whom decide. Safe to repeat."""
    try:
        with transaction.atomic():
            TextReport.objects.create(feedback=feedback, reported_at=timezone.now(), reported_by=by)
            _tell_administrators()
    except IntegrityError:
        return  # it is reported and hidden already


def decide(report: TextReport, *, decision: str, by: User) -> bool:
    """The first administrator proposes, a second one who proposes the same confirms: then it is done. True when done.

    Deleting leaves the entry with its ratings and a mark; the text is gone. Raises NotAllowed.
    """
    wanted = TextReport.Decision(decision)
    with transaction.atomic():
        locked = TextReport.objects.select_for_update().get(pk=report.pk)
        if locked.closed_at:
            raise NotAllowed(_("This report is closed already."))
        if locked.decision != wanted:
            locked.decision, locked.decided_by = wanted, by
            locked.save(update_fields=["decision", "decided_by"])
            return False
        if locked.decided_by == by:
            raise NotAllowed(_("A second administrator has to confirm."))
        locked.confirmed_by, locked.closed_at = by, timezone.now()
        locked.save(update_fields=["confirmed_by", "closed_at"])
        if wanted == TextReport.Decision.DELETE:
            GuideFeedback.objects.filter(pk=locked.feedback_id).update(
                comment="", answer="", translation_term="", translation_better=""
            )
    return True


def _tell_administrators() -> None:
    """The mail holds nothing of the text."""
    grants = RoleGrant.objects.in_force(today()).filter(role=Role.ADMINISTRATOR, person__is_active=True)
    for grant in grants.select_related("person"):
        mailing.send(
            "text_reported",
            address=grant.person.email,
            language=grant.person.language,
            name=grant.person.display_name,
            path=reverse("content:reports"),
        )
