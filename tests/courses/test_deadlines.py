"""When it is time to be reminded, day by day."""

from datetime import date, timedelta

import pytest

from courses.deadlines import due_day, is_time

DUE = date(2026, 6, 30)


def day(number: int) -> date:
    """So many days before or after the due day."""
    return DUE + timedelta(days=number)


def reminders(first: int, last: int, *, missed=(), told: int | None = None) -> list[int]:
    """The days of a stretch on which somebody is reminded of one mandatory course, who was `told` before on that day."""
    heard, found = None if told is None else day(told), []
    for number in range(first, last + 1):
        if number not in missed and is_time(DUE, day(number), last=heard, is_overdue=number > 0):
            heard = day(number)
            found.append(number)
    return found


@pytest.mark.parametrize(
    ("stretch", "days"),
    [
        ({"first": -70, "last": 22}, [-60, -30, -7, 0, 7, 14, 21]),
        # asked late: she hears at once, and then on the usual days
        ({"first": -45, "last": 0}, [-45, -30, -7, 0]),
        ({"first": 3, "last": 18}, [3, 10, 17]),
        # days on which nothing ran are made up for on the next one, once
        ({"first": -60, "last": 0, "missed": {-30}}, [-60, -29, -7, 0]),
        ({"first": -60, "last": 0, "missed": {*range(-31, 0)}}, [-60, 0]),
        ({"first": -7, "last": 15, "missed": {0, 1}}, [-7, 2, 9]),
        ({"first": -7, "last": 16, "missed": {7}}, [-7, 0, 8, 15]),
        # a mail about another course named this one as well
        ({"first": -6, "last": 8, "told": -7}, [0, 7]),
        ({"first": 1, "last": 16, "told": 0}, [7, 14]),
        ({"first": 7, "last": 16, "told": 4}, [11]),
    ],
)
def test_sixty_thirty_and_seven_days_before_on_the_day_and_once_a_week_after(stretch, days):
    assert reminders(**stretch) == days


def test_of_what_is_past_and_not_overdue_nobody_hears():
    assert [is_time(DUE, day(number), last=None, is_overdue=False) for number in (0, 1, 7, 700)] == [True, False, False, False]


@pytest.mark.parametrize(
    ("also", "number"),
    [
        ({}, 0),
        ({"end": day(-100)}, 0),
        ({"end": day(100)}, 100),
        ({"returned_on": day(-29)}, 0),
        ({"returned_on": day(-10), "end": day(5)}, 19),
    ],
)
def test_the_due_day_is_the_last_of_those_that_hold(also, number):
    assert due_day(DUE, **also) == day(number)
