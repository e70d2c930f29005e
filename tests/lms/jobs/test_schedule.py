"""Every periodic job: when it is due, that it runs once for its window, and that it does its work."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone
from huey.contrib.djhuey import HUEY

from certificates.models import Certificate
from content.models import StandardPage
from lms.jobs import running, tasks
from lms.jobs.models import JobRun
from lms.jobs.schedule import JOBS
from tests.factories.course import make_home
from tests.factories.learning import complete
from tests.factories.people import make_person, make_structure

NAMES = [job.name for job in JOBS]
NIGHT = datetime(2026, 11, 24, 3, 40, 7, tzinfo=UTC)


def named(name: str):
    return next(job for job in JOBS if job.name == name)


def run(name: str) -> JobRun | None:
    """As the worker runs it when it is due."""
    job = named(name)
    return running.run(name, job.job, window=timezone.now().strftime(job.window))


def test_the_table_is_what_runs():
    assert {
        "draw missing certificates",
        "fold what failed",
        "keep to the retention times",
        "finish undoing",
        "publish scheduled content",
        "invite newcomers",
        "put old feeds aside",
        "clear sessions",
        "seal the record store",
        "forward statements",
        "deliver mails",
        "forget old job runs",
        "forget old mails",
        "work out who is asked what",
        "work out the reports",
        "begin a day in the reports",
        "bring reports up to date",
        "forget old reports",
        "write the files for analysis",
        "count the ends of months",
        "pass on tasks",
        "end stays of guests",
        "remind",
        "tell managers",
        "tell heads and focal points",
        "send lists",
        "make files of lists",
        "put old files of lists aside",
    } == set(NAMES)
    assert len(NAMES) == len(set(NAMES))


DUE = {
    "draw missing certificates": 288,
    "fold what failed": 288,
    "finish undoing": 288,
    "publish scheduled content": 288,
    "invite newcomers": 24,
    "put old feeds aside": 1,
    "clear sessions": 1,
    "seal the record store": 1,
    "forward statements": 1440,
    "deliver mails": 1440,
    "forget old job runs": 1,
    "forget old mails": 1,
    "work out who is asked what": 1,
    "work out the reports": 1,
    "begin a day in the reports": 24,
    "bring reports up to date": 1440,
    "forget old reports": 1,
    "keep to the retention times": 1,
    "write the files for analysis": 1,
    "count the ends of months": 1,
    "pass on tasks": 24,
    "end stays of guests": 24,
    "remind": 1,
    "send lists": 1,
    "make files of lists": 288,
    "put old files of lists aside": 1,
    "tell managers": 0,  # on Mondays
    "tell heads and focal points": 0,  # on the first of a month
}


@pytest.mark.parametrize("name", NAMES)
def test_a_job_is_due_as_often_as_it_has_windows_in_a_day(name):
    job = named(name)
    minutes = [datetime(2026, 11, 24) + timedelta(minutes=number) for number in range(24 * 60)]

    due = [minute for minute in minutes if job.when(minute)]

    assert (len(due), len({minute.strftime(job.window) for minute in due})) == (DUE[name], DUE[name])


@pytest.mark.parametrize("name", NAMES)
def test_a_job_runs_once_for_its_window_and_a_second_scheduler_is_refused(db, name):
    first, second = run(name), run(name)

    assert (first.outcome, second) == ("done", None)
    assert list(JobRun.objects.values_list("name", "outcome")) == [(name, "done")]


def test_the_worker_asks_each_minute_what_is_due():
    assert {task.name for task in HUEY._registry.periodic_tasks} == {"beat"}


def beat_at(monkeypatch, moment: datetime) -> None:
    monkeypatch.setattr(timezone, "now", lambda: moment)
    tasks.beat.call_local()


def test_two_schedulers_hand_over_what_is_due_and_each_job_runs_once(db, run_tasks, monkeypatch):
    for _scheduler in range(2):
        beat_at(monkeypatch, NIGHT)

    assert run_tasks() == 2 * len(NAMES)
    runs = JobRun.objects.exclude(window="").order_by("name")
    assert list(runs.values_list("name", "outcome")) == [(name, "done") for name in sorted(NAMES)]


def test_what_has_run_is_not_handed_over_again_before_it_is_due_again(db, run_tasks, monkeypatch):
    beat_at(monkeypatch, NIGHT)
    run_tasks()
    beat_at(monkeypatch, NIGHT + timedelta(seconds=50))
    at_once = run_tasks()
    beat_at(monkeypatch, NIGHT + timedelta(minutes=1))

    assert (at_once, run_tasks()) == (0, 3)  # forwarding, mails and reports, each minute


def test_what_was_missed_while_no_worker_ran_is_made_up_for_once(db, run_tasks, monkeypatch):
    beat_at(monkeypatch, NIGHT)
    run_tasks()

    beat_at(monkeypatch, NIGHT + timedelta(days=3, hours=5))
    run_tasks()

    windows = JobRun.objects.filter(name="seal the record store").order_by("window").values_list("window", flat=True)
    assert list(windows) == ["2026-11-24", "2026-11-27"]


@pytest.mark.parametrize("name", NAMES)
def test_the_next_run_is_the_first_minute_at_which_it_is_due(name):
    job = named(name)

    last, following = job.last_due(NIGHT), job.next_due(NIGHT)

    minutes = [last + timedelta(minutes=number) for number in range((following - last) // timedelta(minutes=1) + 1)]
    assert [minute for minute in minutes if job.when(minute)] == [last, following]
    assert last <= NIGHT < following


def test_the_worker_beats_when_it_starts_and_each_minute(db):
    tasks.first_beat()
    first = running.last_beat()
    tasks.beat.call_local()

    assert first < running.last_beat()


def test_content_with_a_date_goes_live_and_expires_on_its_own(db, monkeypatch):
    home = make_home()
    now = timezone.now()
    page = StandardPage(title="Notice", slug="notice", live=False)
    page.go_live_at, page.expire_at = now + timedelta(hours=1), now + timedelta(hours=3)
    home.add_child(instance=page)
    page.save_revision().publish()
    states = []

    for hours in (0, 1, 3):
        moment = now + timedelta(hours=hours, minutes=1)
        monkeypatch.setattr(timezone, "now", lambda moment=moment: moment)
        states.append((run("publish scheduled content").outcome, type(page).objects.get(pk=page.pk).live))

    assert states == [("done", False), ("done", True), ("done", False)]


def test_newcomers_are_invited(db, mailoutbox):
    newcomer = make_person(structure=make_structure("MIS"))
    newcomer.set_unusable_password()
    newcomer.save()

    assert (run("invite newcomers").detail, [mail.to for mail in mailoutbox]) == ("1", [[newcomer.email]])


def test_sessions_that_are_over_are_cleared(db):
    now = timezone.now()
    for key, hours in (("over", -1), ("open", 1)):
        Session.objects.create(session_key=key, session_data="", expire_date=now + timedelta(hours=hours))

    run("clear sessions")

    assert list(Session.objects.values_list("session_key", flat=True)) == ["open"]


def test_certificates_that_a_crash_left_undrawn_are_drawn(cast, course):
    complete(cast.lea, course)
    Certificate.objects.update(issued_at=timezone.now() - timedelta(minutes=5))

    assert (run("draw missing certificates").detail, Certificate.objects.filter(drawn_at=None).count()) == ("1", 0)
