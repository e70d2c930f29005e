"""Reminds people of what is due: one mail a person and day, which names all her courses, in her language. It goes out when it is
time, or when a focal point asks for it.

Safe to repeat: the row of the reminder and its mail are written together, and neither is written twice. A day that was missed
is made up for with the next one.
"""

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from courses import reminders
from courses.models import Assignment, Reminder
from courses.reminders import Due
from lms import mailing
from lms.people import access, recording
from lms.people.access import Scope
from lms.people.models import User
from lms.refusals import NotAllowed


def remind_all(day: date) -> int:
    """Puts what is due to be said that day into the outbox. Returns how many mails."""
    return sum(remind(person, dues, day=day) for person, dues in reminders.to_remind(day))


def remind(person: User, dues: Sequence[Due], *, day: date) -> bool:
    """Puts her mail of that day into the outbox; False where she has one already."""
    with transaction.atomic():
        reminder, is_first = Reminder.objects.get_or_create(person=person, day=day)
        if is_first:
            mailing.send(
                "reminder",
                address=person.email,
                language=person.language,
                once=reminder.key,
                name=person.display_name,
                overdue=[due for due in dues if due.is_overdue],
                coming=[due for due in dues if not due.is_overdue],
            )
    return is_first


def remind_now(person: User, *, by: User, day: date) -> None:
    """A focal point reminds somebody of her structure of all that is open for her. Raises NotAllowed."""
    if person == by or not access.people(by, "P3", "W", within={Scope.STRUCTURE}).filter(pk=person.pk).exists():
        raise NotAllowed(_("You remind people of your structure, and not yourself."))
    if not person.email:
        raise NotAllowed(_("%(person)s has no mailbox. Tell her in person.") % {"person": person})
    hers = reminders.of_people([person.pk], day).get(person.pk, [])
    if not hers:
        raise NotAllowed(_why_not(person, day))
    with transaction.atomic():
        if not remind(person, hers, day=day):
            raise NotAllowed(_("%(person)s was reminded today already.") % {"person": person})
        recording.opened(by, person, "reminded of what is due")


def _why_not(person: User, day: date) -> str:
    if not User.objects.active_on(day).filter(pk=person.pk).exists():
        return _("%(person)s is not in post today.") % {"person": person}
    rows = Assignment.objects.with_state(day).filter(person=person, state__in=reminders.OPEN)
    paused = rows.exclude(pk__in=reminders.reminded(day).filter(person=person).values("pk"))
    if paused.filter(later__pauses_reminders=True).exists():
        return _("A later date stands for %(person)s: reminders pause until then.") % {"person": person}
    return _("Nothing is open for %(person)s within sixty days.") % {"person": person}
