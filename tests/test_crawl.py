"""A visitor with bad intentions: follows links as each role, fills every field of every form with what should never be believed,
and looks for an error of ours, for a script that comes back as one, at once or later, and for a way out to a foreign site."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import pytest
from django.test import Client

from content import triaging
from courses import answering
from tests.content.test_rating import send
from tests.factories.course import make_guide
from tests.factories.learning import complete, enrol
from tests.test_permissions import ROWS

FOREIGN = "https://foreign.test/"
HOSTILE = "\"'><script>mark7f3a()</script><img src=x onerror=mark7f3a()>{{ 7|add:7 }}{% now %}\u202e=1+1"
SCRIPT = re.compile(r"<(?:script|img src=x o)[^>]*>mark7f3a|<img src=x onerror", re.I)
OURS = {"", "testserver", "localhost", "learn.test"}
PAGES, FORMS = 12, 10  # for one role
NEVER = re.compile(r"^/(account/logout|admin|static|xapi|en/|media)|\.(csv|xlsx|pdf|zip|ics|parquet)$")
KEPT = {"csrfmiddlewaretoken"}


@dataclass
class Form:
    action: str
    method: str
    fields: dict[str, tuple[str, str]] = field(default_factory=dict)  # name → (type, value)

    @property
    def kind(self) -> tuple:
        """Forms that differ by an id only are one."""
        return (re.sub(r"[0-9a-f-]{32,36}|\d+", "·", urlsplit(self.action).path), self.method, *sorted(self.fields))


class Reader(HTMLParser):
    """Links and forms of a page."""

    def __init__(self, address: str):
        super().__init__()
        self.address, self.links, self.forms, self.last = address, [], [], ""

    def handle_starttag(self, tag, attrs):
        attributes = {name: value or "" for name, value in attrs}
        if tag == "a":
            self.links.append(urljoin(self.address, attributes.get("href", "")).split("#")[0])
        elif tag == "form":
            action = urljoin(self.address, attributes.get("action", ""))
            self.forms.append(Form(action, attributes.get("method", "get").lower()))
        elif tag in {"input", "textarea", "select", "button"} and self.forms and attributes.get("name"):
            self.last = attributes["name"]
            kind = attributes.get("type", tag)
            if kind not in {"radio", "checkbox"} or self.last not in self.forms[-1].fields:
                self.forms[-1].fields[self.last] = (kind, attributes.get("value", ""))
        elif tag == "option" and self.forms and self.forms[-1].fields.get(self.last) == ("select", ""):
            self.forms[-1].fields[self.last] = ("select", attributes.get("value", ""))


class Visitor:
    def __init__(self, person):
        self.client = Client(raise_request_exception=False)
        self.client.force_login(person)
        self.pages: set[str] = set()
        self.sent: dict[tuple, Form] = {}
        self.faults: list[tuple] = []

    def look(self, method: str, path: str, answer) -> str:
        """Judges an answer; its text."""
        text = "" if answer.streaming else answer.content.decode(errors="replace")
        if answer.status_code >= 500:
            self.faults.append((method, path, answer.status_code))
        if SCRIPT.search(text) and "html" in answer.headers.get("Content-Type", ""):
            self.faults.append((method, path, "a script came back"))
        if urlsplit(answer.headers.get("Location", "")).netloc not in OURS:
            self.faults.append((method, path, f"leads to {answer.headers['Location']}"))
        return text

    def walk(self, *starts: str) -> None:
        waiting = list(starts)
        while waiting and len(self.pages) < PAGES:
            path = waiting.pop(0)
            if path in self.pages or NEVER.search(urlsplit(path).path) or urlsplit(path).netloc:
                continue
            self.pages.add(path)
            answer = self.client.get(path)
            page = Reader(path)
            page.feed(self.look("get", path, answer))
            waiting += [answer.headers["Location"]] if "Location" in answer.headers else []
            waiting += page.links
            for form in page.forms:
                if not NEVER.search(urlsplit(form.action).path) and len(self.sent) < FORMS and form.kind not in self.sent:
                    self.sent[form.kind] = form

    def attack(self) -> None:
        for form in list(self.sent.values()):
            believed = {
                name: said if kind in {"hidden", "select", "radio", "checkbox", "submit", "button"} else HOSTILE
                for name, (kind, said) in form.fields.items()
            }
            nothing_believed = {
                name: FOREIGN if name in {"next", "back"} else HOSTILE for name in form.fields if name not in KEPT
            }
            for values in (believed, nothing_believed):
                send = self.client.post if form.method == "post" else self.client.get
                self.look(form.method, form.action, send(form.action, values))

    def look_again(self) -> None:
        for path in sorted(self.pages):
            self.look("again", path, self.client.get(path))


# A deputy has the cells of her focal point.
@pytest.mark.parametrize("who", [name for row, name in ROWS.items() if row != "focal point deputy"])
def test_nothing_that_is_sent_breaks_a_page_or_comes_back_as_script(cast, course, who):
    complete(cast.ben, course)
    answering.start_quiz(enrol(cast.lea, course), module=course.quiz.translation_key)
    triaging.report_text(send(make_guide(), cast.lea, is_named=True), by=cast.owner)
    visitor = Visitor(getattr(cast, who))

    visitor.walk("/my/", "/reports/", "/my/profile/", "/people/", "/jobs/", "/library/feedback/", "/sessions/", "/requests/")
    visitor.attack()
    visitor.look_again()

    assert visitor.faults == []
    assert (len(visitor.pages), len(visitor.sent)) >= (10, 2)


def test_no_page_leads_to_a_foreign_site(cast, client):
    """By "next", by a path that looks like a host, and by a header."""
    doors = [
        f"{path}?next={target}"
        for path in ("/account/login/", "/account/logout/", "/account/reauthenticate/", "/admin/login/")
        for target in (FOREIGN, "//foreign.test/", "/\\foreign.test/", "https:foreign.test")
    ]
    doors += ["//foreign.test/", "/en//foreign.test/", "/%2F/foreign.test/"]
    right = {"login": cast.lea.email, "password": "x"}
    cast.lea.set_password("x")
    cast.lea.save()

    places = []
    for door in doors:
        client.logout()
        for answer in (
            client.get(door),
            client.post(door, {**right, "next": door.partition("=")[2]}, headers={"referer": FOREIGN}),
        ):
            places.append(urlsplit(answer.headers.get("Location", "").replace("\\", "/")).netloc)

    assert set(places) <= OURS


def test_what_editors_search_for_and_half_a_form_break_nothing(cast, course):
    visitor = Visitor(cast.trainer)
    words = ['"', 'a"b', "(", "a AND", "x " * 600, HOSTILE]
    searches = ["/admin/pages/1/", "/admin/pages/search/", "/admin/choose-page/search/", "/admin/images/"]
    forms = [f"/admin/pages/{course.page.pk}/copy/", f"/admin/pages/{course.quiz.pk}/edit/"]

    for path in searches:
        for said in words:
            visitor.look("get", path, visitor.client.get(path, {"q": said}))
    answers = [
        visitor.client.post(path, {"title": "x"}).status_code for path in [*forms, "/admin/snippets/courses/question/add/"]
    ]

    assert (visitor.faults, answers) == ([], [400] * 3)
