"""Which pages are open without a sign-in: this list, and nothing else."""

from django.urls import URLResolver, get_resolver

OPEN = {
    "front": "leads on",
    "health": "for whoever watches the server",
    "metrics": "for Prometheus, which brings a token or asks from a named network",
    "account_login": "the one sign-in",
    "account_code": "the one-time code of staff without a mailbox",
    "account_logout": "asks again, then signs out",
    "account_inactive": "says that an account is closed",
    "account_reset_password": "asks for a link",
    "account_reset_password_done": "says that a link is on its way",
    "account_reset_password_from_key": "the link of an invitation or a reset",
    "account_reset_password_from_key_done": "says that the password is saved",
    "mfa_login_webauthn": "sign-in by a passkey, from the one sign-in page",
    "mfa_authenticate": "second step of the sign-in",
    "openid_connect_login": "leads to a provider of the environment",
    "openid_connect_callback": "where the provider leads back to, with its word",
    "account_signup": "leads to the sign-in",
    "account_email": "leads to the sign-in",
    "wagtailadmin_login": "leads to the sign-in",
    "wagtailcore_login": "leads to the sign-in",
    "xapi:about": "open in the standard",
    "xapi:activities": "asks for a credential itself",
    "xapi:activity_profile": "asks for a credential itself",
    "xapi:state": "asks for a credential itself",
    "xapi:agents": "asks for a credential itself",
    "xapi:agent_profile": "asks for a credential itself",
    "xapi:statements": "asks for a credential itself",
    "xapi:nowhere": "says that there is nothing",
    "xapi-1.0.3:about": "open in the standard",
    "xapi-1.0.3:activities": "asks for a credential itself",
    "xapi-1.0.3:activity_profile": "asks for a credential itself",
    "xapi-1.0.3:state": "asks for a credential itself",
    "xapi-1.0.3:agents": "asks for a credential itself",
    "xapi-1.0.3:agent_profile": "asks for a credential itself",
    "xapi-1.0.3:statements": "asks for a credential itself",
    "xapi-1.0.3:nowhere": "says that there is nothing",
    "api:openapi-json": "describes the API, and holds no data",
    "api:api-root": "nothing is there",
    "api:completions": "asks for a token itself",
    "api:assignments": "asks for a token itself",
    "api:figures": "asks for a token itself",
    "api:structures": "asks for a token itself",
    "api:courses": "asks for a token itself",
    "api:certificate": "asks for a token itself",
    "api:send_feed": "asks for a token itself",
    "api:feed": "asks for a token itself",
    "scim": "asks for a token itself",
    "courses:calendar": "for calendar programs, which know a secret that its holder can renew",
    "certificates:ask": "for anybody who holds a certificate",
    "certificates:keys": "for anybody who holds a certificate",
    "certificates:verify": "for anybody who holds a certificate",
    "content:media": "pictures of open pages; others ask for a sign-in themselves",
    "wagtail_serve": "open pages; others ask for a sign-in themselves",
}
# Marked open by Wagtail for its own reasons; our AdminMiddleware closes them.
CLOSED_BY_MIDDLEWARE = "wagtailadmin_api:"


def routes(resolver=None, namespaces=(), prefix=""):
    """(view name, path, callback) of every address of the project."""
    for pattern in (resolver or get_resolver()).url_patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = (*namespaces, pattern.namespace) if pattern.namespace else namespaces
            yield from routes(pattern, inner, path)
        else:
            yield ":".join((*namespaces, pattern.name or "")), path, pattern.callback


def test_only_the_listed_pages_are_open():
    found = {name for name, _path, callback in routes() if not getattr(callback, "login_required", True)}

    assert {name for name in found if not name.startswith(CLOSED_BY_MIDDLEWARE)} == set(OPEN)


def test_wagtails_own_doors_ask_for_the_one_sign_in(client, db):
    for path in ("/admin/", "/admin/api/main/pages/", "/admin/pages/1/", "/admin/password_reset/", "/admin/account/"):
        response = client.get(path)

        assert (path, response.status_code, response.headers["Location"].split("?")[0]) == (path, 302, "/account/login/")


def test_django_admin_is_not_there():
    assert [path for _name, path, _callback in routes() if "django-admin" in path] == []
