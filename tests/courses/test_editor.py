"""What the editor costs with a module of many screens; seconds are measured in `make bench`."""

import json
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from courses.models import CoursePage, ModulePage
from tests.factories.editing import editor_form, make_large

# Wagtail asks for each chosen fact and question by itself: when it reads the form, when it checks it, and when it compares.
FOR_EACH_CHOSEN = 3


def opened_and_saved(client, course, screens: int) -> tuple[int, int]:
    """How many queries both cost. What was written stands in the draft afterwards."""
    module = ModulePage.objects.get(pk=make_large(CoursePage.objects.get(pk=course.page.pk), screens).pk)
    address = f"/admin/pages/{module.pk}/edit/"
    client.get(address)
    with CaptureQueriesContext(connection) as opening:
        page = client.get(address).content.decode()
    form = editor_form(page, module, title="Larger")
    with CaptureQueriesContext(connection) as saving:
        assert client.post(address, form).status_code == 302
    draft = ModulePage.objects.get(pk=module.pk).get_latest_revision_as_object()
    assert (draft.title, draft.screen_ids) == ("Larger", module.screen_ids)
    assert words(draft) == words(module)
    return len(opening), len(saving)


def words(module: ModulePage) -> str:
    """All screens; the editor gives each paragraph a key of its own."""
    return re.sub(r' data-block-key=\\"\w+\\"', "", json.dumps(list(module.body.get_prep_value())))


@pytest.fixture
def trainer(signed_in, cast):
    return signed_in(cast.trainer)


def test_forty_screens_open_with_as_many_queries_as_three_and_are_saved(trainer, course):
    few = opened_and_saved(trainer, course, 3)

    many = opened_and_saved(trainer, course, 40)

    assert many[0] == few[0]
    assert many[1] - few[1] <= FOR_EACH_CHOSEN * 2 * (40 - 3) + 10
