"""A learner from her invitation to her certificate, and in worse conditions."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import PASSWORD
from tests.browser.learning import (
    go_on_whatever_happens,
    go_to_a_question,
    go_to_the_quiz,
    load_until_it_comes,
    open_question,
    press,
    sit,
    start_course,
)

SOMEWHERE_ELSE = "https://www.wikipedia.org/**"
# A second after the press. (While a page waits for another, nobody outside can ask it.)
SAYS_WHAT_IS_LEFT = """document.querySelector("[data-quick-exit]").addEventListener("click", () => setTimeout(
  () => console.log(`left: ${location.href}: ${document.title}${document.body.innerHTML}.`), 1000))"""
# What the product holds about one learner: every attempt with its answers, her completions and certificates.
RECORD = """
import json
from courses.models import Attempt, Completion
from certificates.models import Certificate
attempts = Attempt.objects.filter(enrolment__person__email={address!r}).prefetch_related("answers")
print(json.dumps({{
    "quizzes": [[one.result, len(one.drawn), one.answers.count()] for one in attempts if one.is_graded],
    "answers": [answer.is_right for one in attempts for answer in one.answers.all()],
    "completions": Completion.objects.filter(person__email={address!r}).count(),
    "certificates": Certificate.objects.filter(person__email={address!r}).count(),
}}))
"""


def test_from_invitation_to_certificate(visit, product, picture):
    page = visit()
    mail = product.wait_for_mail("j1@example.org")
    link = re.search(rf"{product.url}/account/password/reset/key/\S+", mail.replace("=\n", "")).group(0)
    link = link.replace("=3D", "=")

    page.goto(link)
    for label in ("New password", "New password, once more"):
        page.get_by_label(label, exact=True).fill("three words and a lamp")
    page.get_by_role("button", name="Save the password").click()
    page.get_by_role("main").get_by_role("link", name="Sign in").click()
    page.get_by_label("Email").fill("j1@example.org")
    page.get_by_label("Password").fill("three words and a lamp")
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Good to see you, Jo")

    page.get_by_role("link", name="To the courses").click()
    page.get_by_role("link", name=re.compile("Look inside.*Foundations")).click()
    press(page.get_by_role("button", name="Start the course"))
    assert go_to_the_quiz(page) > 40
    sit(page)
    expect(page.get_by_role("heading", name="Passed")).to_be_visible()
    page.get_by_role("link", name="To the course page").click()
    expect(page.get_by_role("heading", name="You have completed this course")).to_be_visible()

    with page.expect_download() as download:
        page.get_by_role("link", name="Certificate (PDF)").click()
    assert download.value.path().read_bytes().startswith(b"%PDF")
    page.goto("/my/")
    picture(page, "my-learning")
    expect(page.get_by_role("link", name="Certificate (PDF)")).to_be_visible()

    page.goto(link)
    expect(page.get_by_role("heading", level=1)).to_have_text("This link no longer works")


def press_enter_on(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_by_keyboard_alone(visit, sign_in, picture):
    page = sign_in(visit(), "j2")
    page.goto("/learn/fnd/")
    press_enter_on(page, "Start the course")

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Leave this page now")).to_be_focused()
    while not open_question(page).locator(".option input").count():
        if page.get_by_role("figure").count():
            picture(page, "screen")
        press_enter_on(page, "Next")
    open_question(page).locator(".option input").first.focus()
    page.keyboard.press("Space")
    with page.expect_navigation():
        page.keyboard.press("Enter")

    expect(page.locator(".verdict")).to_be_focused()
    picture(page, "verdict")
    press_enter_on(page, "Next")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()


def test_on_a_bad_line_that_is_cut_after_each_tenth_request(visit, sign_in, bad_line, product):
    page = visit(expects_errors=True, base=bad_line.url)
    bad_line.is_cutting = False
    sign_in(page, "j3")
    page.goto("/learn/fnd/")
    bad_line.is_cutting = True

    answered = go_on_whatever_happens(page, until="/quiz/")
    bad_line.requests = 7  # two requests until the first answer of the quiz, which is the tenth
    answered += go_on_whatever_happens(page, until="/quiz/")
    load_until_it_comes(page, "/my/")

    expect(page.get_by_role("link", name="Certificate (PDF)")).to_be_visible()
    assert len(bad_line.lost) > 10
    assert any("/answer/" in request for request in bad_line.lost)
    record = product.read(RECORD.format(address="j3@example.org"))
    assert record["quizzes"] == [["passed", 12, 12]]
    assert record["answers"] == [True] * len(answered)
    assert (record["completions"], record["certificates"]) == (1, 1)


def test_without_javascript(visit, sign_in):
    page = sign_in(visit(java_script_enabled=False), "j4")
    page.goto("/learn/fnd/")
    press(page.get_by_role("button", name="Start the course"))

    go_to_the_quiz(page)
    sit(page)
    page.get_by_role("link", name="To the course page").click()

    expect(page.get_by_role("heading", name="You have completed this course")).to_be_visible()


def test_an_expired_session_costs_no_answer(visit, sign_in):
    page = sign_in(visit(), "j5")
    start_course(page)
    go_to_a_question(page)
    page.locator(".option input").nth(1).check()
    page.context.clear_cookies(name="sessionid")

    page.get_by_role("button", name="Check").click()
    page.get_by_label("Email").fill("j5@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()

    expect(page.get_by_text("Your answer is still here")).to_be_focused()
    expect(page.locator(".option input").nth(1)).to_be_checked()
    page.get_by_role("button", name="Check").click()
    expect(page.locator(".verdict")).to_be_focused()


def test_threat_18_after_the_quick_exit_nothing_can_be_read_and_nobody_is_asked_for_anything(visit, sign_in, product):
    """The line is so slow that the other page has not come yet; it comes later, and Back leads past ours. No request reaches us
    meanwhile, so no row can be written."""
    page = sign_in(visit(expects_errors=True), "j6")
    start_course(page)
    learning, title, waiting, asked = page.url, page.title(), [], []
    page.route(SOMEWHERE_ELSE, lambda route: waiting.append(route))
    page.on("request", lambda request: asked.append(request.url))

    page.evaluate(SAYS_WHAT_IS_LEFT)
    with page.expect_console_message(lambda message: message.text.startswith("left: ")) as said:
        page.get_by_role("link", name="Leave this page now").click(no_wait_after=True)
    waiting[0].fulfill(body="<h1>Something else</h1>", content_type="text/html")
    expect(page.get_by_role("heading", name="Something else")).to_be_visible()
    asked_of_us = [url for url in asked if url.startswith(product.url)]
    page.go_back()

    assert (said.value.text, asked_of_us) == (f"left: {learning}: .", [])
    assert (page.url != learning, page.title() != title) == (True, True)


def test_shift_pressed_three_times_leaves_too_and_back_leads_past_the_page(visit, sign_in):
    page = sign_in(visit(expects_errors=True), "j6")
    page.goto("/en/help/")
    start_course(page)
    learning = page.url
    page.route(SOMEWHERE_ELSE, lambda route: route.fulfill(body="<h1>Something else</h1>", content_type="text/html"))

    for _ in range(3):
        page.keyboard.press("Shift")
    expect(page.get_by_role("heading", name="Something else")).to_be_visible()
    page.go_back()

    assert page.url != learning


def test_the_exit_is_a_plain_link_without_javascript(visit, sign_in):
    page = sign_in(visit(java_script_enabled=False), "j6")
    start_course(page)

    link = page.get_by_role("link", name="Leave this page now")

    assert (link.get_attribute("href"), link.get_attribute("rel")) == ("https://www.wikipedia.org/", "noreferrer")
