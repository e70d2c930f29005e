"""How far a right goes: structures with what is below them, keys, teams; and on which days."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from lms.days import today
from lms.people import access, appointing
from lms.people.access import CELLS, Reach, Scope
from lms.people.models import Posting, Role, StructurePeriod, User
from tests.factories.cast import COURSE_KEY, GUIDE_KEY
from tests.factories.people import make_grant, make_person, make_posting

DAY = timedelta(days=1)
IN_MISSION = {"focal", "deputy", "lea", "ben", "nora", "manager", "head"}


def reached(cast, reader, column="P3", action="R") -> set[str]:
    """Names of the cast whom the reader reaches, asked as at her next request."""
    found = access.people(User.objects.get(pk=reader.pk), column, action)
    return {name for name, person in cast.everybody.items() if person in found}


def scopes(reader, column, action="R") -> set[str]:
    return set(access.rights(User.objects.get(pk=reader.pk)).scopes(column, action))


# --- the table -----------------------------------------------------------------------------------------------------------
def test_every_cell_is_written_so_that_it_can_be_read():
    roles = {access.LEARNER, access.MANAGER, *Role}
    for column, cells in CELLS.items():
        for role, text in cells.items():
            assert (column, role, role in roles) == (column, role, True)
            for cell in text.split(", "):
                letters, scope = cell.split()
                assert (set(letters) <= set("RWAX"), Scope(scope)) == (True, scope)


def test_nobody_who_is_not_signed_in_has_any_right(db):
    rights = access.rights(AnonymousUser())

    assert {(column, action): scopes for column in CELLS for action in "RWAX" if (scopes := rights.scopes(column, action))} == {}
    assert (rights.roles, rights.has_duties, access.people(AnonymousUser(), "P3").count()) == (frozenset(), False, 0)


def test_a_column_that_does_not_exist_is_an_error_not_a_right(cast):
    with pytest.raises(KeyError):
        access.rights(cast.hr).scopes("P99")


def test_roles_of_one_person_add_up(cast):
    make_grant(cast.overview, Role.FOCAL_POINT, structure=cast.office)

    assert scopes(cast.overview, "P3") == {"own", "total", "structure"}
    assert reached(cast, cast.overview) == {"overview", "nora"}


# --- structures ----------------------------------------------------------------------------------------------------------
def test_a_structure_reaches_what_is_below_it_and_nothing_above_or_beside(cast):
    make_grant(cast.trainer, Role.FOCAL_POINT, structure=cast.office)

    assert [reached(cast, cast.focal), reached(cast, cast.trainer)] == [IN_MISSION, {"nora", "trainer"}]


def test_several_structures_add_up(cast):
    make_grant(cast.focal, Role.FOCAL_POINT, structure=cast.elsewhere)

    assert reached(cast, cast.focal) == IN_MISSION | {"stranger"}


def test_a_structure_that_moved_is_reached_from_its_new_place(cast):
    period = StructurePeriod.objects.get(structure=cast.office)
    period.ends_on = today()
    period.save()
    StructurePeriod.objects.create(structure=cast.office, names={"en": "Office"}, parent=cast.elsewhere, starts_on=today())
    make_grant(cast.stranger, Role.HEAD, structure=cast.elsewhere)

    assert [reached(cast, cast.focal), reached(cast, cast.stranger)] == [IN_MISSION - {"nora"}, {"stranger", "nora"}]


def test_a_reach_names_the_structures(cast):
    found = access.reach(cast.focal, "P3")

    assert found == Reach(frozenset({Scope.OWN, Scope.STRUCTURE}), frozenset({cast.mission.pk, cast.office.pk}), frozenset())


# --- keys ----------------------------------------------------------------------------------------------------------------
def test_a_grant_for_courses_or_guides_reaches_those_that_it_names(cast):
    courses, guides = access.reach(cast.trainer, "C3", "W"), access.reach(cast.owner, "V1")

    assert [COURSE_KEY in courses, GUIDE_KEY in courses, UUID(int=1) in courses] == [True, False, False]
    assert [COURSE_KEY in guides, GUIDE_KEY in guides] == [False, True]
    assert (bool(courses), bool(access.reach(cast.lea, "C3"))) == (True, False)


def test_a_key_counts_only_for_the_role_that_it_was_given_for(cast):
    make_grant(cast.owner, Role.TRAINER, keys=[COURSE_KEY])

    assert [key in access.reach(cast.owner, "V1") for key in (COURSE_KEY, GUIDE_KEY)] == [False, True]
    assert [key in access.reach(cast.owner, "C4") for key in (COURSE_KEY, GUIDE_KEY)] == [True, False]


def test_who_reaches_all_reaches_every_key(cast):
    assert COURSE_KEY in access.reach(cast.hr, "P3")


def test_a_grant_that_names_no_course_is_for_none(cast):
    make_grant(cast.lea, Role.TRAINER)

    assert (scopes(cast.lea, "C3", "W"), COURSE_KEY in access.reach(cast.lea, "C3", "W")) == ({"given"}, False)


# --- days ----------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("starts_in", "ends_in", "holds"),
    [(-5, None, True), (0, None, True), (1, None, False), (-5, 0, False), (-5, 1, True), (-5, -1, False)],
)
def test_a_grant_holds_from_its_first_day_to_the_day_before_its_end(cast, starts_in, ends_in, holds):
    ends_on = None if ends_in is None else today() + ends_in * DAY
    make_grant(cast.ben, Role.HEAD, structure=cast.office, starts_on=today() + starts_in * DAY, ends_on=ends_on)

    assert reached(cast, cast.ben) == ({"ben", "nora"} if holds else {"ben"})


def test_a_grant_that_waits_for_a_second_person_gives_nothing(cast):
    grant = make_grant(cast.ben, Role.HR, granted_by=cast.admin)
    waiting = (scopes(cast.ben, "P3"), reached(cast, cast.ben))

    appointing.approve(grant, by=cast.admin2, day=today())

    assert waiting == ({"own"}, {"ben"})
    assert (scopes(cast.ben, "P3"), reached(cast, cast.ben)) == ({"own", "all"}, set(cast.everybody))


def test_a_grant_that_was_cancelled_gives_nothing(cast):
    make_grant(cast.ben, Role.HR, cancelled_at=timezone.now())

    assert (scopes(cast.ben, "P3"), reached(cast, cast.ben)) == ({"own"}, {"ben"})


def test_rights_kept_from_yesterday_are_read_again_today(cast, monkeypatch):
    make_grant(cast.ben, Role.HEAD, structure=cast.office, ends_on=today() + DAY)
    before = access.rights(cast.ben).scopes("P3")
    tomorrow = today() + DAY
    monkeypatch.setattr(access, "today", lambda: tomorrow)

    assert (before, access.rights(cast.ben).scopes("P3")) == ({Scope.OWN, Scope.STRUCTURE}, {Scope.OWN})


# --- postings ------------------------------------------------------------------------------------------------------------
def test_who_left_a_structure_is_no_longer_reached_there(cast):
    Posting.objects.filter(person=cast.nora).update(ends_on=today())

    assert reached(cast, cast.focal) == IN_MISSION - {"nora"}


def test_who_moved_is_reached_where_she_is_now(cast):
    Posting.objects.filter(person=cast.stranger).update(ends_on=today())
    make_posting(cast.stranger, cast.office, starts_on=today())

    assert reached(cast, cast.focal) == IN_MISSION | {"stranger"}


def test_a_posting_on_its_last_day_counts_and_a_future_one_does_not_yet(cast):
    Posting.objects.filter(person=cast.nora).update(ends_on=today() + DAY)
    Posting.objects.filter(person=cast.stranger).update(ends_on=today() + DAY)
    make_posting(cast.stranger, cast.mission, starts_on=today() + DAY)

    assert reached(cast, cast.focal) == IN_MISSION


def test_a_team_is_whoever_names_her_as_manager_today(cast):
    before = (scopes(cast.manager, "P3"), reached(cast, cast.manager))
    Posting.objects.filter(person=cast.lea).update(ends_on=today())
    make_posting(cast.lea, cast.mission, manager=cast.ben, starts_on=today())

    assert before == ({"own", "team"}, {"manager", "lea"})
    assert [scopes(person, "P3") for person in (cast.manager, cast.ben)] == [{"own"}, {"own", "team"}]
    assert [reached(cast, person) for person in (cast.manager, cast.ben)] == [{"manager"}, {"ben", "lea"}]


def test_who_manages_reads_but_does_not_export(cast):
    assert [reached(cast, cast.manager, "P3", action) for action in "RX"] == [{"manager", "lea"}, {"manager"}]


def test_totals_reach_nobody_else_by_name(cast):
    assert (scopes(cast.overview, "P3", "X"), reached(cast, cast.overview, "P3", "X")) == ({"own", "total"}, {"overview"})


# --- costs ---------------------------------------------------------------------------------------------------------------
def from_session(person) -> User:
    """As the sign-in finds her at each request."""
    return User.objects.with_duties(today()).get(pk=person.pk)


def test_people_without_duties_cost_the_menu_no_query(cast, django_assert_num_queries):
    lea = from_session(cast.lea)

    with django_assert_num_queries(0):
        rights = access.rights(lea)
        menu = [rights.sees_reports, rights.edits, rights.administers, rights.audits, rights.keeps_guides]
        duties = [rights.agrees_to_names, rights.needs_second_factor, *menu]

    assert duties == [False] * 7


def test_rights_are_read_once_a_request(cast, django_assert_num_queries):
    focal = from_session(cast.focal)

    with django_assert_num_queries(2):  # the grants, and the tree of structures
        for column in CELLS:
            access.reach(focal, column)
            access.reach(focal, column, "W")


MENU = {
    "sees_reports": {"hr", "hr2", "focal", "deputy", "head", "manager", "overview"},
    "edits": {"trainer", "publisher", "owner", "focal", "deputy", "admin", "admin2"},
    "administers": {"admin", "admin2"},
    "audits": {"auditor"},
    "agrees_to_names": {"hr", "hr2"},
    "keeps_guides": {"owner"},
    "needs_second_factor": {"trainer", "publisher", "owner", "hr", "hr2", "head", "overview", "auditor", "admin", "admin2"},
}


@pytest.mark.parametrize("entry", MENU)
def test_who_finds_what_in_the_menu(cast, entry):
    found = {name for name, person in cast.everybody.items() if getattr(access.rights(from_session(person)), entry)}

    assert found == MENU[entry]


def test_a_superuser_in_memory_is_nobody_special(cast):
    cast.lea.is_superuser = True

    assert (access.rights(cast.lea).roles, reached(cast, cast.lea)) == ({"learner"}, {"lea"})


def test_somebody_local_without_a_posting_has_roles_all_the_same(cast):
    local = make_person(source=User.Source.LOCAL)
    make_grant(local, Role.ADMINISTRATOR)

    assert access.people(local, "P1", "W").count() == User.objects.count()
