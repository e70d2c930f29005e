"""Somebody says that her state is wrong, two HR officers record what she learnt elsewhere, and she sees it and the answer."""

import re
from datetime import timedelta

from playwright.sync_api import expect

from lms.days import today
from tests.browser.conftest import Product

PAPER = {"name": "paper.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 certificate"}


def test_from_this_is_wrong_to_a_recorded_completion_and_its_answer(product: Product, visit, sign_in):
    learner = sign_in(visit(width=360), "j23")
    learner.goto("/my/why/fnd/")
    learner.get_by_text("This is wrong", exact=True).click()
    learner.get_by_label("I have learnt this elsewhere").check()
    learner.get_by_label("In a few words").fill("In Geneva, last month.")
    learner.get_by_role("button", name="Send to Human Resources").click()
    expect(learner.get_by_text("In Geneva, last month.")).to_be_visible()
    expect(learner.locator(".tag").get_by_text("open", exact=True)).to_be_visible()

    first = sign_in(visit(), "hr")
    first.get_by_text("Manage", exact=True).click()
    first.get_by_role("link", name="Questions").click()
    first.get_by_role("link", name="Jo 23 Travels").click()
    expect(first.get_by_text("In Geneva, last month.")).to_be_visible()
    first.get_by_role("link", name="Record a completion").click()
    first.get_by_label("Completed on").fill((today() - timedelta(days=30)).isoformat())
    first.get_by_label("Evidence").set_input_files(PAPER)
    first.get_by_label("Answer to her").fill("Your certificate of Geneva counts.")
    first.get_by_role("button", name="Ask a second HR officer").click()
    expect(first.get_by_text("Waits for a second HR officer.")).to_be_visible()
    hers = first.get_by_role("article").filter(has_text="Jo 23 Travels").get_by_role("button")
    expect(hers).to_have_text([re.compile("^Take it back")])

    second = sign_in(visit(), "hr2")
    second.goto("/reports/disputes/")
    hers = second.get_by_role("article").filter(has_text="Jo 23 Travels").get_by_role("button")
    expect(hers).to_have_text([re.compile("^Agree"), re.compile("^Decline")])
    hers.first.click()
    expect(second.get_by_text("Done. A mail tells her.")).to_be_visible()

    assert "There is an answer for you" in product.wait_for_mail("j23@example.org", count=2)  # after the invitation
    learner.goto("/my/why/fnd/")
    expect(learner.locator(".tag.good").get_by_text("done", exact=True)).to_be_visible()
    expect(learner.get_by_text("Your certificate of Geneva counts.")).to_be_visible()
