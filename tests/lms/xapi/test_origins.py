"""Which pages of other sites may speak to the store."""

import pytest
from django.test import Client

from lms.xapi.models import Credential
from tests.lms.xapi.outside import make_outside

HERE, ELSEWHERE = "https://packages.example.org", "https://evil.example.org"
STATEMENTS = "/xapi/statements"


@pytest.fixture
def page(db):
    """A client whose pages may speak to the store."""
    made = make_outside("all")
    Credential.objects.update(origins=[HERE])
    return made


def preflight(origin):
    headers = {"Origin": origin, "Access-Control-Request-Method": "PUT", "Access-Control-Request-Headers": "if-match"}
    return Client().options(STATEMENTS, headers=headers)


def test_a_registered_origin_may_ask(page):
    answer = preflight(HERE)

    assert (answer.status_code, answer["Access-Control-Allow-Origin"], answer.content) == (204, HERE, b"")
    assert "PUT" in answer["Access-Control-Allow-Methods"]
    assert {"Authorization", "If-Match", "X-Experience-API-Version"} <= {*answer["Access-Control-Allow-Headers"].split(", ")}
    assert "Access-Control-Allow-Credentials" not in answer
    assert "Origin" in answer["Vary"]


def test_another_may_not(page):
    assert "Access-Control-Allow-Origin" not in preflight(ELSEWHERE)


def test_nor_one_whose_client_is_withdrawn(page):
    Credential.objects.update(withdrawn_at="2026-01-01T00:00Z")

    assert "Access-Control-Allow-Origin" not in preflight(HERE)


def test_its_page_reads_the_answer_and_its_headers(page):
    answer = page.send("GET", headers={"Origin": HERE})

    assert (answer.status_code, answer["Access-Control-Allow-Origin"]) == (200, HERE)
    assert "ETag" in answer["Access-Control-Expose-Headers"]


@pytest.mark.parametrize("origin", [ELSEWHERE, "null", ""])
def test_another_page_reads_nothing_even_with_the_key(page, origin):
    assert "Access-Control-Allow-Origin" not in page.send("GET", headers={"Origin": origin})


def test_a_key_of_another_client_does_not_open_the_origin(page):
    other = make_outside("all")

    assert "Access-Control-Allow-Origin" not in other.send("GET", headers={"Origin": HERE})
