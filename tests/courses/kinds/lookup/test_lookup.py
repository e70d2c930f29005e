"""A task leads into the library and back."""

import pytest
from django.urls import reverse

from courses.models import CoursePage, ModuleProgress
from courses.statements import verb_id
from lms.xapi import queries
from tests.factories.course import add_module, make_guide, screen
from tests.factories.learning import enrol


@pytest.fixture
def guide(db):
    return make_guide()


@pytest.fixture
def address(course, guide):
    block = {"type": "lookup", "value": {"task": "Find it.", "guide": guide.pk}}
    page = add_module(CoursePage.objects.get(pk=course.page.pk), "Looking", [screen("looking", block)])
    page.get_latest_revision().publish()
    return reverse("courses:screen", args=["tst", page.translation_key, page.screen_ids[0]])


def opened(enrolment) -> list[str]:
    stored = queries.of_registration(enrolment.registration, [verb_id("experienced")])
    return [statement.statement["object"]["id"] for statement in stored]


def test_it_opens_the_guide_which_leads_back(cast, course, guide, address, signed_in):
    enrolment = enrol(cast.lea, course)
    client = signed_in(cast.lea)

    assert "Find it." in client.get(address).content.decode()
    answer = client.post(f"{address}look-up/", {"what": guide.translation_key})
    shown = client.get(answer.headers["Location"]).content.decode()

    assert answer.status_code == 302
    assert f'href="{address}"' in shown
    assert "Back to the course" in shown
    assert opened(enrolment) == [f"https://learn.test/xapi/guides/{guide.translation_key}"]


def test_it_is_recorded_once_and_moves_no_progress(cast, course, guide, address, signed_in):
    enrolment = enrol(cast.lea, course)
    client = signed_in(cast.lea)

    for _ in range(2):
        client.post(f"{address}look-up/", {"what": guide.translation_key})

    assert len(opened(enrolment)) == 1
    assert ModuleProgress.objects.count() == 0


@pytest.mark.parametrize("what", ["", "x", "11111111-1111-4111-8111-111111111111"])
def test_what_the_screen_does_not_name_is_404(cast, course, address, signed_in, what):
    enrol(cast.lea, course)

    assert signed_in(cast.lea).post(f"{address}look-up/", {"what": what}).status_code == 404


def test_who_is_not_enrolled_opens_nothing(cast, course, guide, address, signed_in):
    assert signed_in(cast.ben).post(f"{address}look-up/", {"what": guide.translation_key}).status_code == 404


@pytest.mark.parametrize(
    "back", ["https://elsewhere.test/", "//elsewhere.test/", "javascript:alert(1)", "/account/logout/", "/learn/../x/"]
)
def test_the_guide_leads_back_to_courses_only(cast, guide, signed_in, back):
    shown = signed_in(cast.lea).get(guide.url, {"from": back}).content.decode()

    assert "Back to the course" not in shown


def test_a_guide_that_was_taken_down_leaves_no_task(cast, course, guide, address, signed_in):
    enrol(cast.lea, course)
    guide.unpublish()
    client = signed_in(cast.lea)

    assert "Find it." not in client.get(address).content.decode()
    assert client.post(f"{address}look-up/", {"what": guide.translation_key}).status_code == 404
