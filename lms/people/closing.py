"""Ends what an account has open: sessions on every device, and whatever listens to `access_ended`."""

from collections.abc import Collection

from django.contrib.sessions.models import Session

from lms.people.models import User
from lms.people.signals import access_ended


def end_access(people: Collection[User]) -> None:
    """Sessions of these people are gone, and tokens that were given to their browsers. Safe to repeat."""
    if not people:
        return
    keys = {str(person.pk) for person in people}
    theirs = [session.pk for session in Session.objects.iterator() if session.get_decoded().get("_auth_user_id") in keys]
    Session.objects.filter(pk__in=theirs).delete()
    for person in people:
        access_ended.send(sender=User, person=person)
