"""What the log says of an error: enough to find it, nothing of what somebody sent."""

import logging
import sys

import pytest
from django.conf import settings as configured
from django.db import connection, transaction

from lms.logs import QUOTING, Formatter
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
