"""Small groups: nothing that is told, and nothing that can be worked out from it, speaks of one to four people."""

from collections import defaultdict
from itertools import combinations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lms.reports.groups import FEWEST, OTHER, WHOLE, group, permitted

TRAITS = st.lists(
    st.tuples(*[st.integers(0, 3)] * 2, *[st.integers(0, 4)] * 2), max_size=40
)  # two groupings in each of two months
FEW = range(1, FEWEST)


def questions(people: list[tuple[int, ...]]) -> list[dict[str, int]]:
    """One for each trait; who has 4 of it is not there."""
    found = []
    for trait in range(4):
        parts = defaultdict(list)
        for key, traits in enumerate(people, start=1):
            if traits[trait] < 4:
                parts[f"part {traits[trait]}"].append(key)
        found.append({name: group(keys) for name, keys in parts.items()})
    return found


@settings(deadline=None)
@given(TRAITS)
@example([(0, 0, 0, 0)] * 5 + [(1, 1, 1, 4)] * 4)
@example([(0, 0, 0, 0)] * 20 + [(0, 1, 0, 1)] * 2 + [(1, 1, 1, 1)] * 20)
@example([(0, 0, 0, 0)] * 9 + [(0, 0, 4, 0)] * 3)
def test_threat_27_no_two_answers_of_two_groupings_and_two_months_leave_one_to_four_people_between_them(people):
    asked = questions(people)

    answers = permitted(asked)

    told = [found for answer in answers for found in answer.values()]
    assert [found.bit_count() for found in told if found.bit_count() < FEWEST] == []
    between = [(one ^ other).bit_count() for one, other in combinations(told, 2) if one & other in (one, other)]
    assert [few for few in between if few in FEW] == []
    for answer in answers:
        parts = [found for name, found in answer.items() if name != WHOLE]
        sums = [sum(taken) for number in range(len(parts) + 1) for taken in combinations(parts, number)]
        assert [one for one in sums if answer and (answer[WHOLE] & ~one).bit_count() in FEW] == []


def sizes(answer: dict[str, int]) -> dict[str, int]:
    return {name: people.bit_count() for name, people in answer.items()}


def parts(**numbers: int) -> dict[str, int]:
    """Parts of so many people each, all of them different."""
    found, first = {}, 0
    for name, number in numbers.items():
        found[name] = group(range(first, first + number))
        first += number
    return found


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({}, {}),
        ({"a": 4}, {}),
        ({"a": 5, "b": 9}, {WHOLE: 14, "a": 5, "b": 9}),
        ({"a": 0, "b": 9}, {WHOLE: 9, "b": 9}),
        ({"a": 4, "b": 9, "c": 7}, {WHOLE: 20, "b": 9, OTHER: 11}),  # the smallest other goes with it
        ({"a": 1, "b": 1, "c": 20, "d": 30}, {WHOLE: 52, "d": 30, OTHER: 22}),
        ({"a": 2, "b": 3, "c": 20}, {WHOLE: 25, "c": 20, OTHER: 5}),
        ({"a": 4, "b": 9}, {WHOLE: 13}),
    ],
)
def test_small_parts_are_merged_and_no_more_than_has_to_be(asked, told):
    [answer] = permitted([parts(**asked)])

    assert sizes(answer) == told


def test_what_was_told_first_stays_and_what_could_be_subtracted_from_it_is_merged_or_left_out():
    october = {"a": group(range(20)), "b": group(range(20, 60)), "c": group(range(60, 90))}
    november = {"a": group(range(22)), "b": group(range(22, 60)), "c": group(range(60, 100))}
    december = {"a": group(range(22)), "b": group(range(22, 60)), "c": group(range(60, 103))}

    answers = permitted([october, november, december])

    assert [sizes(answer) for answer in answers] == [
        {WHOLE: 90, "a": 20, "b": 40, "c": 30},
        {WHOLE: 100, "c": 40, OTHER: 60},
        {},
    ]
