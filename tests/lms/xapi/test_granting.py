"""Keys for outside clients."""

import hashlib
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from lms.days import today
from lms.refusals import NotAllowed
from lms.xapi import granting
from lms.xapi.models import Credential

PREFIX = "https://learn.example.org/"


def grant(*scopes, name="A client", days=1, prefix=PREFIX, **persons):
    return granting.grant(
        name, scopes=scopes, expires_at=timezone.now() + timedelta(days=days), activity_prefix=prefix, **persons
    )


def two():
    return {"granted_by": uuid4(), "agreed_by": uuid4()}


def test_a_credential_keeps_the_hash_of_its_secret_only(db):
    persons = two()
    credential, secret = grant("statements/write", "statements/read/mine", **persons)

    row = Credential.objects.get()
    assert row == credential
    assert row.secret_sha256 == hashlib.sha256(secret.encode()).hexdigest()
    assert secret not in str(Credential.objects.values().get())
    assert (row.name, row.scopes, row.activity_prefix) == ("A client", ["statements/read/mine", "statements/write"], PREFIX)
    assert (row.granted_by, row.agreed_by) == (persons["granted_by"], persons["agreed_by"])
    assert (row.withdrawn_at, row.last_used_on) == (None, None)


def test_every_credential_has_its_own_key_and_secret(db):
    made = [grant("statements/write") for _ in range(20)]

    assert len({credential.key for credential, _ in made}) == 20
    assert len({secret for _, secret in made}) == 20
    assert {len(secret) for _, secret in made} == {43}
    assert all(credential.key.isalnum() for credential, _ in made)


@pytest.mark.parametrize(
    ("scopes", "values", "said"),
    [
        ([], {}, "at least one scope"),
        (["statements/write", "everything"], {}, "at least one scope"),
        (["statements/write"], {"name": ""}, "a name"),
        (["statements/write"], {"name": " "}, "a name"),
        (["statements/write"], {"name": "n" * 121}, "a name"),
        (["statements/write"], {"prefix": ""}, "needs the prefix"),
        (["statements/write"], {"prefix": "learn.example.org/"}, "must be an IRI"),
        (["statements/write"], {"prefix": "https://learn.example.org/" + "x" * 500}, "must be an IRI"),
        (["statements/write"], {"days": 0}, "must expire"),
        (["statements/read"], {}, "two administrators"),
        (["statements/read"], {"granted_by": uuid4()}, "two administrators"),
        (["statements/read"], {"agreed_by": uuid4()}, "two administrators"),
        (["statements/read"], {"granted_by": uuid4(), "agreed_by": uuid4()}, "the networks"),
        (["statements/read"], {"granted_by": uuid4(), "agreed_by": uuid4(), "networks": ["home"]}, "A network is"),
        (["statements/write"], {"origins": ["https://learn.example.org/path"]}, "An origin is"),
        (["progress"], {"granted_by": uuid4(), "agreed_by": uuid4()}, "needs the scope statements/write"),
        (["progress", "statements/write"], {"granted_by": uuid4()}, "two administrators"),
        (["progress", "statements/write"], {"prefix": ""}, "needs the prefix"),
        (["progress", "statements/write", "all"], {"granted_by": uuid4(), "agreed_by": uuid4()}, "never all"),
        (["state"], {"prefix": ""}, "needs the prefix"),
        (["profile"], {"prefix": ""}, "needs the prefix"),
        (["define"], {"prefix": ""}, "needs the prefix"),
        (["all"], dict.fromkeys(["granted_by", "agreed_by"], uuid4()), "two administrators"),
        (["all", "statements/write"], {}, "two administrators"),
    ],
)
def test_what_breaks_a_rule_is_not_granted(db, scopes, values, said):
    with pytest.raises(NotAllowed, match=said):
        grant(*scopes, **values)

    assert Credential.objects.count() == 0


@pytest.mark.parametrize(
    ("scopes", "can"),
    [
        (["statements/write"], (True, False, False, False)),
        (["statements/read/mine"], (False, False, True, False)),
        (["statements/read"], (False, False, True, True)),
        (["all"], (True, True, True, True)),
        (["statements/write", "statements/read/mine"], (True, False, True, False)),
    ],
)
def test_scopes_say_what_a_client_can_do(db, scopes, can):
    credential, _ = grant(*scopes, **two(), networks=["192.0.2.0/24"])

    assert (credential.can_write, credential.writes_anywhere, credential.can_read, credential.reads_everything) == can


def test_a_client_that_reads_needs_no_prefix(db):
    credential, _ = grant("all", prefix="", **two())

    assert credential.activity_prefix == ""


def test_a_credential_is_valid_until_it_expires_or_is_withdrawn(db):
    valid, withdrawn, expired = (grant("statements/write")[0] for _ in range(3))

    granting.withdraw(withdrawn)
    expired.expires_at = timezone.now()

    assert [one.is_valid for one in (valid, withdrawn, expired)] == [True, False, False]
    assert Credential.objects.get(pk=withdrawn.pk).withdrawn_at == withdrawn.withdrawn_at


def test_the_first_withdrawal_stays(db):
    credential, _ = grant("statements/write")
    granting.withdraw(credential)
    first = credential.withdrawn_at

    granting.withdraw(credential)

    assert Credential.objects.get().withdrawn_at == first


def test_the_day_of_use_is_written_once_a_day(db, django_assert_num_queries):
    credential, _ = grant("statements/write")

    with django_assert_num_queries(1):
        granting.note_use(credential, "127.0.0.1")
    used = Credential.objects.get()
    with django_assert_num_queries(0):
        granting.note_use(used, "127.0.0.1")

    assert used.last_used_on == today()


def test_a_later_day_of_use_replaces_the_earlier(db):
    credential, _ = grant("statements/write")
    Credential.objects.update(last_used_on=date(2020, 1, 1))

    granting.note_use(Credential.objects.get(), "127.0.0.1")

    assert Credential.objects.get().last_used_on == today()


def test_a_hash_is_the_same_for_the_same_secret():
    assert granting.hash_of("é") == hashlib.sha256(b"\xc3\xa9").hexdigest()


def test_a_credential_is_known_by_its_name():
    assert str(Credential(name="A client", expires_at=datetime(2026, 1, 1, tzinfo=UTC))) == "A client"


# --- renewing --------------------------------------------------------------------------------------------------------


def test_a_former_secret_counts_for_two_weeks(db):
    credential, secret = grant("statements/write", days=60)
    before = timezone.now()
    renewed = granting.renew(credential)

    credential.refresh_from_db()
    assert (credential.secret_sha256, credential.former_secret_sha256) == (granting.hash_of(renewed), granting.hash_of(secret))
    assert timedelta(days=14) <= credential.former_until - before < timedelta(days=14, minutes=1)
    assert credential.former_counts
    credential.former_until = timezone.now()
    assert not credential.former_counts


def test_what_is_over_is_not_renewed(db):
    credential, _ = grant("statements/write")
    granting.withdraw(credential)

    with pytest.raises(NotAllowed):
        granting.renew(credential)


# --- a launch in a browser -------------------------------------------------------------------------------------------


def test_a_token_is_for_one_person_one_registration_and_half_an_hour(db):
    actor, registration, before = "account:[...]", uuid4(), timezone.now()
    token, secret = granting.launch(actor, registration=registration, activity_prefix=PREFIX)

    assert (token.actor, token.registration, token.activity_prefix) == (actor, registration, PREFIX)
    assert timedelta(minutes=30) <= token.expires_at - before < timedelta(minutes=31)
    assert (token.moves_progress, token.secret_sha256) == (False, granting.hash_of(secret))


def test_tokens_end_with_their_person(db):
    tokens = [granting.launch(actor, registration=uuid4(), activity_prefix=PREFIX)[0] for actor in ("a", "a", "b")]

    assert (granting.end_tokens_of("a"), granting.end_tokens_of("a")) == (2, 0)
    assert [Credential.objects.get(pk=token.pk).is_valid for token in tokens] == [False, False, True]
