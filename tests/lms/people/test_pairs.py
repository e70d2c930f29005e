"""Which records may be one person."""

from datetime import date

import pytest

from lms.people.pairs import Card, Pair, propose

DAY = date(2026, 2, 2)


def card(key: int, name: str = "", email: str = "", entered_on: date | None = None) -> Card:
    return Card(key, name or f"Person {chr(64 + key)}", email or f"{chr(96 + key) * 5}@osce.test", entered_on)


@pytest.mark.parametrize("other", ["Lea Brandt", "BRANDT, Léa", "Леа Брандт"])
def test_the_same_name_in_any_writing_makes_a_pair(other):
    assert propose([card(1, "Lea Brandt"), card(2, other), card(3)]) == [Pair(1, 2, ("name",))]


def test_the_same_address_but_for_digits_dots_and_domain_makes_a_pair():
    cards = [card(1, email="lea.brandt@osce.test"), card(2, email="leabrandt2@mission.test")]

    assert propose(cards) == [Pair(1, 2, ("address",))]


def test_the_same_entry_on_duty_is_no_pair_by_itself_but_makes_one_surer():
    cards = [card(1, "Lea", entered_on=DAY), card(2, "Lea"), card(3, "Lea", entered_on=DAY), card(4, entered_on=DAY)]

    assert propose(cards) == [Pair(1, 3, ("name", "entry on duty")), Pair(1, 2, ("name",)), Pair(2, 3, ("name",))]


def test_an_address_of_which_there_are_many_pairs_nobody():
    assert propose([card(number, email=f"office{number}@osce.test") for number in range(1, 5)]) == []


def test_the_same_name_comes_before_the_same_address():
    cards = [card(1, email="lea@osce.test"), card(2, email="lea2@osce.test"), card(3, "Ben"), card(4, "Ben")]

    assert propose(cards) == [Pair(3, 4, ("name",)), Pair(1, 2, ("address",))]


def test_nobody_is_paired_for_having_no_letter_in_her_address():
    assert propose([card(1, email="1@osce.test"), card(2, email="2@osce.test")]) == []
