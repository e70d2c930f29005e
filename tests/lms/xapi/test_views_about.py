import pytest

ABOUT = "/xapi/about"
VERSION = "X-Experience-API-Version"


def test_about_is_open_and_names_the_versions(client, db):
    response = client.get(ABOUT)

    assert (response.status_code, response["Content-Type"]) == (200, "application/json")
    assert response.json() == {"version": ["2.0.0", "1.0.3"]}


@pytest.mark.parametrize(
    ("sent", "answered"), [(None, "2.0.0"), ("1.0", "1.0.3"), ("1.0.3", "1.0.3"), ("2.0.0", "2.0.0"), ("9", "2.0.0")]
)
def test_about_answers_in_any_version(client, db, sent, answered):
    response = client.get(ABOUT, headers={VERSION: sent} if sent else {})

    assert (response.status_code, response[VERSION]) == (200, answered)


def test_about_asks_no_database(client, db, django_assert_num_queries):
    with django_assert_num_queries(0):
        client.get(ABOUT)


def test_head_of_about_has_no_body(client, db):
    response = client.head(ABOUT)

    assert (response.status_code, response.content) == (200, b"")
    assert response["Content-Length"] == str(len(client.get(ABOUT).content))


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_about_is_only_read(client, db, method):
    response = client.generic(method, ABOUT)

    assert (response.status_code, response.json()["path"], response[VERSION]) == (400, "method", "2.0.0")


def test_about_knows_no_parameters(client, db):
    response = client.get(f"{ABOUT}?version=1")

    assert (response.status_code, response.json()["path"], response[VERSION]) == (400, "?version", "2.0.0")
