from functools import partial

import pytest
from django.core.management import call_command

from courses import undoing
from courses.models import Completion, ModuleProgress, UndoRequest
from tests.factories.learning import enrol, read_module
from tests.factories.outside import make_progress_client, told, told_all
from tests.racing import at_once

pytestmark = pytest.mark.postgres


@pytest.fixture
def db(committed):
    """Threads have connections of their own, so everything is really committed here."""


def test_batches_about_the_same_people_in_another_order_do_not_block_each_other(cast, course):
    lea, ben = enrol(cast.lea, course), enrol(cast.ben, course)
    one, other = make_progress_client(), make_progress_client()
    batches = [told(lea, course.reading), told(ben, course.reading)], [told(ben, course.second), told(lea, course.second)]

    answers = at_once(partial(one.post, batches[0]), partial(other.post, batches[1]), held_at=ModuleProgress)

    assert [answer.status_code for answer in answers] == [200, 200]
    assert ModuleProgress.objects.filter(completed_at__isnull=False).count() == 4
    call_command("rebuild_progress", "--check")


def test_a_learner_and_a_client_tell_of_the_same_module_at_once(cast, course):
    lea = enrol(cast.lea, course)
    client = make_progress_client()
    act = told(lea, course.second)

    at_once(partial(read_module, lea, course.second), partial(client.post, act), held_at=ModuleProgress)

    assert ModuleProgress.objects.get().completed_at is not None
    call_command("rebuild_progress", "--check")


def test_an_undo_that_is_agreed_to_twice_at_once_is_done_once(cast, course):
    client = make_progress_client()
    for person in (cast.lea, cast.ben):
        client.post(told_all(enrol(person, course), course))
    since = Completion.objects.earliest("completed_at").enrolment.enrolled_at
    request = undoing.ask(client.credential.key, since=since, reason="Stolen.", by=cast.admin)

    at_once(*[partial(undoing.agree, request, by=cast.admin2) for _ in range(2)], held_at=Completion)

    request = UndoRequest.objects.get()
    assert (request.withdrawn, request.done_at is not None, Completion.objects.standing().count()) == (2, True, 0)
    call_command("rebuild_progress", "--check")
