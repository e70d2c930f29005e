"""Days of the Organization: a day begins and ends in its own time zone, whatever clock a server or a learner has."""

from calendar import monthrange
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone


def organisation_zone() -> ZoneInfo:
    return ZoneInfo(settings.ORGANISATION_TIME_ZONE)


def day_of(instant: datetime) -> date:
    return instant.astimezone(organisation_zone()).date()


def today() -> date:
    return day_of(timezone.now())


def noon_of(day: date) -> datetime:
    """For what is known to the day only."""
    return datetime.combine(day, time(12), organisation_zone())


def add_months(day: date, months: int) -> date:
    """Calendar months, cut to the month's end: one month after 31 January is 28 or 29 February."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def day_after(day: date) -> datetime:
    """The instant at which that day is over."""
    return datetime.combine(day + timedelta(days=1), time.min, organisation_zone())


def first_start(end: date, months: int) -> date:
    """The earliest day from which so many calendar months last until `end` at least."""
    start = add_months(end, -months)
    while add_months(start, months) < end:
        start += timedelta(days=1)
    return start


def month_ends(day: date, number: int) -> list[date]:
    """The last days of so many months that are over on `day`, oldest first."""
    first = day.replace(day=1)
    return [add_months(first, -back) - timedelta(days=1) for back in reversed(range(number))]
