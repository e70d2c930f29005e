"""Sends forms from processes that are killed one write later each time, until the form goes through.

Run by test_crashes.py with DATABASE_URL set: reads a list of {"session", "path", "data"}, and prints for each the pictures
"before", "deaths" (one each) and "after" of all that an act of learning writes.
"""

import json
import os
import signal
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402

from certificates.models import Certificate  # noqa: E402
from courses.models import Answer, Attempt, Completion, Enrolment, ModuleProgress  # noqa: E402
from lms.xapi.models import Statement, StatementLink  # noqa: E402

WRITES = ("INSERT", "WITH new AS (INSERT", "UPDATE", "DELETE")


def evidence() -> dict[str, int]:
    counted = (Enrolment, Attempt, Answer, Statement, StatementLink, ModuleProgress, Completion, Certificate)
    return {model.__name__: model.objects.count() for model in counted} | {
        "seen": sum(len(screens) for screens in ModuleProgress.objects.values_list("screens", flat=True)),
        "done": ModuleProgress.objects.filter(completed_at__isnull=False).count(),
        "passed": ModuleProgress.objects.filter(passed_at__isnull=False).count(),
        "judged": Attempt.objects.filter(finished_at__isnull=False).count(),
        "closed": Enrolment.objects.filter(closed_at__isnull=False).count(),
    }


def send(form: dict) -> dict:
    """Sends the form until a process survives it. What there was before, after each death, and in the end."""
    found = {"before": evidence(), "deaths": []}
    while True:
        connection.close()
        child = os.fork()
        if child == 0:
            os._exit(answer(form, dies_after=len(found["deaths"]) + 1) != 302)
        _, status = os.waitpid(child, 0)
        if not os.WIFSIGNALED(status):
            assert os.WEXITSTATUS(status) == 0, "The form did not go through."
            return found | {"after": evidence()}
        found["deaths"].append(evidence())


def answer(form: dict, *, dies_after: int) -> int:
    """The status of the answer to the form; nothing follows the write of that number."""
    writes = 0

    def die_in_time(execute, sql, params, many, context):
        nonlocal writes
        done = execute(sql, params, many, context)
        writes += sql.startswith(WRITES)
        if writes == dies_after:
            os.kill(os.getpid(), signal.SIGKILL)
        return done

    with connection.execute_wrapper(die_in_time):
        return browser(form).post(form["path"], form["data"]).status_code


def browser(form: dict) -> Client:
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = form["session"]
    return client


if __name__ == "__main__":
    forms = json.load(sys.stdin)
    browser(forms[0]).get("/my/")  # loads what a first request loads, once for all processes to come
    json.dump([send(form) for form in forms], sys.stdout)
