"""Listens to what becomes of roles, and calls the verb."""

from django.dispatch import receiver

from lms.days import today
from lms.people.models import RoleGrant
from lms.people.signals import role_ended
from lms.reports import passing


@receiver(role_ended, sender=RoleGrant)
def pass_on_lists(sender, person, by, successor, **kwargs):
    passing.pass_on(today(), of=person, to=successor, by=by)
