import csv
from datetime import date, timedelta

import pytest

from courses import assigning, requiring
from courses.models import Assignment, Course, Requirement
from lms import demo
from lms.days import today
from lms.people.models import Role
from lms.refusals import NotAllowed
from tests.factories.asking import make_line, make_offered
from tests.factories.people import make_grant, make_person, make_structure

DAY = date(2026, 11, 26)
ALL = {"strength": "mandatory", "due_days": 30, "due_from": "entry", "starts_on": DAY}
MATRIX = demo.STARTER / "matrix"


def bring_in() -> int:
    with (MATRIX / "courses.csv").open(newline="") as courses, (MATRIX / "lines.csv").open(newline="") as lines:
        return requiring.import_matrix(csv.DictReader(courses), csv.DictReader(lines), day=DAY)


def versions() -> list[tuple]:
    rows = Requirement.objects.order_by("pk")
    return [(row.starts_on, row.ends_on, row.due_days, row.superseded_at is None) for row in rows]


def test_a_new_line_is_worked_out_by_the_worker(cast, run_tasks, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        line = requiring.ask(by=cast.hr, day=DAY, course=make_offered("FND"), **ALL | {"starts_on": today()})
    run_tasks()

    assert Assignment.objects.filter(requirement=line).count() == len(cast.everybody)
    assert line.recorded_by == cast.hr


def test_a_change_ends_one_version_and_begins_the_next(cast):
    line = make_line(make_offered("FND"), starts_on=date(2026, 1, 1))

    after = requiring.change(line, by=cast.hr, day=DAY, due_days=20)

    assert versions() == [
        (date(2026, 1, 1), None, 30, False),
        (date(2026, 1, 1), DAY, 30, True),
        (DAY, None, 20, True),
    ]
    assert (after.line, after.recorded_by) == (line.line, cast.hr)


def test_the_same_change_again_changes_nothing(cast):
    line = make_line(make_offered("FND"), starts_on=date(2026, 1, 1))
    requiring.change(line, by=cast.hr, day=DAY, due_days=20)
    before = versions()

    requiring.change(line, by=cast.hr, day=DAY, due_days=20)

    assert versions() == before


def test_a_line_that_has_not_begun_is_corrected(cast):
    line = make_line(make_offered("FND"), starts_on=DAY)

    requiring.change(line, by=cast.hr, day=DAY, due_days=20)

    assert versions() == [(DAY, None, 30, False), (DAY, None, 20, True)]


def test_what_was_known_on_a_day_can_be_asked_later(cast):
    line = make_line(make_offered("FND"), starts_on=date(2026, 1, 1), recorded_at="2026-01-01T00:00Z")
    requiring.change(line, by=cast.hr, day=DAY, due_days=20)

    known = Requirement.objects.known(line.recorded_at)

    assert list(known.values_list("starts_on", "ends_on", "due_days")) == [(date(2026, 1, 1), None, 30)]


def test_an_end_is_kept_and_one_that_had_not_begun_is_taken_out(cast):
    old, new = make_line(make_offered("FND"), starts_on=date(2026, 1, 1)), make_line(make_offered("IDR"), starts_on=DAY)

    for line in (old, new, old):
        requiring.end(line, by=cast.hr, day=DAY)

    known = Requirement.objects.known()
    assert list(known.values_list("course__code", "ends_on")) == [("FND", DAY)]


def test_a_line_that_was_taken_out_meanwhile_cannot_be_changed(cast):
    line = make_line(make_offered("FND"), starts_on=DAY)
    requiring.end(line, by=cast.hr, day=DAY)

    with pytest.raises(NotAllowed):
        requiring.change(line, by=cast.hr2, day=DAY, due_days=20)


@pytest.mark.parametrize(
    "values",
    [
        {"due_from": "appointment"},
        {"ends_on": DAY},
        {"refresher": "itself"},
    ],
)
def test_an_impossible_line_is_refused(cast, values):
    course = make_offered("FND")
    values = {name: course if value == "itself" else value for name, value in values.items()}

    with pytest.raises(NotAllowed):
        requiring.ask(by=cast.hr, day=DAY, course=course, **ALL | values)

    assert not Requirement.objects.exists()


def test_a_line_of_a_mission_is_asked_of_its_own_people_only(cast):
    course = make_offered("FND")

    for where in (None, cast.secretariat, cast.elsewhere):
        with pytest.raises(NotAllowed):
            requiring.ask(by=cast.focal, day=DAY, course=course, owner=cast.mission, structure=where, **ALL)
    made = requiring.ask(by=cast.focal, day=DAY, course=course, owner=cast.mission, structure=cast.office, **ALL)

    assert list(Requirement.objects.all()) == [made]


# --- the matrix of the minimum standards --------------------------------------------------------------------------------
@pytest.fixture
def matrix(db):
    structures = {code: make_structure(code) for code in ("MIS", "ODIHR-ATU", "OSR-CTHB")}
    bring_in()
    return structures


def asked(person) -> dict[str, str]:
    """Course → M or R and, for what is mandatory, the days from entry on duty, or from today for a new rule."""
    assigning.apply_rules(DAY)
    rows = Assignment.objects.on(DAY).filter(person=person).select_related("course")
    return {row.course.code: row.strength[0].upper() + str((row.due_on - DAY).days) for row in rows}


def test_the_matrix_comes_in_once(matrix):
    assert (bring_in(), Course.objects.count(), Requirement.objects.count()) == (0, 8, 82)


@pytest.mark.parametrize(
    ("posting", "courses"),
    [
        ({"function_group": "media"}, {"FND": "M30"}),
        ({"function_group": "media", "contract_type": "intern"}, {"FND": "M14", "HRB": "R14"}),
        ({"function_group": "administration", "contract_type": "national"}, {"FND": "M30", "IDR": "R30"}),
        ({"function_group": "administration"}, {"FND": "M30"}),
        ({"function_group": "interpretation"}, {"FND": "M30", "HRB": "R60", "IDR": "M60", "CHD": "M60", "GPC": "R60"}),
        (
            {"function_group": "democratization"},
            {"FND": "M30", "HRB": "M60", "IDR": "M60", "CHD": "M60", "GPC": "R60", "RTN": "R60"},
        ),
        ({"function_group": "police"}, {"FND": "M30", "HRB": "R60", "IDR": "M60", "CHD": "M60", "GPC": "R60", "RTN": "R60"}),
        ({"function_group": "economic"}, {"FND": "M30", "HRB": "R60", "IDR": "R60", "GPC": "R60"}),
        ({"function_group": "elections"}, {"FND": "M30", "HRB": "R60", "IDR": "R60", "CHD": "M60", "GPC": "R60"}),
        ({"function_group": "gender"}, {"FND": "M30", "HRB": "M90", "IDR": "R90", "CHD": "R90", "GPC": "M90", "RTN": "R90"}),
        ({"function_group": "procurement"}, {"FND": "M30", "MGR": "M60"}),
        ({"function_group": "projects"}, {"FND": "M30", "HRB": "R90", "IDR": "R90", "GPC": "M90", "MGR": "M90"}),
        ({"function_group": "management"}, {"FND": "M30", "HRB": "R60", "GPC": "R60", "MGR": "M60"}),
    ],
    ids=lambda value: "-".join(value.values()) if "function_group" in value else "",
)
def test_each_function_is_asked_what_the_minimum_standards_say(matrix, posting, courses):
    newcomer = make_person(structure=matrix["MIS"], starts_on=DAY, **{"contract_type": "seconded", **posting})

    assert asked(newcomer) == courses


@pytest.mark.parametrize(
    ("role", "courses"),
    [
        (
            Role.DEPUTY,
            {"FND": "M30", "HRB": "M90", "IDR": "M90", "CHD": "M90", "GPC": "M90", "RTN": "M90", "MGR": "R90", "TOT": "R90"},
        ),
        (Role.HEAD, {"FND": "M30", "HRB": "R60", "GPC": "R60", "MGR": "M60"}),
        (Role.TRAINER, {"FND": "M30", "HRB": "M30", "IDR": "R30", "CHD": "R30", "GPC": "R30", "TOT": "M30"}),
    ],
)
def test_each_role_is_asked_what_the_minimum_standards_say(matrix, role, courses):
    holder = make_person(structure=matrix["MIS"], function_group="media", starts_on=DAY)
    make_grant(holder, role, structure=matrix["MIS"], starts_on=DAY)

    assert asked(holder) == courses


@pytest.mark.parametrize("code", ["ODIHR-ATU", "OSR-CTHB"])
def test_the_two_offices_for_the_subject_are_asked_everything(matrix, code):
    newcomer = make_person(structure=matrix[code], function_group="media", starts_on=DAY)

    assert asked(newcomer) == {
        **{"FND": "M30", "HRB": "M90", "IDR": "M90", "CHD": "M90"},
        **{"GPC": "M90", "RTN": "M90", "MGR": "R90", "TOT": "R90"},
    }


def test_people_in_post_have_thirty_days_at_least(matrix):
    before = make_person(structure=matrix["MIS"], function_group="police", starts_on=DAY - timedelta(days=10))

    assert asked(before) == {"FND": "M30", "HRB": "R50", "IDR": "M50", "CHD": "M50", "GPC": "R50", "RTN": "R50"}
