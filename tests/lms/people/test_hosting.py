"""Guests of partner organizations: how one comes in, what she sees, and that she is out after her last day."""

import json
import re
from datetime import timedelta
from io import BytesIO
from uuid import uuid4
from zipfile import ZipFile

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client

from certificates import verification
from courses import assigning
from courses.models import Assignment
from lms.days import add_months, today
from lms.people import appointing, entrusting, hosting, linking, provisioning, standing, unlocking
from lms.people.linking import Claim
from lms.people.models import AccessEntry, GuestStay, Role, User
from lms.refusals import NotAllowed
from lms.reports import sheeting
from lms.reports.models import SheetPerson
from tests.factories.asking import make_line
from tests.factories.learning import complete
from tests.factories.people import make_grant, make_person, make_structure
from tests.lms.people.feeds import feed, line, sync_staff

PASSWORD = "correct horse battery staple"
SOON = timedelta(days=30)


def said(**values) -> dict:
    return {
        "name": "Gita Guest",
        "email": "gita@partner.test",
        "organisation": "Partner Agency",
        "language": "en",
        "course_keys": [],
        "until": today() + SOON,
        "reason": "Joint training",
    } | values


def invited(cast, **values) -> GuestStay:
    return hosting.invite(**{"by": cast.hr, "structure": cast.mission} | said(**values))


def link_in(mail) -> str:
    return re.search(r"http\S+(/account/password/reset/key/\S+)", mail.body)[1]


def come_in(link: str, password: str = PASSWORD) -> tuple[Client, str]:
    """The client that followed the link, and the page that she was shown before she chose the password."""
    client = Client()
    page = client.get(link, follow=True)
    if page.redirect_chain:
        client.post(page.redirect_chain[-1][0], {"password1": password, "password2": password})
    return client, page.content.decode()


def sign_in(email: str = "gita@partner.test", client: Client | None = None) -> Client:
    client = client or Client()
    client.post("/account/login/", {"login": email, "password": PASSWORD})
    return client


def is_in(client: Client) -> bool:
    return client.get("/my/").status_code == 200


def logged(person: User) -> list[tuple[str, str]]:
    told = AccessEntry.objects.filter(person=person, what__contains="guest ").order_by("pk")
    return [(entry.what, entry.actor.display_name) for entry in told]


def test_from_the_invitation_to_the_day_after_the_last_one(cast, course, signed_in, mailoutbox):
    form = said(structure=cast.mission.pk, course_keys=[str(course.course.key)])
    shown = signed_in(cast.focal).post("/people/guests/invite/", form, follow=True).content.decode()
    [mail] = mailoutbox
    stay = GuestStay.objects.get()
    guest = stay.person
    Client().get(link_in(mail), follow=True)  # a scanner of mails
    was_in = is_in(sign_in())
    _client, terms = come_in(link_in(mail))
    used = Client().get(link_in(mail), follow=True).content.decode()
    client = sign_in()

    page, data = client.get("/my/").content.decode(), client.get("/my/data/").content.decode()
    with ZipFile(BytesIO(client.get("/my/data/export/").content)) as files:
        opened = json.loads(files.read("my-data.json"))["opened"]
    complete(guest, course)

    assert "invited" in shown
    assert (mail.to, "MIS" in mail.body, was_in) == ([guest.email], True, False)
    assert "What is kept about you" in terms
    assert "no longer works" in used
    assert course.course.title in page
    names = [person.display_name for person in cast.everybody.values()]
    assert [name for name in names if name in page + data + mail.body + json.dumps(opened)] == []
    assert [row["what"] for row in opened] != []

    GuestStay.objects.update(until=today() - timedelta(days=1))  # and no job has run
    tried = [is_in(client), is_in(sign_in()), User.objects.active_on(today()).filter(pk=guest.pk).exists()]
    ended = [hosting.end_over(today()), hosting.end_over(today())]

    assert (tried, ended) == ([False, False, False], [1, 0])
    keys = [session.get_decoded().get("_auth_user_id") for session in Session.objects.all()]
    assert str(guest.pk) not in keys
    assert not UserSession.objects.filter(user=guest).exists()
    guest.refresh_from_db()
    stay.refresh_from_db()
    assert (guest.has_usable_password(), stay.ended_by, stay.ended_at is None) == (False, None, False)
    [certificate] = guest.certificates.all()
    assert verification.look_up(certificate.code, day=today()).certificate == certificate
    assert logged(guest) == [
        ("guest invited", "Fina Focal"),
        ("guest came", "Gita Guest"),
        ("guest stay over", "Gita Guest"),
    ]


def test_links_are_renewed_stays_prolonged_and_ended_and_a_guest_comes_again(cast, mailoutbox):
    stay = invited(cast)
    hosting.resend(stay, by=cast.focal)
    first, second = map(link_in, mailoutbox)
    same, later = invited(cast), today() + 2 * SOON
    sent = len(mailoutbox)
    hosting.prolong(stay, by=cast.hr, until=later)
    hosting.prolong(stay, by=cast.hr, until=later)
    come_in(first)
    came_by_the_first = is_in(sign_in())
    come_in(second)
    client = sign_in()

    assert (same, sent, came_by_the_first, is_in(client)) == (stay, 2, False, True)
    with pytest.raises(NotAllowed):
        hosting.resend(stay, by=cast.hr)

    hosting.end(stay, by=cast.hr2)
    hosting.end(stay, by=cast.hr2)
    out = is_in(client), is_in(sign_in())
    again = invited(cast, organisation="Another Agency")
    before = is_in(sign_in())
    come_in(link_in(mailoutbox[-1]))

    assert (out, before, is_in(sign_in())) == ((False, False), False, True)
    assert (again.person, again.pk == stay.pk) == (stay.person, False)
    assert [what for what, _by in logged(stay.person)] == [
        *("guest invited", "guest invited again", "guest stay prolonged", "guest came", "guest stay ended"),
        *("guest invited", "guest came"),
    ]


def test_who_may_not_invite_whom(cast, settings):
    elsewhere = make_structure("FAR")
    stay = invited(cast)
    refused = {
        "a learner": {"by": cast.lea},
        "a head": {"by": cast.head},
        "a focal point, for another structure": {"by": cast.focal, "structure": elsewhere},
        "a day that is over": {"until": today() - timedelta(days=1)},
        "more than twelve months": {"until": add_months(today(), 12) + timedelta(days=1)},
        "no reason": {"reason": " "},
        "an address of staff": {"email": cast.ben.email.upper()},
        "who is invited already": {"email": "GITA@partner.test", "until": today()},
    }
    for values in refused.values():
        with pytest.raises(NotAllowed):
            invited(cast, **{"email": f"{uuid4().hex}@partner.test"} | values)
    for act in (hosting.resend, hosting.end):
        for stranger in (cast.lea, cast.admin, cast.head):
            with pytest.raises(NotAllowed):
                act(stay, by=stranger)

    settings.DEMO = True
    with pytest.raises(NotAllowed, match="example.org"):
        invited(cast, email="real@partner.test")

    assert GuestStay.objects.count() == 1


def test_a_guest_is_no_staff(cast, course, mailoutbox):
    guest = invited(cast).person
    come_in(link_in(mailoutbox[0]))
    make_line(course.course)
    acts = {
        "a role": lambda: appointing.grant(guest, Role.FOCAL_POINT, by=cast.admin, starts_on=today(), structure=cast.mission),
        "a token": lambda: entrusting.allow(guest, name="P", purpose="P", scopes=["courses"], until=today(), by=cast.admin),
        "a team": lambda: standing.name(cast.manager, guest, starts_on=today(), until=today(), by=cast.manager),
        "a link of staff": lambda: unlocking.send_link(guest, by=cast.admin),
    }

    assigning.apply_rules(today())
    sheeting.follow(today())

    for act in acts.values():
        with pytest.raises(NotAllowed):
            act()
    assert Assignment.objects.exists()
    assert not Assignment.objects.filter(person=guest).exists()
    assert SheetPerson.objects.exists()
    assert not SheetPerson.objects.filter(person=guest).exists()


def test_feed_and_directory_leave_a_guest_alone_until_she_joins_the_staff(db, signed_in, mailoutbox):
    hr = make_person("Hedi Resources", source="local")
    make_grant(hr, Role.HR)
    stay = hosting.invite(by=hr, structure=make_structure("MIS"), **said())
    come_in(link_in(mailoutbox[0]))
    linking.find(Claim(issuer="https://id.test", subject="g", email=stay.person.email))
    rows = feed(line(1, e_mail="gita@partner.test", official_name="Gita Guest"))
    rows = [text.replace("person1@feed.test", "gita@partner.test") for text in rows]
    directory = {"userName": "gita", "emails": [{"value": "Gita@partner.test"}]}

    [refusal] = sync_staff(rows, day=today()).unmatched
    with pytest.raises(provisioning.Taken, match="guest"):
        provisioning.bring_in(directory)
    hosting.end(stay, by=hr, is_staff_now=True)
    sync_staff(rows, day=today())
    pairs = signed_in(hr).get("/reports/feed/joins/").content.decode()

    assert pairs.count("Gita Guest") >= 2  # proposed to Human Resources
    assert "guest" in refusal.reason
    new = User.objects.get(email="gita@partner.test")
    assert (new.source, new == stay.person, new.staff_number) == ("feed", False, "S1")
    assert stay.person.sign_in_links.count() == 0


def test_invitations_are_counted(cast, mailoutbox):
    stay = invited(cast)
    for _time in range(hosting.MAILS_TO_A_GUEST - 1):
        hosting.resend(stay, by=cast.hr)
    sent = stay.sent_at

    with pytest.raises(NotAllowed, match="Too many"):
        hosting.resend(stay, by=cast.hr2)

    stay.refresh_from_db()
    assert (len(mailoutbox), stay.sent_at >= sent) == (hosting.MAILS_TO_A_GUEST, True)


def test_pages_show_the_stays_within_reach_and_refuse_in_words(cast, signed_in, django_assert_num_queries):
    far = invited(cast, structure=cast.elsewhere, email="far@partner.test", name="Fay Far")
    near = invited(cast)
    focal = signed_in(cast.focal)
    focal.get("/people/guests/")

    with django_assert_num_queries(8):
        page = focal.get("/people/guests/?all=1").content.decode()
    invited(cast, email="two@partner.test", name="Theo Two")
    with django_assert_num_queries(8):
        focal.get("/people/guests/?all=1")
    wrong = focal.post(f"/people/guests/{near.uuid}/prolong/", {"until": "never"})
    late = focal.post(f"/people/guests/{near.uuid}/prolong/", {"until": "2999-01-01"}, follow=True).content.decode()
    foreign = {focal.post(f"/people/guests/{far.uuid}/{act}/").status_code for act in ("resend", "prolong", "end")}

    assert ("Gita Guest" in page, "Fay Far" in page) == (True, False)
    assert (wrong.status_code, "Choose a last day" in late, foreign) == (422, True, {404})
    assert focal.get(f"/people/guests/{far.uuid}/").status_code == 404
    assert focal.post("/people/guests/invite/", said(structure=cast.elsewhere.pk)).status_code == 422
