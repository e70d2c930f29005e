"""Staff without a mailbox: what a feed may leave out, and the one-time code with which they sign in."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from lms.days import today
from lms.people import admitting, appointing, inviting, restoring
from lms.people.models import AccessEntry, Role, SignInCode, User
from lms.refusals import NotAllowed
from tests.factories.people import make_grant, make_person, make_posting, make_structure
from tests.lms.people.feeds import applied, feed, line

ADDRESS = "/account/code/"
OFFICE, YARD = "192.0.2.1", "198.51.100.7"


@pytest.fixture
def driver(cast) -> User:
    person = make_person("Drago Driver", structure=cast.mission, staff_number="D-7", email=None)
    person.set_unusable_password()
    person.save()
    return person


def send(number: str, code: str, *, network: str = OFFICE, client: Client | None = None):
    return (client or Client()).post(ADDRESS, {"staff_number": number, "code": code}, REMOTE_ADDR=network)


def said(response) -> str:
    """The page without what was typed and the token of the form."""
    return re.sub(r'value="[^"]*"', "", response.content.decode())


def test_a_feed_brings_people_without_a_mailbox_and_gives_them_one_later(db, mailoutbox):
    make_structure("MIS")
    rows = [line(number, **{"e-mail": ""}) for number in (1, 2)]
    first = applied(feed(*rows, line(3)), by=None, day=today())
    invited = inviting.invite_newcomers()
    without = list(User.objects.filter(staff_number__in=["S1", "S2"]).values_list("email", flat=True))
    make_grant(User.objects.get(staff_number="S3"), Role.TRAINER)

    second = applied(feed(rows[0], line(2), line(3, **{"e-mail": ""})), by=None, day=today())
    given = list(User.objects.order_by("staff_number").values_list("email", flat=True))
    restoring.take_back(second, by=None, reason="A mistake.")

    assert (first.counts["new"], without, invited, len(mailoutbox)) == (3, [None, None], 1, 1)
    assert given == [None, "person2@feed.test", "person3@feed.test"]  # who holds a role keeps the address she signs in by
    assert [(told.staff_number, "holds a role" in told.reason) for told in second.lines.filter(outcome="refused")] == [
        ("S3", True)
    ]
    assert User.objects.get(staff_number="S2").email is None


def test_a_code_is_shown_once_and_lets_her_in_once(signed_in, cast, driver):
    page = signed_in(cast.focal).post(f"/people/{driver.uuid}/code/")
    [code] = re.findall(r"[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}", page.content.decode())
    again = signed_in(cast.focal).get(f"/people/{driver.uuid}/")
    client = Client()

    first = send(" d-7 ", code.lower().replace("-", " "), client=client)

    assert (first.status_code, first.headers["Location"], client.get("/my/").status_code) == (302, "/my/", 200)
    assert [client.get(path).status_code for path in ("/my/profile/", "/account/2fa/")] == [200, 200]
    assert client.get("/account/password/change/").headers["Location"] == "/my/profile/"
    assert send("D-7", code).status_code == 422
    assert (code in again.content.decode(), code in SignInCode.objects.get().secret) == (False, False)
    told = (
        AccessEntry.objects.filter(person=driver, what__contains="code").order_by("pk").values_list("actor__display_name", "what")
    )
    assert list(told) == [("Fina Focal", "one-time code issued"), ("Drago Driver", "came in by a one-time code")]


def test_whatever_is_wrong_the_answer_and_the_work_are_the_same(cast, driver, django_assert_num_queries):
    other = make_person("Other Driver", structure=cast.mission, staff_number="D-8", email=None)
    stale, fresh = admitting.issue(driver, by=cast.focal), admitting.issue(driver, by=cast.hr)
    late = admitting.issue(other, by=cast.focal)
    SignInCode.objects.filter(person=other).update(expires_at=timezone.now() - timedelta(seconds=1))

    with django_assert_num_queries(1):
        unknown = send("D-99", fresh)
    with django_assert_num_queries(1):
        wrong = send("D-7", stale)
    others = [send("D-8", late), send("D-8", fresh)]

    assert [answer.status_code for answer in (unknown, wrong, *others)] == [422] * 4
    assert len({said(answer) for answer in (unknown, wrong, *others)}) == 1
    assert not any(line.used_at for line in SignInCode.objects.all())
    assert SignInCode.objects.open().get(person=driver).expires_at - timezone.now() <= admitting.VALID_FOR


def test_guessing_is_limited_and_the_code_still_works_from_another_network(cast, driver):
    code = admitting.issue(driver, by=cast.focal)

    tries = [send("D-7", f"AAAA-AAAA-22{number}").status_code for number in range(22, 29)]

    assert tries == [422] * 5 + [429] * 2
    assert (send("D-7", code).status_code, send("D-7", code, network=YARD).status_code) == (429, 302)


def test_no_code_for_who_may_not_have_one(signed_in, cast, driver):
    elsewhere = make_person("Guard Elsewhere", structure=cast.elsewhere, email=None)
    left = make_person("Guard Gone", email=None)
    leader = make_person("Guard Leader", structure=cast.mission, email=None)
    make_person("Guard Led", structure=cast.mission, manager=leader)
    answers = [
        signed_in(reader).post(f"/people/{person.uuid}/code/").status_code
        for reader, person in ((cast.focal, elsewhere), (cast.manager, driver), (cast.head, driver), (cast.admin, driver))
    ]

    for person, by in ((cast.lea, cast.focal), (left, cast.hr), (leader, cast.hr), (driver, driver)):
        with pytest.raises(NotAllowed):
            admitting.issue(person, by=by)

    assert (answers, SignInCode.objects.count()) == ([404, 403, 403, 403], 0)
    with pytest.raises(NotAllowed, match="has none"):
        appointing.grant(driver, Role.TRAINER, by=cast.admin, starts_on=today())


@pytest.mark.parametrize("duty", ["role", "team"])
def test_who_is_given_duties_neither_comes_nor_stays_by_a_code(cast, driver, duty):
    client = Client()
    came = send("D-7", admitting.issue(driver, by=cast.focal), client=client)
    waiting = admitting.issue(driver, by=cast.focal)
    if duty == "role":
        make_grant(driver, Role.HEAD, structure=cast.mission)
    else:
        make_posting(make_person("Led"), cast.mission, manager=driver)

    stays = client.get("/reports/")

    assert (came.status_code, stays.headers["Location"], client.get("/my/").status_code) == (302, "/account/login/", 302)
    assert send("D-7", waiting).status_code == 422
