"""Tokens: an administrator allows one, its owner makes the secret, and both can withdraw it."""

from datetime import timedelta

import pytest

from lms.days import today
from lms.people import entrusting
from lms.people.models import AccessEntry, ApiToken
from lms.refusals import NotAllowed
from tests.factories.tokens import make_token


def test_a_token_opens_from_its_secret_until_it_is_withdrawn(cast):
    token = make_token(cast.hr, "completions", by=cast.admin)
    first = entrusting.make_secret(token, by=cast.hr)
    second = entrusting.make_secret(token, by=cast.hr)

    known = [entrusting.recognise(text) for text in (first, second, second[:-1], second.replace("lfp_", "xyz_"), "", "lfp__")]
    entrusting.withdraw(token, by=cast.hr)
    entrusting.withdraw(token, by=cast.admin2)

    assert known == [None, token, None, None, None, None]
    assert entrusting.recognise(second) is None
    token.refresh_from_db()
    assert (token.withdrawn_by, token.last_used_on) == (cast.hr, today())
    assert second not in str(ApiToken.objects.values().get()) + str(list(AccessEntry.objects.values()))


def test_a_token_without_a_secret_opens_nothing(cast):
    token = make_token(cast.hr, "completions", by=cast.admin)

    assert entrusting.recognise(f"lfp_{token.key}_") is None


def test_threat_28_a_token_dies_with_its_owners_account_and_with_its_last_day(cast):
    token = make_token(cast.hr, "completions", by=cast.admin)
    secret = entrusting.make_secret(token, by=cast.hr)

    cast.hr.is_active = False
    cast.hr.save()
    of_a_leaver = entrusting.recognise(secret)
    cast.hr.is_active = True
    cast.hr.save()
    ApiToken.objects.update(expires_at=token.allowed_at)

    assert (of_a_leaver, entrusting.recognise(secret)) == (None, None)


@pytest.mark.parametrize(
    ("owner", "by", "scopes", "days", "word"),
    [
        ("hr", "hr2", ["completions"], 30, "administrators"),
        ("admin", "admin", ["completions"], 30, "herself"),
        ("hr", "admin", [], 30, "at least one"),
        ("hr", "admin", ["everything"], 30, "at least one"),
        ("hr", "admin", ["completions"], 400, "within a year"),
        ("hr", "admin", ["completions"], -1, "within a year"),
    ],
)
def test_what_is_not_allowed(cast, owner, by, scopes, days, word):
    with pytest.raises(NotAllowed, match=word):
        entrusting.allow(
            getattr(cast, owner),
            name="x",
            purpose="y",
            scopes=scopes,
            until=today() + timedelta(days=days),
            by=getattr(cast, by),
        )

    assert not ApiToken.objects.exists()


def test_nobody_makes_a_secret_for_somebody_else_or_withdraws_her_token(cast):
    token = make_token(cast.hr, "completions", by=cast.admin)

    with pytest.raises(NotAllowed, match="owner"):
        entrusting.make_secret(token, by=cast.admin)
    with pytest.raises(NotAllowed, match="owner"):
        entrusting.withdraw(token, by=cast.hr2)


def test_the_pages_from_allowing_to_withdrawing(cast, signed_in):
    client = signed_in(cast.admin)
    page = f"/people/{cast.hr.uuid}/tokens/"
    values = {"name": "Personnel", "purpose": "Nightly copy", "scopes": ["completions"], "until": today().isoformat()}
    refused = client.post(page, values | {"until": "2001-01-01"})
    allowed = client.post(page, values)
    token = ApiToken.objects.get()
    by_another = client.post(f"/people/tokens/{token.key}/secret/")

    client = signed_in(cast.hr)
    own = client.get("/people/tokens/").content.decode()
    made = client.post(f"/people/tokens/{token.key}/secret/")
    secret = made.content.decode().split('code-told">')[1].split("<")[0]
    is_known = entrusting.recognise(secret) == token
    client.post(f"/people/tokens/{token.key}/withdraw/")

    assert (refused.status_code, allowed.status_code, by_another.status_code) == (422, 302, 404)
    assert "Personnel" in own
    assert is_known
    assert entrusting.recognise(secret) is None
    assert signed_in(cast.lea).post(f"/people/tokens/{token.key}/withdraw/").status_code == 404
    assert signed_in(cast.hr).get(page).status_code == 403
