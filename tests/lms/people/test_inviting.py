from datetime import timedelta

import pytest

from lms.days import today
from lms.people import inviting
from lms.people.models import User
from tests.factories.people import make_person, make_structure


@pytest.fixture
def mission(db):
    return make_structure("MIS")


def make_newcomer(structure=None, **values) -> User:
    person = make_person(structure=structure, **values)
    person.set_unusable_password()
    person.save()
    return person


def test_a_newcomer_is_invited_once_in_her_language(mission, mailoutbox):
    newcomer = make_newcomer(mission, display_name="Лев", language="ru")

    counts = [inviting.invite_newcomers() for _ in range(2)]

    newcomer.refresh_from_db()
    [mail] = mailoutbox
    assert (counts, mail.to) == ([1, 0], [newcomer.email])
    assert mail.alternatives[0][0].startswith('<!doctype html>\n<html lang="ru">')
    assert newcomer.invited_at is not None


def test_only_who_is_in_post_comes_by_the_feed_and_has_no_password_is_invited(mission, mailoutbox):
    invited = make_newcomer(mission)
    make_person(structure=mission)  # has a password
    make_newcomer()  # in no post
    make_newcomer(mission, starts_on=today() + timedelta(days=1))
    make_newcomer(mission, ends_on=today())
    make_newcomer(mission, is_active=False)
    make_newcomer(source=User.Source.LOCAL)

    count = inviting.invite_newcomers()

    assert (count, [mail.to for mail in mailoutbox]) == (1, [[invited.email]])


def test_who_begins_tomorrow_is_invited_tomorrow(mission, mailoutbox, monkeypatch):
    make_newcomer(mission, starts_on=today() + timedelta(days=1))
    before = inviting.invite_newcomers()
    tomorrow = today() + timedelta(days=1)
    monkeypatch.setattr(inviting, "today", lambda: tomorrow)

    assert (before, inviting.invite_newcomers(), len(mailoutbox)) == (0, 1, 1)


def test_a_second_worker_that_comes_too_late_sends_nothing(mission, mailoutbox):
    newcomer = make_newcomer(mission)
    seen_by_both = [User.objects.get(pk=newcomer.pk) for _ in range(2)]

    sent = [inviting._claim_and_invite(person) for person in seen_by_both]

    assert (sent, len(mailoutbox)) == ([True, False], 1)


def test_the_link_leads_to_the_configured_address(mission, mailoutbox, settings):
    settings.PUBLIC_URL = "https://learning.osce.test"
    make_newcomer(mission)

    inviting.invite_newcomers()

    links = [word for word in mailoutbox[0].body.split() if "/account/password/reset/key/" in word]
    assert [link.split("/account/")[0] for link in links] == ["https://learning.osce.test"]
