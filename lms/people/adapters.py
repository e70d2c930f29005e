"""What our sign-in does differently from allauth's own."""

from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.http import int_to_base36
from django.utils.translation import get_language, gettext, override
from django.utils.translation import gettext_lazy as _

from lms.days import today
from lms.languages import spoken
from lms.people.models import User

RESET_SECONDS = 2 * 3600


class LinkTokenGenerator(PasswordResetTokenGenerator):
    """Links that work once: an invitation for seven days (PASSWORD_RESET_TIMEOUT), a reset for two hours."""

    def check_token(self, user, token) -> bool:
        if not super().check_token(user, token):
            return False
        if not user.has_usable_password():
            return True
        made = int(token.split("-")[0], 36)
        return self._num_seconds(self._now()) - made <= RESET_SECONDS


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": _("The address or the password is not right. Look at both again, or set a new password."),
        "enter_current_password": _("This is not your current password. Type it again."),
        "incorrect_password": _("This is not your password. Type it again."),
        "too_many_login_attempts": _("Too many wrong tries. Wait five minutes, or set a new password."),
    }

    def is_open_for_signup(self, request) -> bool:
        return False

    def pre_login(self, request, user, **values):
        """Who is in no post today is told so, as is somebody whose account is closed."""
        user.is_active = User.objects.active_on(today()).filter(pk=user.pk).exists()  # for this request; never saved
        return super().pre_login(request, user, **values)

    def get_reset_password_from_key_url(self, key: str) -> str:
        """From the configured address, not from the Host header of whoever asked."""
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return settings.PUBLIC_URL + path.replace("UID-KEY", key)

    def send_mail(self, template_prefix, email, context) -> None:
        user = context.get("user")
        with override(spoken(user.language if user else get_language())):
            super().send_mail(template_prefix, email, context)

    def _get_login_attempts_cache_key(self, request, **credentials) -> str:
        """Wrong tries count for one account from one network, so that nobody can lock a colleague out."""
        return f"{self.get_client_ip(request)}:{super()._get_login_attempts_cache_key(request, **credentials)}"


class FactorAdapter(DefaultMFAAdapter):
    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Passkeys are bound to the configured host, not to the Host header."""
        return {"id": urlsplit(settings.PUBLIC_URL).hostname or "", "name": settings.PRODUCT_NAME}

    def generate_authenticator_name(self, user, type) -> str:
        """Where she gave it no name."""
        return gettext("Passkey of %(day)s") % {"day": date_format(today(), "SHORT_DATE_FORMAT")}

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("This code is not right, or it was used already. Wait for the next one and type that."),
    }


def link_for(user: User) -> str:
    """The address at which `user` may set a password, once."""
    uid = int_to_base36(user.pk)
    return AccountAdapter().get_reset_password_from_key_url(f"{uid}-{LinkTokenGenerator().make_token(user)}")
