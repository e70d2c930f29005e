"""Accounts and roles in the hands of administrators; HR and auditors look on."""

from datetime import timedelta
from uuid import uuid4

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.messages import get_messages

from lms.days import today
from lms.people import appointing
from lms.people.models import AccessEntry, Posting, Role, RoleGrant, User
from tests.factories.cast import COURSE_KEY
from tests.factories.course import make_guide
from tests.factories.people import make_grant, make_person

DAY = timedelta(days=1)


def said(response) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


def log() -> list[tuple[str, str | None]]:
    """What was written about named people, with whom it was about."""
    rows = AccessEntry.objects.filter(was_refused=False).order_by("pk")
    return list(rows.values_list("what", "person__official_name"))


def roles_of(person) -> set[str]:
    return set(RoleGrant.objects.in_force(today()).filter(person=person).values_list("role", flat=True))


# --- the list ------------------------------------------------------------------------------------------------------------
def test_the_list_shows_everybody_in_the_order_of_names(signed_in, cast):
    page = signed_in(cast.admin).get("/people/").context["page"]

    assert [person.official_name for person in page] == sorted(person.official_name for person in cast.everybody.values())


@pytest.mark.parametrize("wanted", ["LEARNER", " learner "])
def test_the_list_is_searched_by_name(signed_in, cast, wanted):
    page = signed_in(cast.admin).get("/people/", {"q": wanted}).context["page"]

    assert list(page) == [cast.ben, cast.lea]


def test_the_list_is_searched_by_address_and_by_the_name_that_she_uses(signed_in, cast):
    User.objects.filter(pk=cast.lea.pk).update(display_name="Eve Other")
    client = signed_in(cast.admin)

    found = [list(client.get("/people/", {"q": wanted}).context["page"]) for wanted in (cast.nora.email, "eve o", "nobody")]

    assert found == [[cast.nora], [cast.lea], []]


def test_a_search_is_written_into_the_log_without_its_words(signed_in, cast):
    signed_in(cast.admin).get("/people/", {"q": "lea"})

    entry = AccessEntry.objects.get()
    assert (entry.actor, entry.what, entry.selection, entry.count) == (cast.admin, "people", {"q": "…"}, 2)


@pytest.mark.parametrize("more", [0, 30])
def test_the_list_costs_the_same_for_few_and_for_many(signed_in, cast, django_assert_num_queries, more):
    for _ in range(more):
        make_person(structure=cast.mission)
    client = signed_in(cast.admin)

    with django_assert_num_queries(7):
        client.get("/people/")


def test_roles_that_wait_stand_above_the_list_until_somebody_agreed(signed_in, cast):
    waiting = appointing.grant(cast.lea, Role.HR, by=cast.admin, starts_on=today(), ends_on=today() + DAY)
    appointing.grant(cast.ben, Role.TRAINER, by=cast.admin, starts_on=today())
    before = list(signed_in(cast.admin2).get("/people/").context["waiting"])

    appointing.approve(waiting, by=cast.admin2, day=today())

    assert (before, list(signed_in(cast.admin2).get("/people/").context["waiting"])) == ([waiting], [])


# --- one person ----------------------------------------------------------------------------------------------------------
def test_a_person_is_shown_with_posting_and_roles(signed_in, cast):
    response = signed_in(cast.admin).get(f"/people/{cast.focal.uuid}/")

    page = response.content.decode()
    assert response.context["posting"] == Posting.objects.get(person=cast.focal)
    assert [grant for grant, about in response.context["held"]] == [RoleGrant.objects.get(person=cast.focal)]
    assert [words in page for words in ("Fina Focal", cast.focal.email, "MIS, Skopje", cast.focal.staff_number)] == [True] * 4
    assert log() == [("account", "Fina Focal")]


@pytest.mark.parametrize("more", [0, 3])
def test_a_person_costs_the_same_with_one_role_and_with_four(signed_in, cast, django_assert_num_queries, more):
    for structure in (cast.office, cast.elsewhere, cast.secretariat)[:more]:
        make_grant(cast.focal, Role.FOCAL_POINT, structure=structure, granted_by=cast.admin, approved_by=cast.admin2)
    client = signed_in(cast.admin)

    with django_assert_num_queries(12):
        client.get(f"/people/{cast.focal.uuid}/")


@pytest.mark.parametrize("reader", ["hr", "auditor"])
def test_who_only_reads_finds_no_buttons(signed_in, cast, reader):
    person = cast.lea if reader == "hr" else cast.auditor

    page = signed_in(getattr(cast, reader)).get(f"/people/{person.uuid}/").content.decode()

    assert page.count("<form") == 1  # signing out
    assert person.official_name in page


def test_nobody_who_does_not_exist_is_404(signed_in, cast):
    assert signed_in(cast.admin).get(f"/people/{uuid4()}/").status_code == 404
    assert AccessEntry.objects.get().was_refused is True


def test_an_auditor_without_a_case_finds_nobody_else(signed_in, cast):
    client = signed_in(cast.auditor)

    assert client.get(f"/people/{cast.lea.uuid}/").status_code == 404
    assert list(client.get("/people/").context["page"]) == [cast.auditor]


# --- acts on an account ----------------------------------------------------------------------------------------------------
ACTS = ["activate", "deactivate", "send-link", "end-sessions", "remove-factor"]


def act(client, person, action):
    return client.post(f"/people/{person.uuid}/{action}/")


def test_an_administrator_closes_and_opens_an_account(signed_in, cast):
    client, states = signed_in(cast.admin), []

    for action in ("deactivate", "activate"):
        answer = act(client, cast.lea, action)
        states.append((answer.headers["Location"], User.objects.get(pk=cast.lea.pk).is_active))

    assert states == [(f"/people/{cast.lea.uuid}/", False), (f"/people/{cast.lea.uuid}/", True)]
    assert log() == [(what, "Lea Learner") for what in ("sessions ended", "account deactivated", "account activated")]


def test_an_administrator_sends_a_link(signed_in, cast, mailoutbox):
    answer = act(signed_in(cast.admin), cast.lea, "send-link")

    assert (said(answer), [mail.to for mail in mailoutbox], log()) == (
        ["Done."],
        [[cast.lea.email]],
        [("link sent", "Lea Learner")],
    )


def test_an_administrator_removes_a_lost_factor(signed_in, cast):
    Authenticator.objects.create(user=cast.hr, type=Authenticator.Type.TOTP, data={})

    act(signed_in(cast.admin), cast.hr, "remove-factor")

    assert (Authenticator.objects.count(), log()) == (0, [("second factor removed", "Hedi Resources")])


@pytest.mark.parametrize("action", ["activate", "deactivate", "remove-factor"])
def test_nobody_acts_on_her_own_account(signed_in, cast, action):
    Authenticator.objects.create(user=cast.admin, type=Authenticator.Type.TOTP, data={})

    answer = act(signed_in(cast.admin), cast.admin, action)

    assert said(answer) == ["Ask another administrator: nobody decides about her own account."]
    assert (User.objects.get(pk=cast.admin.pk).is_active, Authenticator.objects.count(), log()) == (True, 1, [])


@pytest.mark.parametrize("action", ACTS)
def test_nobody_but_an_administrator_acts_on_accounts(signed_in, cast, mailoutbox, action):
    others = {name: person for name, person in cast.everybody.items() if name not in {"admin", "admin2"}}

    answers = {act(signed_in(person), cast.lea, action).status_code for person in others.values()}

    assert (answers, mailoutbox, User.objects.get(pk=cast.lea.pk).is_active) == ({403}, [], True)
    assert AccessEntry.objects.filter(was_refused=True).count() == len(others)


@pytest.mark.parametrize("action", ACTS)
def test_acts_are_never_done_by_following_a_link(signed_in, cast, action):
    assert signed_in(cast.admin).get(f"/people/{cast.lea.uuid}/{action}/").status_code == 405


def test_there_are_no_other_acts(signed_in, cast):
    assert act(signed_in(cast.admin), cast.lea, "set-password").status_code == 404


# --- roles -----------------------------------------------------------------------------------------------------------------
def give(client, person, role, **values):
    return client.post(f"/people/{person.uuid}/grant/", {"role": role, **values})


def test_an_administrator_gives_a_role(signed_in, cast, course):
    answer = give(signed_in(cast.admin), cast.lea, "trainer", object_keys=[str(COURSE_KEY)])

    held = RoleGrant.objects.get(person=cast.lea)
    assert (answer.headers["Location"], said(answer)) == (f"/people/{cast.lea.uuid}/", ["The role holds from now on."])
    assert (held.role, held.object_keys, held.starts_on, held.ends_on, held.granted_by) == (
        "trainer",
        [str(COURSE_KEY)],
        today(),
        None,
        cast.admin,
    )
    assert roles_of(cast.lea) == {"trainer"}


def test_her_page_says_for_which_course(signed_in, cast, course):
    give(signed_in(cast.admin), cast.lea, "trainer", object_keys=[str(COURSE_KEY)])

    shown = signed_in(cast.admin).get(f"/people/{cast.lea.uuid}/").content.decode()

    assert f"<b>trainer</b> · {course.page.title}" in shown


def test_a_course_is_for_trainers_and_a_guide_for_its_owner(signed_in, cast, course):
    guide = make_guide()

    wrong = give(signed_in(cast.admin), cast.lea, "trainer", object_keys=[str(guide.translation_key)])
    right = give(signed_in(cast.admin), cast.lea, "guide-owner", object_keys=[str(guide.translation_key)])

    assert (wrong.status_code, list(wrong.context["form"].errors)) == (422, ["object_keys"])
    assert (right.status_code, RoleGrant.objects.get(person=cast.lea).object_keys) == (302, [str(guide.translation_key)])


def test_a_role_may_have_a_structure_and_an_end(signed_in, cast):
    give(signed_in(cast.admin), cast.lea, "focal-point", structure=cast.office.pk, ends_on=(today() + DAY).isoformat())

    held = RoleGrant.objects.get(person=cast.lea)
    assert (held.role, held.structure, held.ends_on) == ("focal-point", cast.office, today() + DAY)


@pytest.mark.parametrize("role", ["hr-officer", "administrator", "auditor"])
def test_a_role_with_much_power_waits_for_a_second_administrator(signed_in, cast, role):
    answer = give(signed_in(cast.admin), cast.lea, role, ends_on=(today() + 30 * DAY).isoformat())
    held, before = RoleGrant.objects.get(person=cast.lea), roles_of(cast.lea)
    shown = signed_in(cast.admin2).get(f"/people/{cast.lea.uuid}/").content.decode()

    agreed = signed_in(cast.admin2).post(f"/people/grants/{held.pk}/approve/")

    assert (said(answer), before, f"/people/grants/{held.pk}/approve/" in shown) == (
        ["Waits for a second administrator."],
        set(),
        True,
    )
    assert (said(agreed), roles_of(cast.lea)) == (["The role holds from now on."], {role})


def test_who_proposed_cannot_agree(signed_in, cast):
    give(signed_in(cast.admin), cast.lea, "hr-officer")
    held = RoleGrant.objects.get(person=cast.lea)

    answer = signed_in(cast.admin).post(f"/people/grants/{held.pk}/approve/")

    assert (said(answer)[-1], roles_of(cast.lea)) == ("A second administrator has to agree.", set())


def test_nobody_gives_a_role_to_herself(signed_in, cast):
    answer = give(signed_in(cast.admin), cast.admin, "trainer")

    assert (answer.status_code, answer.context["form"].non_field_errors()) == (422, ["Nobody gives a role to herself."])
    assert roles_of(cast.admin) == {"administrator"}


def test_nobody_ends_her_own_role(signed_in, cast):
    held = RoleGrant.objects.get(person=cast.admin)

    answer = signed_in(cast.admin).post(f"/people/grants/{held.pk}/end/")

    assert (said(answer), roles_of(cast.admin)) == (["Nobody ends her own role: ask another administrator."], {"administrator"})


WRONG = {
    "no role": ({}, "role"),
    "unknown role": ({"role": "emperor"}, "role"),
    "unknown structure": ({"role": "head", "structure": "999999"}, "structure"),
    "no structure": ({"role": "head"}, "__all__"),
    "over already": ({"role": "trainer", "ends_on": today().isoformat()}, "ends_on"),
    "no day": ({"role": "trainer", "ends_on": "soon"}, "ends_on"),
    "no key": ({"role": "trainer", "object_keys": "FND"}, "object_keys"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_form_is_shown_again_with_what_is_wrong(signed_in, cast, name):
    values, field = WRONG[name]

    answer = signed_in(cast.admin).post(f"/people/{cast.lea.uuid}/grant/", values)

    assert (answer.status_code, list(answer.context["form"].errors), roles_of(cast.lea)) == (422, [field], set())


@pytest.mark.parametrize("ends_on", [None, today() + 30 * DAY])
def test_a_role_is_ended_with_its_button(signed_in, cast, ends_on):
    held = make_grant(cast.lea, Role.TRAINER, ends_on=ends_on)
    client = signed_in(cast.admin)
    shown = client.get(f"/people/{cast.lea.uuid}/").content.decode()

    answer = client.post(f"/people/grants/{held.pk}/end/")

    assert f"/people/grants/{held.pk}/end/" in shown
    assert (said(answer), roles_of(cast.lea)) == (["The role is over, from the next page on."], set())
    assert f"/people/grants/{held.pk}/end/" not in client.get(f"/people/{cast.lea.uuid}/").content.decode()


def test_a_grant_that_does_not_exist_is_404(signed_in, cast):
    client = signed_in(cast.admin)

    assert [client.post(f"/people/grants/0/{verb}/").status_code for verb in ("end", "approve")] == [404, 404]


def test_nobody_but_an_administrator_touches_roles(signed_in, cast):
    waiting = appointing.grant(cast.lea, Role.HR, by=cast.admin, starts_on=today())
    others = {name: person for name, person in cast.everybody.items() if name not in {"admin", "admin2"}}

    answers = set()
    for person in others.values():
        client = signed_in(person)
        answers |= {client.post(f"/people/grants/{waiting.pk}/{verb}/").status_code for verb in ("end", "approve")}
        answers.add(give(client, cast.ben, "trainer").status_code)

    assert (answers, roles_of(cast.lea), roles_of(cast.ben)) == ({403}, set(), set())
