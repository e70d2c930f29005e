"""Mails wait for the worker and reach a real mail server: at once, or when it is back."""

import socket
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from functools import partial

import pytest
from aiosmtpd.controller import Controller
from django.core.mail import EmailMultiAlternatives, send_mail
from django.db import transaction
from huey.contrib.djhuey import HUEY

from lms import mailing


class Mailbox:
    """A mail server that keeps what it is given, and first refuses as often as it is told."""

    def __init__(self):
        self.mails, self.refusals = [], 0

    async def handle_DATA(self, server, session, envelope):
        if self.refusals:
            self.refusals -= 1
            return "451 Try again later"
        self.mails.append((envelope.mail_from, envelope.rcpt_tos, message_from_bytes(envelope.content, policy=policy.default)))
        return "250 OK"


@pytest.fixture
def mailbox(db, settings):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    kept = Mailbox()
    server = Controller(kept, hostname="127.0.0.1", port=port)
    server.start()
    settings.EMAIL_BACKEND = "lms.jobs.mailing.QueueBackend"
    settings.EMAIL_DELIVERY_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", port, False
    yield kept
    server.stop()


@pytest.fixture
def committed(django_capture_on_commit_callbacks):
    """What is done inside it has been committed when it ends."""
    return partial(django_capture_on_commit_callbacks, execute=True)


def send(subject: str = "Hello") -> None:
    send_mail(subject, "Good day.", "Learning <learning@osce.test>", ["lea@osce.test"])


def subjects(mailbox) -> list[str]:
    return [mail["Subject"] for _sender, _to, mail in mailbox.mails]


def run_later() -> list[float]:
    """Runs what waits for another try. Returns how many seconds each would have waited, to ten."""
    now = datetime.now(UTC).replace(tzinfo=None)
    tomorrow = now + timedelta(days=1)
    waiting = HUEY.read_schedule(tomorrow)
    for task in waiting:
        HUEY.execute(task, tomorrow)
    return [round((task.eta - now).total_seconds(), -1) for task in waiting]


def test_a_mail_waits_until_what_it_tells_of_has_happened(mailbox, committed):
    with committed():
        send()
        inside = HUEY.pending_count()

    assert (inside, HUEY.pending_count()) == (0, 1)


def test_of_what_was_rolled_back_nobody_hears(mailbox, committed):
    with committed():
        send("Kept")
        with transaction.atomic():
            send("Undone")
            transaction.set_rollback(True)

    assert [task.args[0].subject for task in HUEY.pending()] == ["Kept"]


def test_no_page_waits_for_the_mail_server(mailbox, committed):
    with committed():
        send()

    assert (mailbox.mails, HUEY.pending_count()) == ([], 1)


def test_the_worker_delivers_a_mail_with_text_and_html(mailbox, run_tasks, committed, settings):
    settings.DEFAULT_FROM_EMAIL = "Learning <learning@osce.test>"
    with committed():
        mailing.send(
            "invitation", address="lea@osce.test", language="en", name="Žana Čč", link="https://x.test/", organisation="O"
        )

    assert run_tasks() == 1

    [(sender, to, mail)] = mailbox.mails
    assert (sender, to, mail["From"]) == ("learning@osce.test", ["lea@osce.test"], "Learning <learning@osce.test>")
    assert mail["Subject"] == "Your account for Learning for protection"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    assert mail.get_body(("plain",)).get_content().splitlines()[0] == "Dear Žana Čč,"


def test_each_mail_of_several_is_a_task_of_its_own(mailbox, run_tasks, committed):
    with committed():
        for subject in ("One", "Two", "Three"):
            send(subject)
    mailbox.refusals = 1

    assert (run_tasks(), subjects(mailbox)) == (3, ["Two", "Three"])


def test_a_mail_that_the_server_refuses_is_tried_again_until_it_takes_it(mailbox, run_tasks, committed):
    mailbox.refusals = 2
    with committed():
        send()

    run_tasks()
    waits = [run_later() for _ in range(3)]

    assert (waits, subjects(mailbox)) == ([[120.0], [120.0], []], ["Hello"])


def test_a_mail_that_the_server_never_takes_is_given_up_after_eight_more_tries(mailbox, run_tasks, committed):
    mailbox.refusals = 100
    with committed():
        send()

    run_tasks()
    tries = 1 + sum(len(run_later()) for _ in range(20))

    assert (tries, mailbox.refusals, mailbox.mails) == (9, 91, [])


def test_a_server_that_is_down_is_tried_again_too(mailbox, run_tasks, committed, settings):
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    with committed():
        send()
    run_tasks()
    settings.EMAIL_PORT = port

    assert (run_later(), subjects(mailbox)) == ([120.0], ["Hello"])


def test_attachments_and_headers_arrive(mailbox, run_tasks, committed):
    mail = EmailMultiAlternatives("File", "See below.", "a@osce.test", ["b@osce.test"], headers={"X-Kind": "report"})
    mail.attach("list.csv", "a,b\n", "text/csv")
    with committed():
        mail.send()

    run_tasks()

    [(_sender, _to, arrived)] = mailbox.mails
    assert (arrived["X-Kind"], [part.get_filename() for part in arrived.iter_attachments()]) == ("report", ["list.csv"])


def test_where_no_server_is_named_mails_are_kept_as_files(mailbox, run_tasks, committed, settings, tmp_path):
    settings.EMAIL_DELIVERY_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = tmp_path
    with committed():
        send()

    run_tasks()

    [kept] = tmp_path.iterdir()
    assert ("Subject: Hello\n" in kept.read_text(), mailbox.mails) == (True, [])
