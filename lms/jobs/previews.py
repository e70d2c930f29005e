"""How many mails are written in the next days, as far as it is known by now."""

from dataclasses import dataclass
from datetime import date, datetime

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
    days = reminders.next_days(first, DAYS)
    counts = reminders.to_come(days)
    return [
        Preview(
            day,
            counts[day],
            summaries.teams_to_come(day) if day == teams_on else None,
            access.keepers_of_structures().count() if day == structures_on else None,
        )
        for day in days
    ]
