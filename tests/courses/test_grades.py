from collections import Counter
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.grades import PAUSE, Item, draw, grade, next_attempt_at, quotas

FND = {"definition": 25, "smuggling": 15, "rights": 20, "conduct": 20, "response": 20}
SIZES = {"definition": 6, "smuggling": 2, "rights": 3, "conduct": 2, "response": 2}
MUST = {"definition-1", "conduct-1", "response-1"}
POOL = [
    Item(f"{objective}-{number}", 1, objective, f"{objective}-{number}" in MUST)
    for objective, size in SIZES.items()
    for number in range(size)
]
NOON = datetime(2026, 11, 24, 12)


def test_twelve_of_fifteen_by_the_blueprint_of_foundations():
    assert quotas(FND, 12) == {"definition": 3, "smuggling": 2, "rights": 3, "conduct": 2, "response": 2}


@given(st.dictionaries(st.text(max_size=3), st.integers(1, 100), min_size=1, max_size=6), st.integers(0, 60))
def test_quotas_add_up_and_stay_within_one_of_the_exact_share(shares, count):
    found = quotas(shares, count)

    total = sum(shares.values())
    assert sum(found.values()) == count
    assert all(abs(found[name] - share * count / total) < 1 for name, share in shares.items())


def test_no_shares_give_no_quotas():
    assert quotas({}, 5) == {}


@given(st.integers(0, 2**31))
def test_a_draw_follows_the_blueprint_and_always_holds_the_must_pass_items(seed):
    drawn = draw(POOL, count=12, shares=FND, seed=seed)

    assert Counter(item.objective for item in drawn) == quotas(FND, 12)
    assert {item.key for item in drawn} >= MUST
    assert drawn == draw(list(reversed(POOL)), count=12, shares=FND, seed=seed)


items = st.builds(Item, st.text(min_size=1, max_size=4), st.just(1), st.sampled_from("abc"), st.booleans())


@given(st.lists(items, unique_by=lambda item: item.key), st.integers(1, 10), st.integers(0, 9))
def test_a_draw_never_doubles_never_exceeds_the_pool_and_keeps_every_must_pass_item(pool, count, seed):
    drawn = draw(pool, count=count, shares={"a": 1, "b": 2}, seed=seed)

    must_pass = {item for item in pool if item.is_must_pass}
    assert len(set(drawn)) == len(drawn) == max(len(must_pass), min(count, len(pool)))
    assert must_pass <= set(drawn) <= set(pool)


def test_different_seeds_draw_different_items():
    assert len({tuple(item.key for item in draw(POOL, count=12, shares=FND, seed=seed)) for seed in range(20)}) == 20


@pytest.mark.parametrize(
    ("right", "wrong", "missed", "is_passed"),
    [(10, 2, (), True), (9, 3, (), False), (12, 0, (), True), (11, 1, ("must",), False)],
)
def test_passing_takes_the_mark_and_every_must_pass_item(right, wrong, missed, is_passed):
    answers = {f"right {number}": True for number in range(right)} | {f"wrong {number}": False for number in range(wrong)}
    must_pass = ["right 0", *missed]

    found = grade(answers, must_pass=must_pass, total=12, pass_mark=80)

    assert (found.right, found.missed_must_pass, found.is_passed) == (right, missed, is_passed)


def test_an_item_left_open_counts_as_wrong():
    assert grade({"a": True}, must_pass=[], total=2, pass_mark=80).scaled == 0.5


def test_an_empty_quiz_is_never_passed():
    assert grade({}, must_pass=[], total=0, pass_mark=0).is_passed is False


@pytest.mark.parametrize(
    ("failed", "expected"),
    [
        ([], None),
        ([NOON], None),
        ([NOON - timedelta(days=9), NOON], NOON + PAUSE),
        ([NOON, NOON - timedelta(days=9)], NOON + PAUSE),
        ([NOON, NOON, NOON], None),
    ],
)
def test_two_attempts_then_a_pause_then_as_many_as_wanted(failed, expected):
    assert next_attempt_at(failed) == expected
