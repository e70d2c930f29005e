"""The sign-in at a provider (OpenID Connect): what allauth heard from it becomes a claim, and the claim a person."""

from functools import wraps

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.providers.openid_connect import views
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render
from django.utils.translation import gettext as _
from requests import RequestException

from lms.people import linking
from lms.people.linking import Claim
from lms.refusals import NotAllowed


class ProviderAdapter(DefaultSocialAccountAdapter):
    def is_open_for_signup(self, request, sociallogin) -> bool:
        return False

    def authenticate_by_email(self, sociallogin):
        """allauth's own way by address is not taken: `linking` decides."""
        return

    def pre_social_login(self, request, sociallogin) -> None:
        try:
            sociallogin.user = linking.find(_claim(sociallogin))
        except NotAllowed as error:
            raise ImmediateHttpResponse(_refusal(request, str(error))) from error

    def on_authentication_error(self, request, provider, error=None, exception=None, extra_context=None) -> None:
        raise ImmediateHttpResponse(_unfinished(request))


def _or_say_so(view):
    """allauth asks the provider for its addresses each time, and does not expect that nobody answers."""

    @login_not_required
    @wraps(view)
    def guarded(request, provider_id):
        try:
            return view(request, provider_id)
        except RequestException:
            return _unfinished(request)

    return guarded


login, callback = _or_say_so(views.login), _or_say_so(views.callback)


def _claim(sociallogin) -> Claim:
    """From the signed token alone comes who it is; what is said beside it must be about the same account."""
    token, told = (sociallogin.account.extra_data.get(part) or {} for part in ("id_token", "userinfo"))
    held = sociallogin.provider.app.settings
    if not token or str(token.get("iss", "")).rstrip("/") != held["issuer"] or told.get("sub", token["sub"]) != token["sub"]:
        raise NotAllowed(_("The provider's answer does not hold together. Tell an administrator."))
    claims = {**told, **token}
    is_address = held["is_trusted"] and claims.get("email_verified") is True
    return Claim(
        issuer=held["issuer"],
        subject=str(token["sub"]),
        staff_number=str(claims.get(held["staff_number"]) or "").strip() if held["staff_number"] else "",
        email=str(claims.get("email") or "").strip() if is_address else "",
    )


def _unfinished(request):
    return _refusal(request, _("The sign-in there did not come to an end. Try again, or use your password."))


def _refusal(request, reason: str):
    return render(request, "account/not_known.html", {"reason": reason}, status=403)
