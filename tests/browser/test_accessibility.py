"""Every page and panel of ours passes axe in every look; and what a listener is told after each act."""

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.urls import resolve
from playwright.sync_api import Page, expect
from wagtail.images import get_image_model
from wagtail.models import Page as WagtailPage
from wagtail.models import get_page_models
from wagtail.snippets.models import get_snippet_models

from tests.browser.conftest import LEVEL_AA, OF_COLOURS
from tests.browser.learning import answer_here, go_to_a_question, open_question, start_course
from tests.browser.sights import NO_PAGES, NOBODY, PANELS, SIGHTS, WAGTAILS_OWN, fail_to_sign_in
from tests.lms.test_doors import routes

STAGING = Path(__file__).with_name("staging.py").read_text()
USUAL = {"color_scheme": "light", "forced_colors": "none", "reduced_motion": "no-preference"}
WIDTHS = (320, 768, 1280)
DARK, FORCED, STILL = USUAL | {"color_scheme": "dark"}, USUAL | {"forced_colors": "active"}, USUAL | {"reduced_motion": "reduce"}
# Other colours do not change what there is, only how it is seen: all rules once a width, then those that look at colours.
# Less motion changes neither: nothing may move then.
LOOKS = [
    *((width, USUAL, LEVEL_AA) for width in WIDTHS),
    *((width, DARK, OF_COLOURS) for width in WIDTHS),
    (1280, FORCED, OF_COLOURS),
    (1280, STILL, None),
]
# The frame of the editors' side, and what it does at which width and how it moves, is Wagtail's.
PANEL_LOOKS = [
    *((width, USUAL, LEVEL_AA) for width in WIDTHS),
    *((width, DARK, OF_COLOURS) for width in (320, 1280)),
    (1280, FORCED, OF_COLOURS),
]
UNFOLD = "for (const folded of document.querySelectorAll('details')) folded.open = true"
TOO_WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
# Wagtail fades things in and out, also while the window changes. (A sheet made by a script is no inline style.)
NO_FADING = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync("*, *::before, *::after { transition: none !important; }");
  document.adoptedStyleSheets = [sheet];
}"""
# A busy machine may draw nothing for a while: nobody waits for ever.
NEXT_FRAME = """() => Promise.race([
  new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
  new Promise((done) => setTimeout(done, 2000)),
])"""
MOVES = "matchMedia('(prefers-reduced-motion)').matches && document.getAnimations().length > 0"


@pytest.fixture(scope="module")
def stage(copy) -> dict:
    return copy.read(STAGING)


@pytest.fixture
def open_as(copy, stage, visit, sign_in):
    """Opens a window for somebody; what its console says beside the 4xx answers that were asked for fails the test."""
    said: list[str] = []

    def open_window(who: str, **options) -> Page:
        page = visit(base=copy.url, expects_errors=True, **options)
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
        return sign_in(page, who) if who else page

    yield open_window
    assert [text for text in said if "the server responded with a status of 4" not in text] == []


def faults_of(page: Page, axe, looks=LOOKS, within: dict | None = None) -> list[str]:
    page.evaluate(UNFOLD)
    found = []
    for width, look, rules in looks:
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(**look)
        if within:
            page.evaluate(NEXT_FRAME)
        where = f"{page.url} at {width}, {' '.join(look.values())}"
        found += [f"{where}: {fault}" for fault in axe(page, within, rules=rules)] if rules else []
        found += [f"{where}: scrolls sideways"] if page.evaluate(TOO_WIDE) else []
        found += [f"{where}: moves"] if page.evaluate(MOVES) else []
    return found


def test_axe_finds_what_is_wrong(visit, axe):
    page = visit()
    page.set_content("<html lang=en><title>T</title><main style=width:2000px><p style=color:#ccc>Pale</p><input></main></html>")

    found = {re.search(r": ([a-z-]+:|scrolls|moves)", fault).group(1) for fault in faults_of(page, axe)}

    assert found == {"color-contrast:", "label:", "scrolls"}


def test_no_page_is_forgotten():
    names = {name for name, path, _view in routes() if not path.startswith("admin/")}

    assert names == NO_PAGES.keys() | {sight.name for sights in SIGHTS.values() for sight in sights}


def test_no_panel_is_forgotten():
    pages = [model for model in get_page_models() if model is not WagtailPage]
    models = {model._meta.label for model in [*pages, *get_snippet_models(), get_image_model()]}

    assert models == {model for panels in PANELS.values() for model, _path in panels}


@pytest.mark.parametrize("who", SIGHTS, ids=lambda who: who or "nobody")
def test_every_page_in_every_look(who, open_as, axe, stage, copy):
    page = open_as(who)

    found = []
    for sight in SIGHTS[who]:
        page.goto(sight.path.format(**stage))
        if sight.act:
            sight.act(page, copy)
        assert resolve(urlsplit(page.url).path).view_name == sight.name
        found += faults_of(page, axe)

    assert found == []


@pytest.mark.parametrize("who", PANELS)
def test_every_panel_of_ours_in_every_look(who, open_as, axe, stage):
    page = open_as(who)

    found = []
    for _model, path in PANELS[who]:
        answer = page.goto(path.format(**stage), wait_until="networkidle")
        assert answer.status == 200
        page.evaluate(NO_FADING)
        found += faults_of(page, axe, PANEL_LOOKS, {"exclude": [[part] for part in WAGTAILS_OWN]})

    assert found == []


# --- what a listener is told -------------------------------------------------------------------------------------------


def announced(page: Page) -> str:
    """What has the focus after an act, and is therefore read out first, as it stands in the accessibility tree."""
    return page.locator(":focus").aria_snapshot()


def press(page: Page, name: str) -> None:
    with page.expect_navigation():
        page.get_by_role("main").get_by_role("button", name=name).click()


def heading(page: Page) -> str:
    return page.get_by_role("heading", level=1).inner_text()


def test_after_next_title_and_heading_name_the_new_screen_and_the_outline_its_part(open_as):
    page = open_as("j15")
    start_course(page)
    first = heading(page)

    press(page, "Next")

    assert heading(page) != first
    expect(page).to_have_title(f"{heading(page)} · Learning for protection")
    outline = page.get_by_role("navigation", name="Parts of the course")
    assert outline.locator("[aria-current=step]").all_text_contents() == ["Before you start (done)"]
    expect(outline.get_by_role("progressbar")).to_have_accessible_name(re.compile(r"^\d+ per cent done$"))
    expect(outline.get_by_role("progressbar")).to_have_attribute("value", re.compile(r"^\d+$"))
    assert announced_first_by_tab(page) == ["Skip to the content", "Leave this page now"]


def announced_first_by_tab(page: Page) -> list[str]:
    found = []
    for _ in range(2):
        page.keyboard.press("Tab")
        found.append(page.locator(":focus").inner_text())
    return found


def test_after_check_the_verdict_is_said_in_words(open_as):
    page = open_as("j14")
    start_course(page)
    go_to_a_question(page)
    prompt = open_question(page).locator("legend").inner_text()

    press(page, "Check")
    assert announced(page) == "- alert: Choose an answer first."
    expect(open_question(page).get_by_role("group", name=prompt)).to_have_accessible_description("Choose an answer first.")

    for wrong in open_question(page).locator(".option input").all():
        wrong.check()
    press(page, "Check")
    assert announced(page).startswith('- group "Result":\n  - heading "Not quite." [level=3]\n  - paragraph: ')

    page.get_by_role("link", name="Try again").click()
    answer_here(page)
    assert announced(page).startswith('- group "Result":\n  - heading "Yes, that is right." [level=3]\n  - paragraph: ')
    answered = page.get_by_role("region", name="Question").get_by_role("listitem")
    assert [text for text in answered.all_inner_texts() if "your answer" in text and "right" not in text] == []


def test_a_sign_in_that_fails_says_so(open_as, copy):
    page = open_as(NOBODY)
    page.goto("/account/login/")

    fail_to_sign_in(page, copy)

    assert announced(page) == "- alert: The address or the password is not right. Look at both again, or set a new password."


def test_a_profile_says_what_is_wrong_and_what_is_saved(open_as):
    page = open_as("j14")
    page.goto("/my/profile/")
    name = page.get_by_label("Your name, as it is printed on certificates")

    name.fill("   ")
    press(page, "Save")
    assert announced(page) == "- alert: Something has to be looked at again. It is marked below."
    expect(name).to_have_attribute("aria-invalid", "true")
    expect(name).to_have_accessible_description("This field is required.")

    name.fill("Jo 14 Travels")
    press(page, "Save")
    assert announced(page) == "- status: Saved."


def test_a_comment_without_a_rating_comes_back_with_each_gap_tied_to_its_question(open_as, stage):
    page = open_as("j14")
    page.goto(f"/library/{stage['guide']}/comment/")
    page.get_by_label("What is misleading").fill("It is too long.")

    press(page, "Send")

    assert announced(page).startswith("- alert: Something is missing")
    for question in ("What did you use the guide for?", "How useful was it?", "Is it up to date?"):
        expect(page.get_by_role("group", name=question)).to_have_accessible_description("This field is required.")
    expect(page.get_by_label("What is misleading")).to_have_value("It is too long.")
