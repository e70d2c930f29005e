"""A stranger holds a printed certificate."""

import pytest
from playwright.sync_api import Page, expect


@pytest.fixture
def code(graduates) -> str:
    return graduates["j11"]


def compare(page: Page, name: str) -> None:
    page.get_by_label("Name as it stands on the certificate").fill(name)
    page.get_by_role("button", name="Compare").click()


def test_a_stranger_learns_state_course_and_dates_and_no_name(visit, code):
    page = visit()
    page.goto("/verify/")
    page.get_by_label("Code of the certificate").fill("-".join([code[:5].lower(), code[5:]]))
    page.get_by_role("button", name="Check").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("This certificate is valid")
    expect(page.get_by_text("Foundations: trafficking and my part")).to_be_visible()
    expect(page.get_by_text("Demonstration – not valid")).to_be_visible()
    assert "Jo 11" not in page.content()

    compare(page, "Travels Jo 11")
    expect(page.get_by_role("status").get_by_text("matches", exact=True)).to_be_visible()
    compare(page, "Somebody Else")
    expect(page.get_by_role("status")).to_have_text("does not match")
    expect(page.get_by_role("status")).to_be_focused()
    assert page.context.cookies() == []


def test_the_pdf_leads_to_the_same_page(visit, sign_in, code):
    page = sign_in(visit(), "j11")
    with page.expect_download() as download:
        page.get_by_role("link", name="Certificate (PDF)").click()

    assert download.value.suggested_filename == "certificate-fnd.pdf"
    assert download.value.path().read_bytes().startswith(b"%PDF")


def test_an_unknown_code_says_what_to_look_at(visit):
    page = visit(expects_errors=True)
    page.goto("/verify/2345")

    expect(page.get_by_role("heading", level=1)).to_have_text("No certificate has this code")
    page.get_by_role("link", name="Type the code").click()
    expect(page.get_by_label("Code of the certificate")).to_be_visible()


def test_a_withdrawn_certificate_says_so_to_everybody(visit, sign_in, graduates):
    page = sign_in(visit(), "admin")
    page.get_by_text("Manage", exact=True).click()
    page.get_by_role("link", name="Certificates").click()
    page.get_by_label("Name or code").fill("Jo 10")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("group").filter(has_text="Withdraw").locator("summary").click()
    page.get_by_label("Why is it withdrawn?").fill("Issued twice by mistake")
    page.get_by_role("button", name="Withdraw").click()
    expect(page.get_by_text("The certificate is withdrawn.")).to_be_visible()

    stranger = visit()
    stranger.goto(f"/verify/{graduates['j10']}")
    expect(stranger.get_by_role("heading", level=1)).to_have_text("This certificate was withdrawn")
    assert "by mistake" not in stranger.content()
