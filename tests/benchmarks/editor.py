"""The editor with a module of forty screens: opened and saved by a trainer, over real HTTP against the production server."""

import tempfile
import time
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from pathlib import Path
from statistics import quantiles

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from courses.models import CoursePage, ModulePage
from tests.benchmarks.rows import Row
from tests.databases import manage
from tests.factories.editing import editor_form, make_large
from tests.serving import served

SCREENS, TIMES = 40, 20
LIMIT = 2_000  # milliseconds for both


class Browser:
    """One connection that stays open, signed in as somebody who has a second factor."""

    def __init__(self, port: int, person):
        Authenticator.objects.create(user=person, type=Authenticator.Type.TOTP, data={})
        client = Client()
        client.force_login(person)
        self.connection = HTTPConnection("localhost", port, timeout=60)
        self.cookies = {settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value}

    def ask(self, method: str, path: str, form: dict | None = None) -> str:
        """The page at the end, after one redirect at most."""
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        headers |= {"Content-Type": MULTIPART_CONTENT} if form else {}
        self.connection.request(method, path, encode_multipart(BOUNDARY, form) if form else None, headers)
        answer = self.connection.getresponse()
        page = answer.read().decode()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
        if answer.status == 302 and method == "POST":
            return self.ask("GET", answer.headers["Location"])
        assert answer.status == 200, (path, answer.status, answer.headers.get("Location"))
        return page


def measure(url: str, person, course_page: CoursePage) -> Iterator[Row]:
    """Opening; and saving, to the page that the editor shows then."""
    module = ModulePage.objects.get(pk=make_large(course_page, SCREENS).pk)
    address = f"/admin/pages/{module.pk}/edit/"
    with tempfile.TemporaryDirectory() as folder:
        manage(url, "collectstatic", "--noinput", "-v0", DJANGO_SETTINGS_MODULE="lms.settings", VAR_DIR=folder)
        with served(url, Path(folder), "--workers", "2", "--threads", "4") as (_, port):
            browser = Browser(port, person)
            form = editor_form(browser.ask("GET", address), module)
            opening, saving = [], []
            for number in range(TIMES):
                opening.append(_spent(lambda: browser.ask("GET", address)))
                sent = form | {"title": f"Large {number}", "csrfmiddlewaretoken": browser.cookies[settings.CSRF_COOKIE_NAME]}
                saving.append(_spent(lambda sent=sent: browser.ask("POST", address, sent)))
    assert ModulePage.objects.get(pk=module.pk).get_latest_revision_as_object().title == f"Large {TIMES - 1}"
    yield _row("opens", opening)
    yield _row("saves", saving)
    yield _row("opens and saves", [one + two for one, two in zip(opening, saving, strict=True)])


def _spent(act: Callable[[], object]) -> float:
    start = time.perf_counter()
    act()
    return (time.perf_counter() - start) * 1000


def _row(what: str, spent: list[float]) -> Row:
    p50, p95 = (round(quantiles(spent, n=20, method="inclusive")[place], 1) for place in (9, 18))
    return Row(f"the editor {what} {SCREENS} screens", connection.vendor, p95, "ms", "limit", LIMIT, p50, p95)
