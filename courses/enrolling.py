"""Enrols people, and remembers where they are."""

from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from courses import statements
from courses.grounds import ground_of
from courses.models import Course, Edition, Enrolment, ModuleProgress
from lms.days import today
from lms.people.models import User
from lms.xapi import storing


def enrol(person: User, course: Course, *, language: str) -> Enrolment:
    """The person's open enrolment, or her last finished one; a new one where she has none. Safe to repeat."""
    hers = Enrolment.objects.for_acts(today()).latest_of(person).filter(course=course)
    known = hers.first()
    if known is not None:
        return known
    try:
        with transaction.atomic():
            # Who publishes holds the course, too: an edition that comes now is hers, and none passes her by.
            locked = Course.objects.select_for_update(no_key=True).get(pk=course.pk)
            Enrolment.objects.create(
                person=person, course=locked, edition=latest_edition(locked), language=language, enrolled_at=timezone.now()
            )
            enrolment = hers.get()
            storing.record([statements.registered(ground_of(enrolment), title=course.title)])
    except IntegrityError:
        return hers.get()  # a double click: the other request enrolled her
    return enrolment


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


def latest_edition(course: Course) -> Edition:
    """A course exists from its first edition on."""
    return course.editions.order_by("-major", "-minor")[0]
