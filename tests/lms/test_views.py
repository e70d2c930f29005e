from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from lms.jobs import running

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def at(monkeypatch, moment: datetime) -> None:
    monkeypatch.setattr(timezone, "now", lambda: moment)


def test_health_is_good_while_database_and_worker_answer(client, db):
    running.beat()

    response = client.get("/health/")

    assert (response.status_code, response.json()) == (200, {"database": "ok", "worker": "ok"})


def test_health_says_that_the_worker_was_never_started(client, db):
    response = client.get("/health/")

    assert (response.status_code, response.json()) == (
        503,
        {"database": "ok", "worker": "silent: start it with manage.py run_huey"},
    )


@pytest.mark.parametrize(("silent_for", "status"), [(timedelta(minutes=4, seconds=59), 200), (timedelta(minutes=5), 503)])
def test_a_worker_that_is_silent_for_five_minutes_is_reported(client, db, monkeypatch, silent_for, status):
    at(monkeypatch, NOON)
    running.beat()
    at(monkeypatch, NOON + silent_for)

    assert client.get("/health/").status_code == status


def test_health_says_nothing_about_people_and_writes_nothing(client, db):
    assert client.post("/health/").status_code == 405
    assert client.get("/health/").cookies == {}


def test_health_asks_the_database_twice(client, db, django_assert_num_queries):
    with django_assert_num_queries(2):
        client.get("/health/")


def test_the_front_door_leads_staff_on_to_their_learning(signed_in, cast):
    response = signed_in(cast.lea).get("/")

    assert (response.status_code, response.headers["Location"]) == (302, "/my/")


def test_the_front_door_shows_strangers_the_home_page(client, db):
    response = client.get("/")

    assert (response.status_code, response.headers["Location"]) == (302, "/en/")


@pytest.mark.parametrize("path", ["/account/signup/", "/account/email/", "/admin/login/", "/_util/login/"])
def test_every_other_door_leads_to_the_one_sign_in(client, db, path):
    answers = [client.get(path), client.post(path, {"email": "new@osce.test", "password1": "a new passphrase"})]

    assert [(answer.status_code, answer.headers["Location"]) for answer in answers] == [(302, "/account/login/")] * 2


def test_a_form_without_its_token_gets_a_page_that_says_so(cast):
    strict = Client(enforce_csrf_checks=True)

    response = strict.post("/account/login/", {"login": cast.lea.email, "password": "x"})

    assert (response.status_code, [template.name for template in response.templates][0]) == (403, "csrf_failed.html")
