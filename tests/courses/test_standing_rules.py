"""How somebody stands, from plain facts: the same as SQL says of the rows."""

from datetime import timedelta
from random import Random

from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from courses import assigning
from courses.models import Assignment
from lms.reports.models import Sheet
from lms.reports.sheet_rows import Work
from tests.factories.population import FIRST, SPAN, populate

LAST = FIRST + timedelta(days=SPAN + 200)


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 10**6), st.lists(st.dates(FIRST, LAST), min_size=4, max_size=6))
def test_plain_facts_say_what_sql_says(db, seed, days):
    with transaction.atomic():
        people, _courses = populate(Random(seed), people=25)
        assigning.apply_rules(LAST)

        for day in days:
            _persons, rows = Work(Sheet(day=day), day).rows([person.pk for person in people])

            asked = {(row.person_id, row.course_id): row.state for row in Assignment.objects.with_state(day)}
            found = {(row.person_id, row.course_id): row.state for row in rows if row.strength}
            assert found == asked
        transaction.set_rollback(True)
