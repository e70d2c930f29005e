"""Mails wait in the outbox and reach a real mail server once: soon, or when it is back."""

import socket
from datetime import timedelta
from email import message_from_bytes, policy
from functools import partial

import pytest
from aiosmtpd.controller import Controller
from django.core.mail import EmailMultiAlternatives, send_mail
from django.db import transaction
from django.utils import timezone
from huey.contrib.djhuey import HUEY

from courses import assigning, reminders, reminding
from lms import mailing
from lms.days import today
from lms.jobs import delivering
from lms.jobs.models import Mail, MailPause
from lms.jobs.schedule import BY_NAME
from tests.factories.asking import make_line, make_offered
from tests.factories.people import make_person, make_structure


class Mailbox:
    """A mail server that keeps what it is given, and first refuses or falls silent as often as it is told."""

    def __init__(self):
        self.mails, self.refusals, self.breaks = [], 0, 0

    async def handle_DATA(self, server, session, envelope):
        if self.breaks:
            self.breaks -= 1
            self.mails.append(
                (envelope.mail_from, envelope.rcpt_tos, message_from_bytes(envelope.content, policy=policy.default))
            )
            server.transport.abort()
            return "250 OK"
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


def send_once(key: str, subject: str = "Hello") -> int:
    """How many were taken into the outbox."""
    headers = {"X-Once": key}
    return EmailMultiAlternatives(subject, "Good day.", "a@osce.test", ["lea@osce.test"], headers=headers).send()


def subjects(mailbox) -> list[str]:
    return [mail["Subject"] for _sender, _to, mail in mailbox.mails]


def sweep(monkeypatch, **later) -> str:
    """The job that goes through the outbox, as it runs some time later."""
    moment = timezone.now() + timedelta(**later)
    with monkeypatch.context() as clock:
        clock.setattr(timezone, "now", lambda: moment)
        return delivering.deliver_due()


def states() -> list[tuple[str, str, int]]:
    return list(Mail.objects.order_by("pk").values_list("subject", "state", "tries"))


def test_a_mail_waits_until_what_it_tells_of_has_happened(mailbox, committed):
    with committed():
        send()
        inside = HUEY.pending_count()

    assert (inside, HUEY.pending_count()) == (0, 1)


def test_threat_14_a_mail_that_waits_for_a_moment_tells_no_other_one(mailbox, run_tasks, committed, monkeypatch):
    """As that about feedback, which goes out when the day is over."""
    begun = str(int(timezone.now().timestamp()))[:6]
    with committed():
        mailing.send("feedback_arrived", address="a@osce.test", language="en", not_before=timezone.now() + timedelta(hours=3))
    run_tasks()

    soon, later = sweep(monkeypatch, hours=2), sweep(monkeypatch, hours=4)

    assert (soon, later) == ("0 of 0 mails", "1 of 1 mails")
    [(_sender, _to, mail)] = mailbox.mails
    assert (begun in mail["Message-ID"], [name for name in mail if name.startswith("X-")]) == (False, [])


def test_of_what_was_rolled_back_nobody_hears(mailbox, committed):
    with committed():
        send("Kept")
        with transaction.atomic():
            send("Undone")
            transaction.set_rollback(True)

    assert (states(), HUEY.pending_count()) == ([("Kept", "waiting", 0)], 1)


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


def test_a_mail_that_the_server_refuses_is_tried_again_later_and_later(mailbox, run_tasks, committed, monkeypatch):
    mailbox.refusals = 2
    with committed():
        send()

    run_tasks()
    tries = [sweep(monkeypatch, minutes=minutes) for minutes in (1, 3, 5, 10)]

    assert tries == ["0 of 0 mails", "0 of 1 mails", "0 of 0 mails", "1 of 1 mails"]
    assert (states(), subjects(mailbox)) == ([("Hello", "sent", 3)], ["Hello"])


def test_a_mail_that_the_server_never_takes_is_given_up_after_nine_tries(mailbox, run_tasks, committed, monkeypatch):
    mailbox.refusals = 100
    with committed():
        send()

    run_tasks()
    for day in range(1, 20):
        sweep(monkeypatch, days=day)

    assert (states(), mailbox.refusals, mailbox.mails) == ([("Hello", "given-up", 9)], 91, [])
    assert Mail.objects.get().error.startswith("SMTPDataError: (451")


def test_a_server_that_is_down_is_tried_again_too(mailbox, run_tasks, committed, settings, monkeypatch):
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    with committed():
        send()
    run_tasks()
    settings.EMAIL_PORT = port

    assert (sweep(monkeypatch, minutes=3), subjects(mailbox)) == ("1 of 1 mails", ["Hello"])


def test_what_it_said_is_kept_no_longer_than_it_takes(mailbox, run_tasks, committed):
    with committed():
        send()
    before = Mail.objects.get().content["body"]

    run_tasks()

    assert (before, Mail.objects.get().content) == ("Good day.", {})


def test_the_same_mail_is_taken_once_whatever_the_caller_does(mailbox, run_tasks, committed):
    with committed():
        taken = [send_once("reminder 7"), send_once("reminder 7", "Hello again"), send_once("reminder 8")]

    run_tasks()

    assert (taken, subjects(mailbox)) == ([1, 0, 1], ["Hello", "Hello"])
    assert [mail["X-Once"] for _sender, _to, mail in mailbox.mails] == [None, None]


def test_a_mail_that_was_nudged_and_swept_goes_out_once(mailbox, run_tasks, committed, monkeypatch):
    with committed():
        send()

    swept = sweep(monkeypatch)
    run_tasks()

    assert (swept, len(mailbox.mails), states()) == ("1 of 1 mails", 1, [("Hello", "sent", 1)])


def test_where_the_line_breaks_after_the_server_had_it_nobody_sends_it_again_unasked(mailbox, run_tasks, committed, monkeypatch):
    mailbox.breaks = 1
    with committed():
        send()

    run_tasks()
    swept = sweep(monkeypatch, days=1)

    assert (swept, states(), len(mailbox.mails)) == ("0 of 0 mails", [("Hello", "uncertain", 1)], 1)


def test_what_a_killed_process_left_in_its_hands_is_not_sent_again_unasked(mailbox, committed, monkeypatch):
    with committed():
        send()
    Mail.objects.update(state=Mail.State.SENDING, next_try_at=timezone.now())

    soon, later = sweep(monkeypatch, minutes=5), sweep(monkeypatch, minutes=11)

    assert (soon, later, mailbox.mails) == ("0 of 0 mails", "0 of 0 mails", [])
    assert list(Mail.objects.values_list("state", "error")) == [("uncertain", "The process that handed it over stopped.")]


def test_somebody_may_decide_that_it_goes_out_again(mailbox, run_tasks, committed, monkeypatch):
    mailbox.breaks = 1
    with committed():
        send()
    run_tasks()
    mail = Mail.objects.get()

    decided = [delivering.send_again(mail) for _click in range(2)]

    assert (decided, sweep(monkeypatch), states()) == ([True, False], "1 of 1 mails", [("Hello", "sent", 1)])
    first, second = (mail["Message-ID"] for _sender, _to, mail in mailbox.mails)
    assert first == second


def test_while_mails_are_paused_they_wait(mailbox, run_tasks, committed, monkeypatch):
    admin = make_person()
    for _click in range(2):
        delivering.pause(admin)
    with committed():
        send()

    run_tasks()
    paused = sweep(monkeypatch, days=2), len(mailbox.mails)
    delivering.resume(admin)

    assert (paused, sweep(monkeypatch), subjects(mailbox)) == (("0 of 1 mails", 0), "1 of 1 mails", ["Hello"])
    assert list(MailPause.objects.values_list("began_by", "ended_by")) == [(admin.pk, admin.pk)]


def test_old_mails_are_forgotten_but_not_what_must_not_be_sent_twice(mailbox, run_tasks, committed, monkeypatch):
    with committed():
        send()
        send_once("reminder 7")
    run_tasks()
    moment = timezone.now() + timedelta(days=91)
    monkeypatch.setattr(timezone, "now", lambda: moment)

    forgotten = delivering.forget_old()
    with committed():
        again = send_once("reminder 7")

    assert (forgotten, again, list(Mail.objects.values_list("key", flat=True))) == (1, 0, ["reminder 7"])


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


def test_a_reminder_goes_out_once_a_person_and_day_whatever_dies(mailbox, run_tasks, committed, monkeypatch):
    """A run dies after the first of two people, the next one goes over everybody, and so does another worker; the line breaks
    when the first mail was taken."""
    make_line(make_offered("FND"), due_days=7)
    for name in ("Lea", "Ben"):
        make_person(name, email=f"{name}@osce.test", structure=make_structure(name), starts_on=today())
    assigning.apply_rules(today())
    first, dues = next(reminders.to_remind(today()))
    seen_by_a_second_worker = list(reminders.to_remind(today()))
    mailbox.breaks = 1

    with committed():
        reminding.remind(first, dues, day=today())
        said = [BY_NAME["remind"].job() for _run in range(2)]
        again = [reminding.remind(person, hers, day=today()) for person, hers in seen_by_a_second_worker]
    run_tasks()
    sweep(monkeypatch, days=1)

    assert (said, again) == (["1 mails", "0 mails"], [False, False])
    assert [to for _sender, to, _mail in mailbox.mails] == [["Lea@osce.test"], ["Ben@osce.test"]]
    assert [fate.state for fate in mailing.fates([f"reminder {first.pk} {today()}"]).values()] == ["perhaps sent"]
    assert subjects(mailbox) == ["Your staff training: dates"] * 2


def test_while_mails_are_paused_no_reminder_is_written_and_afterwards_it_is_made_up_for(mailbox, committed):
    admin = make_person()
    make_line(make_offered("FND"), due_days=7)
    make_person("Lea", structure=make_structure("MIS"), starts_on=today())
    assigning.apply_rules(today())

    delivering.pause(admin)
    paused = [BY_NAME[name].job() for name in ("remind", "tell managers", "tell heads and focal points")]
    delivering.resume(admin)

    assert (paused, BY_NAME["remind"].job()) == (["mails are paused"] * 3, "1 mails")
