"""Turns a met rule into a completion: once, dated as then known, with its statement and its certificate."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Count
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


@dataclass(frozen=True)
class Stand:
    """How a locked enrolment, read by `locked`, stands: all its rows, and when what brought it there was told."""

    enrolment: Enrolment
    rows: Iterable[ModuleProgress]
    told_at: datetime


@dataclass(frozen=True)
class _Met:
    """An open enrolment whose rule was met at `moment`; it is closed at `closed_at`."""

    enrolment: Enrolment
    moment: datetime
    closed_at: datetime
    statement: statements.Statement


def complete_if_met(enrolment: Enrolment, rows: Iterable[ModuleProgress]) -> Completion | None:
    """Inserts the completion of a locked enrolment whose rule is met; None where it is not, or was before.

    The rule: every required module of the enrolment's edition is completed, a module with a quiz passed. The day is
    the one on which the last of them was.
    """
    return next(iter(complete_all([Stand(enrolment, rows, timezone.now())])), None)


def complete_all(stands: Iterable[Stand]) -> list[Completion]:
    """The same for many at once."""
    moments = [(one, moment) for one in stands if (moment := met_at(one.enrolment, one.rows)) and one.enrolment.is_open]
    withdrawn = _withdrawn([one.enrolment for one, _moment in moments])
    met = []
    for one, moment in moments:
        ground = ground_of(one.enrolment, now=one.told_at)
        attempt = withdrawn.get(one.enrolment.pk, 0)
        act = statements.course_completed(ground, title=one.enrolment.course.title, attempt=attempt)
        met.append(_Met(one.enrolment, moment, one.told_at, act))
    return _complete(met, source=Completion.Source.COURSE)


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
    attempt = _withdrawn([enrolment]).get(enrolment.pk, 0)
    act = statements.course_credited(
        ground_of(enrolment, now=moment), title=enrolment.course.title, source=source, attempt=attempt
    )
    [completion] = _complete([_Met(enrolment, moment, timezone.now(), act)], source=source)
    return completion


def _withdrawn(enrolments: Sequence[Enrolment]) -> dict[int, int]:
    """How many completions of each were withdrawn; those without one are left out."""
    if not enrolments:
        return {}
    rows = Completion.objects.filter(enrolment__in=enrolments).order_by().values_list("enrolment")
    return dict(rows.annotate(count=Count("pk")))


def _complete(met: Sequence[_Met], *, source: str) -> list[Completion]:
    if not met:
        return []
    ids = storing.record([one.statement for one in met])
    completions = [_completion(one, statement_id, source) for one, statement_id in zip(met, ids, strict=True)]
    Completion.objects.bulk_create(completions)
    for one in met:
        one.enrolment.closed_at, one.enrolment.closed_because = one.closed_at, Enrolment.Closed.COMPLETED
    enrolments = [one.enrolment for one in met]
    Enrolment.objects.bulk_update(enrolments, ["closed_at", "closed_because"])
    Attempt.objects.filter(enrolment__in=enrolments, is_graded=False, finished_at=None).update(finished_at=timezone.now())
    issuing.issue_all(
        [
            _award(completion, texts.digest(one.statement))
            for one, completion in zip(met, completions, strict=True)
            if not naming.needs_agreement(completion.person)
        ]
    )
    return completions


def _completion(met: _Met, statement_id: UUID, source: str) -> Completion:
    enrolment, day = met.enrolment, day_of(met.moment)
    renews_from = renewals.renews_from(enrolment.person, enrolment.course, day)
    return Completion(
        enrolment=enrolment,
        person=enrolment.person,
        course=enrolment.course,
        edition=enrolment.edition,
        language=enrolment.language,
        completed_at=met.moment,
        completed_on=day,
        valid_until=_valid_until(renews_from or day, enrolment.edition),
        renews_from=renews_from,
        statement=statement_id,
        source=source,
    )


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
            issuing.issue(_award(completion, queries.digest_of(completion.statement) or ""))
    return len(waiting)


def finished_at(row: ModuleProgress | None, module: OutlineModule | None) -> datetime | None:
    """When a module was done under its rule, None while it is not."""
    if row is None or module is None:
        return None
    return row.passed_at if module.quiz else row.completed_at


def _award(completion: Completion, statement_sha256: str) -> issuing.Award:
    return issuing.Award(
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


def _valid_until(day: date, edition: Edition) -> date | None:
    """Calendar months, cut to the month's end."""
    if edition.valid_months is None:
        return None
    return add_months(day, edition.valid_months)
