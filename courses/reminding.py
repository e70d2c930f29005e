"""Reminds people of what is due: one mail a person and day, which names all her courses, in her language.

Safe to repeat: the row of the reminder and its mail are written together, and neither is written twice. A day that was missed
is made up for with the next one.
"""

from collections.abc import Sequence
from datetime import date

from django.db import transaction

from courses import reminders
from courses.models import Reminder
from courses.reminders import Due
from lms import mailing
from lms.people.models import User


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
