from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from lms.people.models import Role, RoleGrant
from lms.xapi.granting import hash_of
from lms.xapi.models import Credential
from tests.lms.xapi.outside import basic_of

WRITE = ["A client", "--scope", "statements/write", "--prefix", "https://learn.example.org/"]


def run(capsys, *arguments):
    """The key and the secret that were printed."""
    call_command("grant_credential", *arguments)
    key, secret = capsys.readouterr().out.splitlines()
    return key.removeprefix("key: "), secret.removeprefix("secret: ")


def test_key_and_secret_are_printed_once_and_open_the_store(db, capsys, client):
    key, secret = run(capsys, *WRITE, "--scope", "statements/read/mine")

    headers = {"Authorization": basic_of(key, secret), "X-Experience-API-Version": "2.0.0"}
    answer = client.get("/xapi/statements", headers=headers)
    assert (answer.status_code, answer.json()) == (200, {"statements": [], "more": ""})


def test_what_was_asked_for_is_kept(cast, capsys):
    key, secret = run(capsys, *WRITE, "--days", "30", "--by", cast.admin.email.upper())

    credential = Credential.objects.get(key=key)
    assert (credential.name, credential.scopes, credential.activity_prefix) == (
        "A client",
        ["statements/write"],
        "https://learn.example.org/",
    )
    assert (credential.granted_by, credential.agreed_by) == (cast.admin.uuid, None)
    assert credential.secret_sha256 == hash_of(secret)
    assert abs(credential.expires_at - timezone.now() - timedelta(days=30)) < timedelta(minutes=1)


def test_a_client_that_reads_everything_needs_two_administrators(cast, capsys):
    asked = ["A reader", "--scope", "statements/read", "--by", cast.admin.email, "--network", "192.0.2.0/24"]

    for agreed in ([], ["--agreed-by", cast.admin.email]):
        with pytest.raises(CommandError, match="two administrators"):
            run(capsys, *asked, *agreed)
    key, _ = run(capsys, *asked, "--agreed-by", cast.admin2.email)

    credential = Credential.objects.get(key=key)
    assert (credential.granted_by, credential.agreed_by) == (cast.admin.uuid, cast.admin2.uuid)
    assert credential.networks == ["192.0.2.0/24"]


def test_only_administrators_of_today_can_ask_or_agree(cast, capsys):
    RoleGrant.objects.filter(person=cast.admin2, role=Role.ADMINISTRATOR).update(ends_on="2026-01-01")
    cast.admin.is_active = False
    cast.admin.save()

    for email in (cast.lea.email, cast.admin.email, cast.admin2.email, "nobody@example.org"):
        with pytest.raises(CommandError, match="no administrator today"):
            run(capsys, *WRITE, "--by", email)


@pytest.mark.parametrize("days", ["0", "-1", "3651", "999999999999"])
def test_a_credential_lives_between_a_day_and_ten_years(db, capsys, days):
    with pytest.raises(CommandError, match="between 1 and 3650"):
        run(capsys, *WRITE, "--days", days)


@pytest.mark.parametrize(
    "arguments",
    [["A client"], ["A client", "--scope", "everything"], ["A client", "--scope", "statements/write"]],
    ids=["no scope", "unknown scope", "no prefix"],
)
def test_what_cannot_be_granted_is_said(db, capsys, arguments):
    with pytest.raises(CommandError):
        run(capsys, *arguments)

    assert capsys.readouterr().out == ""


def test_a_client_that_moves_progress_needs_two_administrators(cast, capsys):
    asked = [*WRITE, "--scope", "progress", "--by", cast.admin.email, "--origin", "https://packages.example.org"]

    with pytest.raises(CommandError, match="two administrators"):
        run(capsys, *asked)
    key, _ = run(capsys, *asked, "--agreed-by", cast.admin2.email)

    credential = Credential.objects.get(key=key)
    assert (credential.moves_progress, credential.origins) == (True, ["https://packages.example.org"])


def test_a_key_is_renewed_listed_and_withdrawn(cast, capsys, client):
    key, secret = run(capsys, *WRITE, "--scope", "statements/read/mine")
    call_command("renew_credential", key)
    new = capsys.readouterr().out.strip().removeprefix("secret: ")

    def status(used):
        headers = {"Authorization": basic_of(key, used), "X-Experience-API-Version": "2.0.0"}
        return client.get("/xapi/statements", headers=headers).status_code

    assert (status(secret), status(new)) == (200, 200)
    call_command("list_credentials")
    listed = capsys.readouterr().out
    assert f"{key}  A client  statements/read/mine, statements/write  https://learn.example.org/  until " in listed
    assert "from 127.0.0.1" in listed
    assert [one for one in (secret, new, hash_of(secret), hash_of(new)) if one in listed] == []
    call_command("withdraw_credential", key)
    assert (status(secret), status(new)) == (401, 401)
    with pytest.raises(CommandError, match="Grant a new one"):
        call_command("renew_credential", key)


@pytest.mark.parametrize("command", ["renew_credential", "withdraw_credential"])
def test_an_unknown_key_is_said(db, command):
    with pytest.raises(CommandError, match="No client has this key"):
        call_command(command, "nobody")
