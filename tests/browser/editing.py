"""How trainers and publishers of the journeys work in the editor."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.learning import press

SUBMIT = "Submit to Approval by a publisher"
# Hidden until it begins, then cut off where it has come to; a deleted block stays hidden.
HIDDEN = "[style*='display: none']:not([aria-hidden])"
SLIDING = f":is([data-streamfield-child], .c-sf-add-button):is([style*='overflow: hidden'], {HIDDEN})"


def press_in_footer(page: Page, name: str) -> None:
    footer = page.locator("footer")
    footer.get_by_role("button", name="More actions").click()
    press_to_the_end(footer.get_by_role("button", name=name, exact=True))


def save_draft(page: Page) -> None:
    press_to_the_end(page.locator("footer").get_by_role("button", name="Save draft"))


def press_to_the_end(button: Locator) -> None:
    """A new page has its address as soon as it has saved itself, which is no next page yet."""
    with button.page.expect_event("load"):
        button.click()


def add_block(within: Locator, name: str = "") -> None:
    """At the end of a stream; `name` as the menu says it, where there is more than one kind."""
    within.get_by_role("button", name="Insert a block").last.click()
    if name:
        within.page.get_by_role("option", name=name, exact=True).click()
    wait_until_it_stands(within.page)


def add_line(page: Page, name: str) -> str:
    """At the end of the list whose fields are called so. Returns how those of the new line begin."""
    count = page.locator(f"input[name={name}-count]")
    place = count.input_value()
    count.locator("..").get_by_role("button", name="Add", exact=True).last.click()
    expect(count).to_have_value(str(int(place) + 1))
    wait_until_it_stands(page)
    return f"{name}-{place}-value"


def delete_block(block: Locator) -> None:
    block.get_by_role("button", name="Delete").first.click()
    wait_until_it_stands(block.page)


def wait_until_it_stands(page: Page) -> None:
    """A new block slides open, a deleted one shut, for 0.4 seconds. What is pressed meanwhile is gone from under the pointer
    before it is let go, and the browser makes a click on the block round both of it, which does nothing."""
    expect(page.locator(SLIDING)).to_have_count(0)


def fill(page: Page, begin: str, **values: str | bool) -> None:
    """The fields of one block, by their own names."""
    for name, value in values.items():
        field = page.locator(f"[name={begin}-{name}]")
        if isinstance(value, bool):
            field.set_checked(value)
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
