"""Starts a real OpenID provider, allauth's own, in a process of its own, and walks the way of a browser through it."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests
from django.test import Client

NAME, CLIENT, SECRET = "hq", "learning", "a secret of the tests"
CALLBACK = "http://testserver/account/oidc/hq/login/callback/"


@contextmanager
def provider() -> Iterator[str]:
    """The address of the provider, while it runs."""
    command = [sys.executable, "-W", "ignore", str(Path(__file__).with_name("provider.py")), CLIENT, SECRET, CALLBACK]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


def configured(issuer: str, *, is_trusted: bool = False, staff_number: str = "") -> dict:
    """As `lms.settings` has it from the environment."""
    held = {"server_url": issuer, "issuer": issuer, "staff_number": staff_number, "is_trusted": is_trusted}
    app = {"provider_id": NAME, "name": "Headquarters", "client_id": CLIENT, "secret": SECRET, "settings": held}
    return {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}}


def sign_in_there(issuer: str, account: str, *, client: Client, going: str = ""):
    """From our button to the provider, where she is known as `account`, and back. Our answer."""
    leaving = client.post(f"/account/oidc/{NAME}/login/{going}")
    browser = requests.Session()
    browser.get(f"{issuer}/as/{account}/", timeout=10)
    back = browser.get(leaving.headers["Location"], allow_redirects=False, timeout=10).headers["Location"]
    assert back.startswith(CALLBACK)
    return client.get(back.removeprefix("http://testserver"))
