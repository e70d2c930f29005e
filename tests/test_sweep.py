"""Every address, as every role and as a stranger, by every method: refused as permissions.md says, and never an error of ours.

What an address asks for is filled in with what is there, so that a refusal is one of the person and not of the address.
"""

import re
from collections.abc import Callable
from contextlib import suppress

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.test import Client, RequestFactory
from django.urls import URLResolver, get_resolver, resolve

from lms.middleware import AdminMiddleware
from lms.people.roles import cells_that_open
from tests.factories.learning import enrol
from tests.test_permissions import ROWS, STATUS, expected

UUID = "33333333-3333-4333-8333-333333333333"
# Ends the session, which the other requests need.
ENDS_SESSIONS = {"/account/logout/", "/admin/logout/"}
# tests/test_permissions.py goes to the admin, tests/lms/xapi to the store.
ELSEWHERE = ("/admin/", "/xapi/")
METHODS = ("get", "post", "put", "patch", "delete")
# Raises an error on purpose, for whoever wants to see the page of it.
FAILS_ON_PURPOSE = "/admin/failwhale/"


EDITORS = {"trainer", "publisher", "guide owner", "administrator", "focal point main", "focal point deputy"}


def doors(known: dict[str, str], resolver=None, prefix="/"):
    """(path, callback) of every address, each part filled in."""
    for pattern in (resolver or get_resolver()).url_patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from doors(known, pattern, path)
        else:
            yield filled(path, known), pattern.callback


def filled(path: str, known: dict[str, str]) -> str:
    by_type = {
        "uuid": UUID,
        "uuidstr": UUID,
        "int": "1",
        "slug": "tst",
        "str": "1",
        "path": "x",
        "account_action": "activate",
        "": "1",
    }
    path = re.sub(r"\(\?P<(\w+)>[^()]*\)", lambda part: known.get(part[1], "1"), path)
    path = re.sub(r"<(?:(\w+):)?(\w+)>", lambda part: known.get(part[2], by_type.get(part[1] or "", "1")), path)
    path = re.sub(r"\((?:\?:)?[^()]*\)[*+?]?", "", re.sub(r"\(\(\?:[^)]*\)\*\)", "", path))
    return path.replace("^", "").replace("$", "").replace("\\", "")


def client_of(person=None) -> Client:
    client = Client(raise_request_exception=False)
    if person is not None:
        client.force_login(person)
    return client


def status_of(callback, method: str, path: str, person) -> int:
    """What the view itself answers, without all that stands before it: some thousand questions take seconds so, not minutes."""
    request = getattr(RequestFactory(), method)(path)
    request.user, request.resolver_match = person, resolve(path)
    try:
        return callback(request, *request.resolver_match.args, **request.resolver_match.kwargs).status_code
    except PermissionDenied:
        return 403
    except Http404:
        return 404


def every_door(cast, course, **ids: str) -> list[tuple[str, Callable]]:
    known = {
        "code": "tst",
        "module": str(course.reading.translation_key),
        "screen": course.screens[0],
        "person": str(cast.ben.uuid),
        **ids,
    }
    found = [(path, callback) for path, callback in doors(known) if path not in {*ENDS_SESSIONS, FAILS_ON_PURPOSE}]
    assert len(found) > 400
    return found


def may(row: str, cell: tuple) -> bool:
    column, action, within = cell
    return bool(expected(row, column, action) & {str(scope) for scope in within})


def test_a_stranger_is_refused_everywhere_by_every_method(cast, course):
    stranger = client_of()
    answers = {
        (method, path): getattr(stranger, method)(path).status_code
        for path, callback in every_door(cast, course)
        if getattr(callback, "login_required", True)
        for method in METHODS[: 1 if path.startswith("/admin/") else None]
    }

    assert {answer: status for answer, status in answers.items() if status not in {302, 400, 401, 403, 404, 405}} == {}


def test_whom_the_page_of_permissions_refuses_each_view_refuses_by_every_method(cast, course):
    refused = [
        (method, path, row, status_of(callback, method, path, getattr(cast, name)))
        for path, callback in every_door(cast, course)
        if hasattr(callback, "cell") and not path.startswith(ELSEWHERE)
        for row, name in ROWS.items()
        if not may(row, callback.cell)
        for method in METHODS
    ]

    assert [one for one in refused if one[3] not in {403, 404, 405}] == []
    assert len(refused) > 1_000


def test_the_editors_side_is_closed_to_whom_no_cell_opens_it(cast, course):
    """At its gate, which stands before each view there, looks at no method, and opens all views of a namespace alike."""
    gate, request = AdminMiddleware(None), RequestFactory().post("/admin/")
    found = [resolve(path) for path, _callback in every_door(cast, course) if path.startswith("/admin/")]
    matches = {match.view_name.rpartition(":")[0] or match.view_name: match for match in found}
    del matches["wagtailadmin_login"]

    opened: dict[str, set[str]] = {view: set() for view in matches}
    for row, name in ROWS.items():
        request.user = getattr(cast, name)
        for view, request.resolver_match in matches.items():
            with suppress(PermissionDenied):
                gate.process_view(request, request.resolver_match.func, (), {})
                opened[view].add(row)

    for view, rows in opened.items():
        cells = cells_that_open(matches[view].view_name)
        assert (view, rows) == (view, {row for row in EDITORS if cells is None or any(expected(row, *cell) for cell in cells)})
    assert len(opened) > 40


def test_whoever_may_gets_no_error(cast, course):
    enrol(cast.lea, course)
    clients = {row: client_of(getattr(cast, name)) for row, name in ROWS.items()}
    wrong = []
    for path, callback in every_door(cast, course):
        if path.startswith(ELSEWHERE):
            continue
        row = next(row for row in ROWS if not hasattr(callback, "cell") or may(row, callback.cell))
        statuses = [getattr(clients[row], method)(path).status_code for method in ("get", "post")[path in STATUS :]]
        if max(statuses) >= 500 and path != "/health/":  # no worker runs here
            wrong.append((row, path, statuses))

    assert wrong == []
