"""From nothing to a learner's screen: a trainer builds a story and a drawn quiz in the editor, a publisher puts them live."""

import re

import pytest
from playwright.sync_api import Locator, Page, Request, expect

from tests.browser.editing import SUBMIT, add_block, add_line, approve, delete_block, fill, press_in_footer, save_draft
from tests.browser.learning import LINKS_ON, begin_story, choose, open_question, press, start_course, take

STORY = "body-0-value-body-0-value"
NODES = f"{STORY}-nodes"
COURSE = """
import json
from courses.models import CoursePage
print(json.dumps(CoursePage.objects.get(code="FND").pk))
"""


@pytest.fixture(scope="module")
def course(copy) -> int:
    """The key of the course's page."""
    return copy.read(COURSE)


@pytest.fixture
def enter(copy, visit, sign_in):
    """Somebody signed in to a product of this module's own."""

    def open_window(who: str, **options) -> Page:
        return sign_in(visit(base=copy.url, expects_errors=True, **options), who)

    return open_window


def begin_module(page: Page, course: int, title: str) -> None:
    """A module with one screen that is still empty."""
    page.goto(f"/admin/pages/{course}/")
    press(page.get_by_role("main").get_by_role("link", name="Add child page").first)
    page.get_by_role("textbox", name="Title").fill(title)
    add_block(page.get_by_role("region", name="Screens*"))
    page.get_by_role("textbox", name="Title*").last.fill(f"{title}: a screen")


def add_step(page: Page, name: str, **values: str) -> str:
    begin = add_line(page, NODES)
    fill(page, begin, name=name, situation=f"This is the situation of {name}.", **values)
    return begin


def add_choice(page: Page, node: str, target: str, points: str, feedback: str) -> None:
    begin = add_line(page, f"{node}-choices")
    fill(page, begin, text=f"Go from here to {target}", target=target, points=points, feedback=feedback)


WRONG = [
    "No way leads to D. Let a choice lead there, or take it out.",
    "C is a dead end: give it choices, or say that it is an ending.",
    "A, choice b has no feedback: say why it helps, or what it may cause.",
    "A story that describes control or harm needs an alternative exercise.",
]


def test_a_story_from_nothing_is_mended_published_and_played(enter, course):
    trainer = enter("trainer")
    build_story_with_faults(trainer, course)

    press_in_footer(trainer, SUBMIT)
    for sentence in WRONG:
        expect(trainer.get_by_text(sentence)).to_be_visible()
    assert_it_is_shown_as_picture_and_list(trainer)
    fill(trainer, f"{NODES}-0-value-choices-1-value", feedback="It puts the person at risk.")
    fill(trainer, f"{NODES}-2-value", ending="missed", debrief="Nobody asked her.")
    delete_block(trainer.get_by_role("region", name=re.compile("^Step D")))
    claim = add_line(trainer, f"{STORY}-claims")
    fill(trainer, claim, text="Ask before you act.", is_right=True, feedback="The person decides.")
    press_in_footer(trainer, SUBMIT)
    expect(trainer.get_by_text("submitted for moderation")).to_be_visible()

    approve(enter("publisher"), "A visit to the market")

    learner = enter("lea")
    open_module(learner, "A visit to the market")
    expect(learner.get_by_text("This story speaks about a debt. It takes 2 minutes.")).to_be_visible()
    begin_story(learner)
    take(learner, 2)
    expect(learner.get_by_text("It puts the person at risk.")).to_be_visible()
    expect(learner.get_by_text("Nobody asked her.")).to_be_visible()
    press(learner.get_by_role("button", name="Choose again at step 1"))
    take(learner, 1)
    expect(learner.get_by_text("Asking made the difference.")).to_be_visible()
    expect(learner.get_by_text("This way: 2 of 2 points.")).to_be_visible()


def build_story_with_faults(page: Page, course: int) -> None:
    begin_module(page, course, "A visit to the market")
    add_block(page.get_by_role("region", name="Screen", exact=True), "Scenario")
    fill(page, STORY, level="describes", topic="a debt", minutes="2", principles="Safety first")
    first = add_step(page, "A")
    add_choice(page, first, "B", "2", "It leaves the choice with the person.")
    add_choice(page, first, "C", "0", "")
    add_step(page, "B", ending="good", debrief="Asking made the difference.")
    add_step(page, "C")
    lost = add_step(page, "D")
    add_choice(page, lost, "B", "1", "It is a way round.")
    save_draft(page)


def assert_it_is_shown_as_picture_and_list(page: Page) -> None:
    """Faults and all, as the draft was saved."""
    shown = page.context.new_page()
    shown.goto(page.url.replace("/edit/", "/view_draft/?mode=0"))
    expect(shown.get_by_role("img", name="The story as a picture")).to_be_visible()
    for step in ("A", "B · a good ending", "C", "D"):
        expect(shown.get_by_role("heading", name=step, exact=True)).to_be_visible()
    for sentence in WRONG:
        expect(shown.get_by_text(sentence)).to_be_visible()
    shown.close()


def open_module(page: Page, title: str) -> None:
    start_course(page)
    page.goto("/learn/fnd/")
    press(page.get_by_role("main").get_by_role("link", name=title, exact=True).first)


QUIZ = "quiz-0-value"
READ_AGAIN = "Tell trafficking from smuggling"


def test_a_drawn_quiz_from_nothing_is_published_by_another_person_and_sat(enter, course):
    trainer = enter("trainer")
    write_question(trainer, "BUILD-1", "Single choice", "What do you ask first?", objective="safety", is_must_pass=True)
    write_question(trainer, "BUILD-2", "True or false", "A pause is no lie.", objective="smuggling")
    write_question(trainer, "BUILD-3", "True or false", "A story may have gaps.", objective="smuggling")
    build_quiz(trainer, course)

    publisher = enter("publisher")
    for code in ("BUILD-1", "BUILD-2", "BUILD-3", "Shown once more"):
        approve(publisher, code)

    learner = enter("lea")
    open_module(learner, "Shown once more")
    press(learner.get_by_role("button", name=re.compile("To the end|Start the quiz|Next")))
    sit_with(learner, "False")
    expect(learner.get_by_role("heading", name="Not passed yet")).to_be_visible()
    expect(learner.get_by_text(f"{READ_AGAIN} (0 of 1)")).to_be_visible()
    expect(learner.get_by_role("region", name="Result").get_by_role("link", name="Trafficking or smuggling?")).to_be_visible()
    sit_with(learner, "True")
    expect(learner.get_by_role("heading", name="Passed", exact=True)).to_be_visible()


def write_question(page: Page, code: str, kind: str, prompt: str, *, objective: str, is_must_pass: bool = False) -> None:
    """A new question of the bank, handed in. What is right in it: the first of two options, or that it is true."""
    page.goto("/admin/snippets/courses/question/")
    press(page.get_by_role("link", name="Add question"))
    for label, text in {"Code": code, "Objective": objective, "Rationale": "Since it is so.", "Source": "A handbook"}.items():
        page.get_by_role("textbox", name=label).fill(text)
    page.get_by_label("Must pass").set_checked(is_must_pass)
    add_block(page.get_by_role("region", name="Body*"), kind)
    fill(page, "body-0-value", prompt=prompt)
    if kind == "True or false":
        fill(page, "body-0-value", is_true=True)
    else:
        fill(page, "body-0-value-options-0-value", text="Whether she is safe", is_right=True)
        fill(page, add_line(page, "body-0-value-options"), text="Where her papers are")
    press_in_footer(page, SUBMIT)
    expect(page.get_by_text("submitted for moderation")).to_be_visible()


def build_quiz(page: Page, course: int) -> None:
    """Two of the three questions are drawn, one for each objective."""
    begin_module(page, course, "Shown once more")
    add_block(page.get_by_role("region", name="Screen", exact=True), "Heading")
    page.locator("[name=body-0-value-body-0-value]").fill("Before you begin")
    add_block(page.get_by_role("region", name="Quiz"))
    fill(page, QUIZ, pass_mark="100", count="2")
    fill(page, f"{QUIZ}-blueprint-0-value", objective="safety", words="Put safety first", share="50")
    fill(page, add_line(page, f"{QUIZ}-blueprint"), objective="smuggling", words=READ_AGAIN, share="50")
    for place, code in enumerate(("BUILD-1", "BUILD-2", "BUILD-3")):
        if place:
            add_line(page, f"{QUIZ}-pool")
        choose_question(page, code)
    press_in_footer(page, SUBMIT)
    expect(page.get_by_text("submitted for moderation")).to_be_visible()


def choose_question(page: Page, code: str) -> None:
    """In the line of the pool that was added last."""
    quiz, modal = page.get_by_role("region", name="Quiz"), page.locator(".modal")
    quiz.get_by_role("button", name="Choose question").last.click()
    modal.get_by_role("link", name=code, exact=True).click()
    expect(modal).to_have_count(0)
    expect(quiz.get_by_text(code, exact=True)).to_be_visible()


def sit_with(page: Page, answer: str) -> None:
    """The question about safety rightly, the other one so."""
    press(page.get_by_role("button", name=re.compile("Start the quiz|Try again")))
    while open_question(page).count():
        question = open_question(page)
        is_of_safety = "What do you ask first?" in question.inner_text()
        choose(question, "Whether she is safe" if is_of_safety else answer)
        press(question.get_by_role("button", name="Check"))
        press(page.get_by_role("link", name=LINKS_ON))


def test_what_is_written_while_the_draft_saves_itself_is_saved_and_what_is_pressed_comes_last(enter, course):
    trainer = enter("trainer")
    trainer.goto(f"/admin/pages/{course}/edit/")
    title = trainer.get_by_role("textbox", name="Title").first
    held, pressed = [], []
    trainer.on("request", lambda request: pressed.append(request.url) if is_pressed(request) else None)
    trainer.route(trainer.url, lambda route: held.append(route) if saves_by_itself(route.request) else route.continue_())
    write_until_it_saves(trainer, title, held)

    title.fill("Written while the draft saved itself")
    with trainer.expect_request(saves_by_itself) as again:
        held.pop().continue_()
    title.fill("The last words")
    trainer.get_by_role("button", name="Save draft").click(no_wait_after=True)
    expect(trainer.get_by_role("button", name="Saving…")).to_be_disabled()
    trainer.wait_for_timeout(500)
    pressed_too_early = list(pressed)
    with trainer.expect_navigation():
        held.pop().continue_()

    assert "Written while the draft saved itself" in again.value.post_data
    assert (pressed_too_early, pressed) == ([], [trainer.url])
    expect(title).to_have_value("The last words")


def write_until_it_saves(page: Page, field: Locator, requests: list) -> None:
    """The editor looks for changes when it has stood for two seconds, and saves what has not changed for one."""
    for count in range(10):
        if not requests:
            field.fill(f"First words {count}")
            page.wait_for_timeout(2_500)
    assert requests


def saves_by_itself(request: Request) -> bool:
    return request.method == "POST" and "application/json" in request.headers["accept"]


def is_pressed(request: Request) -> bool:
    return request.method == "POST" and request.is_navigation_request()
