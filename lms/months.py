"""Calendar months: how long what is valid for so many of them lasts."""

from calendar import monthrange
from datetime import date, timedelta


def add_months(day: date, months: int) -> date:
    """Calendar months, cut to the month's end: one month after 31 January is 28 or 29 February."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


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
