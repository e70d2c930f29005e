"""Turns a met rule into a completion: once, dated as then known, with its statement and its certificate."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from certificates import issuing
from courses import renewals, statements
from courses.grounds import ground_of
from courses.models import Attempt, Completion, Edition, Enrolment, ModuleProgress
from courses.models.editions import OutlineModule
from lms.days import add_months, day_of, noon_of, today
from lms.people import naming
from lms.people.models import User
from lms.refusals import NotAllowed
from lms.xapi import queries, storing, texts


def complete_if_met(enrolment: Enrolment, rows: Iterable[ModuleProgress]) -> Completion | None:
    """Inserts the completion of a locked enrolment whose rule is met; None where it is not, or was before.

    The rule: every required module of the enrolment's edition is completed, a module with a quiz passed. The day is
    the one on which the last of them was.
    """
    moment = met_at(enrolment, rows)
    if moment is None or not enrolment.is_open:
        return None
    act = statements.course_completed(ground_of(enrolment), title=enrolment.course.title, attempt=_withdrawn(enrolment))
    return _complete(enrolment, moment, act, source=Completion.Source.COURSE)


def complete_on_paper(enrolment: Enrolment, *, edition: Edition, language: str, day: date) -> Completion | None:
    """What a confirmed group session says of a locked enrolment: completed that day, under the edition of the sheet.

    None where the enrolment is closed, because she had completed the course before. A quiz that she has open on screen counts
    for nothing any more.
    """
    if not enrolment.is_open:
        return None
    enrolment.edition, enrolment.language = edition, language
    enrolment.save(update_fields=["edition", "language"])
    sitting = Attempt.objects.filter(enrolment=enrolment, is_graded=True, finished_at=None)
    sitting.update(finished_at=timezone.now(), result=Attempt.Result.VOID)
    moment = min(noon_of(day), timezone.now())
    source = Completion.Source.SESSION
    act = statements.course_credited(
        ground_of(enrolment, now=moment), title=enrolment.course.title, source=source, attempt=_withdrawn(enrolment)
    )
    return _complete(enrolment, moment, act, source=source)


def _withdrawn(enrolment: Enrolment) -> int:
    return Completion.objects.filter(enrolment=enrolment).count()


def _complete(enrolment: Enrolment, moment: datetime, statement: statements.Statement, *, source: str) -> Completion:
    [statement_id] = storing.record([statement])
    renews_from = renewals.renews_from(enrolment.person, enrolment.course, day_of(moment))
    completion = Completion.objects.create(
        enrolment=enrolment,
        person=enrolment.person,
        course=enrolment.course,
        edition=enrolment.edition,
        language=enrolment.language,
        completed_at=moment,
        completed_on=day_of(moment),
        valid_until=_valid_until(renews_from or day_of(moment), enrolment.edition),
        renews_from=renews_from,
        statement=statement_id,
        source=source,
    )
    enrolment.closed_at, enrolment.closed_because = timezone.now(), Enrolment.Closed.COMPLETED
    enrolment.save(update_fields=["closed_at", "closed_because"])
    Attempt.objects.filter(enrolment=enrolment, is_graded=False, finished_at=None).update(finished_at=timezone.now())
    if not naming.needs_agreement(enrolment.person):
        _issue(completion, texts.digest(statement))
    return completion


def met_at(enrolment: Enrolment, rows: Iterable[ModuleProgress]) -> datetime | None:
    """When these rows met the rule of the enrolment's edition, None while they do not."""
    by_module = {row.module: row for row in rows}
    required = [module for module in enrolment.edition.modules if module.is_required]
    moments = [moment for module in required if (moment := finished_at(by_module.get(module.key), module))]
    return max(moments) if required and len(moments) == len(required) else None


def finish(enrolment: Enrolment) -> Completion | None:
    """Asked by the learner where a change of the course left nothing more to do: completes if the rule is met."""
    with transaction.atomic():
        locked = Enrolment.objects.locked(today()).get(pk=enrolment.pk)
        return complete_if_met(locked, ModuleProgress.objects.filter(enrolment=locked))


def withdraw(completion: Completion, *, by: User, reason: str, goes_on: bool = True) -> None:
    """Takes a completion of a locked enrolment back, with its certificate, and opens the enrolment so that she can go on under
    the edition of today; where she does not go on, what was done in it counts for nothing, and she begins anew.
    Safe to repeat. Raises NotAllowed."""
    if completion.person_id == by.pk:
        raise NotAllowed(_("Nobody withdraws her own completion: ask somebody else."))
    if completion.withdrawn_at is not None:
        return
    completion.withdrawn_at, completion.withdrawn_by, completion.withdrawn_reason = timezone.now(), by, reason
    completion.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_reason"])
    issuing.withdraw_award(completion.uuid, by=by, reason=reason)
    enrolment = completion.enrolment
    if enrolment is None or enrolment.is_open:
        return
    others = Enrolment.objects.filter(person=enrolment.person_id, course=enrolment.course_id, closed_at=None)
    if not goes_on or others.exists():
        enrolment.closed_because = Enrolment.Closed.WITHDRAWN  # if she goes on, then in the other one
    else:
        enrolment.closed_at, enrolment.closed_because = None, ""
        enrolment.edition = enrolment.course.editions.order_by("-major", "-minor")[0]
    enrolment.save(update_fields=["closed_at", "closed_because", "edition"])


def issue_waiting(person: User) -> int:
    """Issues the certificates that waited for HR's agreement to the person's name. Returns how many."""
    if naming.needs_agreement(person):
        return 0
    with transaction.atomic():
        waiting = [
            completion
            for completion in Completion.objects.standing()
            .filter(person=person, source__in=Completion.EARNED)
            .select_related("course", "edition", "person")
            if not issuing.is_issued(completion.uuid)
        ]
        for completion in waiting:
            _issue(completion, queries.digest_of(completion.statement) or "")
    return len(waiting)


def finished_at(row: ModuleProgress | None, module: OutlineModule | None) -> datetime | None:
    """When a module was done under its rule, None while it is not."""
    if row is None or module is None:
        return None
    return row.passed_at if module.quiz else row.completed_at


def _issue(completion: Completion, statement_sha256: str) -> None:
    issuing.issue(
        issuing.Award(
            key=completion.uuid,
            person=completion.person,
            name=completion.person.display_name,
            course_key=completion.course.key,
            course_code=completion.course.code,
            course_title=completion.edition.outline["title"].get(completion.language, completion.course.title),
            edition=completion.edition.number,
            language=completion.language,
            completed_on=completion.completed_on,
            valid_until=completion.valid_until,
            statement=completion.statement,
            statement_sha256=statement_sha256,
        )
    )


def _valid_until(day: date, edition: Edition) -> date | None:
    """Calendar months, cut to the month's end."""
    if edition.valid_months is None:
        return None
    return add_months(day, edition.valid_months)
