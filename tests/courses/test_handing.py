"""When a role ends its open tasks go to somebody else, and who held it is refused from the next moment on."""

from datetime import timedelta

import pytest

from courses import convening, handing, recommending
from courses.convening import Outcome
from courses.models import Completion, GroupSession, ManualAssignment
from lms.days import today
from lms.jobs.models import Mail
from lms.people import appointing
from lms.people.models import AccessEntry, Role, RoleGrant
from lms.refusals import NotAllowed
from tests.courses.test_convening import confirm, convene, record, refusal
from tests.factories.asking import make_offered
from tests.factories.learning import complete
from tests.factories.people import make_grant, make_person

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _outbox(settings):
    settings.EMAIL_BACKEND = "lms.jobs.mailing.QueueBackend"


def recommend(cast, *people) -> None:
    course = make_offered("RTN")
    recommending.recommend(course, people, by=cast.focal, day=today(), until=today() + 30 * DAY, note="Worth it.")


def grant_of(person) -> RoleGrant:
    return RoleGrant.objects.get(person=person)


def holders() -> set[str]:
    return set(GroupSession.objects.values_list("held_by__official_name", flat=True)) | set(
        ManualAssignment.objects.values_list("kept_by__official_name", flat=True)
    )


def test_a_role_handed_over_leaves_nothing_open_behind(signed_in, cast, course):
    complete(cast.focal, course)
    session = record(convene(cast, course), cast.focal, passed=[cast.lea])
    recommend(cast, cast.ben, cast.nora)
    pages = [f"/sessions/{session.uuid}/{page}" for page in ("", "sheet/", "key/", "parts/")]
    before = [signed_in(cast.focal).get(path).status_code for path in pages]
    address = f"/reports/handover/{grant_of(cast.focal).pk}/"

    shown = signed_in(cast.hr).get(address).content.decode()
    answers = [signed_in(cast.hr).post(address, {"to": str(cast.deputy.uuid)}).status_code for _twice in range(2)]

    session.refresh_from_db()
    assert ("Garage" in shown, "2 courses recommended by name" in shown, answers) == (True, True, [302, 302])
    assert (before, holders()) == ([200] * 4, {"Dan Deputy"})
    assert (session.made_by, session.recorded_by) == (cast.focal, cast.focal)
    assert set(ManualAssignment.objects.values_list("recorded_by", flat=True)) == {cast.focal.pk}
    assert [signed_in(cast.focal).get(path).status_code for path in pages] == [403] * 4
    assert signed_in(cast.focal).post(f"{pages[0]}record/").status_code == 403
    assert "Held by Dan Deputy" in signed_in(cast.deputy).get(pages[0]).content.decode()
    entry = AccessEntry.objects.get(what="tasks handed over")
    assert (entry.actor, entry.person) == (cast.hr, cast.focal)
    assert entry.selection == {"to": str(cast.deputy.uuid), "sessions": "1", "recommendations": "2"}
    assert Mail.objects.get().address == cast.deputy.email

    confirm(session, cast.deputy)  # who recorded it was somebody else
    assert Completion.objects.filter(person=cast.lea).count() == 1


def test_who_recorded_it_last_does_not_confirm_it_either(cast, course):
    session = convene(cast, course)
    handing.hand_over(grant_of(cast.focal), to=cast.deputy, by=cast.admin, day=today())
    record(session, cast.deputy, passed=[cast.lea])

    assert "second person" in refusal(confirm, session, cast.deputy)
    assert "Only who holds" in refusal(
        convening.record, session, held_on=today(), outcomes={cast.lea.uuid: Outcome.PASSED}, by=cast.focal
    )
    assert confirm(session, cast.hr).stage == "confirmed"


def test_a_grant_that_ends_by_its_day_passes_on_at_the_next_run_and_waits_while_nobody_can_take_over(cast, course):
    session = convene(cast, course, "Lea Learner")
    closed = convening.cancel(convene(cast, course, "Ben Learner"), by=cast.focal)
    recommend(cast, cast.ben)
    RoleGrant.objects.filter(person__in=[cast.focal, cast.deputy]).update(ends_on=today())

    waiting = handing.pass_on(today())
    make_grant(make_person("Nina New", structure=cast.mission), Role.FOCAL_POINT, structure=cast.mission, starts_on=today())
    runs = [handing.pass_on(today()) for _twice in range(2)]

    session.refresh_from_db()
    closed.refresh_from_db()
    assert (waiting, runs) == (0, [2, 0])
    assert (session.held_by.official_name, closed.held_by) == ("Nina New", cast.focal)
    assert ManualAssignment.objects.get().kept_by == session.held_by
    assert AccessEntry.objects.get(what="tasks handed over").actor == session.held_by


def test_what_an_administrator_ends_goes_to_the_nearest_who_may_hold_it_and_has_no_seat(cast, course):
    mine = convene(cast, course, "Dan Deputy")
    by_trainer = convene(cast, course, "Otto Overview", structure=cast.secretariat, by=cast.trainer)
    both = make_person("Bea Both", structure=cast.secretariat)
    make_grant(both, Role.TRAINER, keys=[course.course.key])

    appointing.end(grant_of(cast.focal), by=cast.admin, day=today())
    appointing.end(grant_of(cast.trainer), by=cast.admin, day=today())

    mine.refresh_from_db()
    by_trainer.refresh_from_db()
    assert (mine.held_by, by_trainer.held_by) == (cast.focal, both)


def test_who_hands_over_to_whom(cast, course):
    focal = grant_of(cast.focal)
    cases = {
        "Only Human Resources": (focal, cast.deputy, cast.head),
        "Nobody hands over": (focal, cast.hr, cast.hr),
        "No tasks hang": (grant_of(cast.head), cast.deputy, cast.hr),
        "Choose a focal point": (focal, cast.lea, cast.hr),
    }

    for words, (grant, to, by) in cases.items():
        with pytest.raises(NotAllowed, match=words):
            handing.hand_over(grant, to=to, by=by, day=today())

    assert RoleGrant.objects.in_force(today()).filter(pk=focal.pk).exists()
