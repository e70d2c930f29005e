"""Lists under a name: kept, shared, sent, and passed on when a role ends."""

from datetime import date, timedelta

import pytest

from courses import handing
from lms.days import today
from lms.jobs.models import Mail
from lms.people import appointing
from lms.people.models import AccessEntry, RoleGrant, User
from lms.refusals import NotAllowed
from lms.reports import passing, saving
from lms.reports.filters import Filter
from lms.reports.list_models import Export, SavedList, Schedule
from lms.reports.listings import Listing
from lms.reports.models import SheetRow
from tests.factories.people import make_grant, make_person
from tests.lms.reports.rows import add_course
from tests.lms.reports.sheet_rows import add_row, make_sheet

DAY = timedelta(days=1)
LATE = Listing(Filter(states=("overdue",)), columns=("name", "due"))


@pytest.fixture(autouse=True)
def _outbox(settings, folder):
    settings.EMAIL_BACKEND = "lms.jobs.mailing.QueueBackend"


@pytest.fixture
def sheet(cast):
    sheet, one = make_sheet(), add_course("ONE")
    for person in (cast.lea, cast.stranger):
        add_row(sheet, person, one, state="overdue", due_on=today() - DAY)
    return sheet


@pytest.fixture
def saved(cast, sheet) -> SavedList:
    return saving.keep(cast.focal, LATE, name="Late ones", is_shared=True)


def schedule(saved: SavedList, every="month", form="csv") -> Schedule:
    return saving.schedule(saved, by=saved.owner, every=every, form=form, purpose="Monthly talk", day=today())


def next_month() -> date:
    return saving.period(saving.period(today(), "month") + 32 * DAY, "month")


def subjects() -> list[tuple[str, str]]:
    return list(Mail.objects.order_by("pk").values_list("address", "subject"))


def test_a_list_is_saved_from_its_page_renamed_shared_and_ended(signed_in, cast, sheet):
    client = signed_in(cast.focal)
    client.post("/reports/list/save/?states=overdue", {"name": "Late ones"})
    made = SavedList.objects.get()
    client.post(f"/reports/lists/{made.uuid}/change/", {"name": "Late people", "is_shared": "on"})
    page = client.get("/reports/lists/").content.decode()
    schedule(made)
    strangers = [
        signed_in(cast.deputy).post(f"/reports/lists/{made.uuid}/{step}/", {"name": "Mine", "every": "week"}).status_code
        for step in ("change", "end", "schedule")
    ]
    signed_in(cast.focal).post(f"/reports/lists/{made.uuid}/end/")

    assert (made.query, made.is_shared, "Late people" in page, strangers) == ("states=overdue", False, True, [404] * 3)
    made.refresh_from_db()
    assert (made.name, made.ended_at is not None, Schedule.objects.filter(ended_at=None).count()) == ("Late people", True, 0)
    assert signed_in(cast.focal).get(f"/reports/lists/{made.uuid}/").status_code == 404


def test_a_shared_link_opens_for_whoever_sees_lists_each_with_her_own_people(signed_in, cast, saved):
    found = {}
    for name in ("hr", "focal", "head", "manager", "lea", "overview", "auditor"):
        answer = signed_in(getattr(cast, name)).get(f"/reports/lists/{saved.uuid}/", follow=True)
        found[name] = [line.cells[0][1] for line in answer.context["lines"]] if answer.status_code == 200 else answer.status_code
    SavedList.objects.update(is_shared=False)
    hidden = [signed_in(person).get(f"/reports/lists/{saved.uuid}/").status_code for person in (cast.focal, cast.hr)]

    assert found == {
        "hr": ["Lea Learner", "Sven Stranger"],
        **dict.fromkeys(("focal", "head", "manager"), ["Lea Learner"]),
        **dict.fromkeys(("lea", "overview", "auditor"), 404),
    }
    assert hidden == [302, 404]


def test_who_may_keep_no_lists_keeps_none(cast, saved):
    with pytest.raises(NotAllowed, match="your role"):
        saving.keep(cast.manager, LATE, name="Mine", is_shared=False)
    with pytest.raises(NotAllowed, match="somebody else's"):
        saving.end(saved, by=cast.deputy)
    with pytest.raises(NotAllowed, match="already"):
        [schedule(saved) for _twice in range(2)]


def test_a_period_begins_on_monday_or_the_first_of_a_month_or_quarter():
    assert [saving.period(date(2026, 11, 26), every) for every in ("week", "month", "quarter")] == [
        date(2026, 11, 23),
        date(2026, 11, 1),
        date(2026, 10, 1),
    ]


def test_what_is_due_comes_once_with_a_link_also_a_few_days_late(cast, saved, run_tasks, django_capture_on_commit_callbacks):
    one = schedule(saved)
    days = [today(), next_month() + 3 * DAY, next_month() + 4 * DAY]

    with django_capture_on_commit_callbacks(execute=True):
        sent = [passing.send_due(day) for day in days]
    run_tasks()

    assert (sent, subjects()) == ([0, 1, 0], [(cast.focal.email, "Your file is ready")])
    made = Export.objects.get()
    assert (made.schedule, made.stage, made.done, made.purpose) == (one, "ready", 1, "Monthly talk")
    content = Mail.objects.get().content
    assert (content["attachments"], "Lea Learner" in str(content)) == ([], False)
    assert AccessEntry.objects.get(purpose="Monthly talk").actor == cast.focal


def test_where_there_is_nothing_to_list_a_sentence_says_so(cast, saved):
    schedule(saved)
    SheetRow.objects.update(state="done")

    passing.send_due(next_month())

    assert subjects() == [(cast.focal.email, "Nothing to list this time")]
    assert ("nothing to list this time in “Late ones”" in Mail.objects.get().content["body"], Export.objects.count()) == (True, 0)


def test_a_paused_one_waits_and_makes_up_for_nothing(cast, saved):
    one = schedule(saved)
    saving.pause(one, by=cast.focal)
    while_paused = passing.send_due(next_month())
    saving.resume(one, by=cast.focal, day=next_month())

    assert (while_paused, passing.send_due(next_month() + DAY)) == (0, 0)
    assert passing.send_due(saving.period(next_month() + 32 * DAY, "month")) == 1


def test_threat_28_when_the_right_ends_and_nobody_takes_over_it_stops_with_a_note(cast, saved):
    schedule(saved)
    RoleGrant.objects.filter(person__in=[cast.focal, cast.deputy]).update(ends_on=today())

    assert (passing.pass_on(today()), passing.send_due(next_month()), passing.send_due(next_month() + 40 * DAY)) == (0, 1, 0)
    assert subjects() == [(cast.focal.email, "A list is sent to you no more")]
    assert (Schedule.objects.get().ended_at is not None, Export.objects.count()) == (True, 0)


def test_threat_28_a_focal_point_rotates_out_and_all_of_hers_is_refused_from_the_next_moment(signed_in, cast, saved):
    schedule(saved)
    secret = saving.keep(cast.focal, LATE, name="Mine alone", is_shared=False)
    paths = ["/reports/lists/", "/reports/list/", f"/reports/lists/{saved.uuid}/", f"/reports/lists/{secret.uuid}/"]
    before = [signed_in(cast.focal).get(path).status_code for path in paths]
    grant = RoleGrant.objects.get(person=cast.focal)
    address = f"/reports/handover/{grant.pk}/"

    shown = signed_in(cast.hr).get(address).content.decode()
    answers = [signed_in(cast.hr).post(address, {"to": str(cast.deputy.uuid)}).status_code for _twice in range(2)]

    assert ("2 saved lists" in shown, answers, before) == (True, [302, 302], [200, 200, 302, 302])
    assert [signed_in(cast.focal).get(path).status_code for path in paths] == [403, 403, 404, 404]
    assert set(SavedList.objects.values_list("owner__official_name", flat=True)) == {"Dan Deputy"}
    assert signed_in(cast.deputy).get(paths[3]).status_code == 302
    assert (cast.deputy.email, "Lists were handed over to you") in subjects()
    entry = AccessEntry.objects.get(what="lists handed over")
    assert (entry.actor, entry.person, entry.selection["lists"]) == (cast.hr, cast.focal, "2")
    assert passing.send_due(next_month()) == 1
    assert Export.objects.get().owner == cast.deputy


def test_what_an_administrator_ends_or_a_day_ends_goes_to_the_nearest_and_other_rights_keep_it(cast, saved):
    make_grant(cast.hr2, "focal-point", structure=cast.mission)
    hers = saving.keep(User.objects.get(pk=cast.hr2.pk), LATE, name="Of HR", is_shared=False)
    appointing.end(RoleGrant.objects.get(person=cast.hr2, role="focal-point"), by=cast.admin, day=today())
    RoleGrant.objects.filter(person__in=[cast.focal, cast.deputy]).update(ends_on=today())
    waiting = passing.pass_on(today())
    new = make_person("Nina New", structure=cast.mission)
    make_grant(new, "focal-point", structure=cast.mission)

    assert (waiting, [passing.pass_on(today()) for _twice in range(2)]) == (0, [1, 0])
    saved.refresh_from_db()
    hers.refresh_from_db()
    assert (saved.owner, hers.owner, handing.pass_on(today())) == (new, cast.hr2, 0)
