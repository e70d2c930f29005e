"""What clients of the record store say about learning."""

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import cycle
from uuid import uuid4

from django.conf import settings

from courses import statements
from courses.grounds import ground_of
from courses.models import Enrolment
from lms.days import today
from tests.lms.xapi.outside import Outside, make_outside

MODULES = f"{settings.XAPI_BASE_IRI}/modules/"


def make_progress_client(*, prefix: str = MODULES) -> Outside:
    """A client that may move progress."""
    return make_outside("statements/write", "progress", "statements/read/mine", prefix=prefix)


def told(enrolment: Enrolment, module, verb: str = "completed", **changes) -> dict:
    """What a client says of the enrolled person in one module: as our own pages write it, under an id of its own."""
    ground = ground_of(Enrolment.objects.for_acts(today()).get(pk=enrolment.pk))
    act = statements.module_completed(ground, module=module.translation_key, title="")
    moment = datetime.now(UTC).isoformat()
    return act | {"id": str(uuid4()), "verb": {"id": statements.verb_id(verb)}, "timestamp": moment} | changes


def told_all(enrolment: Enrolment, made) -> list[dict]:
    """Everything that the course asks for."""
    return [told(enrolment, made.reading), told(enrolment, made.second), told(enrolment, made.quiz, "passed")]


def void_of(act: dict) -> dict:
    target = {"objectType": "StatementRef", "id": act["id"]}
    return {"actor": act["actor"], "verb": {"id": statements.verb_id("voided")}, "object": target}


# What a browser would run, or a template, if somebody took it for more than text.
PAYLOADS = [
    "<script>mark()</script>",
    "<img src=x onerror=mark()>",
    '"><svg onload=mark()>',
    "'-mark()-'",
    "javascript:mark()",
    "{{ 7|add:mark }}{% mark %}",
    "</textarea><script>mark()</script>",
]


def laden(payloads: Sequence[str]) -> dict:
    """A statement with one of them, in turn, wherever somebody outside may write what she likes."""
    turn = cycle(payloads)
    definition = {"name": {"en": next(turn)}, "description": {"en": next(turn)}, "moreInfo": "javascript:mark()"}
    return {
        "actor": {"name": next(turn), "account": {"homePage": "https://learn.test/xapi", "name": next(turn)}},
        "verb": {"id": statements.verb_id("passed"), "display": {"en": next(turn)}},
        "object": {"id": "javascript:mark()", "definition": definition},
        "context": {
            "revision": next(turn),
            "platform": next(turn),
            "extensions": {"https://a.test/x": next(turn)},
        },
        "result": {"response": next(turn)},
    }
