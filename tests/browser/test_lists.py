"""From a list to a saved list and to a file of it, with the purpose in the access log."""

from datetime import datetime
from io import BytesIO

import openpyxl
from playwright.sync_api import expect

PURPOSE = "The mission's yearly review"


def test_from_a_list_to_a_saved_list_and_to_a_file_of_its_rows(visit, sign_in, axe, picture):
    hr = sign_in(visit(expects_errors=True), "hr")
    hr.goto("/reports/list/")
    hr.get_by_label("Structure", exact=True).select_option(label="\u2003Mission to Skopje")
    hr.get_by_label("Course", exact=True).select_option(label="Foundations: trafficking and my part")
    with hr.expect_navigation():
        hr.get_by_role("button", name="Show").first.click()
    with hr.expect_navigation():
        hr.get_by_role("link", name="Due on").click()
    expect(hr.get_by_role("columnheader", name="Due on")).to_have_attribute("aria-sort", "ascending")
    assert axe(hr) == []
    picture(hr, "list")

    hr.get_by_text("Save this list").click()
    hr.get_by_label("Name of the list").fill("Skopje, foundations")
    with hr.expect_navigation():
        hr.get_by_role("button", name="Save", exact=True).click()
    assert axe(hr) == []
    with hr.expect_navigation():
        hr.get_by_role("link", name="Skopje, foundations").click()
    expect(hr.get_by_label("Structure", exact=True).locator("option:checked")).to_contain_text("Mission to Skopje")
    shown = hr.locator("tbody th").all_inner_texts()

    hr.get_by_text("Download as a file").click()
    hr.get_by_label("What do you need it for?").fill(PURPOSE)
    hr.get_by_label("Kind of file").select_option(label="XLSX, for spreadsheets")
    with hr.expect_download() as file:
        hr.get_by_role("button", name="Download", exact=True).click()
    header, *lines = openpyxl.load_workbook(BytesIO(file.value.path().read_bytes())).active.values
    assert header[:2] == ("name", "structure")
    assert [line[0] for line in lines] == shown
    assert {type(line[header.index("due on")]) for line in lines} <= {datetime, type(None)}

    auditor = sign_in(visit(), "auditor")
    auditor.get_by_text("Manage", exact=True).click()
    auditor.get_by_role("link", name="Access log").click()
    expect(auditor.get_by_role("row").filter(has_text=PURPOSE)).to_contain_text(str(len(lines)))
