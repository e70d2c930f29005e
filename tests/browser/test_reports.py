"""The first page of the reports."""

import pytest
from playwright.sync_api import Page, expect


@pytest.fixture
def hr(visit, sign_in, graduates) -> Page:
    page = sign_in(visit(expects_errors=True), "hr")
    page.get_by_role("link", name="Reports").click()
    return page


def test_a_day_in_the_future_is_refused_beside_the_field(hr):
    hr.get_by_label("Day").fill("2099-01-01")
    hr.get_by_role("button", name="Show").click()

    expect(hr.get_by_text("Choose a day that is not in the future.")).to_be_visible()
