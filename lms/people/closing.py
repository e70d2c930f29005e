"""Ends what an account has open: sessions on every device, and whatever listens to `access_ended`."""

from collections.abc import Collection

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.utils import timezone

from lms.people.models import User
from lms.people.signals import access_ended


def end_access(people: Collection[User]) -> None:
    """Sessions of these people are gone, and tokens that were given to their browsers. Safe to repeat."""
    if not people:
        return
    keys = {str(person.pk) for person in people}
    theirs = [session.pk for session in Session.objects.iterator() if session.get_decoded().get("_auth_user_id") in keys]
    Session.objects.filter(pk__in=theirs).delete()
    UserSession.objects.filter(user__in=people).delete()
    for person in people:
        access_ended.send(sender=User, person=person)


def sessions_of(person: User) -> QuerySet[UserSession]:
    """Where she is signed in, the latest first."""
    live = Session.objects.filter(expire_date__gt=timezone.now()).values("session_key")
    return UserSession.objects.filter(user=person, session_key__in=live).order_by("-created_at")


def forget_ended() -> int:
    """Where somebody signed in from is forgotten with the session. Returns how many lines went. Safe to repeat."""
    live = Session.objects.filter(expire_date__gt=timezone.now()).values("session_key")
    count, _by_model = UserSession.objects.exclude(session_key__in=live).delete()
    return count
