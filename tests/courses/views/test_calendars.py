"""The address under which a calendar program reads somebody's due days."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from courses import assigning, subscribing
from courses.models import CalendarAddress
from lms.days import today
from lms.people import unlocking
from tests.factories.asking import make_completion, make_exemption, make_line, make_offered, make_planned
from tests.factories.people import LONG_AGO


@pytest.fixture
def asked(cast):
    """FND is due in twenty days, IDR was done and ends in a hundred; the others have no day."""
    done, exempt, endless = (make_offered(code) for code in ("IDR", "EXE", "END"))
    make_line(make_offered("FND"), due_days=(today() - LONG_AGO).days + 20)
    for course in (done, exempt, endless, make_planned("PLAN")):
        make_line(course)
    make_completion(cast.lea, done, today(), valid_until=today() + timedelta(days=100))
    make_completion(cast.lea, endless, today())
    make_exemption(cast.lea, exempt, by=cast.hr, agreed=cast.hr2)
    assigning.apply_rules(today())


def address_of(client) -> str:
    page = client.post("/my/calendar/").content.decode()
    return re.search(r"http://[^<]+(/calendar\.ics\?key=[\w-]{43})<", page).group(1)


def lines_with(response, name: str) -> list[str]:
    return [line for line in response.content.decode().split("\r\n") if line.startswith(name)]


def test_threat_28_a_calendar_holds_the_days_and_nothing_that_tells_what_about(cast, signed_in, asked):
    path = address_of(signed_in(cast.lea))
    program = Client()

    first, second = program.get(path), program.get(path)

    days = sorted(lines_with(first, "DTSTART"))
    assert days == [f"DTSTART;VALUE=DATE:{today() + timedelta(days=number):%Y%m%d}" for number in (20, 100)]
    assert set(lines_with(first, "SUMMARY")) == {"SUMMARY:Staff training: a course is due"}
    assert lines_with(first, "UID") == lines_with(second, "UID")
    told = ("FND", "IDR", "Course", cast.lea.official_name, cast.lea.email)
    assert [word for word in told if word in first.content.decode()] == []
    assert {name: first.headers[name] for name in ("Content-Type", "Cache-Control")} == {
        "Content-Type": "text/calendar; charset=utf-8",
        "Cache-Control": "no-store",
    }
    assert (dict(first.cookies), program.head(path).status_code, program.post(path).status_code) == ({}, 200, 405)


def test_threat_28_a_new_address_ends_the_one_before_and_nobody_knows_the_secret(cast, signed_in, asked):
    old, new = (address_of(signed_in(cast.lea)) for _time in range(2))
    profile = signed_in(cast.lea).get("/my/profile/").content.decode()

    assert [Client().get(path).status_code for path in (old, new)] == [404, 200]
    assert [new.partition("=")[2] in text for text in (profile, str(CalendarAddress.objects.values()))] == [False, False]
    assert "Renew the address" in profile


def test_threat_4_28_whoever_left_or_knows_no_secret_gets_nothing_and_it_is_not_logged(cast, signed_in, asked, caplog):
    over, closed = address_of(signed_in(cast.lea)), address_of(signed_in(cast.ben))
    cast.lea.postings.update(ends_on=today())
    unlocking.set_active(cast.ben, is_active=False, by=cast.admin)

    answers = [Client().get(path) for path in (over, closed, "/calendar.ics?key=guess", "/calendar.ics")]

    assert {(answer.status_code, len(answer.content), len(answer.cookies)) for answer in answers} == {
        (404, len(answers[0].content), 0)
    }
    assert over.partition("=")[2] not in caplog.text
    unlocking.set_active(cast.ben, is_active=True, by=cast.admin)
    assert Client().get(closed).status_code == 404


@pytest.mark.parametrize("more", [0, 3])
def test_a_calendar_costs_the_same_however_much_is_asked(cast, asked, more, django_assert_num_queries):
    for number in range(more):
        make_line(make_offered(f"M{number}"), due_days=4000)
    assigning.apply_rules(today())
    secret = subscribing.renew(cast.lea)

    with django_assert_num_queries(4):
        Client().get("/calendar.ics", {"key": secret})
