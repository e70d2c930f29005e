from datetime import UTC, date, datetime

import pytest
from django.utils import timezone

from lms import days


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        (datetime(2026, 1, 31, 22, 59, tzinfo=UTC), date(2026, 1, 31)),
        (datetime(2026, 1, 31, 23, 0, tzinfo=UTC), date(2026, 2, 1)),
        (datetime(2026, 7, 31, 21, 59, tzinfo=UTC), date(2026, 7, 31)),
        (datetime(2026, 7, 31, 22, 0, tzinfo=UTC), date(2026, 8, 1)),
    ],
)
def test_a_day_ends_at_midnight_of_the_organization_in_winter_and_summer(instant, day):
    assert days.day_of(instant) == day


def test_another_organization_has_other_days(settings):
    settings.ORGANISATION_TIME_ZONE = "America/New_York"

    assert days.day_of(datetime(2026, 2, 1, 4, 0, tzinfo=UTC)) == date(2026, 1, 31)


def test_today_is_the_day_of_this_moment_there_not_here(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 12, 31, 23, 30, tzinfo=UTC))

    assert days.today() == date(2027, 1, 1)


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(2024, 2, 29), 24, date(2026, 2, 28)),
        (date(2026, 11, 30), 0, date(2026, 11, 30)),
        (date(2026, 5, 31), 25, date(2028, 6, 30)),
    ],
)
def test_months_are_calendar_months_cut_to_the_months_end(day, months, expected):
    assert days.add_months(day, months) == expected
