"""A later date agreed between somebody and the owner of a course. Others see the date only, and reminders pause until then."""

from datetime import date
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from courses import disputing, postponing
from courses.models import Arrangement, Course
from lms import mailing
from lms.days import today
from lms.people import access, recording
from lms.people.models import Role, RoleGrant, User
from lms.refusals import NotAllowed


def owners(course: Course, person: User) -> list[User]:
    """Who keeps the course today, the trainers to whom it is given, and may read what that person asks: not her manager."""
    grants = RoleGrant.objects.in_force(today()).filter(role=Role.TRAINER, person__is_active=True).select_related("person")
    keepers = [grant.person for grant in grants if str(course.key) in grant.object_keys]
    return [keeper for keeper in keepers if keeper != person and not _leads(keeper, person)]


def ask(person: User, course: Course, *, wanted_on: date | None, words: str, submission: UUID) -> Arrangement:
    """She asks; the owners get a mail without her name. One open request a course; sent twice is once. Raises NotAllowed."""
    with transaction.atomic():
        # Two presses at once stand in line here.
        User.objects.lock([person.pk])
        hers = Arrangement.objects.filter(person=person, course=course)
        known = hers.filter(uuid=submission).first() or hers.open().first()
        if known is not None:
            return known
        keepers = owners(course, person)
        if not keepers:
            raise NotAllowed(_("This course has no owner at present. Ask Human Resources."))
        made = Arrangement.objects.create(
            uuid=submission, person=person, course=course, wanted_on=wanted_on, words=words.strip(), asked_at=timezone.now()
        )
        for keeper in keepers:
            mailing.send(
                "request_arrived",
                address=keeper.email,
                language=keeper.language,
                name=keeper.display_name,
                path=reverse("courses:arrangements"),
            )
    return made


def withdraw(arrangement: Arrangement, *, by: User) -> None:
    """She takes it back before it is decided. Safe to repeat. Raises NotAllowed."""
    with transaction.atomic():
        locked = _locked(arrangement)
        if by.pk != locked.person_id:
            raise NotAllowed(_("Only who asked takes a request back."))
        if locked.is_open:
            locked.withdrawn_at = timezone.now()
            locked.save(update_fields=["withdrawn_at"])


def agree(arrangement: Arrangement, *, by: User, until: date, answer: str = "") -> None:
    """An owner of the course agrees to a later date, from today on. Safe to repeat. Raises NotAllowed."""
    with transaction.atomic():
        locked = _to_decide(arrangement, by)
        if locked.decided_at is not None:
            return
        postponing.refuse_unfit(locked.person, locked.course, due_on=until, day=today())
        locked.later = postponing.postpone(
            locked.person, locked.course, due_on=until, starts_on=today(), by=by, pauses_reminders=True
        )
        _decide(locked, by=by, answer=answer)


def answer(arrangement: Arrangement, *, by: User, answer: str) -> None:
    """An owner answers without a later date, for instance with another way. Safe to repeat. Raises NotAllowed."""
    if not answer.strip():
        raise NotAllowed(_("Write an answer: she reads it."))
    with transaction.atomic():
        locked = _to_decide(arrangement, by)
        if locked.decided_at is None:
            _decide(locked, by=by, answer=answer)


def _to_decide(arrangement: Arrangement, by: User) -> Arrangement:
    locked = _locked(arrangement)
    if by.pk == locked.person_id:
        raise NotAllowed(_("Nobody decides about herself: ask another owner of the course."))
    if _leads(by, locked.person):
        raise NotAllowed(_("Nobody decides about people whom she leads: ask another owner of the course."))
    if not by.is_active or locked.course.key not in access.reach(by, "P8", "A"):
        raise NotAllowed(_("%(person)s does not keep this course today.") % {"person": by})
    if locked.withdrawn_at is not None:
        raise NotAllowed(_("She took this request back."))
    return locked


def _leads(keeper: User, person: User) -> bool:
    return access.led_by(keeper).filter(person=person).exists()


def _decide(arrangement: Arrangement, *, by: User, answer: str) -> None:
    arrangement.decided_at, arrangement.decided_by, arrangement.answer = timezone.now(), by, answer.strip()
    arrangement.save(update_fields=["decided_at", "decided_by", "answer", "later"])
    disputing.tell(arrangement.person, arrangement.course)
    recording.opened(by, arrangement.person, f"request answered: {arrangement.course.code}")


def _locked(arrangement: Arrangement) -> Arrangement:
    return Arrangement.objects.select_for_update(of=("self",)).select_related("person", "course").get(pk=arrangement.pk)
