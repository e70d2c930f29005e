"""Days of the Organization: a day begins and ends in its own time zone, whatever clock a server or a learner has."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

from lms.months import add_months as add_months
from lms.months import first_start as first_start


def organisation_zone() -> ZoneInfo:
    return ZoneInfo(settings.ORGANISATION_TIME_ZONE)


def day_of(instant: datetime) -> date:
    return instant.astimezone(organisation_zone()).date()


def today() -> date:
    return day_of(timezone.now())


def noon_of(day: date) -> datetime:
    """For what is known to the day only."""
    return datetime.combine(day, time(12), organisation_zone())


def day_after(day: date) -> datetime:
    """The instant at which that day is over."""
    return datetime.combine(day + timedelta(days=1), time.min, organisation_zone())
