from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from lms.days import today
from lms.people import appointing
from lms.people.models import AccessEntry, Role, RoleGrant
from lms.people.roles import group_name
from lms.refusals import NotAllowed

DAY = timedelta(days=1)
ALONE = [role for role in Role if role not in {Role.HR, Role.ADMINISTRATOR, Role.AUDITOR}]


def roles_of(person, day=None) -> set[str]:
    return set(RoleGrant.objects.in_force(day or today()).filter(person=person).values_list("role", flat=True))


def groups_of(person) -> set[str]:
    return set(person.groups.values_list("name", flat=True))


def appoint(person, role, by, **values) -> RoleGrant:
    return appointing.grant(person, role, **{"by": by, "starts_on": today()} | values)


# --- grant ---------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("role", ALONE)
def test_a_role_holds_from_its_first_day_with_the_group_that_goes_with_it(cast, role):
    structure = cast.office if role.is_of_structure else None

    made = appoint(cast.lea, role, cast.admin, structure=structure, object_keys=["a-key"])

    assert (made.granted_by, made.structure, made.object_keys, made.approved_by) == (cast.admin, structure, ["a-key"], None)
    assert roles_of(cast.lea) == {role}
    assert groups_of(cast.lea) == ({group_name(role)} if role in appointing.GROUPS else set())


@pytest.mark.parametrize("role", [Role.HR, Role.ADMINISTRATOR, Role.AUDITOR])
def test_roles_with_much_power_wait_for_a_second_administrator(cast, role):
    made = appoint(cast.lea, role, cast.admin)
    waiting = (roles_of(cast.lea), groups_of(cast.lea))

    appointing.approve(made, by=cast.admin2, day=today())

    assert waiting == (set(), set())
    assert (roles_of(cast.lea), made.approved_by) == ({role}, cast.admin2)
    assert groups_of(cast.lea) == ({group_name(role)} if role in appointing.GROUPS else set())


def test_on_the_servers_own_command_line_nobody_is_waited_for(cast):
    appoint(cast.lea, Role.ADMINISTRATOR, None)

    assert roles_of(cast.lea) == {Role.ADMINISTRATOR}


def test_nobody_gives_a_role_to_herself(cast):
    with pytest.raises(NotAllowed, match="Nobody gives a role to herself"):
        appoint(cast.admin, Role.TRAINER, cast.admin)

    assert roles_of(cast.admin) == {Role.ADMINISTRATOR}


@pytest.mark.parametrize("role", [Role.FOCAL_POINT, Role.DEPUTY, Role.HEAD])
def test_a_role_of_a_structure_names_one(cast, role):
    with pytest.raises(NotAllowed, match="is appointed for a structure: name one"):
        appoint(cast.lea, role, cast.admin)

    assert roles_of(cast.lea) == set()


@pytest.mark.parametrize("ends_in", [None, 30])
def test_the_same_role_is_not_given_twice_at_once(cast, ends_in):
    appoint(cast.lea, Role.TRAINER, cast.admin, ends_on=ends_in and today() + ends_in * DAY)

    with pytest.raises(NotAllowed, match="holds this role in that time already"):
        appoint(cast.lea, Role.TRAINER, cast.admin2)

    assert RoleGrant.objects.filter(person=cast.lea).count() == 1


def test_the_same_role_may_follow_on_the_day_on_which_the_first_ends(cast):
    appoint(cast.lea, Role.TRAINER, cast.admin, starts_on=today() + 20 * DAY)
    appoint(cast.lea, Role.TRAINER, cast.admin, ends_on=today() + 10 * DAY)

    appoint(cast.lea, Role.TRAINER, cast.admin, starts_on=today() + 10 * DAY, ends_on=today() + 20 * DAY)

    assert [bool(roles_of(cast.lea, today() + days * DAY)) for days in (0, 9, 10, 19, 20)] == [True] * 5


def test_the_same_role_may_be_held_for_two_structures(cast):
    for structure in (cast.office, cast.elsewhere):
        appoint(cast.lea, Role.FOCAL_POINT, cast.admin, structure=structure)

    assert RoleGrant.objects.in_force(today()).filter(person=cast.lea).count() == 2


def test_a_role_that_begins_later_gives_no_group_yet_and_takes_none_away(cast):
    appoint(cast.trainer, Role.PUBLISHER, cast.admin, starts_on=today() + DAY)

    assert (roles_of(cast.trainer), groups_of(cast.trainer)) == ({Role.TRAINER}, {group_name(Role.TRAINER)})


# --- approve -------------------------------------------------------------------------------------------------------------
def test_who_proposed_and_who_is_meant_cannot_agree(cast):
    made = appoint(cast.hr, Role.AUDITOR, cast.admin)

    for by in (cast.admin, cast.hr):
        with pytest.raises(NotAllowed, match="A second administrator has to agree"):
            appointing.approve(made, by=by, day=today())

    assert roles_of(cast.hr) == {Role.HR}


def test_what_waits_for_nobody_cannot_be_agreed_to(cast):
    done = appoint(cast.lea, Role.HR, cast.admin)
    appointing.approve(done, by=cast.admin2, day=today())
    ended = appoint(cast.lea, Role.AUDITOR, cast.admin)
    appointing.end(ended, by=cast.admin, day=today())
    over = appoint(cast.ben, Role.AUDITOR, cast.admin, ends_on=today() + DAY)
    for grant, day in (
        (done, today()),
        (ended, today()),
        (over, today() + DAY),
        (appoint(cast.ben, Role.TRAINER, cast.admin), today()),
        (RoleGrant.objects.get(person=cast.hr2), today()),
    ):
        with pytest.raises(NotAllowed, match="waits for nobody"):
            appointing.approve(grant, by=cast.admin2, day=day)

    assert (roles_of(cast.lea), roles_of(cast.ben)) == ({Role.HR}, {Role.TRAINER})


# --- end -----------------------------------------------------------------------------------------------------------------
def test_a_role_that_ends_today_is_over_today(cast):
    held = RoleGrant.objects.get(person=cast.trainer)
    appointing.derive_groups(cast.trainer, day=today())

    appointing.end(held, by=cast.admin, day=today())

    assert (roles_of(cast.trainer), groups_of(cast.trainer), held.ends_on) == (set(), set(), today())
    assert roles_of(cast.trainer, today() - DAY) == {Role.TRAINER}


def test_a_role_that_ends_later_holds_until_then(cast):
    held = RoleGrant.objects.get(person=cast.trainer)
    appointing.derive_groups(cast.trainer, day=today())

    appointing.end(held, by=cast.admin, day=today() + 7 * DAY)

    assert [roles_of(cast.trainer, today() + days * DAY) for days in (0, 6, 7)] == [{Role.TRAINER}, {Role.TRAINER}, set()]
    assert groups_of(cast.trainer) == {group_name(Role.TRAINER)}


def test_a_role_that_was_meant_to_end_later_can_end_now(cast):
    held = appoint(cast.lea, Role.TRAINER, cast.admin, starts_on=today() - DAY, ends_on=today() + 30 * DAY)

    appointing.end(held, by=cast.admin2, day=today())

    assert (roles_of(cast.lea), held.ends_on) == (set(), today())


@pytest.mark.parametrize("begins_in", [0, 5])
def test_a_role_that_ends_before_its_first_day_is_over_is_cancelled(cast, begins_in):
    held = appoint(cast.lea, Role.TRAINER, cast.admin, starts_on=today() + begins_in * DAY)

    appointing.end(held, by=cast.admin, day=today())

    held.refresh_from_db()
    assert (held.cancelled_at is not None, held.ends_on) == (True, None)
    assert [roles_of(cast.lea, today() + days * DAY) for days in (0, 5, 6)] == [set()] * 3


def test_a_cancelled_role_may_be_given_again(cast):
    appointing.end(appoint(cast.lea, Role.TRAINER, cast.admin), by=cast.admin, day=today())

    appoint(cast.lea, Role.TRAINER, cast.admin)

    assert roles_of(cast.lea) == {Role.TRAINER}


def test_nobody_ends_her_own_role(cast):
    with pytest.raises(NotAllowed, match="Nobody ends her own role"):
        appointing.end(RoleGrant.objects.get(person=cast.admin), by=cast.admin, day=today())

    assert roles_of(cast.admin) == {Role.ADMINISTRATOR}


def test_a_role_ends_once(cast):
    held, new = RoleGrant.objects.get(person=cast.trainer), appoint(cast.lea, Role.TRAINER, cast.admin)
    for grant in (held, new):
        appointing.end(grant, by=cast.admin, day=today())

    for grant in (held, new):
        with pytest.raises(NotAllowed, match="over already"):
            appointing.end(grant, by=cast.admin2, day=today())


def test_the_log_keeps_who_ended_a_role(cast):
    appointing.end(RoleGrant.objects.get(person=cast.trainer), by=cast.admin, day=today())

    assert list(AccessEntry.objects.values_list("actor", "person", "what")) == [
        (cast.admin.pk, cast.trainer.pk, "role ended: trainer")
    ]


# --- groups --------------------------------------------------------------------------------------------------------------
def test_groups_follow_the_grants_of_the_day(cast):
    appoint(cast.lea, Role.TRAINER, cast.admin, ends_on=today() + 10 * DAY)
    appoint(cast.lea, Role.PUBLISHER, cast.admin, starts_on=today() + 5 * DAY)

    found = []
    for days in (0, 5, 10):
        appointing.derive_groups(cast.lea, day=today() + days * DAY)
        found.append({name.removeprefix("Role: ") for name in groups_of(cast.lea)})

    assert found == [{"trainer"}, {"trainer", "publisher"}, {"publisher"}]


def test_groups_that_are_right_cost_two_queries(cast, django_assert_num_queries):
    appointing.derive_groups(cast.trainer, day=today())

    with django_assert_num_queries(2):
        appointing.derive_groups(cast.trainer, day=today())


# --- what the database refuses whoever asks --------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "values",
    [
        {"role": Role.HEAD},
        {"role": Role.TRAINER, "granted_by": "lea"},
        {"role": Role.HR, "granted_by": "admin", "approved_by": "admin"},
        {"role": Role.TRAINER, "ends_on": today()},
    ],
)
def test_the_database_itself_refuses(cast, values):
    people = {name: getattr(cast, value) for name, value in values.items() if name.endswith("_by")}

    with pytest.raises(IntegrityError), transaction.atomic():
        RoleGrant.objects.create(person=cast.lea, **{"starts_on": today()} | values | people)

    assert roles_of(cast.lea) == set()


def test_nobody_is_superuser_not_even_by_sql(cast):
    with pytest.raises(IntegrityError), transaction.atomic():
        type(cast.lea).objects.filter(pk=cast.lea.pk).update(is_superuser=True)


# --- the command -----------------------------------------------------------------------------------------------------------
def test_the_command_appoints_on_the_word_of_whoever_runs_the_server(cast, capsys):
    call_command("grant_role", cast.lea.email.upper(), "focal-point", "--structure", "MIS-F")

    held = RoleGrant.objects.get(person=cast.lea)
    assert (held.role, held.structure, held.granted_by, held.starts_on) == (Role.FOCAL_POINT, cast.office, None, today())
    assert capsys.readouterr().out == "Lea Learner is focal point from today on.\n"


@pytest.mark.parametrize(
    "arguments", [["nobody@osce.test", "trainer"], ["LEA", "head", "--structure", "NOWHERE"], ["LEA", "head"]]
)
def test_the_command_explains_what_is_wrong(cast, arguments):
    with pytest.raises(CommandError, match="does not exist|name one"):
        call_command("grant_role", *[cast.lea.email if word == "LEA" else word for word in arguments])

    assert roles_of(cast.lea) == set()


def test_a_grant_counts_as_waiting_only_until_somebody_agreed(cast):
    waiting = appoint(cast.lea, Role.HR, cast.admin)
    on_server = appoint(cast.ben, Role.HR, None)
    alone = appoint(cast.ben, Role.TRAINER, cast.admin)

    assert [grant.needs_approval for grant in (waiting, on_server, alone)] == [True, False, False]
