"""Statistics of items, beside values worked out by hand."""

import random
from collections import Counter
from dataclasses import dataclass
from datetime import date
from math import sqrt
from statistics import correlation

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from courses.item_statistics import (
    BANDS,
    FEWEST_PEOPLE,
    Count,
    Review,
    Tally,
    band_of,
    difference,
    discrimination,
    figures,
    gathered,
    shown_until,
)


def tally(right: dict[int, int], wrong: dict[int, int], *, item: str = "Q1", language: str = "en", **values) -> Tally:
    """Counts by band, all others 0; as many people as answers."""
    counts = [tuple(side.get(band, 0) for band in range(BANDS)) for side in (right, wrong)]
    values.setdefault("people", sum(map(sum, counts)))
    return Tally(item, language, right=counts[0], wrong=counts[1], **values)


# Twelve right, eight wrong; in all 7 people in band 2, 6 in band 5, 7 in band 8.
PLAIN = tally({2: 2, 5: 4, 8: 6}, {2: 5, 5: 2, 8: 1}, chosen={"a": 12, "b": 5, "c": 3}, key=frozenset("a"))


def test_difficulty_is_the_share_right_and_each_option_has_its_share():
    [item] = figures([PLAIN])
    [english] = item.languages

    assert (english.people, english.difficulty) == (20, 0.6)
    assert english.shares == {"a": 0.6, "b": 0.25, "c": 0.15}
    assert (english.reviews, item.is_to_review) == ((), False)


def test_discrimination_by_hand():
    # n = 20, right = 12; sum of bands 7·2 + 6·5 + 7·8 = 100, of squares 7·4 + 6·25 + 7·64 = 626, with right 2·2 + 4·5 + 6·8 = 72
    # (20·72 − 12·100) / √((20·626 − 100²)·(20·12 − 12²)) = 240 / √(2520·96) = 240 / 491.854
    assert discrimination(PLAIN) == pytest.approx(0.48795, abs=0.00001)


def test_discrimination_has_nothing_to_say_where_all_answered_alike_or_are_in_one_band():
    assert discrimination(tally({3: 10, 7: 12}, {})) is None
    assert discrimination(tally({5: 10}, {5: 12})) is None


def test_discrimination_at_its_ends():
    assert discrimination(tally({9: 10}, {0: 10})) == pytest.approx(1)
    assert discrimination(tally({0: 10}, {9: 10})) == pytest.approx(-1)


@given(st.lists(st.tuples(st.integers(0, BANDS - 1), st.booleans()), min_size=2, max_size=60))
def test_discrimination_is_the_plain_correlation_of_the_answers_one_by_one(answers):
    right = {band: answers.count((band, True)) for band in range(BANDS)}
    wrong = {band: answers.count((band, False)) for band in range(BANDS)}
    bands, marks = [band for band, _ in answers], [int(is_right) for _, is_right in answers]

    found = discrimination(tally(right, wrong))
    if len(set(bands)) == 1 or len(set(marks)) == 1:
        assert found is None
    else:
        assert found == pytest.approx(correlation(bands, marks), abs=1e-9)


def test_bands_cost_little_of_the_exact_correlation():
    chance = random.Random(4)
    people = [chance.gauss(0, 1) for _ in range(4000)]
    rest = [sum(ability + chance.gauss(0, 1) > 0 for _ in range(30)) for ability in people]
    marks = [int(ability + chance.gauss(0, 1) > 0) for ability in people]
    bands = [band_of(score, 30) for score in rest]
    right = {band: sum(marks[at] for at in range(4000) if bands[at] == band) for band in range(BANDS)}
    wrong = {band: bands.count(band) - right[band] for band in range(BANDS)}

    assert discrimination(tally(right, wrong)) == pytest.approx(correlation(rest, marks), rel=0.02)


@pytest.mark.parametrize(
    ("right", "count", "band"), [(0, 9, 0), (1, 11, 0), (1, 10, 1), (5, 9, 5), (8, 9, 8), (9, 9, 9), (1, 1, 9)]
)
def test_the_band_is_the_share_of_the_other_items_in_tenths(right, count, band):
    assert band_of(right, count) == band


@pytest.mark.parametrize(("right", "count"), [(0, 0), (3, 2), (-1, 2)])
def test_without_other_items_there_is_no_band(right, count):
    with pytest.raises(ValueError):
        band_of(right, count)


# --- few people --------------------------------------------------------------------------------------------------------
def test_nothing_is_said_of_fewer_than_twenty_different_people():
    nineteen = tally({5: 10}, {2: 9})
    often = tally({5: 100}, {2: 90}, people=19)

    assert figures([nineteen]) == figures([often]) == []
    assert len(figures([tally({5: 10}, {2: 10})])) == 1


def test_a_language_of_few_people_changes_no_figure_of_the_others():
    english, french = PLAIN, tally({2: 10, 8: 8}, {2: 9, 8: 1}, language="fr")
    russian = tally({2: 1}, {2: 18}, language="ru")

    assert figures([english, french, russian]) == figures([french, english])


# --- months ------------------------------------------------------------------------------------------------------------
JUNE, JULY, AUGUST, SEPTEMBER = (date(2026, month, 1) for month in (6, 7, 8, 9))


@pytest.mark.parametrize(
    ("people", "before", "until"),
    [
        ({JUNE: 19}, date(2026, 9, 1), None),
        ({JUNE: 20}, date(2026, 9, 1), JUNE),
        ({JUNE: 20}, date(2026, 7, 1), JUNE),
        ({JUNE: 20}, date(2026, 6, 30), None),  # the month is not over
        ({JUNE: 19, JULY: 1}, date(2026, 8, 31), JULY),
        ({JUNE: 20, JULY: 19}, date(2026, 8, 1), JUNE),
        ({JUNE: 20, JULY: 19, AUGUST: 1}, date(2026, 9, 1), AUGUST),
        ({JUNE: 15, JULY: 15, AUGUST: 15, SEPTEMBER: 15}, date(2026, 10, 1), SEPTEMBER),
        ({JUNE: 15, JULY: 15, AUGUST: 15}, date(2026, 10, 1), JULY),
        ({}, date(2026, 9, 1), None),
    ],
)
def test_a_figure_stands_still_until_twenty_more_people_answered(people, before, until):
    assert shown_until(people, before=before) == until


def count(people: int, right: int, *, month: date = JUNE, revision: int = 1, language: str = "en", band: int = 5) -> Count:
    return Count("Q1", language, revision, month, "", band, people, right)


def test_months_bands_and_options_are_put_together():
    chosen = [Count("Q1", "en", 1, month, option, 0, 10) for month in (JUNE, JULY) for option in ("a", "b")]

    [found] = gathered([count(12, 9, band=8), count(8, 1, month=JULY, band=2), *chosen], before=SEPTEMBER)

    assert (found.people, found.right, found.wrong) == (20, (0, 0, 1, 0, 0, 0, 0, 0, 9, 0), (0, 0, 7, 0, 0, 0, 0, 0, 3, 0))
    assert (found.chosen, found.revision) == ({"a": 20, "b": 20}, 1)


def test_the_newest_revision_speaks_of_which_there_is_enough():
    old, new = count(30, 3, revision=1), count(19, 19, revision=2)
    enough = count(1, 1, revision=2, month=JULY)

    assert [(one.revision, one.people) for one in gathered([old, new], before=SEPTEMBER)] == [(1, 30)]
    assert [(one.revision, one.people) for one in gathered([old, new, enough], before=SEPTEMBER)] == [(2, 20)]


def test_revisions_and_languages_are_never_added_up():
    few = [count(19, 9, revision=revision, language=language) for revision in (1, 2) for language in ("en", "ru")]

    assert gathered(few, before=SEPTEMBER) == []


@dataclass(frozen=True)
class _Person:
    """Somebody who answered the item once."""

    language: str
    revision: int
    month: date
    option: str
    band: int


PEOPLE = st.lists(
    st.tuples(
        st.builds(
            _Person,
            st.sampled_from(["en", "ru"]),
            st.sampled_from([1, 2]),
            st.sampled_from([JUNE, JULY, AUGUST, SEPTEMBER]),
            st.sampled_from("ab"),
            st.sampled_from([2, 8]),
        ),
        st.integers(1, 25),
    ),
    max_size=12,
).map(lambda groups: [person for person, times in groups for _ in range(times)])
LOOKS = [date(2026, month, day) for month in (6, 7, 8, 9, 10) for day in (1, 15)]


def look(people: list[_Person], day: date) -> dict[tuple[str, int], tuple[Tally, set[int]]]:
    """What a page of that day shows, by language and revision, with the numbers of those who stand behind it."""
    there = {number: person for number, person in enumerate(people) if person.month <= day}
    answers = Counter((person.language, person.revision, person.month, person.band) for person in there.values())
    rights = Counter((one.language, one.revision, one.month, one.band) for one in there.values() if one.option == "a")
    choices = Counter((person.language, person.revision, person.month, person.option) for person in there.values())
    counts = [Count("Q1", *key[:3], "", key[3], answers[key], rights[key]) for key in answers]
    counts += [Count("Q1", *key, 0, choices[key]) for key in choices]
    shown = {}
    for one in gathered(counts, before=day):
        months = Counter(
            person.month for person in there.values() if (person.language, person.revision) == (one.language, one.revision)
        )
        until = shown_until(months, before=day)
        behind = {
            number
            for number, person in there.items()
            if (person.language, person.revision) == (one.language, one.revision) and person.month <= until
        }
        assert len(behind) == one.people
        shown[one.language, one.revision] = (one, behind)
    return shown


@settings(max_examples=300, deadline=None)
@given(PEOPLE)
def test_no_two_looks_give_a_group_of_one_to_nineteen_by_subtraction(people):
    groups = [behind for day in LOOKS for _tally, behind in look(people, day).values()]

    assert all(len(group) >= FEWEST_PEOPLE for group in groups)
    rests = [len(one - other) for one in groups for other in groups if other < one]
    assert [rest for rest in rests if rest < FEWEST_PEOPLE] == []
    assert all(one <= other or other <= one or not one & other for one in groups for other in groups)


# --- languages ---------------------------------------------------------------------------------------------------------
ENGLISH = tally({2: 5, 8: 18}, {2: 5, 8: 2})
RUSSIAN = tally({2: 2, 8: 5}, {2: 8, 8: 5}, language="ru")


def test_the_difference_between_languages_by_hand():
    # Band 2: 0.2 against 0.5; band 8: 0.5 against 0.9; ten Russian answers in each: (10·−0.3 + 10·−0.4) / 20 = −0.35
    # Error: band 2 pooled 7/20: 0.35·0.65·(1/10 + 1/10) = 0.0455; band 8 pooled 23/30: 0.17889·(1/10 + 1/20) = 0.026833;
    # √(10²·0.0455 + 10²·0.026833) / 20 = √7.2333 / 20 = 0.13447
    lag, error = difference(RUSSIAN, [ENGLISH])

    assert (lag, error) == (pytest.approx(-0.35), pytest.approx(0.13447, abs=0.00001))


def test_an_item_that_fails_in_one_language_only_is_likely_a_fault_of_translation():
    french = tally({2: 5, 8: 9}, {2: 5, 8: 1}, language="fr")
    [item] = figures([ENGLISH, RUSSIAN, french])

    assert {one.language: Review.TRANSLATION in one.reviews for one in item.languages} == {"en": False, "fr": False, "ru": True}


def test_readers_who_are_weaker_in_everything_do_not_make_an_item_suspect():
    english = tally({2: 2, 8: 18}, {2: 2, 8: 2})
    weaker = tally({2: 15, 8: 9}, {2: 15, 8: 1}, language="ru")
    [item] = figures([english, weaker])

    assert [one.difficulty for one in item.languages] == [pytest.approx(20 / 24), 0.6]
    assert [one.lag for one in item.languages] == [pytest.approx(0), pytest.approx(0)]
    assert [one.reviews for one in item.languages] == [(), ()]


def test_a_difference_within_chance_is_no_fault():
    english = tally({5: 14}, {5: 6})
    russian = tally({5: 10}, {5: 10}, language="ru")
    lag, error = difference(russian, [english])
    [item] = figures([english, russian])

    assert (lag, error) == (pytest.approx(-0.2), pytest.approx(sqrt(0.6 * 0.4 * (1 / 20 + 1 / 20))))
    assert [Review.TRANSLATION in one.reviews for one in item.languages] == [False, False]


def test_an_item_that_fails_in_two_of_three_languages_is_not_put_down_to_translation():
    failing = [tally({2: 5, 8: 5}, {2: 25, 8: 25}, language=language) for language in ("fr", "ru")]
    [item] = figures([tally({2: 54, 8: 56}, {2: 6, 8: 4}), *failing])

    assert [one.lag < -0.1 for one in item.languages] == [False, True, True]
    assert [Review.TRANSLATION in one.reviews for one in item.languages] == [False, False, False]


def test_languages_without_bands_in_common_are_not_compared():
    assert difference(tally({2: 10}, {2: 10}), [tally({8: 10}, {8: 10}, language="ru")]) == (None, 0.0)
    assert difference(PLAIN, []) == (None, 0.0)


# --- what to look at ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("found", "reviews"),
    [
        (tally({8: 5}, {2: 15}), {Review.TOO_HARD}),
        (tally({8: 40}, {2: 1}), {Review.TOO_EASY}),
        (tally({2: 5, 8: 5}, {2: 5, 8: 5}), {Review.WEAK}),
        (tally({2: 10}, {8: 10}), {Review.AGAINST}),
        (
            tally({8: 10}, {2: 12}, chosen={"a": 10, "b": 11, "c": 1}, key=frozenset("a")),
            {Review.DISTRACTOR_OVER_KEY, Review.UNUSED_DISTRACTOR},
        ),
        (tally({8: 10}, {2: 10}, chosen={"a": 15, "b": 12, "c": 9}, key=frozenset("ab")), set()),
        (tally({8: 10}, {2: 10}), set()),
        # Of cards and steps nobody wrote wrong ones, so none is unused.
        (tally({8: 10}, {2: 10}, chosen={"a[.]p": 10, "a[.]q": 0}), set()),
        (tally({}, {0: 20}, chosen={"l1": 20, "l2": 0}, is_graded=False), set()),
    ],
)
def test_what_somebody_should_look_at(found, reviews):
    [item] = figures([found])

    assert set(item.languages[0].reviews) == reviews
    assert item.is_to_review == bool(reviews)


def test_items_and_languages_come_in_the_order_of_their_names():
    made = [
        tally({8: 10}, {2: 10}, item=item, language=language) for item, language in [("Q2", "en"), ("Q1", "ru"), ("Q1", "en")]
    ]

    assert [(item.item, [one.language for one in item.languages]) for item in figures(made)] == [
        ("Q1", ["en", "ru"]),
        ("Q2", ["en"]),
    ]


def test_where_nothing_is_right_only_shares_are_told():
    [item] = figures([tally({}, {0: 20}, chosen={"l1": 15, "l2": 5}, is_graded=False)])

    [one] = item.languages
    assert (one.people, one.difficulty, one.discrimination, one.lag) == (20, None, None, None)
    assert one.shares == {"l1": 0.75, "l2": 0.25}


@pytest.mark.parametrize(
    "values",
    [
        {"right": (1,) * 9, "wrong": (0,) * BANDS, "people": 5},
        {"right": (1,) * BANDS, "wrong": (-1,) * BANDS, "people": 0},
        {"right": (1,) * BANDS, "wrong": (0,) * BANDS, "people": 11},
        {"right": (1,) * BANDS, "wrong": (0,) * BANDS, "people": 9, "chosen": {"a": 11}},
    ],
)
def test_counts_that_cannot_be_are_refused(values):
    with pytest.raises(ValueError):
        Tally("Q1", "en", **values)
