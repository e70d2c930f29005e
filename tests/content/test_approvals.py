"""What is submitted waits for those who may publish it, and for nobody else."""

import pytest
from wagtail.models import TaskState, Workflow

from content.models import ApprovalTask
from courses.models import ModulePage


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


def test_approval_publishes(signed_in, cast, course, submitted):
    url = f"/admin/pages/workflow/action/{course.reading.pk}/approve/{submitted.current_task_state.pk}/"

    refused = signed_in(cast.trainer).post(url, {"comment": ""})
    before = ModulePage.objects.get(pk=course.reading.pk).title
    signed_in(cast.publisher).post(url, {"comment": ""})

    assert (refused.status_code, before) == (302, "Reading")
    assert ModulePage.objects.get(pk=course.reading.pk).title == "Reading again"
