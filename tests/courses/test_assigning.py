from datetime import date, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from courses import assigning
from courses.models import Assignment, ManualAssignment, Requirement
from lms.people.models import Posting, Role
from tests.factories.asking import make_line, make_offered
from tests.factories.people import LONG_AGO, make_grant, make_person, make_posting, make_structure

DAY = date(2026, 11, 26)


def stored() -> list[tuple]:
    rows = Assignment.objects.order_by("person", "course", "starts_on")
    return list(rows.values_list("person", "course__code", "starts_on", "ends_on", "due_on", "strength", "requirement", "manual"))


def test_everybody_in_the_audience_is_asked_with_the_rule_that_gives_the_date(cast):
    everybody = make_line(make_offered("FND"))
    focal = make_line(make_offered("CHD"), roles=["focal-point", "deputy-focal-point"], due_days=90, due_from="appointment")

    assigning.apply_rules(DAY)

    assert Assignment.objects.filter(course__code="FND", requirement=everybody).count() == len(cast.everybody)
    assert set(Assignment.objects.filter(requirement=focal).values_list("person", flat=True)) == {cast.focal.pk, cast.deputy.pk}
    assert Assignment.objects.get(person=cast.focal, course__code="CHD").due_on == LONG_AGO + timedelta(days=90)


def test_applying_twice_equals_once(cast):
    make_line(make_offered("FND"))
    assigning.apply_rules(DAY)
    before = stored()

    changed = assigning.apply_rules(DAY)

    assert (changed, stored()) == (0, before)


def test_what_is_asked_no_more_ends_and_what_was_never_right_goes(cast):
    line = make_line(make_offered("FND"))
    wrong = make_line(make_offered("IDR"), function_groups=["police"])
    Requirement.objects.filter(pk=wrong.pk).update(function_groups=[])
    assigning.apply_rules(DAY)
    Requirement.objects.filter(pk=wrong.pk).update(function_groups=["police"])
    Requirement.objects.filter(pk=line.pk).update(ends_on=date(2026, 11, 1))

    assigning.apply_rules(DAY)

    assert set(Assignment.objects.values_list("course__code", "ends_on")) == {("FND", date(2026, 11, 1))}


def test_an_older_version_of_a_line_asks_nothing(cast):
    line = make_line(make_offered("FND"))
    Requirement.objects.filter(pk=line.pk).update(superseded_at="2026-11-01T00:00Z")

    assigning.apply_rules(DAY)

    assert stored() == []


def test_a_run_that_was_missed_passes_nobody_by(cast):
    line = make_line(make_offered("FND"), starts_on=date(2026, 9, 1))
    late = make_person("Late Joiner", structure=cast.mission, starts_on=date(2026, 10, 5))

    assigning.apply_rules(DAY)

    rows = {row.person_id: (row.starts_on, row.due_on) for row in Assignment.objects.filter(requirement=line)}
    assert rows[cast.lea.pk] == (date(2026, 9, 1), date(2026, 10, 1))
    assert rows[late.pk] == (date(2026, 10, 5), date(2026, 11, 4))


def test_a_role_that_waits_for_a_second_administrator_or_was_taken_back_counts_for_nothing(cast):
    make_line(make_offered("MGR"), roles=["hr-officer", "head"])
    make_grant(cast.ben, Role.HR, granted_by=cast.admin)
    make_grant(cast.lea, Role.HEAD, structure=cast.mission, cancelled_at="2026-01-01T00:00Z")

    assigning.apply_rules(DAY)

    assert set(Assignment.objects.values_list("person", flat=True)) == {cast.head.pk, cast.hr.pk, cast.hr2.pk}


def test_who_is_asked_by_name_keeps_the_day_that_was_named(cast):
    manual = ManualAssignment.objects.create(
        person=cast.lea, course=make_offered("RTN"), starts_on=date(2026, 11, 1), due_on=date(2026, 12, 24), reason="Asked."
    )

    assigning.apply_rules(DAY)

    [row] = Assignment.objects.all()
    assert (row.person, row.manual, row.requirement, row.due_on) == (cast.lea, manual, None, date(2026, 12, 24))


def test_people_are_taken_a_thousand_at_a_time(cast, monkeypatch):
    make_line(make_offered("FND"))
    monkeypatch.setattr(assigning, "AT_ONCE", 4)

    assigning.apply_rules(DAY)

    assert Assignment.objects.count() == len(cast.everybody)


def test_more_people_cost_no_more_queries(db, django_assert_num_queries):
    mission = make_structure("MIS")
    make_line(make_offered("FND"), structure=mission)
    make_line(make_offered("IDR"))
    counts = []
    for _ in range(2):
        make_person(structure=mission)
        with django_assert_num_queries(14):  # one of them says of whom something else is asked
            counts.append(assigning.apply_rules(DAY))
        make_person(structure=mission)

    assert counts == [2, 4]


# --- any order ---------------------------------------------------------------------------------------------------------
STEPS = st.permutations(["move", "leave", "join", "line", "overlay", "role", "end line", "night 1", "night 2"])


@given(STEPS)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.django_db
def test_any_order_of_feeds_rules_and_nights_ends_the_same(steps):
    with transaction.atomic():
        people, mission, courses = _organization()
        _take(steps, people, mission, courses)
        mixed = _plain(people)
        Assignment.objects.all().delete()
        assigning.apply_rules(DAY)
        at_once = _plain(people)
        transaction.set_rollback(True)

    assert mixed == at_once
    assert {(name, code) for name, code, *_ in mixed} >= {("one", "FND"), ("two", "FND"), ("three", "FND")}


def _organization():
    mission = make_structure("MIS")
    people = {name: make_person(name, structure=mission, function_group="political") for name in ("one", "two")}
    courses = {code: make_offered(code) for code in ("FND", "IDR")}
    make_line(courses["FND"])
    return people, mission, courses


def _take(steps, people, mission, courses):
    acts = {
        "move": lambda: _move(people["one"], mission),
        "leave": lambda: Posting.objects.filter(person=people["two"]).update(ends_on=date(2026, 10, 1)),
        "join": lambda: people.update(three=make_person("three", structure=mission, starts_on=date(2026, 9, 1))),
        "line": lambda: make_line(courses["IDR"], function_groups=["police"], starts_on=date(2026, 5, 1)),
        "overlay": lambda: make_line(courses["FND"], structure=mission, owner=mission, due_days=10, starts_on=date(2026, 6, 1)),
        "role": lambda: make_grant(people["two"], Role.FOCAL_POINT, structure=mission, starts_on=date(2026, 3, 1)),
        "end line": lambda: Requirement.objects.filter(course=courses["IDR"]).update(ends_on=date(2026, 11, 1)),
        "night 1": lambda: assigning.apply_rules(date(2026, 10, 10)),
        "night 2": lambda: assigning.apply_rules(DAY),
    }
    for step in steps:
        acts[step]()
    acts["end line"]()  # whichever came first, the line has ended
    assigning.apply_rules(DAY)


def _move(person, mission):
    Posting.objects.filter(person=person).update(ends_on=date(2026, 8, 1))
    make_posting(person, mission, function_group="police", starts_on=date(2026, 8, 1))


def _plain(people):
    names = {person.pk: name for name, person in people.items()}
    rows = Assignment.objects.select_related("course", "requirement").order_by("person", "course", "starts_on")
    return [
        (names[row.person_id], row.course.code, row.starts_on, row.ends_on, row.due_on, row.requirement.due_days) for row in rows
    ]
