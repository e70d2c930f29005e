"""Takes a wrong question out of use at once.

One publisher does it, with a reason and without a workflow. All language versions stop being live, so every course that uses the
question gets a minor edition without it, as by any other change: what is asked is said by the edition alone, and no module has to
be done again. Attempts that drew it go on, or end, without it.
"""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.actions.unpublish import UnpublishAction

from courses import judging
from courses.grounds import ground_of
from courses.models import Attempt, Enrolment, Question, QuestionWithdrawal
from courses.policies import QuestionPolicy
from lms.days import today
from lms.people import recording
from lms.people.models import User
from lms.refusals import NotAllowed


def withdraw(question: Question, *, by: User, reason: str) -> QuestionWithdrawal:
    """Takes it out, and ends the attempts in which nothing else was left to answer. Safe to repeat. Raises NotAllowed."""
    if not QuestionPolicy(Question).may_publish(by, question):
        raise NotAllowed(_("Only a publisher of the courses that use this question may do that."))
    if not reason.strip():
        raise NotAllowed(_("Say why the question is withdrawn."))
    with transaction.atomic():
        rows = Question.objects.select_for_update(no_key=True).filter(translation_key=question.translation_key)
        versions = list(rows.order_by("pk"))
        withdrawal = _withdrawn_already(versions) or _insert(versions, by, reason.strip()[:300])
    go_on_without(question.translation_key)
    return withdrawal


def go_on_without(question: UUID) -> int:
    """Ends the open attempts in which only withdrawn items are left to answer; how many. Each in a transaction of its own.

    What is cut short is gone on with by the next call, or when the learner presses “Go on”.
    """
    open_ones = Attempt.objects.filter(is_graded=True, finished_at=None).that_drew(question)
    return sum(_go_on(attempt) for attempt in open_ones.order_by("enrolment").iterator())


def _withdrawn_already(versions: Sequence[Question]) -> QuestionWithdrawal | None:
    if any(version.live for version in versions):
        return None
    return QuestionWithdrawal.objects.filter(question__in={version.translation_key for version in versions}).first()


def _insert(versions: Sequence[Question], by: User, reason: str) -> QuestionWithdrawal:
    asked = [version for version in versions if version.live] or [version for version in versions if version.first_published_at]
    if not asked:
        raise NotAllowed(_("This question was never published, so nobody was asked it."))
    withdrawal = QuestionWithdrawal.objects.create(
        question=asked[0].translation_key,
        revision=max(version.live_revision_id or version.latest_revision_id or 0 for version in asked),
        code=asked[0].code,
        reason=reason,
        withdrawn_by=by,
        withdrawn_at=timezone.now(),
    )
    for version in asked:
        UnpublishAction(version, user=by).execute(skip_permission_checks=True)
    recording.decided(by, "question withdrawn", {"question": withdrawal.code}, purpose=reason)
    return withdrawal


def _go_on(found: Attempt) -> bool:
    with transaction.atomic():
        locked = Enrolment.objects.locked(today()).get(pk=found.enrolment_id)
        attempt = Attempt.objects.get(pk=found.pk)
        if attempt.finished_at:
            return False
        given = list(attempt.answers.all())
        judging.end_if_answered(locked, attempt, judging.counted(attempt), given, ground_of(locked))
        return attempt.finished_at is not None
