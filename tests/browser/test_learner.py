"""A learner from her invitation to her certificate, and in worse conditions."""

import re

import pytest
from playwright.sync_api import Page, expect


@pytest.fixture(scope="session")
def right_answers() -> dict[str, list[str]]:
    """What an attentive learner would answer: from the course's own data files."""
    import yaml

    from tests.conftest import ROOT

    found = {}
    for path in (ROOT / "content" / "starter" / "site" / "questions").glob("*.yaml"):
        [body] = yaml.safe_load(path.read_text())["fields"]["body"]
        value = body["value"]
        if body["type"] == "true_false":
            found[value["prompt"]] = ["True" if value["is_true"] else "False"]
        else:
            found[value["prompt"]] = [option["text"] for option in value["options"] if option["is_right"]]
    return {" ".join(prompt.split()): [" ".join(text.split()) for text in texts] for prompt, texts in found.items()}


def answer_here(page: Page, right_answers: dict[str, list[str]]) -> None:
    """Ticks the right options of the one open question on the page and checks."""
    question = page.locator(".question form")
    prompt = " ".join(question.locator("legend").inner_text().split())
    for text in right_answers[prompt]:
        question.locator(".option", has_text=re.compile(rf"^\s*{re.escape(text)}\s*$")).locator("input").check()
    question.get_by_role("button", name="Check").click()


def go_to_the_quiz(page: Page, right_answers: dict[str, list[str]]) -> int:
    """Reads every screen and answers every check; returns how many screens there were."""
    screens = 0
    while "/quiz/" not in page.url:
        screens += 1
        if page.locator(".question form").count():
            answer_here(page, right_answers)
            expect(page.locator(".verdict")).to_be_focused()
        page.get_by_role("button", name="Next").click()
        page.wait_for_load_state()
    return screens


def sit(page: Page, right_answers: dict[str, list[str]]) -> None:
    page.get_by_role("button", name=re.compile("Start the quiz|Go on|Try again")).click()
    while page.locator(".question form").count():
        answer_here(page, right_answers)
        expect(page.locator(".verdict")).to_be_visible()
        following = page.get_by_role("link", name=re.compile("Next question|See the result"))
        following.click()
        page.wait_for_load_state()


def test_from_invitation_to_certificate(visit, product, right_answers, picture):
    page = visit()
    mail = product.wait_for_mail("j1@example.org")
    link = re.search(r"http://localhost:\d+/account/password/reset/key/\S+", mail.replace("=\n", "")).group(0)

    page.goto(link.replace("=3D", "="))
    for label in ("New Password", "New Password (again)"):
        page.get_by_label(label, exact=True).fill("three words and a lamp")
    page.get_by_role("button", name="Save the password").click()
    page.goto("/account/login/")
    page.get_by_label("Email").fill("j1@example.org")
    page.get_by_label("Password").fill("three words and a lamp")
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Good to see you, Jo")

    page.get_by_role("link", name="To the courses").click()
    page.get_by_role("link", name=re.compile("Look inside")).click()
    page.get_by_role("button", name="Start the course").click()
    picture(page, "screen")
    assert go_to_the_quiz(page, right_answers) > 40
    sit(page, right_answers)
    expect(page.get_by_role("heading", name="Passed")).to_be_visible()
    page.get_by_role("link", name="To the course page").click()
    expect(page.get_by_role("heading", name="You have completed this course")).to_be_visible()

    with page.expect_download() as download:
        page.get_by_role("link", name="Certificate (PDF)").click()
    assert download.value.path().read_bytes().startswith(b"%PDF")
    page.goto("/my/")
    picture(page, "my-learning")
    expect(page.get_by_text("valid until")).to_be_visible()

    page.goto(link.replace("=3D", "="))
    expect(page.get_by_role("heading", level=1)).to_have_text("This link no longer works")


def press_enter_on(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_by_keyboard_alone_and_with_the_accessibility_tree(visit, sign_in, picture):
    page = sign_in(visit(), "j2")
    page.goto("/learn/fnd/")
    press_enter_on(page, "Start the course")

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Leave this page now")).to_be_focused()
    while not page.locator(".question form").count():
        press_enter_on(page, "Next")

    form = page.locator(".question form")
    before = form.aria_snapshot()
    form.locator(".option input").first.focus()
    page.keyboard.press("Space")
    with page.expect_navigation():
        page.keyboard.press("Enter")

    assert re.search(r"- group \".+\":", before)
    assert re.search(r"- (radio|checkbox) \".+\"", before)
    verdict = page.locator(".verdict")
    expect(verdict).to_be_focused()
    said = verdict.aria_snapshot()
    assert re.search(r"- heading \"(Yes, that is right\.|Not quite\.)\" \[level=3\]", said)
    assert "- paragraph:" in said
    outline = page.get_by_role("navigation", name="Parts of the course", exact=True)
    assert "progressbar" in outline.aria_snapshot()
    picture(page, "verdict")


def test_on_a_bad_line_that_is_cut_after_each_tenth_request(visit, sign_in, bad_line, right_answers):
    page = visit(expects_errors=True, base=bad_line.url)
    bad_line.is_cutting = False
    sign_in(page, "j3")
    page.goto("/learn/fnd/")
    bad_line.is_cutting = True

    def press(name) -> None:
        """Presses until an answer came, as somebody does whose page does not load."""
        here = page.url
        for _ in range(6):
            try:
                page.get_by_role("button", name=name).click()
                page.wait_for_load_state()
                if not page.url.startswith("chrome-error"):
                    return
            except Exception as error:  # noqa: BLE001  the browser's own errors about a lost line
                assert "net::" in str(error) or "chrome-error" in page.url, error
            for _ in range(4):
                try:
                    page.goto(here)
                    break
                except Exception as error:  # noqa: BLE001
                    assert "net::" in str(error), error
        raise AssertionError("The line never came back.")

    press("Start the course")
    while "/quiz/" not in page.url:
        if page.locator(".question form").count():
            tick(page, right_answers)
            press("Check")
        if not page.locator(".question form").count():
            press("Next")
    press("Start the quiz")
    for _ in range(60):
        if page.locator(".question form").count():
            tick(page, right_answers)
            press("Check")
        elif page.get_by_role("link", name=re.compile("Next question")).count():
            follow(page, "Next question")
        elif page.get_by_role("link", name=re.compile("See the result")).count():
            follow(page, "See the result")
        else:
            break
    bad_line.is_cutting = False
    page.goto("/my/")

    expect(page.get_by_text("valid until")).to_be_visible()
    assert bad_line.cuts > 10


def tick(page: Page, right_answers) -> None:
    question = page.locator(".question form")
    prompt = " ".join(question.locator("legend").inner_text().split())
    for text in right_answers[prompt]:
        question.locator(".option", has_text=re.compile(rf"^\s*{re.escape(text)}\s*$")).locator("input").check()


def follow(page: Page, name: str) -> None:
    target = page.get_by_role("link", name=re.compile(name)).get_attribute("href")
    here = page.url
    for _ in range(6):
        try:
            page.goto(target)
            return
        except Exception as error:  # noqa: BLE001
            assert "net::" in str(error), error
            page.goto(here)


def test_without_javascript(visit, sign_in, right_answers):
    page = sign_in(visit(java_script_enabled=False), "j4")
    page.goto("/learn/fnd/")
    page.get_by_role("button", name="Start the course").click()

    go_to_the_quiz(page, right_answers)
    sit(page, right_answers)
    page.get_by_role("link", name="To the course page").click()

    expect(page.get_by_role("heading", name="You have completed this course")).to_be_visible()


def test_an_expired_session_costs_no_answer(visit, sign_in, product):
    page = sign_in(visit(), "j5")
    page.goto("/learn/fnd/")
    page.get_by_role("button", name="Start the course").click()
    while not page.locator(".question form").count():
        page.get_by_role("button", name="Next").click()
        page.wait_for_load_state()
    page.locator(".option input").nth(1).check()
    page.context.clear_cookies(name="sessionid")

    page.get_by_role("button", name="Check").click()
    page.get_by_label("Email").fill("j5@example.org")
    page.get_by_label("Password").fill("blue lamp under the stairs")
    page.get_by_role("main").get_by_role("button", name="Sign in").click()

    expect(page.get_by_text("Your answer is still here")).to_be_focused()
    expect(page.locator(".option input").nth(1)).to_be_checked()
    page.get_by_role("button", name="Check").click()
    expect(page.locator(".verdict")).to_be_focused()


def test_quick_exit_blanks_the_page_first(visit, sign_in, product):
    page = sign_in(visit(expects_errors=True), "j6")
    page.goto("/learn/fnd/")
    page.get_by_role("button", name="Start the course").click()
    secret = page.get_by_role("heading", level=1).inner_text()
    waiting = []
    page.route("https://www.wikipedia.org/**", waiting.append)  # a line so slow that nothing comes for now

    page.get_by_role("link", name="Leave this page now").click(no_wait_after=True)
    page.wait_for_timeout(500)
    left = page.evaluate("document.documentElement.outerHTML")

    waiting[0].abort()
    assert secret not in left
    assert '<body class="has-leave"></body>' in left


def test_so_does_shift_pressed_three_times_and_back_leads_past_it(visit, sign_in):
    page = sign_in(visit(expects_errors=True), "j6")
    page.goto("/en/help/")
    page.goto("/learn/fnd/")
    page.get_by_role("button", name=re.compile("Start the course|Continue")).click()
    learning = page.url
    page.route(
        "https://www.wikipedia.org/**", lambda route: route.fulfill(body="<h1>Something else</h1>", content_type="text/html")
    )

    for _ in range(3):
        page.keyboard.press("Shift")
    expect(page.get_by_role("heading", name="Something else")).to_be_visible()
    page.go_back()

    assert page.url != learning


def test_the_exit_is_a_plain_link_without_javascript(visit, sign_in):
    page = sign_in(visit(java_script_enabled=False), "j6")
    page.goto("/learn/fnd/")
    page.get_by_role("button", name=re.compile("Start the course|Continue")).click()

    link = page.get_by_role("link", name="Leave this page now")

    assert (link.get_attribute("href"), link.get_attribute("rel")) == ("https://www.wikipedia.org/", "noreferrer")
