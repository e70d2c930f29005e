"""Withdraw and undo since: what a stolen key did is as if it had not been, and what people did themselves stays."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from certificates.models import Certificate
from courses import assigning, undoing
from courses.models import Completion, Edition, Enrolment, FoldFault, ModuleProgress, UndoRequest
from lms.people.models import AccessEntry
from lms.refusals import NotAllowed
from lms.reports import sheeting
from lms.reports.models import SheetRow
from lms.xapi import clients
from lms.xapi.models import Statement
from tests.courses.test_folding import assert_rebuild_agrees, break_outline
from tests.factories.asking import make_line
from tests.factories.learning import complete, enrol, read_module, sit_quiz
from tests.factories.outside import make_progress_client, told, told_all, void_of

REASON = "The key was stolen."


@pytest.fixture
def thief(db):
    return make_progress_client()


@pytest.fixture
def long_ago():
    return timezone.now() - timedelta(hours=1)


def undo(cast, thief, since) -> UndoRequest:
    key = thief.credential.key
    return undoing.withdraw_and_undo(key, since=since, reason=REASON, by=cast.admin, agreed_by=cast.admin2)


def state(cast, course) -> dict:
    """Progress, valid certificates and the report."""
    sheeting.follow(timezone.localdate())
    return {
        "progress": list(ModuleProgress.objects.order_by("enrolment", "module").values("enrolment", "module", "completed_at")),
        "passed": list(ModuleProgress.objects.order_by("enrolment", "module").values_list("passed_at", flat=True)),
        "certificates": list(Certificate.objects.filter(withdrawn_at=None).order_by("pk").values_list("person", "code")),
        "report": list(SheetRow.objects.order_by("person").values_list("person", "state", "completed_on", "valid_until")),
        "open": list(Enrolment.objects.filter(closed_at=None).order_by("pk").values_list("pk", flat=True)),
    }


def test_threat_9_after_the_undo_progress_certificates_and_reports_are_as_before(cast, course, thief, long_ago, capsys):
    """Lea is done herself, Ben is half way, Nora has only begun; then a stolen key posts a hundred statements."""
    make_line(course.course)
    assigning.apply_rules(timezone.localdate())
    lea, ben, nora = complete(cast.lea, course), enrol(cast.ben, course), enrol(cast.nora, course)
    read_module(ben, course.reading)
    before = state(cast, course)
    acts = [act for _ in range(11) for enrolment in (lea, ben, nora) for act in told_all(enrolment, course)]
    assert thief.post([*acts, told(ben, course.second)]).status_code == 200
    during = state(cast, course)

    listed = undoing.touched_by(thief.credential.key, long_ago)
    request = undo(cast, thief, long_ago)

    assert len(acts) + 1 == 100
    assert (during["report"] != before["report"], len(during["certificates"])) == (True, 3)
    assert [(found.completion.person, found.completion.course, len(found.certificate)) for found in listed] == [
        (cast.ben, course.course, 26),
        (cast.nora, course.course, 26),
    ]
    assert state(cast, course) == before
    assert (request.voided, request.withdrawn, request.done_at is not None) == (102, 2, True)
    assert_rebuild_agrees(capsys)


def test_the_list_writes_nothing(cast, course, thief, long_ago):
    thief.post(told_all(enrol(cast.lea, course), course))
    before = (Statement.objects.count(), AccessEntry.objects.count())

    undoing.touched_by(thief.credential.key, long_ago)

    thief.credential.refresh_from_db()
    assert (Statement.objects.count(), AccessEntry.objects.count(), thief.credential.withdrawn_at) == (*before, None)


def test_threat_11_the_proof_of_the_completion_is_voided_and_says_why_everywhere(cast, course, thief, long_ago):
    thief.post(told_all(enrol(cast.lea, course), course))
    completion = Completion.objects.get()

    undo(cast, thief, long_ago)

    completion.refresh_from_db()
    certificate = Certificate.objects.get()
    assert Statement.objects.get(id=completion.statement).is_voided
    assert (completion.withdrawn_reason, certificate.withdrawn_reason) == (REASON, REASON)
    assert {completion.withdrawn_by, certificate.withdrawn_by} == {cast.admin2}
    assert Enrolment.objects.get().is_open


def test_who_decided_stands_in_the_access_log(cast, course, thief, long_ago):
    thief.post(told_all(enrol(cast.lea, course), course))

    request = undo(cast, thief, long_ago)

    entries = AccessEntry.objects.order_by("pk").values_list("actor", "person", "what", "purpose", "selection__request")
    assert list(entries) == [
        (cast.admin.pk, None, "undo of a client: asked", REASON, str(request.uuid)),
        (cast.admin2.pk, None, "undo of a client: agreed", REASON, str(request.uuid)),
        (cast.admin2.pk, cast.lea.pk, "completion withdrawn", REASON, str(request.uuid)),
    ]


def test_the_learner_goes_on_and_earns_it_herself(cast, course, thief, long_ago, capsys):
    enrolment = enrol(cast.lea, course)
    read_module(enrolment, course.reading)
    thief.post(told_all(enrolment, course))
    undo(cast, thief, long_ago)

    read_module(enrolment, course.second)
    sit_quiz(enrolment, course.quiz)

    first, second = Completion.objects.order_by("pk")
    assert (first.withdrawn_at is not None, second.withdrawn_at, second.enrolment) == (True, None, enrolment)
    assert first.statement != second.statement
    assert [certificate.withdrawn_at is None for certificate in Certificate.objects.order_by("pk")] == [False, True]
    assert not Statement.objects.get(id=second.statement).is_voided
    assert_rebuild_agrees(capsys)


def test_what_it_sent_before_stays(cast, course, thief):
    enrolment = enrol(cast.lea, course)
    thief.post(told(enrolment, course.reading))
    since = Statement.objects.get(credential=thief.credential).stored + timedelta(milliseconds=1)
    thief.post(told(enrolment, course.second))

    undo(cast, thief, since)

    rows = ModuleProgress.objects.filter(completed_at__isnull=False)
    assert list(rows.values_list("module", flat=True)) == [course.reading.translation_key]


def test_a_thief_who_takes_back_his_own_word_saves_nothing(cast, course, thief, long_ago):
    """He posts, lets the course be completed, and voids what it rests on."""
    acts = told_all(enrol(cast.lea, course), course)
    thief.post(acts)
    thief.post([void_of(act) for act in acts])

    listed = undoing.touched_by(thief.credential.key, long_ago)
    undo(cast, thief, long_ago)

    assert [found.completion.person for found in listed] == [cast.lea]
    assert (Completion.objects.standing().count(), Enrolment.objects.get().is_open) == (0, True)


def test_statements_about_nobody_here_are_voided_too(cast, course, thief, long_ago):
    act = told(enrol(cast.lea, course), course.reading)
    del act["context"]["registration"]
    thief.post(act)

    request = undo(cast, thief, long_ago)

    assert Statement.objects.get(id=act["id"]).is_voided
    assert (request.voided, request.done_at is not None) == (1, True)


def test_it_is_safe_to_repeat(cast, course, thief, long_ago):
    thief.post(told_all(enrol(cast.lea, course), course))
    first = undo(cast, thief, long_ago)
    before = (Statement.objects.count(), list(Completion.objects.values()), list(Certificate.objects.values()))

    undoing.agree(first, by=cast.admin2)
    again = undo(cast, thief, long_ago)

    assert (again.voided, again.withdrawn) == (0, 0)
    assert (Statement.objects.count(), list(Completion.objects.values()), list(Certificate.objects.values())) == before


def test_the_key_is_worth_nothing_from_the_asking_on(cast, course, thief, long_ago):
    enrolment = enrol(cast.lea, course)

    undoing.ask(thief.credential.key, since=long_ago, reason=REASON, by=cast.admin)

    assert thief.post(told(enrolment, course.reading)).status_code == 401


def test_one_enrolment_that_cannot_be_undone_stops_no_other_and_the_job_goes_on(cast, course, thief, long_ago, capsys):
    lea, ben = enrol(cast.lea, course), enrol(cast.ben, course)
    twin, newest = (Edition.objects.get(pk=lea.edition_id) for _ in range(2))
    for edition, number in ((twin, 2), (newest, 3)):
        edition.pk, edition.major = None, number
        edition.save()
    Enrolment.objects.filter(pk=lea.pk).update(edition=twin)
    thief.post([*told_all(lea, course), *told_all(ben, course)])
    lea.refresh_from_db()
    whole = break_outline(lea)

    request = undo(cast, thief, long_ago)
    stuck = (request.done_at, list(Completion.objects.standing().values_list("person", flat=True)))
    Edition.objects.filter(pk=twin.pk).update(outline=whole)
    said = undoing.finish_requests()

    request.refresh_from_db()
    assert stuck == (None, [cast.lea.pk])
    assert FoldFault.objects.get().registration == lea.registration
    assert (said, request.done_at is not None, Completion.objects.standing().count()) == ("1 of 1 finished", True, 0)
    assert_rebuild_agrees(capsys)


def test_threat_11_nobody_undoes_alone_or_about_herself(cast, course, thief, long_ago):
    thief.post(told_all(enrol(cast.admin2, course), course))

    with pytest.raises(NotAllowed):
        undoing.withdraw_and_undo(thief.credential.key, since=long_ago, reason=REASON, by=cast.admin, agreed_by=cast.admin)
    request = undoing.ask(thief.credential.key, since=long_ago, reason=REASON, by=cast.admin)
    with pytest.raises(NotAllowed):
        undoing.agree(request, by=cast.admin)
    undoing.agree(request, by=cast.admin2)

    assert Completion.objects.get().withdrawn_by == cast.admin


@pytest.mark.parametrize("who", ["lea", "hr", "auditor", "trainer"])
def test_only_administrators_ask_and_agree(cast, thief, long_ago, who):
    person, key = getattr(cast, who), thief.credential.key

    with pytest.raises(NotAllowed):
        undoing.ask(key, since=long_ago, reason=REASON, by=person)
    with pytest.raises(NotAllowed):
        undoing.withdraw_and_undo(key, since=long_ago, reason=REASON, by=cast.admin, agreed_by=person)

    thief.credential.refresh_from_db()
    assert (UndoRequest.objects.count(), thief.credential.withdrawn_at) == (0, None)


@pytest.mark.parametrize(
    "wrong",
    [{"reason": "  "}, {"since": datetime(2999, 1, 1, tzinfo=UTC)}, {"client": "unknown"}],
    ids=["reason", "since", "client"],
)
def test_what_makes_no_sense_is_refused_in_words(cast, thief, long_ago, wrong):
    asked = {"client": thief.credential.key, "since": long_ago, "reason": REASON} | wrong

    with pytest.raises(NotAllowed, match=r"\w+\.$"):
        undoing.ask(asked.pop("client"), by=cast.admin, **asked)


def test_what_the_client_took_back_of_its_earlier_word_is_counted(cast, course, thief):
    act = told(enrol(cast.lea, course), course.reading)
    thief.post(act)
    since = Statement.objects.get(id=act["id"]).stored + timedelta(milliseconds=1)
    thief.post(void_of(act))

    assert clients.count_taken_back(thief.credential.key, since) == 1


# --- the command ---------------------------------------------------------------------------------------------------------
def command(cast, thief, since, *options, **changes):
    asked = {"since": since.isoformat(), "by": cast.admin.email, "agreed_by": cast.admin2.email, "reason": REASON} | changes
    call_command("undo_credential", thief.credential.key, *options, **asked)


def test_a_dry_run_of_the_command_only_lists(cast, course, thief, long_ago, capsys):
    thief.post(told_all(enrol(cast.lea, course), course))

    command(cast, thief, long_ago, "--dry-run")

    completion = Completion.objects.standing().get()
    code = Certificate.objects.get().code
    assert capsys.readouterr().out == f"{cast.lea.email}\tTST\t{completion.completed_on}\t{code}\n"


def test_the_command_lists_and_undoes(cast, course, thief, long_ago, capsys):
    thief.post(told_all(enrol(cast.lea, course), course))

    command(cast, thief, long_ago)

    first, last = capsys.readouterr().out.splitlines()
    assert (first.split("\t")[0], last) == (cast.lea.email, "4 statements voided, 1 completions withdrawn.")
    assert Completion.objects.standing().count() == 0


@pytest.mark.parametrize(
    "wrong", [{"agreed_by": "nobody@osce.test"}, {"since": "yesterday"}, {"reason": ""}, {"by": "person1@osce.test"}], ids=str
)
def test_the_command_refuses_in_words(cast, thief, long_ago, wrong):
    with pytest.raises(CommandError, match=r"\w+"):
        call_command(
            "undo_credential",
            thief.credential.key,
            **{"since": long_ago.isoformat(), "by": cast.admin.email, "agreed_by": cast.admin2.email, "reason": REASON} | wrong,
        )
