"""How PostgreSQL goes about what is asked most, in a store of some size: by an index, and no further than the page needs.

`tests/postgres.sh .venv/bin/python -m pytest -s tests/lms/xapi/test_plans.py` prints the plans.
"""

import itertools
import json
import re
import sys
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lms.xapi import identifiers, inserting, queries
from lms.xapi.models import Statement
from lms.xapi.queries import Filter
from tests.benchmarks import statements, store
from tests.databases import database, working_in

pytestmark = pytest.mark.postgres

SIZE = 20_000
MOST_ROWS = 500  # that a part of a plan gives for a page of 100
BY_NUMBER, BY_ID, BY_LINK = "xapi_statement_pkey", "xapi_statement_id_key", "xapi_statementlink_pkey"
# What is asked, given the newest statement and the moment of one in the middle; the indexes that lead there.
PAGES = {
    "newest": (lambda newest, middle: Filter(), {BY_NUMBER}),
    "agent": (lambda newest, middle: Filter(agent=agent_of(newest)), {BY_LINK, BY_NUMBER}),
    "agent, verb, since": (
        lambda newest, middle: Filter(agent=agent_of(newest), verb=newest["verb"]["id"], since=middle, ascending=True),
        {BY_LINK, BY_NUMBER},
    ),
    "registration": (
        lambda newest, middle: Filter(registration=UUID(newest["context"]["registration"])),
        {BY_LINK, BY_NUMBER},
    ),
    "verb": (lambda newest, middle: Filter(verb=statements.VERBS[0]), {BY_LINK, BY_NUMBER}),
    "activity with related": (
        lambda newest, middle: Filter(
            activity=newest["context"]["contextActivities"]["grouping"][0]["id"], related_activities=True
        ),
        {BY_LINK, BY_NUMBER},
    ),
}


@pytest.fixture(scope="module")
def filled(django_db_blocker):
    """The newest statement of a filled store, and the moment of the one in the middle."""
    with database("plans") as url, django_db_blocker.unblock(), working_in(url):
        store.fill(SIZE)
        store.settle()
        rows = Statement.objects.order_by("-seq")
        yield json.loads(rows[0].body), rows[SIZE // 2].stored


def agent_of(statement):
    return identifiers.agent_identifier(statement["actor"])


def plans_of(name, read):
    """What is asked of the database, as the database goes about it."""
    with CaptureQueriesContext(connection) as asked:
        read()
    found = ""
    with connection.cursor() as cursor:
        for query in asked.captured_queries:
            cursor.execute(f"EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF, BUFFERS OFF) {query['sql']}")
            found += "".join(f"{line}\n" for [line] in cursor.fetchall()) + "\n"
    sys.stdout.write(f"\n\n{name}\n\n{found}")
    return found


def indexes_of(plans):
    return set(re.findall(r"xapi_\w+_(?:pkey|key)", plans))


def rows_of(plans):
    return [int(rows) * int(loops) for rows, loops in re.findall(r"actual rows=(\d+)\S* loops=(\d+)", plans)]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_read_from_its_index_and_no_further_than_it_goes(filled, name):
    wanted, indexes = PAGES[name]
    filters = wanted(*filled)

    plans = plans_of(name, lambda: queries.page(filters, readable=Statement.objects.all()))

    assert "Seq Scan" not in plans
    assert indexes_of(plans) == indexes
    assert 0 < max(rows_of(plans)) <= MOST_ROWS


def test_a_statement_is_found_by_its_id(filled):
    newest, _ = filled

    plans = plans_of("id", lambda: queries.one(UUID(newest["id"]), readable=Statement.objects.all(), is_voided=False))

    assert "Seq Scan" not in plans
    assert indexes_of(plans) == {BY_ID}
    assert max(rows_of(plans)) == 1


def test_what_waited_for_new_statements_is_found_by_what_it_names(filled):
    """However much their client has sent: PostgreSQL knows nothing yet of a client that began a moment ago."""
    number = itertools.count(1)
    command = re.sub("%b", lambda mark: f"${next(number)}", f"SELECT 1{inserting.SOUGHT}")
    with connection.cursor() as cursor:
        cursor.execute("SET plan_cache_mode = force_generic_plan")
        cursor.execute(f"PREPARE sought AS {command}")
        cursor.execute("EXPLAIN (COSTS OFF) EXECUTE sought(ARRAY[gen_random_uuid()], 1, ARRAY[1])")
        plan = "\n".join(line for [line] in cursor.fetchall())

    assert "Seq Scan" not in plan
    assert set(re.findall(r"xapi_statement\w*_\w+", plan)) == {"xapi_statement_voids", BY_LINK}
