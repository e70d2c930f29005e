"""How many mails are written in the next days, as far as it is known by now."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from courses import reminders
from lms.days import day_of
from lms.jobs.schedule import BY_NAME
from lms.people import access
from lms.reports import summaries

DAYS = 7


@dataclass(frozen=True)
class Preview:
    """The mails of one day, by kind. None: that kind is not written on that day."""

    day: date
    reminders: int
    teams: int | None
    structures: int | None


def previews(now: datetime) -> list[Preview]:
    """From the next run on, a week. `now` in UTC."""
    first, teams_on, structures_on = (
        day_of(BY_NAME[name].next_due(now)) for name in ("remind", "tell managers", "tell heads and focal points")
    )
    days = [first + timedelta(days=number) for number in range(DAYS)]
    counts: Counter[date] = Counter()
    managers: set[int] = set()
    for open_dues in reminders.foreseen(days[-1]):
        counts += reminders.to_come(open_dues, days)
        managers |= summaries.managers_to_come(open_dues, teams_on)
    return [
        Preview(
            day,
            counts[day],
            len(managers) if day == teams_on else None,
            access.keepers_of_structures().count() if day == structures_on else None,
        )
        for day in days
    ]
