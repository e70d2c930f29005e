"""Human Resources finds out who has completed what, and takes the list along."""

import csv

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import JOURNEY_PEOPLE

PURPOSE = "The mission's yearly review"


@pytest.fixture
def hr(visit, sign_in, graduates) -> Page:
    page = sign_in(visit(expects_errors=True), "hr")
    page.get_by_role("link", name="Reports").click()
    return page


def choose(page: Page, **choices: str) -> None:
    for label, option in choices.items():
        page.get_by_label(label.capitalize(), exact=True).select_option(label=option)
    with page.expect_navigation():
        page.get_by_role("button", name="Show").click()


def open_course(page: Page) -> None:
    """Its list is read at once: so it waits for the page, which has a table as the one before."""
    with page.expect_navigation():
        page.get_by_role("link", name="Foundations").click()


def names(page: Page) -> list[str]:
    return page.locator("tbody th").all_inner_texts()


def download(page: Page, purpose: str) -> list[dict[str, str]]:
    page.get_by_text("Download as a file").click()
    page.get_by_label("What do you need it for?").fill(purpose)
    with page.expect_download() as file:
        page.get_by_role("button", name="Download (CSV)").click()
    return list(csv.DictReader(file.value.path().read_text(encoding="utf-8-sig").splitlines()))


def test_from_the_table_to_a_file_with_the_filtered_people_and_no_score(hr, visit, sign_in, picture):
    picture(hr, "report")
    choose(hr, course="Foundations: trafficking and my part", structure="\u2003Mission to Skopje", contract="seconded")
    expect(hr.get_by_role("row", name="Mission to Skopje")).to_contain_text(str(len(JOURNEY_PEOPLE) + 5))

    open_course(hr)
    expect(hr.get_by_label("Structure").locator("option:checked")).to_contain_text("Mission to Skopje")
    choose(hr, state="done")
    shown = names(hr)
    rows = download(hr, PURPOSE)

    assert "Jo 10 Travels" in shown
    assert "Jo 12 Travels" not in shown
    assert [row["name"] for row in rows] == shown
    assert {(row["structure"], row["contract"], row["state"]) for row in rows} == {("MSKP", "seconded", "done")}
    assert list(rows[0]) == [
        *("staff number", "name", "structure", "duty station", "function", "contract"),
        *("state", "begun on", "completed on", "valid until", "gained by"),
    ]

    auditor = sign_in(visit(), "auditor")
    auditor.get_by_role("link", name="Access log").click()
    expect(auditor.get_by_role("row").filter(has_text=PURPOSE)).to_contain_text(str(len(rows)))


def test_a_day_in_the_future_is_refused_beside_the_field(hr):
    hr.get_by_label("Day").fill("2099-01-01")
    hr.get_by_role("button", name="Show").click()

    expect(hr.get_by_text("Choose a day that is not in the future.")).to_be_visible()


def test_a_manager_sees_her_team_and_downloads_nothing(visit, sign_in, graduates):
    page = sign_in(visit(), "manager")
    page.get_by_role("link", name="Reports").click()

    open_course(page)

    assert {"Lea Brandt", "Jo 10 Travels"} <= set(names(page))
    assert "Hana Rossi" not in names(page)
    expect(page.get_by_text("Download as a file")).to_have_count(0)
