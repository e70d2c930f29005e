"""Signing in at a provider, against a real one in a process of its own."""

import pytest
from django.test import Client

from lms.people import unlocking
from lms.people.models import AccessEntry, SignInLink, User
from tests.lms.people.test_sign_in import is_in, is_signed_in, leave
from tests.providing import configured, provider, sign_in_there


@pytest.fixture(scope="module")
def issuer():
    with provider() as address:
        yield address


@pytest.fixture
def staff(cast):
    """The provider knows Lea by her number, Ben and Hedi by their addresses."""
    for person, values in (
        (cast.lea, {"staff_number": "LEA-1"}),
        (cast.ben, {"email": "ben@osce.test"}),
        (cast.hr, {"email": "hr@osce.test"}),
    ):
        User.objects.filter(pk=person.pk).update(**values)
    return cast


def links() -> set[tuple[str, str]]:
    return {(link.person.official_name, link.joined_by) for link in SignInLink.objects.select_related("person")}


def refused(response) -> bool:
    return response.status_code == 403 and b"You are not signed in" in response.content


def test_threat_2_who_may_come_in_by_what_the_provider_says(staff, issuer, settings):
    """Threat 2 among them: an address that nobody verified, or that an untrusted provider names, opens nothing."""
    people = User.objects.count()
    for trusted, claim, account, comes_in, joined in (
        (False, "", "lea", False, set()),  # nobody said where the number stands
        (False, "employee_number", "ben", False, set()),  # verified, but by somebody we do not trust
        (True, "employee_number", "unverified", False, set()),
        (True, "employee_number", "wrong-number", False, set()),  # the address does not make it good
        (True, "employee_number", "unknown", False, set()),
        (False, "employee_number", "lea", True, {("Lea Learner", "staff number")}),
        (True, "", "ben", True, {("Ben Learner", "e-mail")}),
    ):
        settings.SOCIALACCOUNT_PROVIDERS = configured(issuer, is_trusted=trusted, staff_number=claim)
        client = Client()

        response = sign_in_there(issuer, account, client=client)

        assert (account, is_in(response), refused(response), is_signed_in(client)) == (account, comes_in, not comes_in, comes_in)
        assert (account, links()) == (account, joined)
        SignInLink.objects.all().delete()
    assert User.objects.count() == people


def test_threat_2_a_known_account_needs_no_address_and_another_one_of_the_same_address_is_refused(staff, issuer, settings):
    settings.SOCIALACCOUNT_PROVIDERS = configured(issuer, is_trusted=True)
    sign_in_there(issuer, "ben", client=Client())
    User.objects.filter(pk=staff.ben.pk).update(email="new@osce.test")
    known = sign_in_there(issuer, "ben", client=Client(), going="?next=/learn/")
    User.objects.filter(pk=staff.ben.pk).update(email="ben@osce.test")

    other = sign_in_there(issuer, "ben-again", client=Client())
    unlocking.remove_links(staff.ben, by=staff.admin)
    parted = sign_in_there(issuer, "ben-again", client=Client())

    assert (known.headers["Location"], refused(other), is_in(parted)) == ("/learn/", True, True)
    told = AccessEntry.objects.filter(person=staff.ben).order_by("pk").values_list("what", flat=True)
    assert list(told) == ["sign-in joined", "sign-in links removed", "sign-in joined"]


def test_a_leaver_is_refused_and_a_role_sets_up_its_second_factor_here(staff, issuer, settings):
    settings.SOCIALACCOUNT_PROVIDERS = configured(issuer, is_trusted=True)
    settings.SECOND_FACTOR_REQUIRED = True
    client = Client()
    leave(staff.ben)

    left = sign_in_there(issuer, "ben", client=Client())
    sign_in_there(issuer, "hr", client=client)

    assert (left.headers["Location"], links()) == ("/account/inactive/", {("Hedi Resources", "e-mail")})
    assert client.get("/reports/").headers["Location"] == "/account/2fa/totp/activate/"


def test_a_word_that_nobody_asked_for_and_an_unknown_provider_open_nothing(staff, settings):
    settings.SOCIALACCOUNT_PROVIDERS = configured("http://127.0.0.1:1")

    answers = [Client().get(f"/account/oidc/{name}/login/callback/?code=x&state=y") for name in ("hq", "other")]

    assert [answer.status_code for answer in answers] == [403, 404]
    assert Client().post("/account/oidc/hq/login/").status_code == 403  # it cannot be reached
