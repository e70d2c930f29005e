"""The desk of clients: what is listed, withdrawn and undone, and by whom."""

import re
from datetime import timedelta

import pytest
from django.contrib.messages import get_messages
from django.utils import timezone

from courses.models import Completion, FoldFault, UndoRequest
from lms.people.models import AccessEntry
from tests.factories.learning import enrol
from tests.factories.outside import make_progress_client, told_all

PATH = "/reports/store/"


@pytest.fixture
def thief(db):
    return make_progress_client()


@pytest.fixture
def desk(thief):
    return f"{PATH}clients/{thief.credential.key}/"


@pytest.fixture
def stolen(cast, course, thief):
    """Lea completed the course by a stolen key."""
    enrolment = enrol(cast.lea, course)
    assert thief.post(told_all(enrolment, course)).status_code == 200
    return enrolment


def hour_ago() -> str:
    return timezone.localtime(timezone.now() - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M")


def said(response) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


def ask(client, desk, **changes):
    return client.post(f"{desk}undo/ask/", {"since": hour_ago(), "reason": "The key was stolen."} | changes)


@pytest.mark.parametrize("who", ["admin", "auditor"])
def test_clients_are_listed_without_their_secrets(signed_in, cast, thief, who):
    response = signed_in(getattr(cast, who)).get(PATH)

    page = response.content.decode()
    credential = thief.credential
    shown = [credential.name, credential.key, credential.activity_prefix, "statements/write", "moves progress"]
    assert [text for text in shown if text not in page] == []
    assert [text for text in (thief.secret, credential.secret_sha256) if text in page] == []
    assert (f"{PATH}clients/" in page) == (who == "admin")


def test_last_use_and_network_are_shown(signed_in, cast, thief):
    type(thief.credential).objects.update(last_used_from="192.0.2.7")

    assert "192.0.2.7" in signed_in(cast.admin).get(PATH).content.decode()


def test_an_auditor_reads_the_list_and_nothing_behind_it(signed_in, cast, desk):
    client = signed_in(cast.auditor)

    assert {client.get(path).status_code for path in (desk, f"{desk}undo/?since={hour_ago()}", f"{PATH}faults/")} == {403}
    assert {client.post(path).status_code for path in (f"{desk}withdraw/", f"{desk}undo/ask/")} == {403}


def test_an_unknown_client_is_404(signed_in, cast):
    assert signed_in(cast.admin).get(f"{PATH}clients/unknown/").status_code == 404


def test_a_withdrawn_key_opens_nothing_and_the_page_says_so(signed_in, cast, thief, desk):
    client = signed_in(cast.admin)

    response = client.post(f"{desk}withdraw/")

    assert (response.status_code, thief.get().status_code) == (302, 401)
    assert "withdrawn on" in client.get(desk).content.decode()
    assert AccessEntry.objects.get(what="client: key withdrawn").selection == {"client": thief.credential.key}


def test_threat_9_the_list_comes_first_and_writes_nothing(signed_in, cast, thief, desk, stolen):
    response = signed_in(cast.admin).get(f"{desk}undo/", {"since": hour_ago()})

    [row] = response.context["rows"]
    page = response.content.decode()
    assert (row.completion.person, response.context["voided"]) == (cast.lea, 3)
    assert row.certificate in page
    thief.credential.refresh_from_db()
    assert (thief.credential.withdrawn_at, UndoRequest.objects.count()) == (None, 0)


@pytest.mark.parametrize("since", ["", "yesterday", "2120-01-01T00:00"])
def test_a_moment_that_cannot_be_is_refused_in_words(signed_in, cast, desk, since):
    assert signed_in(cast.admin).get(f"{desk}undo/", {"since": since}).status_code == 422


def test_one_asks_and_another_agrees(signed_in, cast, thief, desk, stolen):
    client = signed_in(cast.admin)
    listed = client.get(f"{desk}undo/", {"since": hour_ago()})
    hidden = re.search(r'name="since" value="([^"]+)"', listed.content.decode())[1]
    asked = ask(client, desk, since=hidden)
    between = (thief.get().status_code, Completion.objects.standing().count())
    own_page = client.get(asked.headers["Location"]).content.decode()

    alone = client.post(f"{asked.headers['Location']}agree/")
    second = signed_in(cast.admin2)
    waiting = second.get(PATH).content.decode()
    page = second.get(asked.headers["Location"]).content.decode()
    agreed = second.post(f"{asked.headers['Location']}agree/")

    assert between == (401, 1)
    assert ("agree/" in own_page, "agree/" in page, asked.headers["Location"] in waiting) == (False, True, True)
    assert said(alone) == ["A second administrator has to agree."]
    assert said(agreed)[-1] == "Undone."
    request = UndoRequest.objects.get()
    assert (request.asked_by, request.agreed_by, request.voided, request.withdrawn) == (cast.admin, cast.admin2, 4, 1)
    assert Completion.objects.standing().count() == 0
    assert "completions withdrawn: 1" in second.get(asked.headers["Location"]).content.decode()


def test_without_a_reason_nothing_is_asked(signed_in, cast, thief, desk):
    response = ask(signed_in(cast.admin), desk, reason=" ")

    thief.credential.refresh_from_db()
    assert (said(response), UndoRequest.objects.count()) == (["Say why it is undone."], 0)
    assert thief.credential.withdrawn_at is None


def test_faults_are_shown_by_kind_and_place(signed_in, cast, stolen):
    FoldFault.objects.create(
        registration=stolen.registration, statements=[1, 2], kind="KeyError", place="courses/x.py:1 f", at=timezone.now()
    )
    client = signed_in(cast.admin)

    page = client.get(f"{PATH}faults/").content.decode()

    assert [text for text in (str(stolen.registration), "KeyError", "courses/x.py:1 f") if text not in page] == []
    assert "could not be brought into progress" in client.get(PATH).content.decode()


def test_a_renewed_secret_is_shown_once_and_the_one_before_goes_on(signed_in, cast, thief, desk):
    client = signed_in(cast.admin)

    page = client.post(f"{desk}renew/").content.decode()

    [secret] = re.findall(r"<dt>Secret</dt><dd[^>]*>([^<]+)</dd>", page)
    before = thief.get().status_code
    thief.secret = secret
    assert (before, thief.get().status_code) == (200, 200)
    assert secret not in client.get(desk).content.decode()
    assert AccessEntry.objects.get(what="client: secret renewed").selection == {"client": thief.credential.key}


def test_a_withdrawn_key_is_not_renewed(signed_in, cast, thief, desk):
    client = signed_in(cast.admin)
    client.post(f"{desk}withdraw/")

    response = client.post(f"{desk}renew/")

    assert (response.status_code, "expired or withdrawn" in said(response)[-1]) == (302, True)
