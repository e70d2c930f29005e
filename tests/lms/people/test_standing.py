"""A colleague sees a manager's team while she is away: from day to day, never more, and never herself."""

from datetime import timedelta

import pytest

from lms.days import today
from lms.people import access, standing
from lms.people.models import AccessEntry, Posting, StandIn, User
from lms.refusals import NotAllowed
from tests.factories.people import make_person

DAY = timedelta(days=1)


def name(leader, person, by, *, first=0, last=5) -> StandIn:
    return standing.name(leader, person, starts_on=today() + first * DAY, until=today() + last * DAY, by=by)


def team(person) -> set[str]:
    """Asked as at her next request."""
    found = access.people(User.objects.get(pk=person.pk), "P3", within={access.Scope.TEAM})
    return set(found.values_list("official_name", flat=True))


def test_she_sees_the_team_for_those_days_without_herself_and_hands_it_on_to_nobody(cast):
    Posting.objects.filter(person=cast.ben).update(manager=cast.manager)
    third = make_person("Tom Third", structure=cast.mission)
    before = team(cast.ben)

    made, again = (name(cast.manager, cast.ben, cast.manager) for _twice in range(2))
    with pytest.raises(NotAllowed, match="leads nobody"):
        name(cast.ben, third, cast.ben)

    assert (made, before, team(cast.ben), team(cast.manager)) == (again, set(), {"Lea Learner"}, {"Lea Learner", "Ben Learner"})
    assert set(access.leaders()) == {cast.manager, cast.ben}
    assert User.objects.with_duties(today()).get(pk=cast.ben.pk).leads is True
    assert AccessEntry.objects.get(what="stand-in named").person == cast.ben

    StandIn.objects.update(starts_on=today() - 3 * DAY, ends_on=today())
    assert (team(cast.ben), set(access.leaders())) == (set(), {cast.manager})


def test_who_names_whom_and_for_when(cast):
    Posting.objects.filter(person=cast.head).update(manager=cast.focal)
    paperless = make_person("Paula Paper", structure=cast.mission, email=None)
    cases = {
        "your own team": (cast.manager, cast.ben, cast.focal),
        "somebody else": (cast.manager, cast.manager, cast.manager),
        "names herself": (cast.manager, cast.hr, cast.hr),
        "signs in by her address": (cast.manager, paperless, cast.manager),
        "leads nobody": (cast.lea, cast.ben, cast.hr),
    }

    for words, people in cases.items():
        with pytest.raises(NotAllowed, match=words):
            name(*people)
    for first, last in ((-1, 5), (5, 4)):
        with pytest.raises(NotAllowed, match="first day"):
            name(cast.manager, cast.ben, cast.hr, first=first, last=last)
    held = name(cast.manager, cast.ben, cast.hr, first=3)
    with pytest.raises(NotAllowed, match="in that time already"):
        name(cast.manager, cast.nora, cast.manager)
    with pytest.raises(NotAllowed, match="Only the manager"):
        standing.end(held, by=cast.ben, day=today())

    for _twice in range(2):
        standing.end(held, by=cast.manager, day=today())

    assert (list(StandIn.objects.named()), AccessEntry.objects.filter(what="stand-in ended").count()) == ([], 1)


def test_the_pages_of_both(signed_in, cast):
    values = {"person": cast.ben.email, "starts_on": today().isoformat(), "until": (today() + DAY).isoformat()}

    refused = signed_in(cast.manager).post("/reports/team/stand-ins/", values | {"person": "nobody@osce.test"})
    named = signed_in(cast.manager).post("/reports/team/stand-ins/", values)

    held = StandIn.objects.get()
    pages = {who: signed_in(who).get("/reports/team/").content.decode() for who in (cast.manager, cast.ben)}
    assert (refused.status_code, named.status_code) == (422, 302)
    assert "Ben Learner sees your team" in pages[cast.manager]
    assert "You stand in for Mara Manager" in pages[cast.ben]
    assert "Lea Learner" in pages[cast.ben]
    addresses = [f"/reports/team/stand-ins/{held.pk}/end/"] * 2
    ended = [signed_in(who).post(path).status_code for who, path in zip((cast.nora, cast.hr), addresses, strict=True)]
    assert (ended, team(cast.ben)) == ([403, 302], set())
