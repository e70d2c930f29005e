"""Each kind of practice with mouse, with keyboard and without JavaScript; and axe on what it shows."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from courses.kind_blocks.body import KINDS
from tests.browser.conftest import LEVEL_AA, OF_COLOURS
from tests.browser.learning import open_question, press
from tests.factories.kinds import content_of, form_of

PRACTICE = Path(__file__).with_name("practice.py").read_text()
TOO_WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
IS_ON_TOP = """element => {
  const { left, top, width, height } = element.getBoundingClientRect();
  return element.contains(document.elementFromPoint(left + width / 2, top + height / 2));
}"""
FOCUSED = "({ type, tagName, name, value }) => [type ?? tagName, name, value]"


@pytest.fixture(scope="module")
def places(copy) -> dict[str, str]:
    return copy.read(PRACTICE)


@pytest.fixture
def open_as(copy, places, visit, sign_in):
    """A learner in the practice course."""

    def open_window(who: str, **options) -> Page:
        page = sign_in(visit(base=copy.url, expects_errors=True, **options), who)
        page.goto("/learn/prc/")
        press(page.get_by_role("main").get_by_role("button").first)
        return page

    return open_window


def wanted(kind: str) -> dict[str, list[str]]:
    """The fields and values of a right answer; of any where none is right."""
    content = content_of(kind)
    return form_of(content, content.right_response or content.order[:1])


def fill_in(form: Locator, values: dict[str, list[str]]) -> None:
    for name, chosen in values.items():
        field = form.locator(f"[name='{name}']")
        if field.first.evaluate("field => field.type") in {"radio", "checkbox"}:
            for value in chosen:
                form.locator(f"[name='{name}'][value='{value}']").check()
        elif field.evaluate("field => field.tagName") == "SELECT":
            field.select_option(value=chosen)
        else:
            field.fill(chosen[0])


def check(page: Page) -> None:
    press(open_question(page).get_by_role("button"))


def assert_done(page: Page, kind: str) -> None:
    expected = "Yes, that is right." if content_of(kind).is_graded else "Nothing is right or wrong here."
    expect(page.locator(".verdict[autofocus] h3")).to_contain_text(expected)


def faults_of(page: Page, axe) -> list[str]:
    found = []
    for width, scheme, rules in ((320, "light", LEVEL_AA), (320, "dark", OF_COLOURS), (1280, "light", LEVEL_AA)):
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=scheme)
        found += [f"{page.url} at {width} {scheme}: {fault}" for fault in axe(page, rules=rules)]
        found += [f"{page.url} at {width}: scrolls sideways"] if page.evaluate(TOO_WIDE) else []
    return found


def test_each_kind_with_the_mouse_and_axe_before_wrong_and_after(open_as, places, axe):
    page = open_as("j14")
    found = []

    for kind in KINDS:
        page.goto(places[kind])
        found += faults_of(page, axe)
        check(page)
        expect(page.locator("[role=alert]")).to_be_focused()
        expect(open_question(page).get_by_role("group")).to_have_accessible_description(page.locator("[role=alert]").inner_text())
        found += faults_of(page, axe)
        fill_in(open_question(page), wanted(kind))
        check(page)
        assert_done(page, kind)
        expect(page.locator(".verdict")).to_be_focused()
        found += faults_of(page, axe)

    assert found == []


def test_each_kind_with_the_keyboard(open_as, places):
    page = open_as("j15")

    for kind in KINDS:
        page.goto(places[kind])
        page.locator("h1").evaluate("heading => { heading.tabIndex = -1; heading.focus() }")
        answer_by_keyboard(page, wanted(kind))
        assert_done(page, kind)


def answer_by_keyboard(page: Page, values: dict[str, list[str]]) -> None:
    """Goes from field to field with the tab key, and presses the button that comes after them."""
    for _ in range(30):
        page.keyboard.press("Tab")
        kind, name, value = page.locator(":focus").evaluate(FOCUSED)
        chosen = values.get(name, [])
        if kind == "radio":
            page.keyboard.press("Space")
            while page.locator(":focus").evaluate(FOCUSED)[2] not in chosen:
                page.keyboard.press("ArrowDown")
        elif kind == "checkbox" and value in chosen:
            page.keyboard.press("Space")
        elif kind == "select-one":
            while page.locator(":focus").evaluate(FOCUSED)[2] not in chosen:
                page.keyboard.press("ArrowDown")
        elif kind == "text":
            page.keyboard.type(chosen[0])
        elif kind == "submit":
            with page.expect_navigation():
                page.keyboard.press("Enter")
            return
    raise AssertionError("No button came.")


def test_each_kind_without_javascript(open_as, places):
    page = open_as("j17", java_script_enabled=False)

    for kind in KINDS:
        page.goto(places[kind])
        fill_in(open_question(page), wanted(kind))
        check(page)
        assert_done(page, kind)


def test_each_kind_tells_a_screen_reader_its_question_and_what_each_field_is(open_as, places):
    page = open_as("j18")

    for kind in KINDS:
        page.goto(places[kind])
        content = content_of(kind)
        tree = page.get_by_role("group", name=content.prompt, exact=True).aria_snapshot()
        found = re.findall(r'- (?:radio|checkbox|combobox|textbox) "([^"]*)"', tree)
        assert sorted(name.removeprefix("Your number ") for name in found) == sorted(row.text for row in content.filled({}))


def test_a_doubled_position_is_named_and_nothing_is_lost(open_as, places):
    page = open_as("j18")
    page.goto(places["sequencing"])
    fields = open_question(page).locator("select")
    for field, position in zip(fields.all(), ["2", "2", "3"], strict=True):
        field.select_option(position)

    check(page)

    expect(page.locator("[role=alert]")).to_have_text("Each position can be given once. Given more than once: 2.")
    assert [field.input_value() for field in fields.all()] == ["2", "2", "3"]
    assert [field.get_attribute("aria-invalid") for field in fields.all()] == ["true", "true", None]


def test_a_guide_is_looked_up_and_leads_back(open_as, places, axe):
    for who, options in (("j14", {}), ("j17", {"java_script_enabled": False})):
        page = open_as(who, **options)
        page.goto(places["lookup"])
        assert options or faults_of(page, axe) == []
        press(page.get_by_role("button", name="Open the guide"))
        assert "/library/" in page.url
        press(page.get_by_role("link", name="Back to the course"))
        assert page.url.endswith(places["lookup"])


def test_a_word_opens_beside_the_text(open_as, places, axe):
    page = open_as("j14")
    page.goto(places["terms"])
    word = page.get_by_role("button", name="Coercion")
    word.focus()

    with page.expect_response(lambda answer: "/look-up/" in answer.url):
        page.keyboard.press("Enter")
    expect(page.get_by_text("What Coercion means.")).to_be_visible()
    assert faults_of(page, axe) == []
    page.set_viewport_size({"width": 320, "height": 480})
    assert page.get_by_role("link", name="Leave this page now").evaluate(IS_ON_TOP)
    page.keyboard.press("Escape")

    expect(page.get_by_text("What Coercion means.")).to_be_hidden()
    expect(word).to_be_focused()
    assert "explained" not in page.url


def test_a_word_is_explained_without_javascript(open_as, places):
    page = open_as("j17", java_script_enabled=False)
    page.goto(places["terms"])

    press(page.get_by_role("button", name="Deception"))

    expect(page.get_by_text("What Deception means.")).to_be_visible()
    expect(page.get_by_text("What Coercion means.")).to_be_hidden()


def test_a_reflection_stays_in_the_tab_and_leaves_with_the_quick_exit(open_as, places, axe):
    page = open_as("j14")
    sent = []
    page.on("request", lambda request: sent.append(request.post_data or ""))
    page.goto(places["reflection"])
    field = page.get_by_label("What would you say first?")
    field.fill("I would listen.")

    press(page.get_by_role("main").get_by_role("button", name="To the end"))
    page.goto(places["reflection"])
    expect(field).to_have_value("I would listen.")
    assert faults_of(page, axe) == []
    other = page.context.new_page()
    other.goto(places["reflection"])
    expect(other.get_by_label("What would you say first?")).to_have_value("")

    page.route("https://www.wikipedia.org/**", lambda route: route.fulfill(body="<h1>Else</h1>", content_type="text/html"))
    page.get_by_role("link", name="Leave this page now").click()
    expect(page.get_by_role("heading", name="Else")).to_be_visible()
    page.goto(places["reflection"])
    expect(field).to_have_value("")
    assert [body for body in sent if "listen" in body] == []
