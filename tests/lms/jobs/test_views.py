"""The pages of those who keep the platform running."""

from datetime import UTC, date, datetime

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from courses import assigning
from lms.jobs import running
from lms.jobs.models import JobRun, Mail, MailPause
from lms.people.models import AccessEntry
from tests.factories.asking import make_line, make_offered


def make_mail(**values) -> Mail:
    now = timezone.now()
    values = {"address": "lea@osce.test", "subject": "Your course", "content": {"body": "secret link"}} | values
    return Mail.objects.create(created_at=now, next_try_at=now, **values)


def test_the_page_of_jobs_says_when_each_ran_how_it_ended_and_when_it_runs_next(cast, signed_in):
    running.run("seal the record store", lambda: "3 days", window="one")
    running.run("forward statements", lambda: 1 / 0, window="one")

    page = signed_in(cast.admin).get("/jobs/").content.decode()

    for words in ("seal the record store", 'done: <span lang="en">3 days', "ZeroDivisionError", "has not run yet"):
        assert words in page


def test_the_page_of_jobs_asks_as_often_however_many_runs_there_are(cast, signed_in, django_assert_num_queries):
    client = signed_in(cast.admin)
    client.get("/jobs/")
    for number in range(30):
        running.run("forward statements", lambda: None, window=str(number))

    with django_assert_num_queries(6):
        client.get("/jobs/")


def test_a_job_is_run_out_of_turn_by_the_worker_and_that_is_logged(cast, signed_in, run_tasks):
    response = signed_in(cast.admin).post("/jobs/run/", {"job": "forget old job runs"})

    assert (response.status_code, run_tasks()) == (302, 1)
    assert list(JobRun.objects.values_list("name", "outcome")) == [("forget old job runs", "done")]
    assert AccessEntry.objects.filter(what="job: run out of turn", selection={"job": "forget old job runs"}).exists()


def test_a_job_that_there_is_none_of_is_not_run(cast, signed_in, run_tasks):
    assert (signed_in(cast.admin).post("/jobs/run/", {"job": "rm"}).status_code, run_tasks()) == (404, 0)


def test_the_auditor_reads_and_changes_nothing(cast, signed_in, run_tasks):
    mail = make_mail(state=Mail.State.GIVEN_UP)
    client = signed_in(cast.auditor)
    paths = ("/jobs/run/", "/jobs/mails/pause/", "/jobs/mails/resume/", f"/jobs/mails/{mail.pk}/again/")

    pages = [client.get(path) for path in ("/jobs/", "/jobs/mails/")]

    assert [(page.status_code, b"Run now" in page.content or b"Send again" in page.content) for page in pages] == [
        (200, False),
        (200, False),
    ]
    assert [client.post(path, {"job": "clear sessions"}).status_code for path in paths] == [403] * 4
    assert (run_tasks(), MailPause.objects.count(), Mail.objects.get().state) == (0, 0, "given-up")


def test_the_page_of_mails_shows_what_goes_out_next_and_never_what_it_says(cast, signed_in):
    make_mail(subject="Waiting one")
    make_mail(subject="Lost one", state=Mail.State.UNCERTAIN, error="SMTPServerDisconnected: gone")

    page = signed_in(cast.admin).get("/jobs/mails/").content.decode()

    assert [words in page for words in ("Waiting one", "Lost one", "SMTPServerDisconnected", "secret link")] == [
        True,
        True,
        True,
        False,
    ]


def test_mails_are_paused_and_let_go_again(cast, signed_in):
    client = signed_in(cast.admin)

    client.post("/jobs/mails/pause/")
    paused = client.get("/jobs/mails/").content.decode()
    client.post("/jobs/mails/resume/")

    assert ("no mail goes out" in paused, "Let mails go again" in paused) == (True, True)
    assert list(MailPause.objects.values_list("began_by", "ended_by")) == [(cast.admin.pk, cast.admin.pk)]


def test_a_mail_that_was_given_up_is_sent_again(cast, signed_in):
    mail = make_mail(state=Mail.State.GIVEN_UP, tries=9)
    client = signed_in(cast.admin)

    for _click in range(2):
        client.post(f"/jobs/mails/{mail.pk}/again/")

    mail.refresh_from_db()
    assert (mail.state, mail.tries) == ("waiting", 0)
    assert AccessEntry.objects.filter(what="mail: sent again").count() == 1


def test_a_job_is_run_from_the_command_line(db, capsys):
    call_command("run_job", "forget old job runs")

    assert capsys.readouterr().out == "forget old job runs: 0\n"
    assert JobRun.objects.get().outcome == "done"


def test_the_command_names_the_jobs_when_it_does_not_know_one(db):
    with pytest.raises(CommandError, match="There is no job 'seal'. There are: begin a day in the reports, bring"):
        call_command("run_job", "seal")


def test_the_page_of_mails_foretells_how_many_of_each_kind_are_written(cast, signed_in, monkeypatch):
    """On Thursday, 26 November: Lea is overdue since Wednesday, of which her manager hears on Monday; heads on the first."""
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 11, 26, 12, tzinfo=UTC))
    make_line(make_offered("FND"), due_days=30, structure=cast.mission, roles=[], function_groups=["police"])
    cast.lea.postings.update(function_group="police", entered_on=date(2026, 10, 26))
    assigning.apply_rules(date(2026, 11, 26))

    page = signed_in(cast.admin).get("/jobs/mails/next/").context["previews"]

    assert [(str(row.day), row.reminders, row.teams, row.structures) for row in page] == [
        ("2026-11-27", 1, None, None),
        ("2026-11-28", 0, None, None),
        ("2026-11-29", 0, None, None),
        ("2026-11-30", 0, 1, None),
        ("2026-12-01", 0, None, 3),
        ("2026-12-02", 0, None, None),
        ("2026-12-03", 0, None, None),
    ]
