"""The headers and cookies of every kind of answer, graded as an outside scanner would."""

import os
import subprocess
import sys

import pytest

from tests.databases import ROOT
from tests.factories.course import make_home

BAD_SOURCES = ("*", "'unsafe-eval'", "'unsafe-inline'", "http:", "https:", "data:")


def directives(policy: str) -> dict[str, list[str]]:
    return {name: sources for name, *sources in (part.split() for part in policy.split(";") if part.strip())}


def faults(response, *, is_editors: bool = False) -> list[str]:
    """What a grader would take points for."""
    headers, found = response.headers, []
    wanted = {
        "X-Content-Type-Options": {"nosniff"},
        "Referrer-Policy": {"same-origin", "no-referrer", "strict-origin"},
        "Cross-Origin-Opener-Policy": {"same-origin"},
        "X-Frame-Options": {"DENY"},
        "Strict-Transport-Security": {"max-age=31536000; includeSubDomains; preload"},
    }
    found += [f"{name}: {headers.get(name)}" for name, values in wanted.items() if headers.get(name) not in values]
    found += [
        name for name in ("camera=()", "geolocation=()", "microphone=()") if name not in headers.get("Permissions-Policy", "")
    ]
    policy = directives(headers.get("Content-Security-Policy", ""))
    found += [name for name in ("default-src", "base-uri", "form-action", "frame-ancestors", "object-src") if name not in policy]
    if not is_editors:
        loaded = [source for name in ("default-src", "script-src", "style-src") for source in policy.get(name, [])]
        found += [source for source in loaded if source in BAD_SOURCES]
    found += [name for name in ("Server", "X-Powered-By") if name in headers]
    for cookie in response.cookies.values():
        found += [f"{cookie.key} without {flag}" for flag in ("secure", "httponly", "samesite") if not cookie[flag]]
    return found


@pytest.fixture
def https(settings, client):
    settings.SECURE_HSTS_SECONDS = 31_536_000
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = settings.SECURE_HSTS_PRELOAD = True
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    # The values are read when the middleware is made.
    client.handler.load_middleware()
    return client


def test_every_kind_of_answer_is_graded_without_a_fault(https, cast, course):
    make_home()
    anonymous = ["/account/login/", "/verify/", "/en/", "/nowhere/", "/calendar.ics", "/health/", "/my/"]
    graded = {path: faults(https.get(path, secure=True)) for path in anonymous}
    cast.trainer.set_password("correct horse battery staple")
    cast.trainer.save()
    signing_in = https.post(
        "/account/login/", {"login": cast.trainer.email, "password": "correct horse battery staple"}, secure=True
    )
    graded["sign-in"] = faults(signing_in)
    graded |= {path: faults(https.get(path, secure=True)) for path in ("/my/", "/learn/tst/", "/reports/")}
    graded["/admin/"] = faults(https.get("/admin/", secure=True), is_editors=True)

    assert {path: found for path, found in graded.items() if found} == {}
    assert "sessionid" in signing_in.cookies


def test_an_https_address_switches_it_all_on():
    names = ["SECURE_HSTS_SECONDS", "SECURE_HSTS_PRELOAD", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_SSL_REDIRECT"]
    code = f"from lms import settings; print(*(bool(getattr(settings, name)) for name in {names}))"
    environment = {**os.environ, "PUBLIC_URL": "https://learn.test", "SECRET_KEY": "x" * 60}

    done = subprocess.run([sys.executable, "-c", code], env=environment, cwd=ROOT, capture_output=True, text=True, check=True)

    assert done.stdout.split() == ["True"] * 5
