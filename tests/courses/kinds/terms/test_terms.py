"""Words explained beside the text."""

import re

import pytest
from django.urls import reverse

from courses.kind_blocks.terms import TermsBlock
from courses.models import CoursePage, ModuleProgress
from courses.statements import verb_id
from lms.xapi import queries
from tests.factories.course import add_module, screen
from tests.factories.learning import enrol

KEY = "9f3a2d41-7c58-4e06-b1d9-0a64e8c37f25"


@pytest.fixture
def address(course):
    block = {"type": "terms", "value": {"terms": [{"key": KEY, "term": "Coercion", "meaning": "To put pressure on."}]}}
    page = add_module(CoursePage.objects.get(pk=course.page.pk), "Words", [screen("words", block)])
    page.get_latest_revision().publish()
    return reverse("courses:screen", args=["tst", page.translation_key, page.screen_ids[0]])


def test_a_word_opens_its_meaning_and_is_recorded_once(cast, course, address, signed_in):
    enrolment = enrol(cast.lea, course)
    client = signed_in(cast.lea)
    before = client.get(address).content.decode()

    for _ in range(2):
        answer = client.post(f"{address}look-up/", {"what": KEY})
    after = client.get(answer.headers["Location"].partition("#")[0]).content.decode()

    assert answer.headers["Location"] == f"{address}?explained={KEY}#t-{KEY}"
    assert (re.search(r'id="t-[^>]* popover', before) is None, re.search(r'id="t-[^>]* popover', after) is None) == (False, True)
    assert re.search(rf'id="t-{KEY}" tabindex="-1" autofocus', after)
    stored = queries.of_registration(enrolment.registration, [verb_id("experienced")])
    assert [statement.statement["object"]["id"] for statement in stored] == [f"https://learn.test/xapi/terms/{KEY}"]
    assert ModuleProgress.objects.count() == 0


def test_keys_are_given_for_the_whole_site():
    block = TermsBlock()
    terms = [{"key": KEY, "term": "One", "meaning": "1"}, {"key": KEY, "term": "Two", "meaning": "2"}]

    cleaned = block.clean(block.to_python({"terms": terms}))

    keys = [term["key"] for term in cleaned["terms"]]
    assert keys[0] == KEY
    assert re.fullmatch(r"[0-9a-f-]{36}", keys[1])
    assert keys[1] != KEY
