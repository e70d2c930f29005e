import csv
import json
import stat

import pytest
from django.core.management import CommandError, call_command

from certificates.models import Certificate
from content.models import GuidePage
from courses.models import Assignment, Completion, Course, CoursePage, Enrolment, Exemption
from lms import demo, loading
from lms.days import today
from lms.people.models import FeedLine, Posting, RoleGrant, User
from lms.xapi import storing
from tests.factories.people import make_person


@pytest.fixture
def accounts(settings, tmp_path, monkeypatch):
    """A demo that keeps its passwords where the test can throw them away."""
    settings.DEMO = True
    monkeypatch.setattr(demo, "ACCOUNTS", tmp_path / "demo_accounts.json")
    return demo.ACCOUNTS


def rows(name: str) -> list[dict[str, str]]:
    with (demo.STARTER / "demo" / name).open(newline="") as lines:
        return list(csv.DictReader(lines))


def test_the_demo_comes_in_through_the_front_door_and_once_only(db, accounts):
    passwords = loading.load_demo()

    staff = {row["e-mail"]: row["staff number"] for row in rows("staff.csv")}
    assert dict(User.objects.values_list("email", "staff_number")) == staff
    assert set(passwords) == {f"{name}@{demo.DOMAIN}" for name in demo.PEOPLE} == set(staff)
    assert [User.objects.get(email=address).check_password(password) for address, password in passwords.items()] == [True] * 15
    assert Posting.objects.on(today()).count() == len(staff)
    held = RoleGrant.objects.in_force(today()).values_list("person__email", "role")
    assert set(held) == {(row["e-mail"], row["role"]) for row in rows("roles.csv")}
    assert RoleGrant.objects.get(role="publisher").object_keys == [str(Course.objects.get(code="FND").key)]
    assert GuidePage.objects.live().count() == 3
    assert storing.kept_base() == "https://learn.test/xapi"
    # A second start keeps passwords and what was edited.
    CoursePage.objects.filter(code="FND").update(lede="Edited here.")
    User.objects.filter(email="lea@example.org").update(display_name="Lea B.")
    counts = [model.objects.count() for model in (User, Posting, RoleGrant, Course)]

    second = loading.load_demo()

    assert second == passwords == json.loads(accounts.read_text())
    assert [model.objects.count() for model in (User, Posting, RoleGrant, Course)] == counts
    assert set(CoursePage.objects.filter(code="FND").values_list("lede", flat=True)) == {"Edited here."}
    assert User.objects.get(email="lea@example.org").display_name == "Lea B."
    assert stat.S_IMODE(accounts.stat().st_mode) == 0o600


def test_a_crowd_comes_with_three_years_of_history(db, accounts, folder, capsys):
    said: list[str] = []

    loading.load_crowd(40, 1, say=said.append)
    loading.load_crowd(40, 1, say=said.append)

    asked = Assignment.objects.filter(course__code="FND").with_state(today())
    assert {row.state for row in asked} >= {"exempt", "expiring", "done", "overdue", "in-progress", "not-started"}
    crowd = User.objects.filter(staff_number__startswith="C-")
    assert (crowd.count(), said[-1]) == (40, "These 40 people are here already: nothing was added.")
    outcomes = FeedLine.objects.filter(run__state="applied").values_list("outcome", flat=True)
    assert set(outcomes) >= {"new", "moved", "left", "returned", "refused"}
    assert {person.is_active for person in crowd} == {True, False}
    earned = Completion.objects.filter(source="course")
    assert 10 < earned.filter(renews_from=None).count() < earned.count()
    assert Certificate.objects.filter(drawn_at=None).count() == earned.count()
    assert not Enrolment.objects.filter(closed_at__date__gte=today()).exists()
    assert set(Exemption.objects.values_list("approved_by__email", flat=True)) == {"hr2@example.org", None}
    call_command("rebuild_progress", "--check")
    assert "0 differences." in capsys.readouterr().out
    with pytest.raises(loading.StaffHere, match="needs an empty database"):
        loading.load_crowd(41, 1, say=said.append)


def test_nothing_is_loaded_beside_real_people(db, accounts):
    make_person(email="real@osce.test")

    with pytest.raises(loading.RealPeople, match="1 real people are in this database"):
        loading.load_demo()

    assert (User.objects.count(), accounts.exists()) == (1, False)


def test_without_demo_the_command_makes_no_accounts(db, accounts, settings):
    settings.DEMO = False

    with pytest.raises(CommandError, match="only made with DEMO=1"):
        call_command("load_demo")

    assert User.objects.count() == 0
