import json
from datetime import timedelta
from io import BytesIO, StringIO
from uuid import uuid4
from zipfile import ZipFile

import pytest
from django.core import mail
from django.core.management import call_command
from django.utils import timezone

from courses.models import Answer, Completion
from lms import bookkeeping
from lms.jobs.models import Mail
from lms.people import recording
from lms.refusals import NotAllowed
from lms.rights import requesting
from lms.rights.holdings import names_of
from lms.rights.models import DataRequest, Erasure
from lms.xapi import queries, verification
from tests.factories.learning import complete

Kind = DataRequest.Kind


@pytest.fixture(autouse=True)
def ledgers(settings, tmp_path):
    settings.LEDGER_DIR = tmp_path
    return tmp_path


def asked(person, kind=Kind.ERASURE) -> DataRequest:
    return requesting.ask(person, kind=kind, words="My answers, please.", submission=uuid4())


def test_two_officers_erase_what_she_asked_for_and_she_is_answered(cast, course):
    enrolment = complete(cast.lea, course)
    request = asked(cast.lea)
    assert asked(cast.lea) == request  # one open request of a kind

    requesting.decide(request, by=cast.hr, is_granted=True, answer="Your answers go, your completion stays.")
    for officer in (cast.hr, cast.trainer):
        with pytest.raises(NotAllowed):
            requesting.agree(request, by=officer)
    requesting.agree(request, by=cast.hr2)

    request.refresh_from_db()
    assert request.done_at is not None
    assert not Answer.objects.filter(attempt__enrolment=enrolment).exists()
    said = {json.loads(body)["verb"]["display"]["en"] for body in queries.bodies_of_actors(names_of(cast.lea))}
    assert said & {"answered", "experienced"} == set()  # and what decides stays hers
    assert "completed" in said
    assert Completion.objects.filter(person=cast.lea).exists()
    assert list(verification.faults()) == []
    [kept] = Erasure.objects.all()
    [line] = bookkeeping.lines_of(bookkeeping.ERASURES)
    assert (kept.person_sha256, str(request.uuid)) == (line["person_sha256"], line["decision"])
    assert str(cast.lea.uuid) not in str(line)
    assert [message.to for message in mail.outbox] == [[cast.lea.email]]


def test_officers_are_told_once_a_week_what_is_to_be_answered_soon(cast, settings):
    settings.EMAIL_BACKEND = "lms.jobs.mailing.QueueBackend"
    for person, days in ((cast.lea, 22), (cast.ben, 24), (cast.hr, 40)):
        request = asked(person)
        DataRequest.objects.filter(pk=request.pk).update(asked_at=timezone.now() - timedelta(days=days))

    call_command("retention", "--dry-run", stdout=StringIO())
    before = Mail.objects.count()
    for _night in range(2):
        call_command("retention", stdout=StringIO())

    told = {message.address: json.dumps(message.content) for message in Mail.objects.all()}
    assert (before, Mail.objects.count(), {*told}) == (0, 2, {cast.hr.email, cast.hr2.email})
    assert "1 request about somebody's data" in told[cast.hr.email]  # not her own
    assert "2 requests" in told[cast.hr2.email]
    assert cast.ben.official_name not in told[cast.hr2.email]


def test_nobody_decides_about_herself_and_the_second_may_send_back(cast):
    hers, request = asked(cast.hr), asked(cast.lea)

    with pytest.raises(NotAllowed):
        requesting.decide(hers, by=cast.hr, is_granted=True, answer="Yes.")
    requesting.decide(request, by=cast.hr, is_granted=True, answer="Yes.")
    requesting.send_back(request, by=cast.hr2)
    requesting.take_back(request, by=cast.lea)

    request.refresh_from_db()
    assert (request.decided_at, request.is_open) == (None, False)
    assert Erasure.objects.count() == 0


def test_her_page_and_her_archive_show_everything_and_the_desk_what_is_overdue(cast, course, signed_in):
    complete(cast.lea, course)
    recording.opened(cast.hr, cast.lea, "record of Lea")
    request = asked(cast.lea, Kind.CORRECTION)
    DataRequest.objects.filter(pk=request.pk).update(asked_at=timezone.now() - timedelta(days=31))

    page = signed_in(cast.lea).get("/my/data/").content.decode()
    archive = signed_in(cast.lea).get("/my/data/export/")
    desk = signed_in(cast.hr).get("/data-requests/").content.decode()

    assert "Hedi Resources" in page
    with ZipFile(BytesIO(archive.content)) as files:
        found = json.loads(files.read("my-data.json"))
        assert "Hedi Resources" in files.read("my-data.html").decode()
    assert [row["what"] for row in found["opened"]] == ["record of Lea"]
    assert len(found["answers"]) == Answer.objects.count()
    assert {*found["attempts"][0]} & {"seed", "drawn"} == set()
    assert "overdue" in desk
    assert cast.lea.official_name in desk
