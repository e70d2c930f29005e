from uuid import uuid4

import pytest
from django.core import mail

from content import rating
from content.models import FeedbackSender, GuideFeedback
from lms.days import today
from tests.factories.course import make_guide
from tests.factories.people import make_person

VALUES = {
    "used_for": "training",
    "useful": 4,
    "accurate": 2,
    "easy": 5,
    "up_to_date": "no",
    "missing": ["labour"],
    "comment": "The channels are out of date.",
    "translation_term": "",
    "translation_better": "",
    "would_recommend": True,
}


@pytest.fixture
def guide(cast):
    return make_guide()


def send(guide, person, **options):
    options = {"submission": uuid4(), "section": "", "is_named": False, **options}
    return rating.send(guide, VALUES, by=person, **options)


def test_feedback_keeps_the_words_of_the_guide_and_the_day(cast, guide):
    section = next(iter(guide.section_titles))

    feedback = send(guide, cast.lea, section=section)

    assert (feedback.guide, feedback.guide_title, feedback.edition) == (guide.translation_key, "A guide", "2006")
    assert (feedback.section_title, feedback.sent_on, feedback.state) == ("First", today(), "new")


def test_sent_twice_is_once_and_one_mail(cast, guide, django_capture_on_commit_callbacks):
    submission = uuid4()

    first, second = (send(guide, cast.lea, submission=submission) for _ in range(2))

    assert first == second
    assert (GuideFeedback.objects.count(), len(mail.outbox)) == (1, 1)


def test_the_owner_is_mailed_that_something_came_and_not_what(cast, guide):
    send(guide, cast.lea)

    [message] = mail.outbox
    assert message.to == [cast.owner.email]
    assert message.subject == "New feedback on A guide"
    assert "http://localhost:8000/library/feedback/" in message.body
    everything = message.message().as_string()
    assert "channels are out of date" not in everything
    assert ("Lea" in message.body.replace("Learning", ""), cast.lea.email in everything) == (False, False)


def test_structure_and_function_are_kept_where_five_share_both(cast, guide):
    """Six people serve in the mission in human rights, with Lea."""
    feedback = send(guide, cast.lea)

    assert (feedback.structure, feedback.function_group) == (cast.mission, "human-rights")


def test_from_a_small_office_the_structure_above_is_kept(cast, guide):
    assert send(guide, cast.nora).structure == cast.mission


def test_from_a_small_function_nothing_is_kept(cast, guide):
    cast.ben.postings.update(function_group="media")

    feedback = send(guide, cast.ben)

    assert (feedback.structure, feedback.function_group) == (None, "")


def test_four_are_not_enough_and_five_are(cast, guide):
    people = [make_person(structure=cast.elsewhere, function_group="media") for _ in range(4)]
    four = send(guide, people[0])
    make_person(structure=cast.elsewhere, function_group="media")

    assert (four.structure, send(guide, people[0]).structure) == (None, cast.elsewhere)


def test_leavers_do_not_count(cast, guide):
    people = [make_person(structure=cast.elsewhere, function_group="media") for _ in range(5)]
    people[4].is_active = False
    people[4].save()

    assert send(guide, people[0]).structure is None


def test_a_sender_who_left_post_sends_too(cast, guide):
    person = make_person()

    assert (send(guide, person).structure, FeedbackSender.objects.get().person) == (None, person)


def test_deleting_the_guide_leaves_what_was_said(cast, guide):
    feedback = send(guide, cast.lea)

    guide.delete()

    assert GuideFeedback.objects.get() == feedback
