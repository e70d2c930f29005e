"""Each state by hand, for one person and one course, on the days around which it changes."""

from datetime import date, timedelta

import pytest

from courses import assigning
from courses.models import Assignment, Enrolment, LanguageVersion
from lms.days import first_start
from tests.factories.asking import make_completion, make_exemption, make_line, make_offered, make_planned, noon
from tests.factories.people import make_person, make_structure

JOINED = date(2026, 1, 10)
DUE = date(2026, 2, 9)  # 30 days later
DAY = timedelta(days=1)


@pytest.fixture
def mission(db):
    return make_structure("MIS")


@pytest.fixture
def lea(mission):
    return make_person("Lea", structure=mission, starts_on=JOINED)


def state_on(person, day: date) -> str:
    assigning.apply_rules(day)
    return Assignment.objects.with_state(day).get(person=person).state


def states_on(person, *days: date) -> list[str]:
    return [state_on(person, day) for day in days]


def test_the_due_day_is_the_last_that_is_not_overdue(lea):
    make_line(make_offered("FND"))

    assert states_on(lea, JOINED, DUE, DUE + DAY) == ["not-started", "not-started", "overdue"]


def test_what_is_recommended_is_never_overdue(lea):
    make_line(make_offered("FND"), strength="recommended")

    assert state_on(lea, DUE + DAY) == "not-started"


def test_who_has_begun_is_in_progress_until_the_due_day(lea):
    course = make_offered("FND")
    make_line(course)
    Enrolment.objects.create(
        person=lea, course=course, edition=course.editions.get(), language="en", enrolled_at=noon(date(2026, 1, 20))
    )

    assert states_on(lea, date(2026, 1, 19), date(2026, 1, 20), DUE, DUE + DAY) == [
        "not-started",
        "in-progress",
        "in-progress",
        "overdue",
    ]


def test_done_expiring_and_overdue_again(lea):
    """Valid until 20 January 2028, renewable in the sixty days before."""
    course = make_offered("FND")
    make_line(course)
    make_completion(lea, course, date(2026, 1, 20), valid_until=date(2028, 1, 20))

    days = [date(2026, 1, 20), date(2027, 11, 20), date(2027, 11, 21), date(2028, 1, 20), date(2028, 1, 21)]
    assert states_on(lea, *days) == ["done", "done", "expiring", "expiring", "overdue"]


def test_what_was_recommended_and_has_ended_is_expired(lea):
    course = make_offered("FND")
    make_line(course, strength="recommended")
    make_completion(lea, course, date(2026, 1, 20), valid_until=date(2027, 1, 20))

    assert state_on(lea, date(2027, 1, 21)) == "expired"


def test_the_rule_may_ask_again_sooner_than_the_certificate_ends(lea):
    """Twelve months from 31 January 2026, renewable in the thirty days before 31 January 2027."""
    course = make_offered("FND")
    make_line(course, valid_months=12, renewal_days=30)
    make_completion(lea, course, date(2026, 1, 31), valid_until=date(2028, 1, 31))

    days = [date(2026, 12, 31), date(2027, 1, 1), date(2027, 1, 31), date(2027, 2, 1)]
    assert states_on(lea, *days) == ["done", "expiring", "expiring", "overdue"]


def test_a_renewal_inside_the_window_counts_from_the_old_end(lea):
    """Done on 5 January 2027, but valid for twelve months from 31 January 2027."""
    course = make_offered("FND")
    make_line(course, valid_months=12, renewal_days=30)
    make_completion(lea, course, date(2027, 1, 5), renews_from=date(2027, 1, 31))

    assert states_on(lea, date(2028, 1, 31), date(2028, 2, 1)) == ["expiring", "overdue"]


def test_a_refresher_counts_once_the_course_was_completed(lea):
    course, refresher = make_offered("FND"), make_offered("FND-R")
    make_line(course, refresher=refresher)
    make_completion(lea, refresher, date(2026, 1, 20))
    before = state_on(lea, DUE + DAY)
    make_completion(lea, course, date(2026, 1, 15), valid_until=date(2026, 1, 31))

    assert (before, state_on(lea, DUE + DAY)) == ("overdue", "done")


def test_a_completion_that_was_withdrawn_counts_for_nothing(lea):
    course = make_offered("FND")
    make_line(course)
    make_completion(
        lea, course, date(2026, 1, 20), withdrawn_at=noon(DUE), withdrawn_by=make_person("Hedi"), withdrawn_reason="Not hers."
    )

    assert state_on(lea, DUE + DAY) == "overdue"


def test_an_exemption_stops_the_clock_and_coming_back_gives_thirty_days(lea):
    course = make_offered("FND")
    make_line(course)
    make_exemption(
        lea, course, by=make_person("Hedi"), agreed=make_person("Hans"), starts_on=date(2026, 2, 1), ends_on=date(2026, 6, 1)
    )

    days = [date(2026, 1, 31), date(2026, 2, 1), date(2026, 5, 31), date(2026, 6, 1), date(2026, 6, 30), date(2026, 7, 1)]
    assert states_on(lea, *days) == ["not-started", "exempt", "exempt", "not-started", "not-started", "overdue"]


def test_an_exemption_that_nobody_agreed_to_excuses_nobody(lea):
    course = make_offered("FND")
    make_line(course)
    make_exemption(lea, course, by=make_person("Hedi"), agreed=None, starts_on=date(2026, 2, 1))

    assert state_on(lea, DUE + DAY) == "overdue"


def test_who_has_no_version_in_her_language_waits_and_is_not_overdue(mission):
    lev = make_person("Lev", structure=mission, starts_on=JOINED, language="ru")
    course = make_offered("FND")
    make_line(course)
    before = states_on(lev, JOINED, DUE + DAY)
    LanguageVersion.objects.create(edition=course.editions.get(), language="ru", reviewed_on=DUE)

    assert (before, states_on(lev, DUE - DAY, DUE + DAY)) == (["waiting", "waiting"], ["waiting", "overdue"])


def test_nobody_is_overdue_in_a_course_that_is_still_to_be_written(lea):
    make_line(make_planned("IDR"))

    assert state_on(lea, DUE + DAY) == "waiting"


def test_exempt_comes_before_done(lea):
    course = make_offered("FND")
    make_line(course)
    make_completion(lea, course, date(2026, 1, 20))
    make_exemption(lea, course, by=make_person("Hedi"), agreed=make_person("Hans"), starts_on=date(2026, 2, 1))

    assert state_on(lea, DUE) == "exempt"


def test_rows_of_another_time_are_left_out(lea):
    make_line(make_offered("FND"), ends_on=date(2026, 3, 1))
    assigning.apply_rules(date(2026, 4, 1))

    found = [Assignment.objects.with_state(day).count() for day in (JOINED - DAY, JOINED, date(2026, 2, 28), date(2026, 3, 1))]

    assert found == [0, 1, 1, 0]


def test_states_cost_one_query_whoever_is_asked(mission, lea, django_assert_num_queries):
    for code in ("FND", "IDR"):
        make_line(make_offered(code))
    make_person(structure=mission, starts_on=JOINED)
    assigning.apply_rules(DUE)

    with django_assert_num_queries(1):
        assert [row.state for row in Assignment.objects.with_state(DUE)] == ["not-started"] * 4


@pytest.mark.parametrize(
    ("end", "months", "start"),
    [
        (date(2027, 1, 31), 12, date(2026, 1, 31)),
        (date(2026, 3, 31), 1, date(2026, 3, 1)),  # a month after 28 February ends on 28 March
        (date(2026, 2, 28), 1, date(2026, 1, 28)),
        (date(2028, 2, 29), 24, date(2026, 3, 1)),
    ],
)
def test_from_when_so_many_months_reach_a_day(end, months, start):
    assert first_start(end, months) == start
