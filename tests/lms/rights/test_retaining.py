import json
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

from certificates import rendering
from certificates import verification as certificates
from certificates.models import Certificate
from courses.models import Answer, Enrolment, ModuleProgress
from lms import bookkeeping
from lms.days import today
from lms.people import recording
from lms.people.models import AccessEntry, Posting, User
from lms.rights import erasing, retaining
from lms.rights.holdings import files_of, holdings
from lms.rights.models import Erasure
from lms.xapi import queries, sealing, verification
from lms.xapi.models import Agent, Attachment, Document, ErasedStatement, Statement
from tests.factories.learning import complete, enrol, read_module
from tests.lms.xapi.attached import BINARY, MIXED, declared, mixed, with_attachments
from tests.lms.xapi.outside import make_outside
from tests.lms.xapi.past import move

LONG_AGO = timedelta(days=900)


@pytest.fixture(autouse=True)
def ledgers(settings, tmp_path):
    settings.LEDGER_DIR = tmp_path


def long_ago(enrolment: Enrolment) -> None:
    """All that was done in it was done then."""
    then = (timezone.now() - LONG_AGO).replace(microsecond=0)
    for number, row in enumerate(Statement.objects.filter(registration=enrolment.registration).order_by("seq")):
        move(row.id, then + timedelta(seconds=number))
    Answer.objects.filter(attempt__enrolment=enrolment).update(answered_at=then)
    Enrolment.objects.filter(pk=enrolment.pk).update(enrolled_at=then, closed_at=then)


def finished(enrolment: Enrolment) -> dict:
    """When each module was completed or passed."""
    rows = ModuleProgress.objects.filter(enrolment=enrolment).values_list("module", "completed_at", "passed_at")
    return {module: passed or completed for module, completed, passed in rows}


def in_order() -> tuple[list, bool]:
    try:
        call_command("rebuild_progress", "--check", verbosity=0)
    except SystemExit:
        return list(verification.faults()), False
    return list(verification.faults()), True


def test_after_their_time_details_lead_to_nobody_and_everything_agrees(cast, course):
    old, open_one, fresh = complete(cast.lea, course), enrol(cast.ben, course), complete(cast.nora, course)
    read_module(open_one, next(iter(course.page.get_children().specific())))
    long_ago(old)
    call_command("rebuild_progress", verbosity=0)
    sealing.seal_complete_days()
    before = Statement.objects.count(), Answer.objects.count(), fresh.pk
    screens = ModuleProgress.objects.get(enrolment=open_one).screens
    ended = finished(old)

    dry = retaining.retain(is_dry=True)
    unchanged = ErasedStatement.objects.count(), Answer.objects.count()
    run = retaining.retain()
    again = retaining.retain()

    assert unchanged == (0, before[1])
    assert dry.report == run.report
    assert run.report["answers"] == before[1] - Answer.objects.count() > 0
    assert {*again.report.values()} == {0}
    assert Statement.objects.count() == before[0]
    kept = [json.loads(row.body) for row in Statement.objects.filter(seq__in=ErasedStatement.objects.values("seq"))]
    assert len(kept) == run.report["statements that lose their person"] > 0
    assert {one["verb"]["display"]["en"] for one in kept} == {"answered", "experienced"}
    assert not [one for one in kept if "registration" in one["context"] or str(cast.lea.uuid) in json.dumps(one)]
    assert len({one["actor"]["account"]["name"] for one in kept}) == len(kept)
    assert ModuleProgress.objects.get(enrolment=open_one).screens == screens  # it is going on
    assert finished(old) == ended
    assert len(ended) == 3
    assert None not in ended.values()
    assert in_order() == ([], True)

    tampered = Statement.objects.get(seq=ErasedStatement.objects.values("seq")[:1])
    Statement.objects.filter(pk=tampered.pk).update(body=tampered.body.replace("lesson", "lessen"))
    assert in_order()[0] != []


def test_documents_attachments_and_what_an_outside_client_said_of_her_address_go_too(
    cast, folder, django_capture_on_commit_callbacks
):
    client, her = make_outside("all"), {"mbox": f"mailto:{cast.lea.email}"}
    said = with_attachments(declared(BINARY), actor=her, verb={"id": "http://adlnet.gov/expapi/verbs/answered"})
    client.post(mixed(said, BINARY), content_type=MIXED)
    account = {"account": {"homePage": settings.XAPI_BASE_IRI, "name": str(cast.lea.uuid)}}
    client.at("activities/state").put("page 3", activityId=said["object"]["id"], agent=account, stateId="bookmark")
    client.at("agents/profile").put("large letters", agent=her, profileId="wishes", headers={"If-None-Match": "*"})
    shown = {one.key: len(one.rows) for one in holdings(cast.lea)}, [content for _name, content in files_of(cast.lea)]

    with django_capture_on_commit_callbacks(execute=True):
        erasing.erase_person(cast.lea, at=timezone.now() + timedelta(days=1), decision=erasing.RULE)

    assert (shown[0]["statements"], shown[0]["documents"], shown[1]) == (1, 2, [BINARY])
    assert (Document.objects.count(), Attachment.objects.count()) == (0, 0)
    assert [path for path in (folder / "private").rglob("*") if path.is_file()] == []
    [row] = Statement.objects.all()
    assert her["mbox"] not in row.body
    assert not Agent.objects.filter(identifier__contains="mbox").exists()


def test_who_left_long_ago_has_no_name_and_her_certificate_verifies(cast, course):
    long_ago(complete(cast.lea, course))
    call_command("rebuild_progress", verbosity=0)
    recording.opened(cast.hr, cast.lea, "record")
    begins = today() - timedelta(days=2000)
    Posting.objects.filter(person=cast.lea).update(starts_on=begins, entered_on=begins, ends_on=today() - LONG_AGO)
    [certificate] = Certificate.objects.filter(person=cast.lea)
    rendering.draw(certificate.pk)

    run = retaining.retain()
    retaining.apply_ledgers()

    her = User.objects.get(pk=cast.lea.pk)
    assert run.report["accounts of leavers"] == 1
    assert (her.email, her.staff_number, her.official_name, her.is_active) == (None, None, "(former staff)", False)
    assert her.aliases.count() == 1
    assert [str(entry.person) for entry in AccessEntry.objects.filter(what="record")] == ["(former staff)"]
    assert list(certificates.faults()) == []
    assert certificates.look_up(certificate.code, day=today()).certificate == certificate
    assert certificate.statement_sha256 == queries.digest_of(certificate.statement)
    assert [one.what for one in Erasure.objects.all()] == ["person"]
    assert len(bookkeeping.lines_of(bookkeeping.ERASURES)) == 1
    assert in_order() == ([], True)
