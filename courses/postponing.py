"""Sets a later date for somebody in a course. A new one takes the place of the one before, which stays in the record."""

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from courses import attesting, tasks
from courses.models import Assignment, Course, LaterDate
from lms.people.models import User
from lms.refusals import NotAllowed


def refuse_unfit(person: User, course: Course, *, due_on: date, day: date) -> None:
    """Whether the day can be a later date for what is asked of her on `day`. Raises NotAllowed."""
    asked = Assignment.objects.on(day).filter(person=person, course=course).first()
    if asked is None:
        raise NotAllowed(_("No rule asks this course of her today, so there is no date to move."))
    if due_on <= day:
        raise NotAllowed(_("Choose a day that is still to come."))
    if asked.later_id is None and due_on <= asked.due_on:
        words = {"day": date_format(asked.due_on)}
        raise NotAllowed(_("It is due on %(day)s by the rules: choose a later day.") % words)


def postpone(person: User, course: Course, *, due_on: date, starts_on: date, by: User, pauses_reminders: bool) -> LaterDate:
    """In the caller's transaction: from `starts_on` on the course is due on that day, if the rules do not say a later one.

    What was agreed with the owner of the course (`pauses_reminders`) and what HR moved stand beside each other; the later counts.
    """
    made = LaterDate(
        person=person, course=course, due_on=due_on, starts_on=starts_on, recorded_by=by, pauses_reminders=pauses_reminders
    )
    before = LaterDate.objects.known().select_for_update()
    for row in before.filter(person=person, course=course, pauses_reminders=pauses_reminders):
        row.superseded_at = timezone.now()
        row.save(update_fields=["superseded_at"])
        attesting.take_back(row.statement)
        made.line = row.line
    made.statement = attesting.postpone(person, course, due_on=due_on)
    made.save()
    transaction.on_commit(tasks.apply_rules)
    return made
