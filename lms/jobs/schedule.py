"""Every periodic job: what, when, and under which window it is claimed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.core.management import call_command
from huey import crontab

from certificates import rendering
from courses import assigning, folding, handing, reminding, undoing
from lms.days import today
from lms.jobs import delivering, running
from lms.people import closing, feeding, hosting, inviting
from lms.reports import depositing, passing, producing, sheeting, summarising, trending
from lms.xapi import forwarding, sealing

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Job:
    """`when` asks in UTC, and is true at least once a month."""

    name: str
    when: Callable[[datetime], bool]  # huey's crontab
    window: str  # strftime of the window that one run stands for
    job: Callable[[], object]

    def last_due(self, now: datetime) -> datetime:
        """The latest minute up to now at which it was due."""
        return self._due(now.replace(second=0, microsecond=0), -MINUTE)

    def next_due(self, now: datetime) -> datetime:
        """The first minute after now at which it will be due."""
        return self._due(now.replace(second=0, microsecond=0) + MINUTE, MINUTE)

    def window_at(self, now: datetime) -> str:
        """The window that a run stands for which is due by now, whether it was missed or not."""
        return self.last_due(now).strftime(self.window)

    def _due(self, minute: datetime, step: timedelta) -> datetime:
        while not self.when(minute):
            minute += step
        return minute


def publish_scheduled() -> None:
    call_command("publish_scheduled", verbosity=0)


def seal_store() -> str:
    return f"{sealing.seal_complete_days()} days"


def forward_statements() -> str:
    return "paused since a restore" if delivering.is_restored() else f"{forwarding.forward_all()} statements"


def keep_to_retention() -> None:
    call_command("retention", verbosity=0)


def apply_rules() -> str:
    return f"{assigning.apply_rules(today())} assignments changed"


def follow_sheet() -> str:
    return f"{sheeting.follow(today())} people"


def follow_day() -> str:
    return f"{sheeting.follow_day()} people"


def bring_up_to_date() -> str:
    return f"{sheeting.follow_changes()} people, {sheeting.work_out_waiting()} sheets"


def forget_sheets() -> str:
    return f"{sheeting.forget_old()} sheets"


def deposit_star() -> str:
    return f"{depositing.deposit()} rows"


def count_months() -> str:
    return f"{trending.follow_months(today())} months"


def pass_on_tasks() -> str:
    return f"{handing.pass_on(today())} tasks, {passing.pass_on(today())} lists"


def end_guests() -> str:
    return f"{hosting.end_over(today())} stays"


def send_lists() -> str:
    return _unless_paused(passing.send_due)


def remind() -> str:
    return _unless_paused(reminding.remind_all)


def tell_managers() -> str:
    return _unless_paused(summarising.tell_managers)


def tell_structures() -> str:
    return _unless_paused(summarising.tell_structures)


def _unless_paused(tell: Callable[[date], int]) -> str:
    """While mails are held back none is written either: it would be out of date, or its reader out of office, when it goes."""
    return "mails are paused" if delivering.is_paused() else f"{tell(today())} mails"


def clear_sessions() -> None:
    call_command("clearsessions")
    closing.forget_ended()


JOBS = [
    Job("draw missing certificates", crontab(minute="*/5"), "%Y-%m-%dT%H:%M", rendering.draw_missing),
    Job("fold what failed", crontab(minute="*/5"), "%Y-%m-%dT%H:%M", folding.retry_faults),
    Job("finish undoing", crontab(minute="*/5"), "%Y-%m-%dT%H:%M", undoing.finish_requests),
    Job("publish scheduled content", crontab(minute="*/5"), "%Y-%m-%dT%H:%M", publish_scheduled),
    Job("invite newcomers", crontab(minute="10"), "%Y-%m-%dT%H", inviting.invite_newcomers),
    Job("deliver mails", crontab(minute="*"), "%Y-%m-%dT%H:%M", delivering.deliver_due),
    Job("put old feeds aside", crontab(minute="30", hour="3"), "%Y-%m-%d", feeding.forget_old),
    Job("work out who is asked what", crontab(minute="30", hour="2"), "%Y-%m-%d", apply_rules),
    Job("work out the reports", crontab(minute="50", hour="2"), "%Y-%m-%d", follow_sheet),
    # Every hour, since a day begins in the zone of the Organization, not in UTC.
    Job("begin a day in the reports", crontab(minute="1"), "%Y-%m-%dT%H", follow_day),
    Job("bring reports up to date", crontab(minute="*"), "%Y-%m-%dT%H:%M", bring_up_to_date),
    Job("forget old reports", crontab(minute="40", hour="3"), "%Y-%m-%d", forget_sheets),
    Job("write the files for analysis", crontab(minute="40", hour="3"), "%Y-%m-%d", deposit_star),
    Job("count the ends of months", crontab(minute="45", hour="3"), "%Y-%m-%d", count_months),
    # Every hour, since a role ends with a day of the Organization, not with one of UTC.
    Job("pass on tasks", crontab(minute="5"), "%Y-%m-%dT%H", pass_on_tasks),
    Job("end stays of guests", crontab(minute="2"), "%Y-%m-%dT%H", end_guests),
    Job("remind", crontab(minute="0", hour="5"), "%Y-%m-%d", remind),
    Job("tell managers", crontab(minute="10", hour="5", day_of_week="1"), "%G-W%V", tell_managers),
    Job("tell heads and focal points", crontab(minute="20", hour="5", day="1"), "%Y-%m", tell_structures),
    Job("send lists", crontab(minute="30", hour="5"), "%Y-%m-%d", send_lists),
    Job("make files of lists", crontab(minute="*/5"), "%Y-%m-%dT%H:%M", producing.produce_waiting),
    Job("put old files of lists aside", crontab(minute="40", hour="3"), "%Y-%m-%d", producing.forget_old),
    Job("clear sessions", crontab(minute="20", hour="3"), "%Y-%m-%d", clear_sessions),
    Job("seal the record store", crontab(minute="15", hour="3"), "%Y-%m-%d", seal_store),
    Job("keep to the retention times", crontab(minute="50", hour="3"), "%Y-%m-%d", keep_to_retention),
    Job("forward statements", crontab(minute="*"), "%Y-%m-%dT%H:%M", forward_statements),
    Job("forget old job runs", crontab(minute="25", hour="3"), "%Y-%m-%d", running.forget_old),
    Job("forget old mails", crontab(minute="30", hour="3"), "%Y-%m-%d", delivering.forget_old),
]
BY_NAME = {job.name: job for job in JOBS}
