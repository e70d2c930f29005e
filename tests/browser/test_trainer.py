"""A trainer changes her course, a publisher puts it live, and a learner reads it."""

from playwright.sync_api import Locator, Page, expect

from tests.browser.editing import SUBMIT, approve, press_in_footer
from tests.browser.learning import start_course

NEW_WORDS = "Read this slowly. "
NEW_FACT = "For an adult, trafficking has three parts, and all three must be there."
MODULE = "What trafficking is"
SCREEN = "Three parts that belong together"
EDITIONS = """
import json
from courses.models import Edition, Enrolment
print(json.dumps({
    "editions": [edition.number for edition in Edition.objects.filter(course__code="FND").order_by("major", "minor")],
    "of learner": Enrolment.objects.get(person__email="j7@example.org").edition.number,
}))
"""


# Wagtail looks for changes from two seconds after the editor was opened on, and says so by an event.
WATCH = "addEventListener('w-unsaved:watch-edits', () => document.documentElement.dataset.watched = '')"


def open_module(page: Page) -> None:
    """From the dashboard to the editor, as editors go."""
    page.add_init_script(WATCH)
    page.goto("/my/")
    page.get_by_role("link", name="Edit").click()
    page.get_by_placeholder("Search all pages…").fill(MODULE)
    page.keyboard.press("Enter")
    page.get_by_role("main").get_by_role("link", name=MODULE, exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"Editing Module page: {MODULE}")
    expect(page.locator("html[data-watched]")).to_be_visible()


def first_text(page: Page) -> Locator:
    return page.get_by_role("region", name=f"Screen {SCREEN}", exact=True).locator("[contenteditable=true]").first


def test_from_a_changed_text_to_a_new_edition(visit, sign_in, product):
    learner = sign_in(visit(), "j7")
    start_course(learner)
    trainer = sign_in(visit(expects_errors=True), "trainer")

    open_module(trainer)
    trainer.get_by_role("button", name="Toggle preview").click()
    preview = trainer.frame_locator("iframe#w-preview-iframe")
    expect(preview.get_by_role("heading", level=1)).to_have_text(SCREEN)
    first_text(trainer).click()
    trainer.keyboard.press("Control+Home")
    trainer.keyboard.type(NEW_WORDS)
    expect(preview.get_by_text(NEW_WORDS)).to_be_visible()
    press_in_footer(trainer, SUBMIT)
    expect(trainer.get_by_text("has been submitted for moderation")).to_be_visible()
    learner.goto("/learn/fnd/")
    learner.get_by_role("link", name=MODULE, exact=True).first.click()
    expect(learner.get_by_role("heading", level=1)).to_have_text(SCREEN)
    expect(learner.get_by_text(NEW_WORDS)).to_have_count(0)

    publisher = sign_in(visit(expects_errors=True), "publisher")
    approve(publisher, MODULE)

    learner.reload()
    expect(learner.get_by_text(NEW_WORDS)).to_be_visible()
    assert product.read(EDITIONS) == {"editions": ["1.0", "1.1"], "of learner": "1.1"}


def test_what_is_missing_is_said_beside_the_field(visit, sign_in):
    page = sign_in(visit(expects_errors=True), "trainer")
    open_module(page)

    page.get_by_label("Notice topic").fill("")
    page.locator("footer").get_by_role("button", name="Save draft").click()

    expect(page.get_by_text("Say in one line what the part speaks about.")).to_be_visible()


def test_whoever_changed_a_fact_last_is_told_that_she_does_not_publish_it(visit, sign_in):
    page = sign_in(visit(expects_errors=True), "publisher")
    page.goto("/admin/")
    page.get_by_role("link", name="Facts").click()
    page.get_by_role("link", name="D1", exact=True).click()

    page.get_by_role("textbox", name="Text*").fill(NEW_FACT)
    press_in_footer(page, "Publish")

    expect(page.get_by_text("You made the last change here yourself")).to_be_visible()
    expect(page.get_by_role("textbox", name="Text*")).to_have_value(NEW_FACT)
