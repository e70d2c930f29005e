import pytest
from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from django.test import Client

from lms.people import unlocking
from lms.people.models import AccessEntry, User
from lms.refusals import NotAllowed


def sign_in(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def is_in(client: Client) -> bool:
    return client.get("/people/").headers.get("Location", "").split("?")[0] != "/account/login/"


def log() -> list[tuple[int, int, str]]:
    return list(AccessEntry.objects.exclude(was_refused=True).order_by("pk").values_list("actor", "person", "what"))


def test_a_closed_account_is_out_at_the_next_request_on_every_device(cast):
    devices, other = [sign_in(cast.lea) for _ in range(2)], sign_in(cast.ben)
    before = [is_in(client) for client in (*devices, other)]

    unlocking.set_active(cast.lea, is_active=False, by=cast.admin)

    assert (before, [is_in(client) for client in (*devices, other)]) == ([True] * 3, [False, False, True])
    assert User.objects.get(pk=cast.lea.pk).is_active is False


def test_a_closed_account_can_be_opened_again_but_old_sessions_stay_ended(cast):
    client = sign_in(cast.lea)
    unlocking.set_active(cast.lea, is_active=False, by=cast.admin)

    unlocking.set_active(cast.lea, is_active=True, by=cast.admin2)

    assert (User.objects.get(pk=cast.lea.pk).is_active, is_in(client), is_in(sign_in(cast.lea))) == (True, False, True)
    assert log() == [
        (cast.admin.pk, cast.lea.pk, "sessions ended"),
        (cast.admin.pk, cast.lea.pk, "account deactivated"),
        (cast.admin2.pk, cast.lea.pk, "account activated"),
    ]


def test_ending_sessions_ends_hers_and_nobody_elses(cast):
    hers, other = sign_in(cast.lea), sign_in(cast.ben)
    Client().get("/account/login/")

    unlocking.end_sessions(cast.lea, by=cast.admin)

    assert [is_in(hers), is_in(other), Session.objects.count()] == [False, True, 1]
    assert log() == [(cast.admin.pk, cast.lea.pk, "sessions ended")]


def test_a_link_goes_to_the_person_and_nobody_sets_her_password(cast, mailoutbox):
    before = cast.lea.password

    unlocking.send_link(cast.lea, by=cast.admin)

    assert [mail.to for mail in mailoutbox] == [[cast.lea.email]]
    assert User.objects.get(pk=cast.lea.pk).password == before
    assert log() == [(cast.admin.pk, cast.lea.pk, "link sent")]


def test_a_lost_factor_is_removed_with_its_recovery_codes_and_hers_only(cast):
    for person in (cast.hr, cast.hr2):
        for kind in (Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES):
            Authenticator.objects.create(user=person, type=kind, data={})

    unlocking.remove_factor(cast.hr, by=cast.admin)

    assert list(Authenticator.objects.values_list("user", flat=True)) == [cast.hr2.pk] * 2
    assert log() == [(cast.admin.pk, cast.hr.pk, "second factor removed")]


@pytest.mark.parametrize(
    "act",
    [
        lambda person: unlocking.set_active(person, is_active=False, by=person),
        lambda person: unlocking.set_active(person, is_active=True, by=person),
        lambda person: unlocking.remove_factor(person, by=person),
    ],
    ids=["deactivate", "activate", "remove factor"],
)
def test_nobody_decides_about_her_own_account(cast, act):
    Authenticator.objects.create(user=cast.admin, type=Authenticator.Type.TOTP, data={})

    with pytest.raises(NotAllowed, match="nobody decides about her own account"):
        act(cast.admin)

    assert (User.objects.get(pk=cast.admin.pk).is_active, Authenticator.objects.count(), log()) == (True, 1, [])
