import random
from collections import Counter
from uuid import uuid4

import pytest
from django.db import connection

from courses import counting
from courses.models import ScenarioTally
from courses.scenarios import walk
from tests.courses.test_scenarios import STORY

MODULE, SCREEN = uuid4(), "screen"
GOOD = ("a", "c")


@pytest.fixture(autouse=True)
def _nothing_waits(monkeypatch):
    counting.forget()
    monkeypatch.setattr(counting, "_chance", random.Random(7))
    yield
    counting.forget()


def count(times: int, choices=GOOD, screen: str = SCREEN) -> None:
    for _ in range(times):
        counting.count(MODULE, screen, STORY, choices)


def table(screen: str = SCREEN) -> dict[tuple[str, str], int]:
    return {(row.node, row.choice): row.count for row in ScenarioTally.objects.filter(screen=screen)}


def test_nothing_is_kept_before_a_batch_is_full(db, django_assert_num_queries):
    with django_assert_num_queries(0):
        count(counting.BATCH - 1)

    assert table() == {}


def test_a_full_batch_is_added_in_one_go(db):
    count(counting.BATCH)
    first = table()
    count(counting.BATCH - 1)
    same = table()
    count(1)

    assert first == same
    assert counting.BATCH * 0.5 < first["A", "a"] <= counting.BATCH
    assert all(table()[key] >= number for key, number in first.items())
    assert sum(table().values()) > sum(first.values())


def test_each_screen_has_a_batch_of_its_own(db):
    count(counting.BATCH - 1)
    count(counting.BATCH - 1, screen="another")

    assert not ScenarioTally.objects.exists()


def test_a_batch_in_which_all_agree_says_nothing_certain_of_anybody(db):
    """Other choices were counted that nobody took, and fewer runs than there were people."""
    count(counting.BATCH * 5)

    found = table()
    assert found["A", "b"] > 0
    assert found["A", "a"] + found["A", "b"] < counting.BATCH * 5


def test_a_batch_of_alternatives_looks_like_one_with_few_runs(db):
    count(counting.BATCH * 5, choices=None)

    assert 0 < sum(number for (node, _choice), number in table().items() if node == "A") < counting.BATCH


def test_many_runs_still_say_what_people_do(db):
    count(counting.BATCH * 10, choices=("a", "c"))
    count(counting.BATCH * 10, choices=("b", "f"))

    found = table()
    assert 0.4 < found["A", "a"] / (found["A", "a"] + found["A", "b"]) < 0.6
    assert found["B", "c"] > 5 * found["B", "d"]


def test_the_table_has_no_column_for_a_person_a_time_or_a_way(db):
    assert {field.name for field in ScenarioTally._meta.fields} == {"id", "module", "screen", "node", "choice", "count"}


def test_a_broken_table_costs_nobody_a_page(db, caplog):
    def fail(execute, sql, params, many, context):
        if "scenariotally" in sql:
            sql = "SELECT nothing FROM nowhere"
        return execute(sql, params, many, context)

    with connection.execute_wrapper(fail):
        count(counting.BATCH)

    assert table() == {}
    assert "was not counted" in caplog.text
    assert "nowhere" not in caplog.messages


def test_what_is_added_is_what_was_blurred(db, monkeypatch):
    monkeypatch.setattr(counting, "blurred", lambda scenario, choices, chance: choices)
    ways = [("a", "c"), ("a", "d", "e"), ("b", "f"), None] * (counting.BATCH // 4)

    for way in ways:
        counting.count(MODULE, SCREEN, STORY, way)

    steps = [step for way in ways if way for step in walk(STORY, way).steps]
    assert table() == dict(Counter((step.node.key, step.choice.key) for step in steps))
