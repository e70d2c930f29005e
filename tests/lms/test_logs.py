"""What the log says of an error: enough to find it, nothing of what somebody sent."""

import json
import logging
import sys

import pytest
from django.conf import settings as configured
from django.db import IntegrityError, connection, transaction

from lms.logs import FIELDS, QUOTING, Discretion, ErrorMail, Formatter, JsonLines
from tests.factories.people import make_person

SECRET = "marker-7f3a"


def logged(act) -> str:
    """The line that the console shows when the act fails."""
    try:
        act()
    except (OSError, *QUOTING):
        record = logging.LogRecord("lms", logging.ERROR, "x.py", 1, "It failed.", None, sys.exc_info())
        return Formatter(**{"fmt": configured.LOGGING["formatters"]["line"]["format"], "style": "{"}).format(record)
    raise AssertionError("The act did not fail.")


def chained():
    try:
        int(SECRET)
    except ValueError as error:
        raise OSError("no space left on device") from error


def test_the_console_uses_it():
    assert configured.LOGGING["formatters"]["line"]["()"] == "lms.logs.Formatter"
    assert [type(handler.formatter) for handler in logging.getLogger().handlers if type(handler) is logging.StreamHandler] == [
        Formatter
    ]


def test_it_says_where_and_what_kind_and_what_the_machine_says():
    text = logged(chained)

    assert "ERROR lms It failed." in text
    assert "builtins.ValueError\nThen:\n" in text
    assert text.endswith("builtins.OSError: no space left on device")
    assert text.count("test_logs.py") == 3


@pytest.mark.parametrize(
    "act", [lambda: int(SECRET), lambda: {}[SECRET], lambda: SECRET + 1, lambda: getattr("", SECRET), chained]
)
def test_no_error_of_python_repeats_what_it_was_given(act):
    assert SECRET not in logged(act)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE people_user SET staff_number = NULL, official_name = NULL WHERE id = %s",
        "UPDATE people_user SET is_superuser = TRUE WHERE id = %s",
        "INSERT INTO people_user SELECT * FROM people_user WHERE id = %s",
    ],
)
def test_no_error_of_the_database_repeats_the_row(db, sql):
    """PostgreSQL says "Failing row contains (…)"."""
    person = make_person(SECRET, email=f"{SECRET}@osce.test")

    def break_a_rule():
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, [person.pk])

    text = logged(break_a_rule)
    assert SECRET not in text
    assert "IntegrityError" in text


def line_of(formatter: str, **values) -> str:
    """A line of the log as the console writes it."""
    made = {name: value for name, value in configured.LOGGING["formatters"][formatter].items() if name not in {"()", "format"}}
    written = {"line": Formatter, "json": JsonLines}[formatter](configured.LOGGING["formatters"][formatter]["format"], **made)
    record = logging.makeLogRecord({"name": "lms", "levelname": "INFO", **values})
    Discretion().filter(record)
    return written.format(record)


def test_threat_33_a_line_of_json_names_route_and_time_and_nothing_that_was_sent(client, db, caplog):
    caplog.handler.addFilter(Discretion())
    with caplog.at_level(logging.INFO, "lms.requests"):
        answer = client.get(f"/account/password/reset/key/{SECRET}-{SECRET}/?q={SECRET}")

    [record] = [record for record in caplog.records if record.name == "lms.requests"]
    told = json.loads(line_of("json", **vars(record)))
    assert {name: told[name] for name in ("level", "logger", "route", "method", "status")} == {
        "level": "INFO",
        "logger": "lms.requests",
        "route": "account_reset_password_from_key",
        "method": "GET",
        "status": answer.status_code,
    }
    assert (told["ms"] > 0, len(answer.headers["X-Request-ID"])) == (True, 32)
    assert SECRET not in json.dumps(told)
    assert set(told) <= set(FIELDS)


@pytest.mark.parametrize("formatter", ["line", "json"])
def test_what_django_says_of_a_request_names_its_route_and_not_its_path(rf, formatter):
    request = rf.get(f"/learn/{SECRET}/")

    line = line_of(formatter, msg="%s: %s", args=("Not Found", request.path), request=request, status_code=404)

    assert ("Not Found: no page" in line, SECRET in line) == (True, False)


def test_threat_33_nor_does_an_error_that_a_library_puts_in_the_place_of_a_message():
    error = IntegrityError(f"Key (lower(email))=({SECRET}) already exists.")

    lines = [line_of("line", msg=error), line_of("line", msg="%s failed: %s", args=("It", error))]
    told = line_of("line", msg="No mail: %s", args=(OSError("disk full"),))

    assert [SECRET in line for line in lines] == [False, False]
    assert lines[0].endswith("django.db.utils.IntegrityError")
    assert told.endswith("builtins.OSError: disk full")


def test_threat_33_errors_are_mailed_once_for_a_route_without_what_was_sent(db, settings, mailoutbox):
    settings.ADMINS = [("Ops", "ops@osce.test")]
    handler = ErrorMail()
    handler.setFormatter(Formatter())
    try:
        int(SECRET)
    except ValueError:
        error = sys.exc_info()

    for route in ("courses:check", "courses:check", "courses:finish"):
        handler.handle(logging.makeLogRecord({"name": "django.request", "msg": "It failed.", "exc_info": error, "route": route}))

    assert [mail.subject.split()[-1] for mail in mailoutbox] == ["courses:check", "courses:finish"]
    assert ("builtins.ValueError" in mailoutbox[0].body, SECRET in mailoutbox[0].body) == (True, False)
