"""A reader comments on a guide, its owner answers, and what should not be there disappears."""

import re

from playwright.sync_api import Page, expect

GUIDE = "Gender Aspects in Post-Conflict Situations"
COMMENT = "The chapter on interviews is out of date: it does not say how to work with an interpreter."


def open_form(page: Page) -> None:
    page.get_by_role("link", name="Library").click()
    page.get_by_role("link", name=re.compile(GUIDE)).first.click()
    page.get_by_role("link", name="Comment on this guide").click()


def rate(page: Page, comment: str) -> None:
    page.get_by_label("Which section?").select_option(index=1)
    for group, choice in (("useful", "4"), ("accurate", "3"), ("easy", "5")):
        page.locator(f"input[name={group}][value='{choice}']").check()
    page.locator("input[name=used_for]").first.check()
    page.locator("input[name=up_to_date]").first.check()
    page.locator("input[name=would_recommend][value=yes]").check()
    page.locator("textarea[name=comment]").fill(comment)
    page.get_by_role("button", name="Send").click()


def test_a_comment_arrives_and_is_answered(visit, sign_in):
    for name in ("j8", "j9"):
        reader = sign_in(visit(), name)
        open_form(reader)
        rate(reader, f"{COMMENT} ({name})")
        expect(reader.get_by_text("Thank you. You find its state and the answer here.")).to_be_visible()

    owner = sign_in(visit(), "guides")
    owner.get_by_text("Manage", exact=True).click()
    owner.get_by_role("link", name="Feedback").click()
    owner.get_by_label("Section").select_option(index=1)
    owner.get_by_label("State", exact=True).select_option("new")
    owner.get_by_role("button", name="Show").click()
    entries = owner.get_by_role("article").filter(has_text=COMMENT)
    expect(entries).to_have_count(2)
    assert "Jo 8" not in owner.content()
    for position in range(2):
        entries.nth(position).get_by_role("checkbox").check()
    owner.get_by_label("New state").select_option("accepted")
    owner.get_by_label("Answer to the senders").fill("Thank you: the next edition will say it.")
    owner.get_by_role("button", name="Save").click()
    expect(owner.get_by_text("2 entries changed.")).to_be_visible()

    reader.goto("/my/")
    entry = reader.get_by_role("article").filter(has_text=COMMENT)
    expect(entry).to_contain_text("Thank you: the next edition will say it.")
    expect(entry).to_contain_text("accepted")


def test_a_text_that_may_name_somebody_comes_back_once_and_nothing_is_lost(visit, sign_in):
    page = sign_in(visit(expects_errors=True), "j10")
    open_form(page)
    rate(page, "Ask Anna on +389 70 123 456.")

    expect(page.get_by_text("this text may let somebody be recognised")).to_be_visible()
    expect(page.get_by_text("a telephone number")).to_be_visible()
    expect(page.locator("textarea[name=comment]")).to_have_value("Ask Anna on +389 70 123 456.")
    expect(page.locator("input[name=useful][value='4']")).to_be_checked()
    page.locator("textarea[name=comment]").fill("Say whom to ask.")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Thank you.")).to_be_visible()


def test_a_reported_text_is_hidden_at_once_and_deleted_by_two(visit, sign_in, product):
    page = sign_in(visit(), "j13")
    open_form(page)
    rate(page, "The lady of house number five was there.")
    entry = page.get_by_role("article").filter(has_text="house number five")
    entry.get_by_role("button", name="Report personal data").click()
    expect(page.get_by_text("The text is hidden now")).to_be_visible()
    page.goto("/my/")
    assert "house number five" not in page.content()
    assert "house number" not in product.wait_for_mail("admin2@example.org")

    for name in ("admin", "admin2"):
        administrator = sign_in(visit(), name)
        administrator.get_by_text("Manage", exact=True).click()
        administrator.get_by_role("link", name="Reported texts").click()
        waiting = administrator.get_by_role("article").filter(has=administrator.get_by_role("button", name="Show it again"))
        waiting.first.get_by_role("button", name=re.compile("elete the text")).click()
    expect(administrator.get_by_text("Done.")).to_be_visible()

    page.reload()
    expect(page.get_by_text("The text was deleted because it held personal data.")).to_be_visible()
