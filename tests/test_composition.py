"""The whole composition at work: what one instance begins the other goes on with, and nothing is done twice."""

import json
import re
from contextlib import ExitStack, closing
from http.client import HTTPConnection, HTTPSConnection
from itertools import product
from ssl import SSLSocket, SSLWantReadError

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.db import connection

from courses.models import Answer
from lms.jobs.models import JobRun, Mail
from lms.people.models import User
from tests.composition import MISSING, WHY, Browser, composed
from tests.factories.learning import enrol
from tests.racing import wait_until

pytestmark = [pytest.mark.postgres, pytest.mark.skipif(bool(MISSING), reason=WHY)]
PASSWORD = "blue lamp under the stairs"
ONE_JOB = """
from lms.jobs.tasks import run_job
for _ in range(8): run_job("seal the record store", "asked for by a test")
"""


def is_answered(sock: SSLSocket) -> bool:
    """Whether there is something of HTTP to read, or the end."""
    sock.setblocking(False)
    try:
        sock.recv(1)
    except SSLWantReadError:
        return False
    return True


@pytest.fixture
def db(committed):
    """Other processes work in it."""


def assert_the_proxy_compresses_and_shields(whole):
    """Compressed files; what is private stays inside; what a visitor claims of herself is replaced."""
    stranger = Browser(whole)
    page = stranger.ask("/account/login/", headers={"x-forwarded-proto": "http", "x-forwarded-for": "192.0.2.9"})
    style = re.search(r'href="(/static/lms/[^"]+\.css)"', page.text)[1]
    file = stranger.ask(style, headers={"accept-encoding": "gzip"})
    assert (page.status, page.headers["Strict-Transport-Security"] is not None) == (200, True)
    assert (file.status, file.headers["Content-Encoding"], "immutable" in file.headers["Cache-Control"]) == (
        200,
        "gzip",
        True,
    )
    assert [stranger.ask("/metrics", at=at).status for at in (None, whole.instances[0])] == [404, 404]
    for path, at in product(("/metrics", "/health/"), whole.instances):  # as Prometheus asks
        with closing(HTTPConnection("127.0.0.1", at)) as line:
            line.request("GET", path)
            assert (path, line.getresponse().status) == (path, 200)


def assert_slow_senders_hold_nobody_up(whole):
    """More of them than there are threads: somebody else is answered before the proxy has given any of them up."""
    stranger = Browser(whole)
    with ExitStack() as stack:
        slow = [stack.enter_context(closing(HTTPSConnection("localhost", whole.port, context=whole.trusted))) for _ in range(20)]
        for line in slow:
            line.putrequest("POST", "/account/login/")
            line.putheader("Content-Length", "1000000")
            line.endheaders(b"login=")
        assert stranger.ask("/account/login/").status == 200
        assert [line for line in slow if is_answered(line.sock)] == []


def assert_a_job_runs_and_a_mail_goes_once(whole, address, mails):
    """Asked for eight times."""
    stranger = Browser(whole)
    whole.manage("shell", "-v0", "-c", ONE_JOB)
    stranger.ask("/account/password/reset/")
    assert stranger.ask("/account/password/reset/", {"email": address}).status == 302
    wait_until(lambda: Mail.objects.filter(state=Mail.State.SENT).count() == 1)
    wait_until(lambda: JobRun.objects.filter(window="asked for by a test", outcome="done").exists())
    assert stranger.ask("/health/").status == 200
    assert JobRun.objects.filter(window="asked for by a test").count() == 1
    assert len(list(mails.iterdir())) == 1


def test_two_instances_two_workers_and_a_proxy_are_one_product(committed, cast, course, tmp_path):
    enrol(cast.lea, course)
    encoded = PBKDF2PasswordHasher().encode(PASSWORD, "salt", iterations=1000)
    User.objects.filter(pk__in=[cast.lea.pk, cast.ben.pk]).update(password=encoded)
    connection.close()
    with composed(committed, tmp_path) as whole:
        one, other = whole.instances
        lea, ben = Browser(whole), Browser(whole)

        # Signed in on one instance, she answers on the other, and reads it by the proxy.
        assert lea.sign_in(cast.lea.email, PASSWORD, at=one) == 302
        check = f"/learn/tst/{course.reading.translation_key}/{course.screens[1]}/check/"
        sent = {"question": str(course.check.translation_key), "option": "b", "try_number": 1}
        assert (lea.ask(check, sent, at=other).status, lea.ask(check, sent, at=one).status) == (302, 302)
        assert "Lea" in lea.ask("/my/").text
        assert Answer.objects.get().response == ["b"]

        # Wrong passwords are counted together.
        wrong = [ben.sign_in(cast.ben.email, "wrong", at=at) for at in (one, other, one, other, one)]
        assert (wrong, ben.sign_in(cast.ben.email, PASSWORD, at=other)) == ([200] * 5, 200)

        assert_the_proxy_compresses_and_shields(whole)
        assert_slow_senders_hold_nobody_up(whole)
        assert_a_job_runs_and_a_mail_goes_once(whole, cast.lea.email, tmp_path / "mail")

        # One instance is stopped: the product goes on.
        whole.processes["web1"].terminate()
        whole.processes["web1"].wait(timeout=20)
        assert {lea.ask("/my/").status for _ in range(4)} == {200}

    lines = [json.loads(line) for line in (tmp_path / "web2.log").read_text().splitlines() if line.startswith("{")]
    assert "courses:check" in {line.get("route") for line in lines}
    logs = "".join(path.read_text() for path in tmp_path.glob("*.log"))
    assert [word for word in (cast.lea.email, "Lea", PASSWORD, str(cast.lea.uuid)) if word in logs] == []
