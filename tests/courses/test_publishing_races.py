from functools import partial

import pytest

from courses.models import Edition, Enrolment
from tests.factories.learning import enrol
from tests.racing import at_once

pytestmark = pytest.mark.postgres


@pytest.fixture
def db(committed):
    """Threads have connections of their own, so everything is really committed here."""


def test_published_twice_at_once_is_one_edition(cast, course):
    enrolment = enrol(cast.lea, course)
    course.page.title = "Another title"
    revision = course.page.save_revision()

    at_once(*[partial(revision.publish, user=by) for by in (cast.publisher, cast.publisher)], held_at=Edition)

    assert [edition.number for edition in Edition.objects.order_by("minor")] == ["1.0", "1.1"]
    assert Enrolment.objects.get(pk=enrolment.pk).edition.number == "1.1"


def test_two_modules_published_at_once_are_both_in_the_last_edition(cast, course):
    revisions = []
    for module in (course.reading, course.second):
        module.title = f"New {module.title}"
        revisions.append(module.save_revision())

    at_once(*[revision.publish for revision in revisions], held_at=Edition)

    titles = [module.title("en") for module in Edition.objects.order_by("minor").last().modules]
    assert titles == ["New Reading", "New Second", "Quiz"]
    assert Edition.objects.count() == 3
