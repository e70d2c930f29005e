"""The one sign-in, as a browser meets it: guessing, links, leavers, foreign hosts and the second factor."""

import base64
import hashlib
import hmac
import re
import time
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client
from django.utils.http import int_to_base36

from lms.days import today
from lms.people import closing, inviting, unlocking
from lms.people.adapters import LinkTokenGenerator
from lms.people.models import Posting, Role, RoleGrant, User
from tests.factories.people import make_grant, make_person
from tests.lms.test_doors import OPEN, routes

PASSWORD = "correct horse battery staple"
NEW = "four other quiet words"
OFFICE, HOME = "192.0.2.1", "198.51.100.7"
DAY = timedelta(days=1)


def sign_in(person_or_address, password=PASSWORD, *, network=OFFICE, client=None):
    address = getattr(person_or_address, "email", person_or_address)
    client = client or Client()
    return client.post("/account/login/", {"login": address, "password": password}, REMOTE_ADDR=network)


def is_in(response) -> bool:
    return (response.status_code, response.headers.get("Location")) == (302, "/my/")


def is_limited(response) -> bool:
    return response.status_code == 429 or b"Too many wrong tries" in response.content


def body(response) -> str:
    """The page without what differs at each request: the token of the form, and the address that was typed."""
    text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", response.content.decode())
    return re.sub(r"[\w.]+@[\w.]+", "ADDRESS", text)


def is_signed_in(client: Client) -> bool:
    return client.get("/my/").status_code == 200


# --- one door ------------------------------------------------------------------------------------------------------------
def test_of_all_open_pages_only_the_one_sign_in_asks_for_a_password(cast, client):
    pages = {name: path for name, path, _callback in routes() if name in OPEN and not set("<(^") & set(path)}

    asking = {name for name, path in pages.items() if b'type="password"' in client.get(f"/{path}").content}

    assert asking == {"account_login"}
    assert set(pages) >= {"account_signup", "account_email", "wagtailadmin_login", "wagtailcore_login", "account_reset_password"}


def test_the_right_password_signs_in_whatever_the_case_of_the_address(cast):
    assert [is_in(sign_in(address)) for address in (cast.lea.email, cast.lea.email.upper())] == [True, True]


def test_signing_in_leads_back_to_where_one_was_going(cast, client):
    going = client.get("/learn/").headers["Location"]

    response = client.post(going, {"login": cast.lea.email, "password": PASSWORD, "next": "/learn/"})

    assert (going, response.headers["Location"]) == ("/account/login/?next=/learn/", "/learn/")


def test_signing_in_leads_to_no_foreign_place(cast, client):
    data = {"login": cast.lea.email, "password": PASSWORD, "next": "https://evil.example/"}

    assert client.post("/account/login/?next=https://evil.example/", data).headers["Location"] == "/my/"


def test_nobody_signs_up(cast, client):
    before = User.objects.count()

    answers = [
        client.post(path, {"email": "new@osce.test", "password1": NEW, "password2": NEW})
        for path in ("/account/signup/", "/account/login/", "/account/email/")
    ]

    assert [answer.status_code for answer in answers] == [302, 200, 302]
    assert (User.objects.count(), is_signed_in(client)) == (before, False)


# --- guessing ------------------------------------------------------------------------------------------------------------
def test_threat_3_guessing_is_limited_and_the_right_password_from_another_network_still_works(cast):
    tries = [sign_in(cast.lea, f"guess {number}") for number in range(50)]

    limited = [number for number, response in enumerate(tries) if is_limited(response)]
    assert limited == list(range(5, 50))
    assert [is_in(sign_in(cast.lea)), is_in(sign_in(cast.lea, network=HOME))] == [False, True]


def test_threat_3_nobody_can_lock_a_colleague_out_of_her_own_network(cast):
    for number in range(50):
        sign_in(cast.lea, f"guess {number}")

    wrong_then_right = [is_in(sign_in(cast.lea, "slip", network=HOME)), is_in(sign_in(cast.lea, network=HOME))]

    assert wrong_then_right == [False, True]


def test_one_network_cannot_try_the_whole_staff(cast):
    people = list(cast.everybody.values())
    tries = [sign_in(people[number % len(people)], f"guess {number}") for number in range(40)]

    assert [is_in(sign_in(person)) for person in people[:3]] == [False] * 3
    assert [response.status_code for response in tries[30:]] == [429] * 10


def test_threat_3_a_wrong_password_and_an_unknown_address_get_the_same_answer(cast):
    known, unknown = sign_in(cast.lea, "wrong"), sign_in("nobody@osce.test", "wrong")

    assert (known.status_code, body(known)) == (unknown.status_code, body(unknown))
    assert b"The address or the password is not right. Look at both again, or set a new password." in known.content


def test_a_limited_known_and_a_limited_unknown_address_get_the_same_answer(cast):
    known, unknown = ([sign_in(address, "wrong") for _ in range(6)][-1] for address in (cast.lea.email, "nobody@osce.test"))

    assert (is_limited(known), known.status_code, body(known)) == (True, unknown.status_code, body(unknown))


def test_asking_for_a_link_is_answered_alike_for_every_address(cast):
    answers = [Client().post("/account/password/reset/", {"email": address}) for address in (cast.lea.email, "nobody@osce.test")]

    assert [(answer.status_code, answer.headers["Location"]) for answer in answers] == [
        (302, "/account/password/reset/done/")
    ] * 2


def test_asking_for_links_is_limited(cast, mailoutbox):
    answers = [Client().post("/account/password/reset/", {"email": cast.lea.email}) for _ in range(7)]

    assert [answer.status_code for answer in answers] == [302] * 5 + [429] * 2
    assert len(mailoutbox) == 5


def test_the_page_after_asking_for_a_link_is_the_same_for_everybody(cast):
    pages = []
    for address in (cast.lea.email, "nobody@osce.test"):
        client = Client()
        client.post("/account/password/reset/", {"email": address})
        pages.append(body(client.get("/account/password/reset/done/")))

    assert pages[0] == pages[1]


# --- links ---------------------------------------------------------------------------------------------------------------
@pytest.fixture
def later(monkeypatch):
    """Lets time pass for links: `later(hours=3)` from the first of January on."""

    def pass_time(**values) -> None:
        moment = datetime(2026, 1, 1, 12) + timedelta(**values)
        monkeypatch.setattr(LinkTokenGenerator, "_now", lambda self: moment)

    pass_time()
    return pass_time


def link_in(mail) -> str:
    [link] = [word for word in mail.body.split() if "/password/reset/key/" in word]
    return link


def set_password(link: str, password: str = NEW) -> str:
    """What the page says to whoever opens the link and chooses that password."""
    client = Client()
    page = client.get(urlsplit(link).path, follow=True)
    if page.context.get("token_fail"):
        return "no longer works"
    answer = client.post(page.request["PATH_INFO"], {"password1": password, "password2": password})
    return "saved" if answer.headers.get("Location") == "/account/password/reset/key/done/" else "refused"


@pytest.fixture
def newcomer(cast, mailoutbox, later):
    """Somebody who was invited on the first of January."""
    person = make_person("Nina Newcomer", structure=cast.mission)
    person.set_unusable_password()
    person.save()
    inviting.invite(person)
    return person


def test_an_invitation_works_once(newcomer, mailoutbox):
    link = link_in(mailoutbox[0])
    before = is_in(sign_in(newcomer))

    words = [set_password(link), set_password(link, "yet four other quiet words")]

    assert (before, words) == (False, ["saved", "no longer works"])
    assert [is_in(sign_in(newcomer, password)) for password in (NEW, "yet four other quiet words")] == [True, False]


@pytest.mark.parametrize(("passed", "says"), [({"days": 7}, "saved"), ({"days": 7, "seconds": 1}, "no longer works")])
def test_an_invitation_works_for_seven_days(newcomer, mailoutbox, later, passed, says):
    later(**passed)

    assert set_password(link_in(mailoutbox[0])) == says


@pytest.mark.parametrize(("passed", "says"), [({"hours": 2}, "saved"), ({"hours": 2, "seconds": 1}, "no longer works")])
def test_a_link_for_a_forgotten_password_works_for_two_hours(cast, mailoutbox, later, passed, says):
    Client().post("/account/password/reset/", {"email": cast.lea.email})
    later(**passed)

    assert set_password(link_in(mailoutbox[0])) == says


def test_a_link_for_a_forgotten_password_works_once(cast, mailoutbox, later):
    Client().post("/account/password/reset/", {"email": cast.lea.email})
    link = link_in(mailoutbox[0])

    words = [set_password(link), set_password(link, "yet four other quiet words")]

    assert words == ["saved", "no longer works"]
    assert [is_in(sign_in(cast.lea, password)) for password in (PASSWORD, NEW)] == [False, True]


def test_a_link_ends_when_its_owner_signs_in_or_her_address_changes(cast, mailoutbox, later):
    for person in (cast.lea, cast.ben):
        Client().post("/account/password/reset/", {"email": person.email})
    sign_in(cast.lea)
    User.objects.filter(pk=cast.ben.pk).update(email="other@osce.test")

    assert [set_password(link_in(mail)) for mail in mailoutbox] == ["no longer works"] * 2


def test_a_link_of_one_person_does_not_open_another_account(cast, mailoutbox, later):
    Client().post("/account/password/reset/", {"email": cast.lea.email})
    mine, hers = int_to_base36(cast.lea.pk), int_to_base36(cast.ben.pk)

    assert set_password(link_in(mailoutbox[0]).replace(f"/{mine}-", f"/{hers}-")) == "no longer works"


@pytest.mark.parametrize("password", ["short", "password1234", "lea learner"])
def test_a_weak_password_is_refused_and_the_link_stays_good(cast, mailoutbox, later, password):
    Client().post("/account/password/reset/", {"email": cast.lea.email})
    link = link_in(mailoutbox[0])

    assert [set_password(link, password), set_password(link)] == ["refused", "saved"]


def test_a_new_password_ends_the_sessions_that_were_open(cast, mailoutbox, later):
    open_session = Client()
    sign_in(cast.lea, client=open_session)
    Client().post("/account/password/reset/", {"email": cast.lea.email})

    before = is_signed_in(open_session)
    set_password(link_in(mailoutbox[0]))

    assert (before, is_signed_in(open_session)) == (True, False)


def test_somebody_who_was_never_invited_gets_in_by_asking_for_a_link(cast, mailoutbox):
    person = make_person(structure=cast.mission)
    person.set_unusable_password()
    person.save()

    Client().post("/account/password/reset/", {"email": person.email})

    assert (set_password(link_in(mailoutbox[0])), is_in(sign_in(person, NEW))) == ("saved", True)


def test_threat_32_a_link_comes_from_the_configured_address_whoever_asked(cast, mailoutbox, settings):
    settings.PUBLIC_URL = "https://learning.osce.test"
    settings.ALLOWED_HOSTS = ["testserver", "alias.osce.test"]

    Client().post("/account/password/reset/", {"email": cast.lea.email}, headers={"host": "alias.osce.test"})

    assert link_in(mailoutbox[0]).startswith("https://learning.osce.test/account/password/reset/key/")
    assert "alias" not in mailoutbox[0].body


def test_threat_32_a_foreign_host_is_refused_and_no_mail_goes_out(cast, mailoutbox):
    response = Client().post("/account/password/reset/", {"email": cast.lea.email}, headers={"host": "evil.example"})

    assert (response.status_code, mailoutbox) == (400, [])


# --- who is out ----------------------------------------------------------------------------------------------------------
def leave(person) -> None:
    """What the feed does with a leaver."""
    User.objects.filter(pk=person.pk).update(is_active=False)
    Posting.objects.filter(person=person).update(ends_on=today())


OUT = {
    "leaver": lambda cast: leave(cast.lea),
    "deactivated": lambda cast: unlocking.set_active(cast.lea, is_active=False, by=cast.admin),
    "contract ended yesterday": lambda cast: Posting.objects.filter(person=cast.lea).update(ends_on=today()),
    "posting begins tomorrow": lambda cast: Posting.objects.filter(person=cast.lea).update(starts_on=today() + DAY),
}


@pytest.mark.parametrize("why", OUT)
def test_threat_4_who_left_is_out_at_the_next_request_and_cannot_come_back(cast, client, why):
    sign_in(cast.lea, client=client)
    before = is_signed_in(client)

    OUT[why](cast)

    assert (before, is_signed_in(client)) == (True, False)
    again = sign_in(cast.lea)
    assert (again.status_code, again.headers["Location"], is_signed_in(again.client)) == (302, "/account/inactive/", False)


@pytest.mark.parametrize("why", OUT)
def test_who_left_and_guesses_wrongly_hears_what_everybody_hears(cast, why):
    OUT[why](cast)

    assert body(sign_in(cast.lea, "wrong")) == body(sign_in("nobody@osce.test", "wrong"))


def test_the_last_day_of_a_contract_is_a_day_in(cast, client):
    sign_in(cast.lea, client=client)
    Posting.objects.filter(person=cast.lea).update(ends_on=today() + DAY)

    assert is_signed_in(client) is True


ENDED = {"head": "/reports/", "trainer": "/admin/", "admin": "/people/", "auditor": "/reports/access/"}


@pytest.mark.parametrize("name", ENDED)
def test_threat_4_a_role_that_ended_is_over_at_the_next_request(cast, client, name):
    person, path = getattr(cast, name), ENDED[name]
    sign_in(person, client=client)
    before = client.get(path).status_code
    RoleGrant.objects.filter(person=person).update(ends_on=today())

    assert (before, client.get(path).status_code, is_signed_in(client)) == (200, 403, True)


def test_a_role_that_begins_today_counts_at_the_next_request(cast, client):
    sign_in(cast.lea, client=client)
    before = client.get("/reports/").status_code
    make_grant(cast.lea, Role.HEAD, structure=cast.office, starts_on=today())

    assert (before, client.get("/reports/").status_code) == (403, 200)


# --- the second factor ---------------------------------------------------------------------------------------------------
@pytest.fixture
def factors(settings):
    """As in production; a code of the neighbouring half minute passes too, so that no test fails at its turn."""
    settings.SECOND_FACTOR_REQUIRED = True
    settings.MFA_TOTP_TOLERANCE = 1


def code(secret: str, *, ahead: int = 0) -> str:
    """What an authenticator shows (RFC 6238), `ahead` half minutes from now."""
    counter = int(time.time()) // 30 + ahead
    digest = hmac.new(base64.b32decode(secret), counter.to_bytes(8, "big"), hashlib.sha1).digest()
    start = digest[-1] & 15
    return f"{(int.from_bytes(digest[start : start + 4], 'big') & 0x7FFFFFFF) % 10**6:06}"


def enrol_factor(client: Client) -> tuple[str, list[str]]:
    """Sets an authenticator up on allauth's pages. Returns its secret and the recovery codes."""
    asked_again = client.get("/account/2fa/totp/activate/").headers["Location"]
    client.post(asked_again, {"password": PASSWORD})
    secret = client.get("/account/2fa/totp/activate/").context["form"].secret
    done = client.post("/account/2fa/totp/activate/", {"code": code(secret)}, follow=True)
    return secret, done.context["unused_codes"]


def second_step(client: Client, word: str):
    return client.post("/account/2fa/authenticate/", {"code": word})


def test_a_role_with_power_sets_up_a_second_factor_before_anything_else(cast, client, factors):
    sign_in(cast.hr, client=client)
    before = client.get("/reports/").headers.get("Location")

    enrol_factor(client)

    assert (before, client.get("/reports/").status_code) == ("/account/2fa/totp/activate/", 200)


def test_a_wrong_code_sets_up_nothing(cast, client, factors):
    sign_in(cast.hr, client=client)
    client.post("/account/reauthenticate/", {"password": PASSWORD})

    answer = client.post("/account/2fa/totp/activate/", {"code": "000000"})

    assert answer.status_code == 200
    assert client.get("/reports/").headers.get("Location") == "/account/2fa/totp/activate/"


def test_a_session_left_open_cannot_set_up_a_factor_without_the_password(cast, client, factors):
    sign_in(cast.hr, client=client)

    asked = client.post("/account/2fa/totp/activate/", {"code": "000000"}).headers["Location"]

    assert (asked, client.post(asked, {"password": "wrong"}).status_code) == (
        "/account/reauthenticate/?next=%2Faccount%2F2fa%2Ftotp%2Factivate%2F",
        200,
    )


def test_the_password_alone_no_longer_signs_in_but_with_a_code_it_does(cast, client, factors):
    sign_in(cast.hr, client=client)
    secret, _codes = enrol_factor(client)
    device = Client()

    first = sign_in(cast.hr, client=device)
    between = is_signed_in(device)
    wrong = second_step(device, "000000")
    right = second_step(device, code(secret, ahead=1))

    assert (first.headers["Location"], between, wrong.status_code) == ("/account/2fa/authenticate/", False, 200)
    assert (is_in(right), is_signed_in(device)) == (True, True)


def test_a_code_works_once(cast, client, factors):
    sign_in(cast.hr, client=client)
    secret, _codes = enrol_factor(client)
    shown, devices = code(secret, ahead=1), [Client(), Client()]
    for device in devices:
        sign_in(cast.hr, client=device)

    assert [is_in(second_step(device, shown)) for device in devices] == [True, False]


def test_a_recovery_code_signs_in_once(cast, client, factors):
    sign_in(cast.hr, client=client)
    _secret, codes = enrol_factor(client)
    devices = [Client(), Client(), Client()]
    for device in devices:
        sign_in(cast.hr, client=device)

    entered = [is_in(second_step(device, word)) for device, word in zip(devices, [codes[0], codes[0], codes[1]], strict=True)]

    assert (len(codes), entered, [is_signed_in(device) for device in devices]) == (10, [True, False, True], [True, False, True])


def test_codes_of_somebody_else_do_not_count(cast, client, factors):
    other, device = Client(), Client()
    for person, one in ((cast.hr, client), (cast.hr2, other)):
        sign_in(person, client=one)
    enrol_factor(client)
    secret, codes = enrol_factor(other)
    sign_in(cast.hr, client=device)

    assert [is_in(second_step(device, word)) for word in (code(secret, ahead=1), codes[0])] == [False, False]


def test_guessing_codes_is_limited(cast, client, factors):
    sign_in(cast.hr, client=client)
    secret, _codes = enrol_factor(client)
    device = Client()
    sign_in(cast.hr, client=device)

    for number in range(20):
        second_step(device, f"{number:06}")

    assert is_in(second_step(device, code(secret, ahead=1))) is False


def test_who_lost_her_factor_enrols_anew_after_it_was_removed(cast, client, factors):
    sign_in(cast.hr, client=client)
    enrol_factor(client)

    unlocking.remove_factor(cast.hr, by=cast.admin)

    device = Client()
    assert is_in(sign_in(cast.hr, client=device)) is True
    assert device.get("/reports/").headers["Location"] == "/account/2fa/totp/activate/"


def test_a_second_factor_is_free_to_learners_and_asked_of_them_once_they_have_one(cast, client, factors):
    sign_in(cast.lea, client=client)
    before = is_signed_in(client)

    enrol_factor(client)

    assert (before, sign_in(cast.lea).headers["Location"]) == (True, "/account/2fa/authenticate/")


# --- sessions ------------------------------------------------------------------------------------------------------------
def test_one_sees_where_one_is_signed_in_and_signs_out_everywhere(cast):
    here, there, other = Client(), Client(), Client()
    here.defaults["HTTP_USER_AGENT"] = "Mozilla/5.0 (Android 14; Mobile; rv:132.0) Gecko/132.0 Firefox/132.0"
    sign_in(cast.lea, client=here)
    sign_in(cast.lea, client=there, network=HOME)
    sign_in(cast.ben, client=other)

    page = here.get("/account/sessions/")
    before = [(session.ip, session.session_key == here.session.session_key) for session, _device in page.context["sessions"]]
    done = here.post("/account/sessions/")

    assert before == [(HOME, False), (OFFICE, True)]
    assert "Firefox on Android" in page.content.decode()
    assert "Gecko" not in page.content.decode()
    assert done.headers["Location"] == "/account/login/"
    assert [is_signed_in(client) for client in (here, there, other)] == [False, False, True]
    assert [session.user for session in UserSession.objects.all()] == [cast.ben]
    assert (closing.forget_ended(), UserSession.objects.count()) == (0, 1)
