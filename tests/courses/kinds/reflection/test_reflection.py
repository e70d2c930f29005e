"""What somebody writes for herself can be sent by no form and is kept under a name that no colleague's page asks for."""

import re

import pytest
from django.urls import reverse

from courses.models import CoursePage
from tests.factories.course import add_module, screen
from tests.factories.learning import enrol


@pytest.fixture
def address(course):
    block = {"type": "reflection", "value": {"prompt": "What would you do?"}}
    page = add_module(CoursePage.objects.get(pk=course.page.pk), "Thinking", [screen("thinking", block)])
    page.get_latest_revision().publish()
    return reverse("courses:screen", args=["tst", page.translation_key, page.screen_ids[0]])


def field_for(client, person, address) -> tuple[str, str]:
    client.force_login(person)
    page = client.get(address).content.decode()
    return page, re.search(r"<textarea [^>]*>", page).group(0)


def test_the_field_has_no_name_and_stands_in_no_form(cast, course, address, client):
    enrol(cast.lea, course)

    page, field = field_for(client, cast.lea, address)

    assert " name=" not in field
    assert "<textarea" not in "".join(re.findall(r"<form.*?</form>", page, re.S))
    assert 'autocomplete="off" spellcheck="false"' in field
    assert "never sent" in page


def test_two_people_at_one_screen_have_two_names(cast, course, address, client):
    enrol(cast.lea, course)
    enrol(cast.ben, course)

    names = {re.search(r'data-reflection="([^"]*)"', field_for(client, who, address)[1]).group(1) for who in (cast.lea, cast.ben)}

    assert len(names) == 2
    assert not any(str(cast.lea.uuid) in name for name in names)
