"""Sittings of the past: what follows from them is what would have followed then."""

from datetime import datetime, timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext

from certificates.models import Certificate
from courses import tracking
from courses.models import Completion, Enrolment
from courses.replaying import Sitting, replay
from lms.days import add_months, day_of, organisation_zone, today
from lms.xapi.models import Statement
from tests.factories.learning import complete

THEN = datetime(2024, 3, 5, 10, tzinfo=organisation_zone())
SAME = ("course", "edition", "language", "source", "withdrawn_at", "renews_from")


def test_a_course_of_the_past_is_completed_as_of_then(cast, course):
    live = complete(cast.lea, course).completions.get()
    begun = [Sitting(cast.ben.pk, THEN, 0.4), Sitting(cast.ben.pk, THEN + timedelta(days=3), 1.0)]

    stored = [replay(course.course, begun, language="en") for _time in range(2)]

    completion = Completion.objects.get(person=cast.ben)
    assert stored == [3, 0]
    assert [getattr(completion, name) for name in SAME] == [getattr(live, name) for name in SAME]
    assert (completion.completed_at, completion.completed_on) == (
        THEN + timedelta(days=3, minutes=9),
        day_of(THEN) + timedelta(days=3),
    )
    assert completion.valid_until == add_months(completion.completed_on, 24)
    enrolment = completion.enrolment
    assert (enrolment.enrolled_at, enrolment.closed_at, enrolment.closed_because) == (THEN, completion.completed_at, "completed")
    assert Certificate.objects.get(person=cast.ben).valid_until == completion.valid_until
    told = Statement.objects.filter(registration=enrolment.registration).order_by("timestamp", "seq")
    assert [row.timestamp for row in told][::4] == [THEN, completion.completed_at]
    assert tracking.check(enrolment).differences == []


def test_who_renews_in_time_begins_a_second_cycle_that_counts_from_the_old_end(cast, course):
    ends_on = add_months(day_of(THEN), 24)
    again = datetime.combine(ends_on - timedelta(days=20), THEN.timetz())
    too_soon = again - timedelta(days=100)

    replay(course.course, [Sitting(cast.ben.pk, at, 1.0) for at in (THEN, too_soon, again)], language="en")

    assert [enrolment.cycle for enrolment in Enrolment.objects.filter(person=cast.ben).order_by("cycle")] == [1, 2]
    renewed = Completion.objects.get(person=cast.ben, renews_from=ends_on)
    assert renewed.valid_until == add_months(ends_on, 24)


def test_a_day_costs_few_queries_more_for_more_people(cast, course):
    counts = []
    for people in ([cast.lea], [cast.ben, cast.nora, cast.hr]):
        with CaptureQueriesContext(
            connection,
        ) as captured:
            replay(course.course, [Sitting(person.pk, THEN, 1.0) for person in people], language="en")
        counts.append(len(captured))

    # Each more: whether a client spoke of her before, and what she renews.
    assert counts[1] - counts[0] == 2 * 2
    assert today() > day_of(THEN)
