"""A branching scenario with the keyboard, without JavaScript, on a narrow screen, and the exercise that may be done instead."""

import re

from playwright.sync_api import Page, expect

from tests.browser.learning import begin_story, finish_story, go_to_the_story, press, start_course, take

# How the screens of a person stand, and what her statements about the story say.
DONE = """
import json
from courses.models import Enrolment
from courses.statements import verb_id
from lms.xapi import queries
enrolment = Enrolment.objects.get(person__email={address!r}, course__code="FND")
[screen] = [screen for module in enrolment.edition.modules for screen in module.scenarios]
told = queries.of_registration(enrolment.registration, [verb_id(name) for name in ("completed", "experienced", "answered")])
acts = [one.statement for one in told if one.statement["object"]["id"].endswith(screen)]
print(json.dumps([[act["verb"]["display"]["en"], act["result"]] for act in acts]))
"""
ONCE = [["completed", {"completion": True}]]
TOO_WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


def open_story(page: Page) -> Page:
    start_course(page)
    go_to_the_story(page)
    return page


def faults(page: Page, axe) -> list[str]:
    found = []
    for width in (320, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            found += [f"{width} {scheme}: {fault}" for fault in axe(page)]
        found += [f"{width}: scrolls sideways"] if page.evaluate(TOO_WIDE) else []
    return found


def press_enter_on(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_by_keyboard_from_the_notice_to_the_end_and_back_to_another_branch(visit, sign_in, product, axe):
    page = open_story(sign_in(visit(), "j12"))
    expect(page.get_by_role("heading", name="A story with choices")).to_be_visible()
    found = faults(page, axe)

    press_enter_on(page, "Begin the story")
    expect(page.get_by_role("heading", name="Step 1")).to_be_focused()
    found += faults(page, axe)
    page.get_by_role("radio").first.focus()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("radio").nth(1)).to_be_checked()
    page.keyboard.press("ArrowUp")
    with page.expect_navigation():
        page.keyboard.press("Enter")

    expect(page.get_by_role("group", name="What your choice means")).to_be_focused()
    expect(page.locator(":focus")).to_contain_text("A good step")
    page.locator("summary", has_text="What others consider").focus()
    page.keyboard.press("Space")
    expect(page.get_by_text("Honest limits:")).to_be_visible()
    found += faults(page, axe)
    while page.get_by_role("radio").count():
        page.get_by_role("radio").first.focus()
        page.keyboard.press("Space")
        with page.expect_navigation():
            page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="How it ended")).to_be_visible()
    expect(page.get_by_text("This way: 8 of 8 points.")).to_be_visible()
    found += faults(page, axe)

    press_enter_on(page, "Choose again at step 1")
    expect(page.get_by_role("heading", name="Step 1")).to_be_focused()
    take(page, 2)
    expect(page.locator(":focus")).to_contain_text("A step that can do harm")
    take(page, 1)
    expect(page.get_by_text("Your best way so far: 8 of 8.")).to_be_visible()

    assert found == []
    assert product.read(DONE.format(address="j12@example.org")) == ONCE


def test_without_javascript_on_a_narrow_screen(visit, sign_in, product):
    page = open_story(sign_in(visit(java_script_enabled=False, width=320, expects_errors=True), "j9"))

    begin_story(page)
    press(page.get_by_role("button", name="Go on"))
    expect(page.get_by_role("alert")).to_have_text("Choose what you would do first.")
    take(page)
    page.get_by_role("link", name="Leave the story").click()
    expect(page.get_by_role("button", name="Begin the story")).to_be_visible()
    finish_story(page)
    expect(page.get_by_role("heading", name="How it ended")).to_be_visible()
    press(page.get_by_role("button", name="Next"))

    expect(page.get_by_role("heading", level=1)).to_have_text("Looking back: whose choice?")
    assert product.read(DONE.format(address="j9@example.org")) == ONCE


def test_the_alternative_counts_the_same(visit, sign_in, product, axe):
    page = open_story(sign_in(visit(java_script_enabled=False, expects_errors=True), "j8"))
    address = page.url

    press(page.get_by_role("button", name="Do the alternative instead"))
    press(page.get_by_role("button", name="Finish the exercise"))
    expect(page.get_by_text("Accept or correct this statement.")).to_have_count(6)
    for group in page.get_by_role("group").all():
        group.get_by_label("I accept it").check()
    press(page.get_by_role("button", name="Finish the exercise"))

    expect(page.get_by_role("heading", name="You have finished this exercise.")).to_be_visible()
    assert page.url == f"{address}story/"
    assert product.read(DONE.format(address="j8@example.org")) == ONCE


def test_what_the_alternative_looks_like(visit, sign_in, axe):
    page = open_story(sign_in(visit(expects_errors=True), "j13"))

    press(page.get_by_role("button", name="Do the alternative instead"))
    found = faults(page, axe)
    press(page.get_by_role("button", name="Finish the exercise"))
    expect(page.get_by_role("alert")).to_be_focused()
    found += faults(page, axe)
    for label in page.get_by_label("I would correct it").all():
        label.check()
    press(page.get_by_role("button", name="Finish the exercise"))
    expect(page.get_by_role("group", name="Result")).to_be_focused()
    found += faults(page, axe)

    assert found == []


def test_the_editor_sees_the_story_as_a_picture_and_as_a_list(visit, sign_in, axe):
    page = sign_in(visit(expects_errors=True), "trainer")
    page.goto("/admin/pages/")
    module = page.evaluate(
        "fetch('/admin/api/main/pages/?type=courses.ModulePage&search=conduct').then(a => a.json()).then(a => a.items[0].id)"
    )
    page.goto(f"/admin/pages/{module}/view_draft/?mode=3")

    expect(page.get_by_role("img", name="The story as a picture")).to_be_visible()
    expect(page.get_by_text(re.compile("^11 steps, and an arrow for each choice"))).to_be_attached()
    expect(page.get_by_role("heading", name="A10 · a good ending")).to_be_visible()
    assert faults(page, axe) == []
