"""The addresses of the provider in `provider.py`, and what it says about its accounts."""

from allauth.idp.oidc.adapter import DefaultOIDCAdapter
from django.contrib.auth import get_user_model, login
from django.http import HttpResponse
from django.urls import include, path


class Adapter(DefaultOIDCAdapter):
    def get_claims(self, purpose, user, client, scopes, email=None, **kwargs):
        said = {"email": user.email, "email_verified": user.is_staff, "employee_number": user.last_name}
        return super().get_claims(purpose, user, client, scopes, email, **kwargs) | said


def sign_in(request, name):
    """This stands for the provider's own sign-in."""
    account = get_user_model().objects.get(username=name)
    login(request, account, backend="django.contrib.auth.backends.ModelBackend")
    return HttpResponse(name)


urlpatterns = [path("as/<slug:name>/", sign_in), path("", include("allauth.idp.urls"))]
