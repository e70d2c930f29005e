"""What an act costs: a learner's answer through the whole stack, a certificate, and the editor with a large module."""

import time
from collections.abc import Callable, Iterator
from statistics import median

from django.db import connection
from django.test import Client
from django.urls import reverse

from certificates import pdf, rendering, signing
from certificates.models import Certificate
from tests.benchmarks import editor
from tests.benchmarks.rows import Row
from tests.factories.cast import make_cast
from tests.factories.course import make_course
from tests.factories.learning import complete, enrol


def milliseconds(act: Callable[[], object], *, times: int) -> float:
    """The median of several runs, after one to warm up."""
    act()
    spent = []
    for _ in range(times):
        start = time.perf_counter()
        act()
        spent.append((time.perf_counter() - start) * 1000)
    return round(median(spent), 2)


def measure(url: str) -> Iterator[Row]:
    cast, course = make_cast(), make_course()
    yield answer(cast, course)
    yield certificate(cast, course)
    yield from editor.measure(url, cast.trainer, course.page)


def answer(cast, course) -> Row:
    """A knowledge check answered through the whole stack, the page that shows the verdict not included."""
    enrolment = enrol(cast.lea, course)
    client = Client()
    client.force_login(cast.lea)
    address = reverse("courses:check", args=[course.code, course.reading.translation_key, course.screens[1]])
    tries = iter(range(1, 1_000))

    def act() -> None:
        sent = {"question": str(course.check.translation_key), "option": "b", "try_number": next(tries)}
        assert client.post(address, sent).status_code == 302

    spent = milliseconds(act, times=100)
    assert enrolment.attempts.get().answers.count() == 101
    return Row("an answer", connection.vendor, spent, "ms", "limit", 100)


def certificate(cast, course) -> Row:
    """A certificate drawn and signed, beside one empty page drawn by the same library in the same form."""
    complete(cast.lea, course)
    look = rendering.look_of(Certificate.objects.get())
    empty = pdf.Look(html="<html lang='en'><title>Empty</title><p>Empty</p></html>", css="@page { size: A4 landscape }")
    spent = milliseconds(lambda: signing.sign(pdf.draw(look)), times=10)
    bare = milliseconds(lambda: pdf.draw(empty), times=10)
    return Row("a certificate", connection.vendor, spent, "ms", "an empty page", bare)
