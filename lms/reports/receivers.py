"""Hears what changes states, and has the worker bring the living sheet up to date within seconds; and what ends roles.

The database itself marks who is to be looked at again (`marking`): what is not heard here is found within a minute.
"""

from django.db import connection, transaction
from django.db.models.signals import post_save
from django.dispatch import receiver

from courses.models import Assignment, Completion, Exemption
from courses.signals import assignments_changed
from courses.statements import verb_id
from lms.days import today
from lms.people.models import RoleGrant, User
from lms.people.signals import role_ended, staff_changed
from lms.reports import marking, passing, tasks
from lms.xapi.signals import statements_stored

# Answers and screens change no state.
TELLING = {verb_id("registered"), verb_id("completed")}


@receiver(statements_stored)
def follow_statements(sender, statements, **kwargs):
    if any(stored.statement["verb"]["id"] in TELLING for stored in statements):
        _nudge()


@receiver(post_save, sender=Completion)
@receiver(post_save, sender=Exemption)
@receiver(post_save, sender=RoleGrant)
@receiver(staff_changed, sender=User)
def follow_rows(sender, **kwargs):
    _nudge()


@receiver(role_ended, sender=RoleGrant)
def pass_on_lists(sender, person, by, successor, **kwargs):
    passing.pass_on(today(), of=person, to=successor, by=by)


@receiver(assignments_changed, sender=Assignment)
def follow_assignments(sender, people, **kwargs):
    marking.mark(people)
    _nudge()


def _nudge():
    """Once a transaction, however much happens in it."""
    if not any(call is tasks.follow_changes for _points, call, _is_robust in reversed(connection.run_on_commit)):
        transaction.on_commit(tasks.follow_changes)
