"""Reports of any day as known on any other, what differs between two knowledge dates, and reports that are kept."""

import io
import json
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from pypdf import PdfReader

from courses import exempting
from courses.models import Enrolment, Exemption, LanguageVersion, State
from lms.days import today
from lms.people import versioning
from lms.people.models import AccessEntry, Posting, User
from lms.refusals import NotAllowed
from lms.reports import asking, keeping, sheeting, sheets
from lms.reports.models import Mark, Sheet, SheetPerson, SheetRow, Snapshot
from tests.factories.asking import make_completion, make_exemption, make_line, make_offered, noon
from tests.factories.learning import complete
from tests.factories.people import LONG_AGO, make_posting

DAY, FIRST, SECOND = date(2026, 6, 30), date(2026, 7, 1), date(2026, 10, 15)


@pytest.fixture
def mission_course(cast):
    """Asked of those in the mission since long ago; everybody is known since then."""
    course = make_offered("HRB")
    make_line(course, structure=cast.mission, valid_months=12, recorded_at=noon(LONG_AGO))
    # The cast may have been made a while ago, when this process began.
    versioning.date_back(timezone.now() - timedelta(hours=12), noon(LONG_AGO))
    return course


@pytest.fixture
def ready(cast, run_tasks, django_capture_on_commit_callbacks):
    """A sheet of two dates, as the worker leaves it."""

    def made(day: date, known_on: date) -> Sheet:
        with django_capture_on_commit_callbacks(execute=True):
            sheet = asking.ask(day, known_on, by=cast.hr)
        run_tasks()
        return Sheet.objects.get(pk=sheet.pk)

    return made


def state_on(sheet: Sheet, person: User, course) -> str:
    return SheetRow.objects.get(sheet=sheet, person=person, course=course).state


def tell_late(cast, course) -> None:
    """Lea's device sent late, Ben's transfer was entered late, Nora's exemption was agreed to late; the head did all in time."""
    begun = {"person": cast.lea, "course": course, "edition": course.editions.get(), "language": "en"}
    enrolment = Enrolment.objects.create(**begun, enrolled_at=noon(date(2026, 6, 27)), closed_at=noon(date(2026, 8, 20)))
    make_completion(
        cast.lea, course, date(2026, 6, 28), source="course", recorded_at=noon(date(2026, 8, 20)), enrolment=enrolment
    )
    make_completion(cast.head, course, date(2026, 6, 1), recorded_at=noon(date(2026, 6, 1)))
    since = timezone.now()
    Posting.objects.filter(person=cast.ben).update(ends_on=date(2026, 6, 15))
    make_posting(cast.ben, cast.elsewhere, starts_on=date(2026, 6, 15))
    versioning.date_back(since, noon(date(2026, 9, 2)))
    exemption = make_exemption(
        cast.nora, course, by=cast.hr, agreed=cast.hr2, starts_on=date(2026, 6, 1), ends_on=date(2026, 8, 1)
    )
    late = noon(date(2026, 9, 10))
    Exemption.objects.filter(pk=exemption.pk).update(recorded_at=late, approved_at=late)


def test_30_june_as_known_on_1_july_and_on_15_october(cast, mission_course, ready, signed_in):
    tell_late(cast, mission_course)
    earlier, later = ready(DAY, FIRST), ready(DAY, SECOND)

    page = signed_in(cast.hr).get(f"/reports/dates/difference/?earlier={earlier.uuid}&later={later.uuid}")

    assert {row.name: row.causes for row in page.context["rows"]} == {
        "Ben Learner": ["Transfer of 15 June 2026, entered on 2 September 2026."],
        "Lea Learner": ["Completed on 28 June 2026; her device sent it on 20 August 2026."],
        "Nora Field": ["Exempt from 1 June 2026 on, agreed to on 10 September 2026."],
    }
    states = {
        row.name: [(line.before and line.before.state, line.after and line.after.state) for line in row.lines]
        for row in page.context["rows"]
    }
    assert states == {
        "Ben Learner": [("overdue", None)],
        "Lea Learner": [("overdue", "done")],
        "Nora Field": [("overdue", "exempt")],
    }
    assert (
        signed_in(cast.focal)
        .get(page.request["PATH_INFO"], {"earlier": earlier.uuid, "later": later.uuid})
        .context["page"]
        .paginator.count
        == 2
    )  # Ben left her mission


def test_the_same_two_dates_give_the_same_sheet_and_unfit_ones_a_sentence(cast, mission_course, ready):
    sheet = ready(DAY, FIRST)
    tomorrow = today() + timedelta(days=1)

    refused = []
    for day, known_on in ((tomorrow, tomorrow), (SECOND, FIRST), (date(2019, 1, 1), date(2019, 6, 1))):
        with pytest.raises(NotAllowed) as error:
            asking.ask(day, known_on, by=cast.hr)
        refused.append(str(error.value).split(":")[0])

    assert asking.ask(DAY, FIRST, by=cast.hr2) == sheet
    assert (sheet.stage, sheet.done, sheet.total, sheet.known_on) == ("ready", sheet.total, 17, FIRST)
    assert refused == [
        "Nobody knows yet what will be known on that day",
        "How it stood on a day is known from that day on",
        "Nothing was recorded here before 1 January 2020",
    ]


def test_who_died_over_a_sheet_is_followed_by_another_who_goes_on(cast, mission_course, ready):
    sheet = ready(DAY, FIRST)
    rows = set(SheetRow.objects.filter(sheet=sheet).values_list("person", "state"))
    half = sorted(SheetPerson.objects.filter(sheet=sheet).values_list("person", flat=True))[9]
    for model in (SheetRow, SheetPerson):
        model.objects.filter(sheet=sheet, person__gt=half).delete()
    Sheet.objects.filter(pk=sheet.pk).update(
        stage="working", worked_at=timezone.now(), asked_at=timezone.now() - timedelta(days=40)
    )

    too_early = sheeting.work_out_waiting()
    Sheet.objects.filter(pk=sheet.pk).update(worked_at=timezone.now() - timedelta(minutes=11))

    assert (too_early, sheeting.work_out_waiting(), sheeting.work_out_waiting()) == (0, 1, 0)
    assert set(SheetRow.objects.filter(sheet=sheet).values_list("person", "state")) == rows
    assert (Sheet.objects.get(pk=sheet.pk).stage, sheeting.forget_old(), Sheet.objects.count()) == ("ready", 1, 0)


def test_totals_are_read_at_ends_of_months_only(cast, mission_course, ready):
    coarse, fine = ready(date(2026, 5, 31), date(2026, 6, 30)), ready(DAY, FIRST)

    found = [[sheets.find(reader, sheet.uuid) for sheet in (coarse, fine)] for reader in (cast.hr, cast.overview, cast.lea)]

    assert found == [[coarse, fine], [coarse, None], [None, None]]


def test_the_living_sheet_follows_whatever_happens(cast, course, run_tasks, django_capture_on_commit_callbacks, capsys):
    make_line(course.course)
    sheeting.follow(today())
    sheet = Sheet.objects.living().get()
    states = []
    exemption = exempting.ask(
        cast.ben,
        course.course,
        reason="long-leave",
        by=cast.hr,
        day=today(),
        starts_on=today(),
        ends_on=today() + timedelta(days=9),
    )

    for person, act in (
        (cast.lea, lambda: complete(cast.lea, course)),
        (cast.ben, lambda: exempting.agree(exemption, by=cast.hr2)),
        (cast.ben, lambda: exempting.end(exemption, by=cast.hr2, day=today())),
    ):
        connection.run_on_commit.clear()  # as if all before were committed
        with django_capture_on_commit_callbacks(execute=True):
            act()
        run_tasks()
        states.append(state_on(sheet, person, course.course))
    User.objects.filter(pk=cast.nora.pk).update(language="ru")
    Posting.objects.filter(person=cast.stranger).update(ends_on=today())
    LanguageVersion.objects.filter(language="ru").update(is_offered=False)
    with pytest.raises(SystemExit):
        call_command("rebuild_sheet", "--check")
    told = capsys.readouterr().out
    sheeting.follow_changes()

    assert states == [State.DONE, State.EXEMPT, State.OVERDUE]
    assert "Sven Stranger" in told
    call_command("rebuild_sheet", "--check")
    assert capsys.readouterr().out == "0 differences.\n"
    assert (Mark.objects.count(), SheetPerson.objects.filter(sheet=sheet, person=cast.stranger).count()) == (0, 0)


def test_a_kept_report_is_signed_read_and_verified(cast, mission_course, ready, signed_in, folder):
    sheet, purpose = ready(DAY, FIRST), {"purpose": "Board"}
    client = signed_in(cast.hr)
    client.post(f"/reports/dates/{sheet.uuid}/keep/", {"title": "June", "with_names": "on", **purpose})
    kept = Snapshot.objects.get()
    content = b"".join(client.post(f"/reports/dates/kept/{kept.uuid}/json", purpose))
    drawn = client.post(f"/reports/dates/kept/{kept.uuid}/pdf", purpose).content
    forged = content.replace(b"Lea Learner", b"Lea Learnen")

    verdicts = [
        client.post("/reports/dates/verify/", {"file": SimpleUploadedFile("report.json", one)}).context["verdict"]
        for one in (content, forged, b"{}")
    ]

    report = json.loads(content)
    assert report["report"]["days end in"] == "Europe/Vienna"
    assert len(report["rows"]) == SheetRow.objects.filter(sheet=sheet).count() > 0
    assert [(one.is_signed, one.kept) for one in verdicts[:2]] == [(True, kept), (False, None)]
    assert verdicts[2] is None
    text = " ".join(PdfReader(io.BytesIO(drawn)).pages[0].extract_text().split())
    assert "Europe/Vienna" in text
    assert kept.sha256[:20] in text.replace(" ", "")
    assert set(AccessEntry.objects.filter(purpose="Board").values_list("what", flat=True)) == {"report kept", "kept report"}
    Sheet.objects.update(asked_at=timezone.now() - timedelta(days=40))
    assert sheeting.forget_old() == 0
    with pytest.raises(NotAllowed):
        keeping.keep(sheet, title="June", with_names=True, by=cast.focal, purpose="")
