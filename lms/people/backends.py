"""Finds the person behind a session: who left or ran out of contract is nobody at the next request."""

from allauth.account.auth_backends import AuthenticationBackend

from lms.days import today
from lms.people.models import User


class StaffBackend(AuthenticationBackend):
    def get_user(self, user_id):
        day = today()
        return User.objects.active_on(day).with_duties(day).filter(pk=user_id).first()

    def user_can_authenticate(self, user) -> bool:
        return User.objects.active_on(today()).filter(pk=user.pk).exists()
