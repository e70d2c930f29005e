"""Human Resources looks whether people are fit to deploy, and goes from a number to the people behind it."""

import csv

import pytest
from playwright.sync_api import Page, expect

PURPOSE = "Before the deployment"


@pytest.fixture
def hr(visit, sign_in, graduates) -> Page:
    page = sign_in(visit(), "hr")
    page.get_by_role("link", name="Reports").click()
    return page


def download(page: Page, purpose: str) -> list[dict[str, str]]:
    page.get_by_text("Download as a file").click()
    page.get_by_label("What do you need it for?").fill(purpose)
    with page.expect_download() as file:
        page.get_by_role("button", name="Download (CSV)").click()
    return list(csv.DictReader(file.value.path().read_text(encoding="utf-8-sig").splitlines()))


def test_from_a_picture_to_its_numbers_a_file_and_the_people_behind_one(hr, visit, sign_in, picture):
    picture(hr, "report")
    expect(hr.get_by_role("img", name="Coverage by group and course")).to_be_visible()

    hr.get_by_label("Structure").select_option(label="\u2003Mission to Skopje".strip("\u2003"))
    with hr.expect_navigation():
        hr.get_by_role("button", name="Show").click()
    hr.get_by_text("The numbers, group by group").click()
    shown = hr.get_by_role("row", name="All shown here").get_by_role("link").nth(1)
    number = int(shown.inner_text())
    [total] = [row for row in download(hr, PURPOSE) if row["group"] == "all shown here"]
    shown.click()

    assert (number, int(total["all asked"])) == (number, number)
    expect(hr.locator("tbody tr")).to_have_count(number)

    auditor = sign_in(visit(), "auditor")
    auditor.get_by_text("Manage", exact=True).click()
    auditor.get_by_role("link", name="Access log").click()
    expect(auditor.get_by_role("row").filter(has_text=PURPOSE)).to_have_count(1)


def test_a_manager_is_led_to_her_team(visit, sign_in):
    page = sign_in(visit(), "manager")

    page.get_by_role("link", name="Reports").click()

    expect(page).to_have_url("/reports/team/")
    expect(page.get_by_text("Download as a file")).to_have_count(0)
