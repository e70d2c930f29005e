"""How trainers and publishers of the journeys work in the editor."""

import re

from playwright.sync_api import Error, Locator, Page, TimeoutError, expect

from tests.browser.learning import press

SUBMIT = "Submit to Approval by a publisher"


def press_in_footer(page: Page, name: str) -> None:
    footer = page.locator("footer")
    footer.get_by_role("button", name="More actions").click()
    with page.expect_navigation():
        footer.get_by_role("button", name=name, exact=True).click()


def save_draft(page: Page) -> None:
    press(page.locator("footer").get_by_role("button", name="Save draft"))


def add_block(within: Locator, name: str = "") -> None:
    """At the end of a stream; `name` as the menu says it, where there is more than one kind."""
    within.page.wait_for_load_state("networkidle")  # a click before the editor's scripts are done opens no menu
    button = within.get_by_role("button", name="Insert a block").last
    button.click()
    if name:
        kind = within.page.get_by_role("option", name=name, exact=True)
        if not appears(kind):
            button.click()  # as anybody would whose click came too early
        kind.click()


def check(field: Locator, value: bool) -> None:
    """The editor draws a new block once more when it has saved by itself: a click in that moment is made again."""
    try:
        field.set_checked(value)
    except Error:
        field.set_checked(value)


def appears(what: Locator) -> bool:
    """Within five seconds."""
    try:
        what.wait_for(timeout=5_000)
    except TimeoutError:
        return False
    return True


def add_line(page: Page, name: str) -> str:
    """At the end of the list whose fields are called so. Returns how those of the new line begin."""
    count = page.locator(f"input[name={name}-count]")
    place = count.input_value()
    count.locator("..").get_by_role("button", name="Add", exact=True).last.click()
    expect(count).to_have_value(str(int(place) + 1))
    return f"{name}-{place}-value"


def fill(page: Page, begin: str, **values: str | bool) -> None:
    """The fields of one block, by their own names."""
    for name, value in values.items():
        field = page.locator(f"[name={begin}-{name}]")
        if isinstance(value, bool):
            check(field, value)
        elif field.evaluate("field => field.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)


def approve(page: Page, title: str) -> None:
    """A publisher from her dashboard."""
    page.goto("/admin/")
    press(page.get_by_role("region", name="Awaiting your review").get_by_role("link", name=title))
    press_in_footer(page, "Approve and Publish")
    expect(page.get_by_text(re.compile("has been updated|' updated"))).to_be_visible()
