"""The pages around the sign-in speak as all our pages do, whichever library stands behind them."""

import re

import pytest
from allauth.account.adapter import get_adapter
from allauth.core.context import request_context
from allauth.mfa.models import Authenticator
from django.test import Client

from tests.lms.people.test_sign_in import enrol_factor, sign_in

BEFORE = ["/account/2fa/", "/account/2fa/totp/activate/", "/account/password/change/", "/account/logout/"]
AFTER = [
    "/account/2fa/",
    "/account/2fa/totp/deactivate/",
    "/account/2fa/recovery-codes/",
    "/account/2fa/recovery-codes/generate/",
    "/account/2fa/reauthenticate/",
    "/account/reauthenticate/",
]
SAID = re.compile(r"<(title|h1|h2|label|button|a class=\"button)[^>]*>([^<]+)<")
PROPER = {"Learning", "Human", "Resources", "Lea", "My", "Authenticator"}


def said(page: str) -> list[str]:
    return [text.split(" · ")[0].strip() for _tag, text in SAID.findall(page)]


def has_capitals_inside(text: str) -> bool:
    return any(word[:1].isupper() and word not in PROPER for word in text.split()[1:])


@pytest.fixture
def pages(cast) -> dict[str, str]:
    client, other = Client(), Client()
    sign_in(cast.lea, client=client)
    found = {path: client.get(path, follow=True).content.decode() for path in BEFORE}
    enrol_factor(client)
    found |= {path + " with a factor": client.get(path).content.decode() for path in AFTER}
    sign_in(cast.lea, client=other)
    return found | {"the second step": other.get("/account/2fa/authenticate/").content.decode()}


def test_headings_labels_and_buttons_are_in_sentence_case(pages):
    assert {path: [text for text in said(page) if has_capitals_inside(text)] for path, page in pages.items()} == {
        path: [] for path in pages
    }
    assert [path for path, page in pages.items() if "<h1>" not in page or "placeholder" in page] == []


def test_the_recovery_codes_are_shown(cast):
    client = Client()
    sign_in(cast.lea, client=client)
    _secret, codes = enrol_factor(client)

    page = client.get("/account/2fa/recovery-codes/").content.decode()

    assert re.findall(r"<li>([0-9a-f-]+)</li>", page) == codes
    assert "You have 10 codes" in client.get("/account/2fa/").content.decode()


def test_a_second_factor_may_be_removed_again(cast):
    client = Client()
    sign_in(cast.lea, client=client)
    enrol_factor(client)

    client.post("/account/2fa/totp/deactivate/")

    assert Authenticator.objects.count() == 0


@pytest.mark.parametrize(
    ("template", "subject"),
    [
        ("mfa/email/totp_activated", "Your second factor is set up"),
        ("mfa/email/totp_deactivated", "Your second factor was removed"),
        ("mfa/email/recovery_codes_generated", "You have new recovery codes"),
        ("account/email/password_changed", "Your password was changed"),
        ("account/email/password_reset", "Your password was set anew"),
        ("account/email/password_set", "Your password is set"),
    ],
)
def test_the_mails_about_it_say_what_to_do(cast, rf, mailoutbox, template, subject):
    with request_context(rf.get("/")):
        get_adapter().send_notification_mail(template, cast.lea)

    [mail] = mailoutbox
    assert mail.subject == subject
    assert "If it was not you, set a new password at once and tell an administrator." in mail.body
