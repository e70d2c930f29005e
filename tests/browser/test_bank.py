"""A trainer brings questions in from a file, mends what was named, and takes the bank out again."""

from playwright.sync_api import Page, expect

EXPORT = "/admin/snippets/courses/question/export/"
HEAD = "code,kind,prompt,right,option 1,option 2,rationale\n"
GOOD = "J-BANK-1,single choice,What is so?,2,that,this,Since.\n"
BAD = "J-BANK-2,single choice,Which?,5,one,two,Because.\n"


def choose(page: Page, text: str) -> None:
    page.get_by_label("File").set_input_files({"name": "bank.csv", "mimeType": "text/csv", "buffer": text.encode()})
    page.get_by_role("button", name="Show what it would do").click()


def no_fault(page: Page, axe) -> bool:
    """Nothing of ours; the frame around it is Wagtail's."""
    return axe(page, {"include": [["main"]]}) == []


def test_from_a_file_with_a_bad_line_to_drafts_and_back_to_a_file(visit, sign_in, axe):
    page = sign_in(visit(expects_errors=True), "trainer")
    page.goto("/admin/")
    page.get_by_role("link", name="Questions", exact=True).click()
    page.get_by_role("button", name="Actions", exact=True).click()
    page.get_by_role("link", name="From a file").click()

    choose(page, HEAD + GOOD + BAD)
    expect(page.get_by_role("row", name="3 right 5 These are no numbers of options.")).to_be_visible()
    expect(page.get_by_role("button", name="Bring them in as drafts")).to_have_count(0)
    assert no_fault(page, axe)

    choose(page, HEAD + GOOD + BAD.replace(",5,", ",1,"))
    expect(page.get_by_role("row", name="J-BANK-2 Which? one new, as a draft")).to_be_visible()
    assert no_fault(page, axe)
    page.get_by_role("button", name="Bring them in as drafts").click()
    expect(page.get_by_text("2 questions are in the bank as drafts.")).to_be_visible()
    page.get_by_placeholder("Search…").fill("J-BANK-2")
    expect(page.get_by_role("link", name="J-BANK-2", exact=True)).to_be_visible()

    page.goto(EXPORT)
    assert no_fault(page, axe)
    page.get_by_label("What is it for?").fill("A journey")
    with page.expect_download() as download:
        page.get_by_role("button", name="Take the file").click()
    assert "J-BANK-2,single choice,Which?,1,one,two" in download.value.path().read_text()


def test_a_card_of_a_sorting_question_shows_the_names_of_its_categories_and_misses_one(visit, sign_in):
    page = sign_in(visit(expects_errors=True), "trainer")
    page.goto("/admin/snippets/courses/question/?q=FND-K3")
    page.get_by_role("link", name="FND-K3", exact=True).click()
    first = page.locator("[data-contentpath=cards] [data-contentpath=right_in]").first
    name = page.locator("[data-contentpath=categories] input[name$=-value-text]").first

    expect(first.get_by_label(f"1 – {name.input_value()}")).to_be_visible()
    name.fill("Renamed")
    first.get_by_label("6", exact=True).check()

    expect(first.get_by_label("1 – Renamed")).to_be_visible()
    expect(first.get_by_label("6 – there is no such category")).to_be_checked()


def test_the_page_editor_shows_the_words_of_a_question_before_it_is_chosen(visit, sign_in, axe):
    page = sign_in(visit(expects_errors=True), "trainer")
    page.goto("/admin/snippets/choose/courses/question/results/?q=half+share")
    expect(page.get_by_text("Sorry, no snippets match")).to_be_visible()

    page.goto("/admin/snippets/courses/question/?q=act+means+purpose+border")
    expect(page.get_by_role("link", name="FND-Q1", exact=True)).to_be_visible()
    expect(page.get_by_role("row", name="FND-Q1").get_by_text("(drawn)")).to_be_visible()
    assert no_fault(page, axe)
