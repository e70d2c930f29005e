from dataclasses import replace
from datetime import date

import pytest

from courses.terms import (
    APPOINTMENT,
    ENTRY,
    MANDATORY,
    POSTING,
    RECOMMENDED,
    RULE,
    Asked,
    Audience,
    Line,
    Standing,
    covering,
    due_on,
    merge,
)

MISSION, OFFICE, ELSEWHERE = "MIS", "MIS-F", "ELSE"
ABOVE = {MISSION: {MISSION}, OFFICE: {OFFICE, MISSION}, ELSEWHERE: {ELSEWHERE}}
LEA = Standing(
    structures=frozenset({OFFICE, MISSION}),
    function_group="police",
    contract_type="seconded",
    duty_station="Skopje",
    entered_on=date(2026, 1, 10),
    posted_on=date(2026, 3, 1),
    roles={"focal-point": date(2026, 5, 1)},
)
LINE = Line("a", "a", "FND", Audience(), MANDATORY, 60, ENTRY, date(2025, 1, 1))


@pytest.mark.parametrize(
    ("audience", "is_in"),
    [
        (Audience(), True),
        (Audience(structure=MISSION), True),
        (Audience(structure=ELSEWHERE), False),
        (Audience(function_groups=frozenset({"police", "political"})), True),
        (Audience(function_groups=frozenset({"political"})), False),
        (Audience(contract_types=frozenset({"seconded"})), True),
        (Audience(contract_types=frozenset({"intern"})), False),
        (Audience(duty_stations=frozenset({"Skopje"})), True),
        (Audience(duty_stations=frozenset({"Tetovo"})), False),
        (Audience(roles=frozenset({"head", "focal-point"})), True),
        (Audience(roles=frozenset({"head"})), False),
        (Audience(structure=MISSION, function_groups=frozenset({"police"}), roles=frozenset({"focal-point"})), True),
        (Audience(structure=MISSION, function_groups=frozenset({"police"}), roles=frozenset({"head"})), False),
    ],
)
def test_an_audience_holds_whoever_fits_every_part_that_is_named(audience, is_in):
    assert (LEA in audience) is is_in


@pytest.mark.parametrize(
    ("wide", "narrow", "holds"),
    [
        (Audience(), Audience(structure=OFFICE), True),
        (Audience(structure=MISSION), Audience(structure=OFFICE), True),
        (Audience(structure=OFFICE), Audience(structure=MISSION), False),
        (Audience(structure=MISSION), Audience(), False),
        (Audience(function_groups=frozenset({"a", "b"})), Audience(function_groups=frozenset({"a"})), True),
        (Audience(function_groups=frozenset({"a"})), Audience(function_groups=frozenset({"a", "b"})), False),
        (Audience(function_groups=frozenset({"a"})), Audience(), False),
        (Audience(roles=frozenset({"head"})), Audience(structure=OFFICE, roles=frozenset({"head"})), True),
    ],
)
def test_one_audience_holds_all_of_another(wide, narrow, holds):
    assert wide.holds_all_of(narrow, ABOVE) is holds


@pytest.mark.parametrize(
    ("due_from", "days", "starts_on", "since", "due"),
    [
        (ENTRY, 60, date(2025, 1, 1), date(2026, 1, 10), date(2026, 3, 11)),  # 10 January and 60 days
        (POSTING, 30, date(2025, 1, 1), date(2026, 3, 1), date(2026, 3, 31)),
        (APPOINTMENT, 90, date(2025, 1, 1), date(2026, 5, 1), date(2026, 7, 30)),
        (RULE, 45, date(2026, 6, 1), date(2026, 6, 1), date(2026, 7, 16)),
        # The rule is newer than her entry on duty: 30 days from when it held, or the days from entry if they end later.
        (ENTRY, 14, date(2026, 6, 1), date(2026, 6, 1), date(2026, 7, 1)),
        (ENTRY, 365, date(2026, 6, 1), date(2026, 6, 1), date(2027, 1, 10)),
        # She came after the rule began: 30 days from then.
        (RULE, 10, date(2025, 1, 1), date(2026, 1, 10), date(2026, 2, 9)),
    ],
)
def test_by_when_a_line_asks(due_from, days, starts_on, since, due):
    line = replace(
        LINE, due_from=due_from, due_days=days, starts_on=starts_on, audience=Audience(roles=frozenset({"focal-point", "head"}))
    )

    assert due_on(line, LEA, since=since) == due


@pytest.mark.parametrize(
    ("days", "due"),
    [
        (30, date(2026, 3, 11)),  # tightened after the new date had passed: the old date stands, which she knew
        (55, date(2026, 3, 11)),
        (90, date(2026, 4, 10)),  # loosened: counted anew
    ],
)
def test_a_changed_line_moves_no_date_beyond_what_both_versions_say(days, due):
    before = Asked(LINE, date(2026, 3, 11))
    changed = replace(LINE, key="b", due_days=days, starts_on=date(2026, 3, 1))

    assert due_on(changed, LEA, since=date(2026, 3, 1), before=before) == due


def test_who_was_overdue_stays_so_when_the_line_is_changed():
    before = Asked(LINE, date(2026, 3, 11))
    changed = replace(LINE, key="b", due_days=50, starts_on=date(2026, 6, 1))

    assert due_on(changed, LEA, since=date(2026, 6, 1), before=before) == date(2026, 3, 11)


def test_what_becomes_mandatory_is_new():
    before = Asked(replace(LINE, strength=RECOMMENDED), date(2026, 3, 11))
    changed = replace(LINE, key="b", starts_on=date(2026, 6, 1))

    assert due_on(changed, LEA, since=date(2026, 6, 1), before=before) == date(2026, 7, 1)


def test_the_strictest_value_of_each_column_wins():
    first = replace(LINE, key="a", valid_months=24, renewal_days=30, refresher="FND-R")
    second = replace(LINE, key="b", valid_months=12, renewal_days=60)
    third = replace(LINE, key="c", renewal_days=90, refresher="FND-R")

    terms = merge([Asked(first, date(2026, 5, 1)), Asked(second, date(2026, 4, 1)), Asked(third, date(2026, 6, 1))])

    assert (terms.line, terms.due_on, terms.valid_months, terms.renewal_days, terms.refresher) == (
        second,
        date(2026, 4, 1),
        12,
        90,
        None,
    )


def test_a_recommended_line_adds_nothing_to_a_mandatory_one():
    mandatory = replace(LINE, key="a", valid_months=24)
    recommended = replace(LINE, key="b", strength=RECOMMENDED, valid_months=6, renewal_days=120)

    terms = merge([Asked(recommended, date(2026, 1, 1)), Asked(mandatory, date(2026, 5, 1))])

    assert (terms.strength, terms.due_on, terms.valid_months, terms.renewal_days) == (MANDATORY, date(2026, 5, 1), 24, 60)


OVERLAY = replace(LINE, key="o", chain="o", audience=Audience(structure=OFFICE))


@pytest.mark.parametrize(
    ("values", "has_none"),
    [
        ({}, True),
        ({"due_days": 61}, True),
        ({"due_days": 59}, False),
        ({"due_from": POSTING}, True),  # entry on duty comes first
        ({"due_from": APPOINTMENT}, False),  # that depends on the person
        ({"strength": RECOMMENDED, "due_days": 1, "valid_months": 6}, True),
        ({"valid_months": 24}, False),
        ({"renewal_days": 30}, True),
        ({"renewal_days": 90}, False),
        ({"course": "IDR"}, False),
        ({"audience": Audience()}, True),
        ({"starts_on": date(2024, 1, 1)}, False),
    ],
)
def test_a_looser_line_has_no_effect(values, has_none):
    found = covering(replace(OVERLAY, **values), [LINE], ABOVE)

    assert found == ([LINE] if has_none else [])


def test_a_line_that_ends_covers_what_ends_before():
    ending = replace(LINE, ends_on=date(2027, 1, 1))
    ends = (None, date(2027, 1, 2), date(2027, 1, 1))

    assert [covering(replace(OVERLAY, ends_on=end), [ending], ABOVE) for end in ends] == [[], [], [ending]]


def test_two_lines_can_cover_a_third_together():
    early = replace(LINE, key="e", chain="e", due_days=10)
    short = replace(LINE, key="s", chain="s", due_days=90, valid_months=12)

    assert covering(replace(OVERLAY, due_days=20, valid_months=24), [early, short], ABOVE) == [early, short]


def test_a_mandatory_line_is_not_covered_by_a_recommended_one():
    assert covering(OVERLAY, [replace(LINE, strength=RECOMMENDED)], ABOVE) == []


def test_a_line_does_not_cover_itself():
    assert covering(LINE, [LINE], ABOVE) == []
