from datetime import date

import pytest

from certificates import issuing, views
from certificates.models import Certificate
from tests.certificates.test_issuing import award

DAY = date(2026, 11, 24)


@pytest.fixture
def certificate(cast):
    return issuing.issue(award(cast.lea))


def state(client, code) -> str:
    page = client.get(f"/verify/{code}").content.decode()
    words = {
        "valid": "This certificate is valid",
        "expired": "This certificate has expired",
        "withdrawn": "This certificate was withdrawn",
        "unknown": "No certificate has this code",
    }
    [found] = [name for name, words in words.items() if words in page]
    return found


def test_a_valid_certificate_shows_course_edition_and_dates_and_no_name(client, certificate):
    page = client.get(f"/verify/{certificate.code}").content.decode()

    assert state(client, certificate.code) == "valid"
    assert "A course" in page
    assert "TST 1.0" in page
    assert "24 November 2028" in page
    assert "Lea Learner" not in page


def test_it_expires_after_its_last_day(client, certificate):
    Certificate.objects.update(valid_until=date(2020, 1, 1))

    assert state(client, certificate.code) == "expired"


def test_a_withdrawn_one_says_so_and_not_why(client, certificate, cast):
    issuing.withdraw(certificate, by=cast.admin, reason="secret reason")

    assert state(client, certificate.code) == "withdrawn"
    assert "secret reason" not in client.get(f"/verify/{certificate.code}").content.decode()


def test_a_corrected_one_no_longer_counts(client, certificate):
    later = Certificate.objects.get(pk=certificate.pk)
    later.pk, later.issue, later.code = None, 2, issuing.new_code()
    later.save()

    assert (state(client, certificate.code), state(client, later.code)) == ("withdrawn", "valid")


@pytest.mark.parametrize("spelling", ["{0}", "{1}", "{2}"])
def test_the_code_is_read_as_printed(client, certificate, spelling):
    code = spelling.format(certificate.code, certificate.code.lower(), certificate.printed_code)

    assert state(client, code) == "valid"


def test_threat_7_a_thousand_guesses_are_answered_alike(client, certificate, django_assert_num_queries):
    """Each from a network of its own; asked of the view itself, which is quicker."""
    answers, wrong, request = set(), ["A" * 26, "'; DROP TABLE", "x", "9" * 500, "Ж" * 26], client.get("/verify/x").wsgi_request
    with django_assert_num_queries(1_000):
        for number in range(1_000):
            request.META["REMOTE_ADDR"] = f"198.18.{number // 250}.{number % 250}"
            response = views.verify(request, code=wrong[number % 5])
            answers.add((response.status_code, len(response.content)))

    assert answers == {(404, len(response.content))}


def test_behind_a_proxy_each_guesser_has_a_limit_of_her_own(client, certificate, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    for _ in range(61):
        client.get("/verify/GUESS", HTTP_X_FORWARDED_FOR="203.0.113.1, 198.51.100.9")

    statuses = [
        client.get(f"/verify/{certificate.code}", HTTP_X_FORWARDED_FOR=address).status_code
        for address in ("198.51.100.7", "203.0.113.2, 198.51.100.9")
    ]

    assert statuses == [200, 429]


def test_threat_7_guessing_is_limited(client, certificate):
    statuses = [client.get(f"/verify/{number:026d}").status_code for number in range(70)]

    assert set(statuses[:60]) == {404}
    assert set(statuses[60:]) == {429}


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("Lea Learner", "matches"),
        ("learner lea", "matches"),
        ("Léa LEARNER", "matches"),
        ("Леа Леарнер", "matches"),
        ("Ben Learner", "does not match"),
        ("Lea", "does not match"),
    ],
)
def test_threat_5_a_typed_name_is_answered_in_words(client, certificate, typed, answer):
    page = client.post(f"/verify/{certificate.code}", {"name": typed}).content.decode()

    assert f"<b>{answer}</b>" in page


def test_threat_5_five_names_an_hour_and_no_more(client, certificate):
    statuses = [client.post(f"/verify/{certificate.code}", {"name": f"Name {number}"}).status_code for number in range(7)]

    assert statuses == [200] * 5 + [429] * 2


def test_no_cookie_is_set(client, certificate):
    client.get(f"/verify/{certificate.code}")
    client.post(f"/verify/{certificate.code}", {"name": "Lea Learner"})
    client.get("/verify/")

    assert dict(client.cookies) == {}


def test_somebody_who_types_the_code_is_led_to_its_page(client, certificate):
    response = client.get("/verify/", {"code": certificate.printed_code})

    assert response.headers["Location"] == f"/verify/{certificate.code}"


def test_a_demo_certificate_is_marked(client, cast, settings):
    settings.DEMO = True
    certificate = issuing.issue(award(cast.lea))

    assert "Demonstration – not valid" in client.get(f"/verify/{certificate.code}").content.decode()
