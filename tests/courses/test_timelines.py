from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from courses.terms import APPOINTMENT, ENTRY, MANDATORY, POSTING, RECOMMENDED, RULE, Audience, Later, Line
from courses.timelines import History, Office, Rules, Single, Spell, demands

DAY = date(2026, 11, 26)
FND = Line("fnd", "fnd", "FND", Audience(), MANDATORY, 30, ENTRY, date(2025, 1, 1), valid_months=24)
IDR = Line("idr", "idr", "IDR", Audience(function_groups=frozenset({"police"})), MANDATORY, 60, ENTRY, date(2025, 1, 1))
POST = Spell(date(2026, 2, 1), None, "MIS", "police", "seconded", "Skopje", date(2026, 2, 1))
ABOVE = {"MIS": {"MIS"}, "MIS-F": {"MIS-F", "MIS"}}


def above(structure, day):
    return frozenset(ABOVE[structure])


def rows(history, *lines, day=DAY):
    return [
        (one.course, one.starts_on, one.ends_on, one.terms.due_on, one.terms.strength)
        for one in demands(history, Rules(lines, above), day=day)
    ]


def test_somebody_in_post_is_asked_from_her_first_day():
    assert rows(History([POST]), FND, IDR) == [
        ("FND", date(2026, 2, 1), None, date(2026, 3, 3), MANDATORY),
        ("IDR", date(2026, 2, 1), None, date(2026, 4, 2), MANDATORY),
    ]


def test_nothing_is_asked_of_who_was_never_in_post():
    assert rows(History([], [Office("head", date(2026, 1, 1), None)]), FND) == []


def test_what_begins_after_the_day_is_left_out_and_comes_with_the_day():
    later = replace(POST, starts_on=date(2026, 12, 1), entered_on=date(2026, 12, 1))

    found = [rows(History([later]), FND, day=day) for day in (DAY, date(2026, 12, 1))]

    assert found == [[], [("FND", date(2026, 12, 1), None, date(2026, 12, 31), MANDATORY)]]


def test_a_later_date_holds_from_its_day_on_and_never_brings_one_forward():
    first, plain = date(2026, 2, 1), date(2026, 3, 3)
    cases = {
        "later": ([("FND", 20)], [(first, date(2026, 2, 10), plain), (date(2026, 2, 10), None, date(2026, 3, 20))]),
        "the latest of two": (
            [("FND", 20), ("FND", 10)],
            [(first, date(2026, 2, 10), plain), (date(2026, 2, 10), None, date(2026, 3, 20))],
        ),
        "no later": ([("FND", 3)], [(first, None, plain)]),
        "another course": ([("IDR", 20)], [(first, None, plain)]),
    }

    for laters, wanted in cases.values():
        given = [Later(key, course, date(2026, 3, day), date(2026, 2, 10)) for key, (course, day) in enumerate(laters)]
        found = rows(History([POST], laters=given), FND)
        assert [row[1:4] for row in found] == wanted


def test_a_new_rule_gives_people_in_post_thirty_days():
    new = replace(FND, key="n", chain="n", course="HRB", starts_on=date(2026, 10, 1), due_days=14)

    assert rows(History([POST]), new) == [("HRB", date(2026, 10, 1), None, date(2026, 10, 31), MANDATORY)]


def test_who_moves_into_an_audience_has_thirty_days_and_keeps_what_went_on():
    before = replace(POST, ends_on=date(2026, 9, 1), function_group="political")
    after = replace(POST, starts_on=date(2026, 9, 1))

    assert rows(History([after, before]), FND, IDR) == [
        ("FND", date(2026, 2, 1), None, date(2026, 3, 3), MANDATORY),
        ("IDR", date(2026, 9, 1), None, date(2026, 10, 1), MANDATORY),
    ]


def test_who_leaves_and_comes_back_is_asked_anew():
    first = replace(POST, ends_on=date(2026, 5, 1))
    second = replace(POST, starts_on=date(2026, 9, 1), entered_on=date(2026, 9, 1))

    assert rows(History([first, second]), FND) == [
        ("FND", date(2026, 2, 1), date(2026, 5, 1), date(2026, 3, 3), MANDATORY),
        ("FND", date(2026, 9, 1), None, date(2026, 10, 1), MANDATORY),
    ]


def test_a_role_counts_from_the_appointment_while_it_is_held():
    line = replace(FND, course="CHD", audience=Audience(roles=frozenset({"focal-point"})), due_days=90, due_from=APPOINTMENT)
    first = Office("focal-point", date(2026, 3, 1), date(2026, 6, 1))
    offices = [first, replace(first, starts_on=date(2026, 6, 1), ends_on=date(2026, 8, 1))]

    assert rows(History([POST], offices), line) == [("CHD", date(2026, 3, 1), date(2026, 8, 1), date(2026, 5, 30), MANDATORY)]


def test_a_structure_takes_everything_below_it_along():
    line = replace(FND, audience=Audience(structure="MIS"))

    found = [rows(History([replace(POST, structure=where)]), line) for where in ("MIS", "MIS-F")]

    assert found[0] == found[1] == [("FND", date(2026, 2, 1), None, date(2026, 3, 3), MANDATORY)]


def test_structures_may_move():
    line = replace(FND, audience=Audience(structure="MIS"))
    moved = date(2026, 7, 1)
    rules = Rules([line], lambda structure, day: frozenset({"MIS-F", "MIS"} if day >= moved else {"MIS-F"}), {moved})

    found = demands(History([replace(POST, structure="MIS-F")]), rules, day=DAY)

    assert [(one.starts_on, one.terms.due_on) for one in found] == [(moved, date(2026, 7, 31))]


def test_a_tighter_line_begins_a_new_row_and_the_old_one_stays():
    tight = replace(FND, key="t", chain="t", valid_months=12, starts_on=date(2026, 6, 1))

    found = demands(History([POST]), Rules([FND, tight], above), day=DAY)

    assert [(one.starts_on, one.ends_on, one.terms.valid_months, one.terms.due_on) for one in found] == [
        (date(2026, 2, 1), date(2026, 6, 1), 24, date(2026, 3, 3)),
        (date(2026, 6, 1), None, 12, date(2026, 3, 3)),
    ]


def test_a_line_that_changes_hands_on_its_dates():
    old = replace(FND, ends_on=date(2026, 2, 20))
    new = replace(FND, key="new", due_days=20, starts_on=date(2026, 2, 20))

    found = demands(History([POST]), Rules([old, new], above), day=DAY)

    assert [(one.starts_on, one.terms.line.key, one.terms.due_on) for one in found] == [
        (date(2026, 2, 1), "fnd", date(2026, 3, 3)),
        (date(2026, 2, 20), "new", date(2026, 3, 3)),
    ]


def test_who_is_asked_by_name_need_not_be_in_any_audience():
    line = replace(IDR, key="m", chain="m", audience=Audience(), strength=RECOMMENDED, starts_on=date(2026, 5, 1))
    single = Single(line, date(2026, 8, 1))

    assert rows(History([replace(POST, function_group="media")], singles=[single]), IDR) == [
        ("IDR", date(2026, 5, 1), None, date(2026, 8, 1), RECOMMENDED)
    ]


def test_an_end_that_is_known_beforehand_is_told():
    known = replace(FND, ends_on=date(2027, 1, 1))
    offices = [Office("head", date(2026, 1, 1), date(2026, 12, 24))]

    assert rows(History([POST], offices), known) == [("FND", date(2026, 2, 1), date(2027, 1, 1), date(2026, 3, 3), MANDATORY)]


# --- whatever the rows are ---------------------------------------------------------------------------------------------
DAYS = st.integers(0, 600).map(lambda days: date(2025, 4, 1) + timedelta(days=days))
FUNCTIONS = st.sampled_from(["police", "political", "media"])


@st.composite
def histories(draw):
    edges = sorted(draw(st.sets(DAYS, min_size=2, max_size=5)))
    spells = [
        Spell(start, end, draw(st.sampled_from(["MIS", "MIS-F"])), draw(FUNCTIONS), "seconded", "Skopje", edges[0])
        for start, end in zip(edges, [*edges[1:], None], strict=True)
        if draw(st.integers(0, 4))
    ]
    starts = draw(st.lists(DAYS, max_size=3))
    offices = [
        Office(draw(st.sampled_from(["head", "focal-point"])), start, start + timedelta(days=draw(st.integers(1, 200))))
        for start in starts
    ]
    return History(spells, offices)


@st.composite
def line_sets(draw):
    return [
        Line(
            key=key,
            chain=key,
            course=draw(st.sampled_from(["FND", "IDR"])),
            audience=Audience(
                structure=draw(st.sampled_from([None, "MIS", "MIS-F"])),
                function_groups=draw(st.frozensets(FUNCTIONS, max_size=2)),
                roles=draw(st.frozensets(st.sampled_from(["head", "focal-point"]), max_size=1)),
            ),
            strength=draw(st.sampled_from([MANDATORY, RECOMMENDED])),
            due_days=draw(st.integers(0, 90)),
            due_from=draw(st.sampled_from([ENTRY, POSTING, APPOINTMENT, RULE])),
            starts_on=(start := draw(DAYS)),
            ends_on=draw(st.none() | st.integers(1, 300).map(lambda days: start + timedelta(days=days))),
        )
        for key in "abcd"[: draw(st.integers(0, 4))]
    ]


@given(histories(), line_sets(), DAYS)
def test_on_each_day_everybody_is_asked_what_the_lines_give_and_nothing_else(history, lines, day):
    """Read off line by line, without cutting time into pieces."""
    found = demands(history, Rules(lines, above), day=day)
    in_force = [one for one in found if one.starts_on <= day and (one.ends_on is None or day < one.ends_on)]

    spell = next((one for one in history.spells if one.starts_on <= day and (one.ends_on is None or day < one.ends_on)), None)
    roles = {one.role: one.starts_on for one in history.offices if one.starts_on <= day < one.ends_on}
    standing = spell and Rules([], above).standing(spell, roles, day)
    meeting = [line for line in lines if spell and line.holds_on(day) and standing in line.audience]
    assert {one.course: one.terms.strength for one in in_force} == {
        line.course: MANDATORY if any(o.strength == MANDATORY and o.course == line.course for o in meeting) else RECOMMENDED
        for line in meeting
    }


@given(histories(), line_sets(), st.lists(DAYS, min_size=2, max_size=4))
def test_what_was_asked_before_is_asked_the_same_whenever_it_is_worked_out(history, lines, days):
    """A later day adds rows that begin later; who missed a run finds the same rows."""
    rules = Rules(lines, above)
    last = demands(history, rules, day=max(days))

    for day in days:
        assert demands(history, rules, day=day) == [one for one in last if one.starts_on <= day]


@given(histories(), line_sets(), st.randoms(), DAYS)
def test_the_order_of_rows_is_nothing(history, lines, chance, day):
    shuffled = [chance.sample(list(rows), len(rows)) for rows in (history.spells, history.offices, lines)]

    assert demands(History(*shuffled[:2]), Rules(shuffled[2], above), day=day) == demands(history, Rules(lines, above), day=day)


@given(histories(), line_sets(), DAYS)
def test_whoever_is_asked_for_the_first_time_has_the_days_of_the_line_or_thirty(history, lines, day):
    found = demands(history, Rules(lines, above), day=day)
    going_on = {(one.course, one.ends_on) for one in found}

    for one in found:
        if (one.course, one.starts_on) not in going_on:
            assert one.terms.due_on >= one.starts_on + timedelta(days=min(30, one.terms.line.due_days))
