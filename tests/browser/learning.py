"""How the learners of the journeys read, answer and go on."""

import re
from functools import cache

import yaml
from playwright.sync_api import Error, Locator, Page, expect

from tests.conftest import ROOT

QUESTIONS = ROOT / "content" / "starter" / "site" / "questions"
# What leads on, in the order in which a learner would press it; the quiz has links, the screens have buttons.
LINKS_ON = re.compile("Next question|See the result|To the open questions")
BUTTONS_ON = re.compile("Start the course|Continue$|Next|To the end|Start the quiz|Go on")


@cache
def bodies() -> dict[str, dict]:
    """The questions of the course's own data files: prompt → {"type", "value"}."""
    found = {}
    for path in QUESTIONS.glob("*.yaml"):
        [body] = yaml.safe_load(path.read_text())["fields"]["body"]
        found[_line(body["value"]["prompt"])] = body
    return found


def _line(text: str) -> str:
    return " ".join(text.split())


def open_question(page: Page) -> Locator:
    return page.locator(".question form:has(fieldset)").first


def tick(page: Page) -> str:
    """Fills in what an attentive learner would answer to the open question; returns its prompt."""
    question = open_question(page)
    prompt = _line(question.locator("legend").inner_text())
    fill_in(question, bodies()[prompt])
    return prompt


def fill_in(question: Locator, body: dict) -> None:
    value = body["value"]
    if body["type"] == "true_false":
        choose(question, "True" if value["is_true"] else "False")
    elif body["type"] == "matching":
        for pair in value["pairs"]:
            question.get_by_label(_line(pair["text"])).select_option(label=_line(pair["place"]))
    elif body["type"] == "sorting":
        for card in value["cards"]:
            category = value["categories"][int(card["right_in"][0]) - 1]["text"]
            question.get_by_label(_line(card["text"])).select_option(label=category)
    elif body["type"] == "sequencing":
        for position, step in enumerate(value["steps"], start=1):
            question.get_by_label(step["text"]).select_option(label=str(position))
    else:
        for option in value["options"]:
            if option["is_right"]:
                choose(question, _line(option["text"]))


def choose(question: Locator, text: str) -> None:
    question.locator(".option", has_text=re.compile(rf"^\s*{re.escape(text)}\s*$")).locator("input").check()


def press(target: Locator) -> None:
    """Presses, and waits until the next page stands."""
    with target.page.expect_navigation():
        target.click()


def answer_here(page: Page) -> None:
    """Ticks and checks, and sees that the verdict is what a screen reader comes to."""
    tick(page)
    open_question(page).get_by_role("button", name="Check").click()
    expect(page.locator(".verdict[autofocus]")).to_be_visible()


def start_course(page: Page) -> None:
    page.goto("/learn/fnd/")
    press(page.get_by_role("button", name=re.compile("Start the course|Continue|Read again")))


def go_to_a_question(page: Page) -> None:
    """The first with options to tick."""
    while not open_question(page).locator(".option input").count():
        press(page.get_by_role("button", name="Next"))


def begin_story(page: Page) -> None:
    press(page.get_by_role("button", name="Begin the story"))


def take(page: Page, number: int = 1) -> None:
    """Takes a choice of the step, counted from 1."""
    page.locator("input[name=choice]").nth(number - 1).check()
    press(page.get_by_role("button", name="Go on"))


def finish_story(page: Page) -> None:
    """Takes the first choice everywhere."""
    begin_story(page)
    while page.locator("input[name=choice]").count():
        take(page)


def go_to_the_story(page: Page) -> None:
    while not page.get_by_role("button", name="Begin the story").count():
        press(page.get_by_role("button", name="Next"))


def go_to_the_quiz(page: Page) -> int:
    """Reads every screen, answers every check and comes to the end of every story; returns how many screens there were."""
    screens = 0
    while "/quiz/" not in page.url:
        screens += 1
        while open_question(page).count():
            answer_here(page)
        if page.get_by_role("button", name="Begin the story").count():
            finish_story(page)
        press(page.get_by_role("button", name="Next"))
    return screens


def sit(page: Page) -> None:
    press(page.get_by_role("button", name=re.compile("Start the quiz|Go on|Try again")))
    while open_question(page).count():
        answer_here(page)
        press(page.get_by_role("link", name=LINKS_ON))


def go_on_whatever_happens(page: Page, *, until: str) -> list[str]:
    """On a line that breaks: presses what leads on, and loads the page again when it does not come, until the address ends
    so. Returns the questions that were answered."""
    answered = []
    while not page.url.endswith(until) or not answered:
        if open_question(page).count():
            prompt = tick(page)
            following = open_question(page).get_by_role("button", name="Check")
            answered += [prompt] if prompt not in answered else []
        elif page.locator("input[name=choice]").count():
            page.locator("input[name=choice]").first.check()
            following = page.get_by_role("button", name="Go on")
        elif is_untold(page):
            following = page.get_by_role("button", name="Begin the story")
        else:
            links, buttons = page.get_by_role("link", name=LINKS_ON), page.get_by_role("button", name=BUTTONS_ON)
            following = links if links.count() else buttons
        here = page.url
        try:
            with page.expect_navigation():
                following.click(no_wait_after=True)
        except Error as error:
            if not is_of_the_line(error):
                raise
            load_until_it_comes(page, here)
    return answered


def is_untold(page: Page) -> bool:
    is_there = page.get_by_role("button", name="Begin the story").count() > 0
    return is_there and not page.get_by_text("You have finished this exercise.").count()


def load_until_it_comes(page: Page, address: str) -> None:
    for _ in range(5):
        try:
            page.goto(address)
        except Error as error:
            if not is_of_the_line(error):
                raise
        else:
            return
    raise AssertionError(f"{address} never came.")


def is_of_the_line(error: Error) -> bool:
    """Whether this is what the browser says when a connection was lost."""
    return "net::ERR_" in error.message
