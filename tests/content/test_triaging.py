from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from content import triaging
from content.models import GuideFeedback, TextReport
from lms.refusals import NotAllowed
from tests.content.test_rating import send
from tests.factories.course import make_guide


@pytest.fixture
def feedback(cast):
    return send(make_guide(), cast.lea)


def test_several_get_the_same_state_and_answer(cast, feedback):
    other = send(make_guide("Another", key="44444444-4444-4444-8444-444444444444"), cast.ben)

    count = triaging.set_state([feedback, other], state="accepted", answer=" Thank you. ", by=cast.owner)

    assert count == 2
    rows = GuideFeedback.objects.values_list("state", "answer", "answered_by")
    assert set(rows) == {("accepted", "Thank you.", cast.owner.pk)}


def test_a_state_without_answer_keeps_the_answer_that_is_there(cast, feedback):
    triaging.set_state([feedback], state="accepted", answer="Thank you.", by=cast.owner)
    triaging.set_state([feedback], state="passed-on", answer="", by=cast.owner)

    feedback.refresh_from_db()
    assert (feedback.state, feedback.answer) == ("passed-on", "Thank you.")


@pytest.mark.parametrize("state", ["declined", "done"])
def test_no_and_done_need_a_reason(cast, feedback, state):
    with pytest.raises(NotAllowed):
        triaging.set_state([feedback], state=state, answer=" ", by=cast.owner)


@pytest.mark.parametrize("state", ["new", "banana"])
def test_nothing_becomes_new_or_unknown(cast, feedback, state):
    with pytest.raises(ValueError, match="new|banana"):
        triaging.set_state([feedback], state=state, answer="x", by=cast.owner)


def test_a_reported_text_is_hidden_at_once_and_once(cast, feedback):
    for person in (cast.owner, cast.lea):
        triaging.report_text(feedback, by=person)

    assert TextReport.objects.get().reported_by == cast.owner
    assert GuideFeedback.objects.get().is_hidden is True


def test_the_administrators_are_told_once_and_nothing_of_the_text(cast, feedback, mailoutbox):
    GuideFeedback.objects.update(comment="Anna K. of the village")
    mailoutbox.clear()

    for person in (cast.owner, cast.lea):
        triaging.report_text(feedback, by=person)

    assert sorted(mail.to[0] for mail in mailoutbox) == sorted([cast.admin.email, cast.admin2.email])
    assert {mail.subject for mail in mailoutbox} == {"A text was reported"}
    assert [mail for mail in mailoutbox if "Anna" in str(mail.message())] == []


def test_after_a_day_an_open_report_is_overdue(cast, feedback):
    triaging.report_text(feedback, by=cast.owner)
    report = TextReport.objects.get()
    before = report.is_overdue

    report.reported_at -= timedelta(hours=24)

    assert (before, report.is_overdue) == (False, True)
    report.closed_at = timezone.now()
    assert report.is_overdue is False


def test_one_administrator_proposes_and_another_confirms(cast, feedback):
    triaging.report_text(feedback, by=cast.owner)
    report = TextReport.objects.get()

    steps = [triaging.decide(report, decision="delete", by=person) for person in (cast.admin, cast.admin2)]

    feedback = GuideFeedback.objects.get()
    assert steps == [False, True]
    assert (feedback.comment, feedback.useful, feedback.is_emptied, feedback.is_hidden) == ("", 4, True, False)


def test_the_same_administrator_does_not_confirm_herself(cast, feedback):
    triaging.report_text(feedback, by=cast.owner)
    report = TextReport.objects.get()
    triaging.decide(report, decision="delete", by=cast.admin)

    with pytest.raises(NotAllowed):
        triaging.decide(report, decision="delete", by=cast.admin)

    assert GuideFeedback.objects.get().comment == "The channels are out of date."


def test_another_decision_is_a_new_proposal(cast, feedback):
    triaging.report_text(feedback, by=cast.owner)
    report = TextReport.objects.get()

    steps = [
        triaging.decide(report, decision=decision, by=person)
        for decision, person in (("delete", cast.admin), ("keep", cast.admin2), ("keep", cast.admin))
    ]

    feedback = GuideFeedback.objects.get()
    assert steps == [False, False, True]
    assert (feedback.comment, feedback.is_hidden) == ("The channels are out of date.", False)


def test_a_closed_report_stays_closed(cast, feedback):
    triaging.report_text(feedback, by=cast.owner)
    report = TextReport.objects.get()
    for person in (cast.admin, cast.admin2):
        triaging.decide(report, decision="keep", by=person)

    with pytest.raises(NotAllowed):
        triaging.decide(report, decision="delete", by=cast.admin)


def test_two_persons_are_kept_apart_by_the_database(cast, feedback):
    triaging.report_text(feedback, by=cast.owner)

    with pytest.raises(IntegrityError), transaction.atomic():
        TextReport.objects.update(decided_by=cast.admin, confirmed_by=cast.admin)
