"""What is submitted waits for those who may publish it, and for nobody else."""

import pytest
from wagtail.models import TaskState, Workflow

from content.models import ApprovalTask
from courses.models import ModulePage, Question
from lms.days import today
from lms.people import appointing
from lms.people.models import Role, RoleGrant
from tests.factories.cast import GUIDE_KEY
from tests.factories.course import make_guide
from tests.factories.people import make_grant, make_person


@pytest.fixture
def submitted(cast, course):
    """A change of a module that its trainer has handed in."""
    course.reading.title = "Reading again"
    course.reading.save_revision(user=cast.trainer)
    return Workflow.objects.get().start(course.reading, cast.trainer)


def test_every_page_has_the_workflow_from_the_beginning(course):
    assert course.reading.get_workflow().tasks.get().specific == ApprovalTask.objects.get()


def test_the_publisher_of_the_course_sees_it_waiting_and_others_do_not(cast, submitted):
    waits = {name for name, person in cast.everybody.items() if TaskState.objects.reviewable_by(person).exists()}

    assert waits == {"publisher"}


def test_only_who_may_publish_may_look_in_and_act(cast, course, submitted):
    task = ApprovalTask.objects.get()

    assert [action for action, _label, _asks in task.get_actions(course.reading, cast.publisher)] == [
        "reject",
        "approve",
        "approve",
    ]
    assert task.user_can_access_editor(course.reading, cast.publisher)
    assert not task.locked_for_user(course.reading, cast.publisher)
    assert task.get_actions(course.reading, cast.trainer) == []
    assert not task.user_can_access_editor(course.reading, cast.owner)
    assert task.locked_for_user(course.reading, cast.trainer)


def test_who_may_publish_it_is_told_and_nobody_else(cast, submitted, mailoutbox):
    [mail] = mailoutbox

    assert (mail.subject, mail.to) == ("A draft waits for you", [cast.publisher.email])
    assert "a colleague has handed in “Reading again”" in mail.body
    assert f"http://localhost:8000/admin/pages/{submitted.content_object.pk}/edit/" in mail.body


def test_the_mail_of_a_guide_goes_to_its_owner_in_her_language(cast, mailoutbox):
    guide = make_guide()
    cast.owner.language = "ru"
    cast.owner.save()

    Workflow.objects.get().start(guide, cast.admin)

    [mail] = mailoutbox
    assert (mail.subject, mail.to) == ("Черновик ждёт вас", [cast.owner.email])


def test_a_question_is_for_the_publishers_of_the_courses_that_use_it(cast, course, mailoutbox):
    make_grant(make_person("Paul Publisher"), Role.PUBLISHER, keys=[GUIDE_KEY])
    course.check.save_revision(user=cast.trainer)

    Workflow.objects.get().start(course.check, cast.trainer)

    assert [mail.to for mail in mailoutbox] == [[cast.publisher.email]]


def approve_question(client, submitted, question):
    url = f"/admin/snippets/courses/question/workflow/action/{question.pk}/approve/{submitted.current_task_state.pk}/"
    return client.post(url, {"comment": ""}, follow=True).content.decode()


def test_a_question_is_handed_in_and_approved_as_a_page_is(signed_in, cast, course):
    course.check.rationale = "Why, again."
    course.check.save_revision(user=cast.trainer)
    submitted = course.check.get_workflow().start(course.check, cast.trainer)

    approve_question(signed_in(cast.publisher), submitted, course.check)

    assert Question.objects.get(pk=course.check.pk).rationale == "Why, again."


def test_approving_ones_own_change_of_a_key_is_refused_in_words(signed_in, cast, course):
    course.check.is_must_pass = True
    course.check.save_revision(user=cast.publisher)
    submitted = course.check.get_workflow().start(course.check, cast.trainer)

    said = approve_question(signed_in(cast.publisher), submitted, course.check)

    assert "You made the last change here yourself." in said
    assert Question.objects.get(pk=course.check.pk).is_must_pass is False


def test_who_hands_in_herself_gets_no_mail(cast, course, mailoutbox):
    course.reading.save_revision(user=cast.publisher)

    Workflow.objects.get().start(course.reading, cast.publisher)

    assert mailoutbox == []


def test_a_publisher_whose_role_has_ended_gets_no_mail(cast, course, mailoutbox):
    appointing.end(RoleGrant.objects.get(person=cast.publisher), by=cast.admin, day=today())

    Workflow.objects.get().start(course.reading, cast.trainer)

    assert mailoutbox == []


@pytest.mark.parametrize(("action", "subject"), [("approve", "Your draft is approved"), ("reject", "Your draft came back")])
def test_the_author_hears_what_became_of_it(signed_in, cast, course, submitted, mailoutbox, action, subject):
    mailoutbox.clear()
    url = f"/admin/pages/workflow/action/{course.reading.pk}/{action}/{submitted.current_task_state.pk}/"

    signed_in(cast.publisher).post(url, {"comment": "Name the source & the year."})

    [mail] = mailoutbox
    assert (mail.subject, mail.to) == (subject, [cast.trainer.email])
    assert ("Name the source & the year." in mail.body) == (action == "reject")


def test_approval_publishes(signed_in, cast, course, submitted):
    url = f"/admin/pages/workflow/action/{course.reading.pk}/approve/{submitted.current_task_state.pk}/"

    refused = signed_in(cast.trainer).post(url, {"comment": ""})
    before = ModulePage.objects.get(pk=course.reading.pk).title
    signed_in(cast.publisher).post(url, {"comment": ""})

    assert (refused.status_code, before) == (302, "Reading")
    assert ModulePage.objects.get(pk=course.reading.pk).title == "Reading again"
