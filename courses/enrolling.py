"""Enrols people, and remembers where they are."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from courses import renewals, statements
from courses.grounds import ground_of
from courses.models import Attempt, Course, Edition, Enrolment, ModuleProgress
from lms.days import day_of, today
from lms.people.models import User
from lms.xapi import storing


class NotOffered(ValueError):
    """The quiz cannot be taken first: the course does not allow it, or she has begun already."""


def enrol(person: User, course: Course, *, language: str, origin: Enrolment.Origin = Enrolment.Origin.SELF) -> Enrolment:
    """The person's open enrolment, or her last finished one; a new one where she has none, may renew, or what she had done counts
    for nothing. Safe to repeat."""
    hers = Enrolment.objects.for_acts(today()).latest_of(person).filter(course=course)
    known = hers.first()
    if known is not None and not _may_begin_anew(known, today()):
        return known
    try:
        with transaction.atomic():
            [enrolment] = _begin(course, [(person.pk, known, timezone.now())], language=language, origin=origin)
    except IntegrityError:
        return hers.get()  # a double click: the other request enrolled her
    return enrolment


def enrol_all(course: Course, began: Mapping[int, datetime], *, language: str) -> dict[int, Enrolment]:
    """The same for many people, in the caller's transaction, as of the moments of one day on which they were asked to begin.

    `began`: key of the person → moment. Returns enrolments as `for_acts` reads them, by key of the person.
    """
    day = day_of(max(began.values()))
    last: dict[int, Enrolment] = {}
    for enrolment in Enrolment.objects.for_acts(day).filter(course=course, person__in=began).order_by("cycle"):
        last[enrolment.person_id] = enrolment
    beginners = [key for key in began if key not in last or _may_begin_anew(last[key], day)]
    if beginners:
        acts = [(key, last.get(key), began[key]) for key in beginners]
        for enrolment in _begin(course, acts, language=language, origin=Enrolment.Origin.ASSIGNED):
            last[enrolment.person_id] = enrolment
    return last


def _may_begin_anew(last: Enrolment, day: date) -> bool:
    if last.closed_because == Enrolment.Closed.WITHDRAWN:
        return True
    return not last.is_open and renewals.may_renew(last.person, last.course, day)


def _begin(
    course: Course, acts: Sequence[tuple[int, Enrolment | None, datetime]], *, language: str, origin: Enrolment.Origin
) -> list[Enrolment]:
    """New enrolments, each with its statement: of whom (the key), after which one of hers, and when, all on one day."""
    # Who publishes holds the course, too: an edition that comes now is hers, and none passes her by.
    locked = Course.objects.select_for_update(no_key=True).get(pk=course.pk)
    edition = latest_edition(locked)
    rows = [
        Enrolment(
            person_id=person,
            course=locked,
            cycle=last.cycle + 1 if last else 1,
            edition=edition,
            language=language,
            origin=origin,
            enrolled_at=moment,
        )
        for person, last, moment in acts
    ]
    Enrolment.objects.bulk_create(rows)
    made = list(
        Enrolment.objects.for_acts(day_of(acts[0][2])).filter(registration__in=[row.registration for row in rows]).order_by("pk")
    )
    storing.record([statements.registered(ground_of(row, now=row.enrolled_at), title=course.title) for row in made])
    return made


def take_quiz_first(person: User, course: Course, *, language: str) -> Enrolment:
    """Enrols her as one who may know it all; what a pass at first go spares her, `judging` says. Safe to repeat.

    Raises NotOffered.
    """
    if not latest_edition(course).has_test_out:
        raise NotOffered("This course is taken from the beginning.")
    enrolment = enrol(person, course, language=language, origin=Enrolment.Origin.TEST_OUT)
    with transaction.atomic():
        locked = Enrolment.objects.locked(today()).get(pk=enrolment.pk)
        if not may_take_quiz_first(locked):
            raise NotOffered("She has begun the usual way.")
        if locked.origin != Enrolment.Origin.TEST_OUT:
            locked.origin = Enrolment.Origin.TEST_OUT
            locked.save(update_fields=["origin"])
    return locked


def may_take_quiz_first(enrolment: Enrolment) -> bool:
    """Whether the edition allows it, and she has done nothing yet but what belongs to it. Two queries."""
    if not enrolment.is_open or not enrolment.edition.has_test_out:
        return False
    attempts = list(Attempt.objects.filter(enrolment=enrolment).only("result", "module"))
    if any(attempt.result in {Attempt.Result.FAILED, Attempt.Result.PASSED} for attempt in attempts):
        return enrolment.origin == Enrolment.Origin.TEST_OUT and not _is_decided(enrolment, attempts)
    has_begun = bool(attempts) or ModuleProgress.objects.filter(enrolment=enrolment).exists()
    return enrolment.origin == Enrolment.Origin.TEST_OUT or not has_begun


def launch(enrolment: Enrolment, module: UUID) -> None:
    """She begins a module; recorded once."""
    outline = enrolment.edition.module(module)
    has_begun = ModuleProgress.objects.filter(enrolment=enrolment, module=module).exists()
    if enrolment.is_open and not has_begun and outline is not None:
        title = outline.title(enrolment.language)
        ground = ground_of(Enrolment.objects.for_acts(today()).get(pk=enrolment.pk))
        storing.record([statements.launched(ground, module=module, title=title)])


def keep_place(enrolment: Enrolment, *, module: UUID, screen: str) -> None:
    """Where she goes on, on whatever device."""
    if (enrolment.last_module, enrolment.last_screen) != (module, screen):
        Enrolment.objects.filter(pk=enrolment.pk).update(last_module=module, last_screen=screen)


def _is_decided(enrolment: Enrolment, attempts: Sequence[Attempt]) -> bool:
    """Whether a quiz was failed, or all are passed."""
    passed = {attempt.module for attempt in attempts if attempt.result == Attempt.Result.PASSED}
    is_failed = any(attempt.result == Attempt.Result.FAILED for attempt in attempts)
    return is_failed or all(quiz.key in passed for quiz in enrolment.edition.quizzes)


def latest_edition(course: Course) -> Edition:
    """A course exists from its first edition on."""
    return course.editions.order_by("-major", "-minor")[0]
