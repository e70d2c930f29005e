"""Small groups: nothing that is printed, and nothing that can be worked out from it, speaks of one to four people."""

from itertools import combinations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lms.reports.groups import FEWEST, hidden

SIZES = st.dictionaries(st.integers(1, 12), st.integers(0, 12) | st.integers(1, 4) | st.just(400), max_size=9)


def lines(sizes: dict[int, int]) -> list[frozenset[int]]:
    """What the page prints, as sets of parts: each part that is not hidden, and the sum unless it is too small itself."""
    unseen = hidden(sizes)
    printed = [frozenset({part}) for part in sizes if part not in unseen]
    return printed + ([frozenset(sizes)] if sum(sizes.values()) >= FEWEST else [])


@given(SIZES)
@example({1: 5, 2: 4})
@example({1: 2, 2: 2, 3: 400})
@example({1: 1, 2: 5, 3: 5})
@example({1: 3})
@example({1: 4, 2: 0})
def test_no_difference_of_the_sum_and_any_printed_parts_is_a_group_of_one_to_four(sizes):
    printed = lines(sizes)
    parts = [part for part in printed if len(part) == 1 and part != frozenset(sizes)]

    for number in range(len(parts) + 1):
        for taken in combinations(parts, number):
            rest = frozenset(sizes) - frozenset().union(*taken)
            if frozenset(sizes) in printed:
                assert sum(sizes[part] for part in rest) not in range(1, FEWEST)


@given(SIZES)
def test_no_printed_number_is_of_one_to_four_people(sizes):
    assert [part for part in lines(sizes) if sum(sizes[key] for key in part) in range(1, FEWEST)] == []


@given(SIZES)
def test_every_small_part_is_hidden_and_an_empty_one_never(sizes):
    unseen = hidden(sizes)

    assert {key for key, size in sizes.items() if 0 < size < FEWEST} <= unseen
    assert {key for key in unseen if sizes[key] == 0} == set()


@given(SIZES)
def test_a_hidden_part_is_never_alone_unless_the_sum_is_hidden_too(sizes):
    unseen = hidden(sizes)

    assert len(unseen) != 1 or sum(sizes.values()) < FEWEST or all(size == 0 for key, size in sizes.items() if key not in unseen)


@given(SIZES)
def test_no_more_is_hidden_than_has_to_be(sizes):
    unseen = hidden(sizes)
    small = {key for key in unseen if sizes[key] < FEWEST}

    added = sorted((sizes[key], key) for key in unseen - small)
    others = sorted((size, key) for key, size in sizes.items() if size >= FEWEST)
    assert added == others[: len(added)]
    assert len(added) <= 1


@pytest.mark.parametrize(
    ("sizes", "unseen"),
    [
        ({}, set()),
        ({1: 5, 2: 9}, set()),
        ({1: 0, 2: 9}, set()),
        ({1: 4, 2: 9, 3: 7}, {1, 3}),
        ({1: 1, 2: 1, 3: 20, 4: 30}, {1, 2, 3}),
        ({1: 2, 2: 3, 3: 20}, {1, 2}),
        ({1: 4, 2: 6, 3: 6}, {1, 2}),
        ({1: 3}, {1}),
    ],
)
def test_the_smallest_others_are_hidden_with_a_small_part(sizes, unseen):
    assert hidden(sizes) == unseen
