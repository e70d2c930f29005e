"""The addresses of the product. What is open without a sign-in is listed in tests/lms/test_doors.py."""

from allauth.account import views as account
from allauth.mfa.webauthn import views as passkeys
from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path, re_path
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.urls import serve_pattern

from lms import views
from lms.people import providers, scim
from lms.people import views as people

# Of allauth's pages those that we offer: nobody signs up, and addresses come from the staff record.
account_urls = [
    path("login/", account.login, name="account_login"),
    path("code/", people.sign_in_by_code, name="account_code"),
    path("logout/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("password/change/", views.change_password, name="account_change_password"),
    path("password/reset/", account.password_reset, name="account_reset_password"),
    path("password/reset/done/", account.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("password/reset/key/done/", account.password_reset_from_key_done, name="account_reset_password_from_key_done"),
    path("sessions/", people.sessions, name="account_sessions"),
    path("2fa/", include("allauth.mfa.base.urls")),
    path("2fa/totp/", include("allauth.mfa.totp.urls")),
    path("2fa/recovery-codes/", include("allauth.mfa.recovery_codes.urls")),
    path("2fa/webauthn/", passkeys.list_webauthn, name="mfa_list_webauthn"),
    path("2fa/webauthn/add/", passkeys.add_webauthn, name="mfa_add_webauthn"),
    path("2fa/webauthn/keys/<int:pk>/remove/", passkeys.remove_webauthn, name="mfa_remove_webauthn"),
    path("2fa/webauthn/reauthenticate/", passkeys.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("2fa/webauthn/login/", passkeys.login_webauthn, name="mfa_login_webauthn"),
    path("oidc/<slug:provider_id>/login/", providers.login, name="openid_connect_login"),
    path("oidc/<slug:provider_id>/login/callback/", providers.callback, name="openid_connect_callback"),
]

handler404 = "lms.views.not_found"

urlpatterns = [
    path("", views.front, name="front"),
    path("health/", views.health, name="health"),
    path("metrics", views.figures, name="metrics"),
    path("account/", include(account_urls)),
    path("account/signup/", views.to_sign_in, name="account_signup"),
    path("account/email/", views.to_sign_in, name="account_email"),
    path("people/", include("lms.people.urls")),
    path("reports/", include("lms.reports.urls")),
    path("jobs/", include("lms.jobs.urls")),
    path("scim/v2/<path:path>", scim.serve, name="scim"),
    path("", include("lms.rights.urls")),
    path("api/v1/", include("lms.reports.api.urls")),
    # The version header decides; the prefix names the version where there is none, and clients of 1.0.3 know theirs.
    path("xapi/1.0.3/", include("lms.xapi.urls", namespace="xapi-1.0.3")),
    path("xapi/", include("lms.xapi.urls")),
    path("", include("certificates.urls")),
    path("", include("content.urls")),
    path("", include("courses.urls")),
    # Wagtail's own doors lead to the one sign-in.
    path("admin/login/", views.to_sign_in, name="wagtailadmin_login"),
    path("_util/login/", views.to_sign_in, name="wagtailcore_login"),
    path("admin/account/", views.to_profile, name="wagtailadmin_account"),
    path("admin/", include(wagtailadmin_urls)),
    *i18n_patterns(re_path(serve_pattern, views.page, name="wagtail_serve"), prefix_default_language=True),
]
