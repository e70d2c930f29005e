from functools import partial
from uuid import uuid4

import pytest
from django.core import mail
from django.test import Client

from content import triaging
from content.models import FeedbackSender, GuideFeedback, TextReport
from tests.content.test_rating import send
from tests.factories.course import make_guide
from tests.racing import at_once

pytestmark = pytest.mark.postgres


@pytest.fixture
def db(committed):
    """Threads have connections of their own, so everything is really committed here."""


@pytest.fixture
def guide(cast):
    return make_guide()


def browser(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_a_form_sent_twice_at_once_is_one_feedback_and_one_mail(cast, guide):
    data = {
        "submission": str(uuid4()),
        "used_for": "training",
        **dict.fromkeys(["useful", "accurate", "easy"], 3),
        "up_to_date": "yes",
        "would_recommend": "yes",
        "comment": "Sent by a double click.",
    }
    url = f"/library/{guide.translation_key}/comment/"

    answers = at_once(*[partial(browser(cast.lea).post, url, data) for _ in range(2)], held_at=GuideFeedback)

    assert [answer.status_code for answer in answers] == [302, 302]
    assert (GuideFeedback.objects.count(), FeedbackSender.objects.count(), len(mail.outbox)) == (1, 1, 1)


def test_a_text_reported_twice_at_once_is_one_report(cast, guide):
    feedback = send(guide, cast.lea)

    done = at_once(*[partial(triaging.report_text, feedback, by=by) for by in (cast.owner, cast.ben)], held_at=TextReport)

    assert done == [None, None]
    assert TextReport.objects.get().feedback == feedback


def test_two_administrators_who_propose_different_things_at_once_decide_nothing(cast, guide):
    feedback = send(guide, cast.lea)
    triaging.report_text(feedback, by=cast.owner)
    report = TextReport.objects.get()

    at_once(
        partial(triaging.decide, report, decision="delete", by=cast.admin),
        partial(triaging.decide, report, decision="keep", by=cast.admin2),
        held_at=TextReport,
    )

    report.refresh_from_db()
    feedback.refresh_from_db()
    assert (report.closed_at, report.decision, report.decided_by) == (None, "keep", cast.admin2)
    assert feedback.comment == "The channels are out of date."
