"""A published course with one scenario, and how somebody walks through it."""

import html
import re
from dataclasses import dataclass

from django.urls import reverse

from courses.models import Course, CoursePage, ModulePage
from tests.factories.course import add_course, add_module, screen
from tests.factories.replaying import replayable

GOOD, DETOUR, MISSED = ["a", "c"], ["a", "d", "e"], ["b", "f"]


def choice(key: str, target: str, points: int) -> dict:
    return {"key": key, "text": f"Do {key}.", "target": target, "points": str(points), "feedback": f"Feedback of {key}."}


def node(key: str, *choices: dict, ending: str = "", debrief: str = "") -> dict:
    return {"name": key, "situation": f"Situation {key}.", "choices": list(choices), "ending": ending, "debrief": debrief}


def story_value(**changes) -> dict:
    """Two ways to two endings, and a detour; two statements as the alternative."""
    return {
        "level": "describes",
        "topic": "a difficult thing",
        "minutes": 3,
        "nodes": [
            node("A", choice("a", "B", 2), choice("b", "C", 0)),
            node("B", choice("c", "E1", 2), choice("d", "C", 1)),
            node("C", choice("e", "E1", 1), choice("f", "E2", 0)),
            node("E1", ending="good", debrief="Debrief of E1."),
            node("E2", ending="missed", debrief="Debrief of E2."),
        ],
        "principles": "Choice\nHonest limits",
        "claims": [
            {"text": "First statement.", "is_right": True, "feedback": "It holds."},
            {"text": "Second statement.", "is_right": False, "feedback": "It does not hold."},
        ],
        **changes,
    }


@dataclass
class Told:
    """A module with a screen to read and a screen with the scenario; nothing else is required."""

    page: CoursePage
    module: ModulePage

    @property
    def course(self) -> Course:
        return Course.objects.get(key=self.page.translation_key)

    @property
    def reading(self) -> str:
        return self.module.screen_ids[0]

    @property
    def screen(self) -> str:
        return self.module.screen_ids[1]

    def url(self, name: str = "screen", screen: str = "") -> str:
        return reverse(f"courses:{name}", args=["sto", self.module.translation_key, screen or self.screen])


@replayable
def make_told(*, modules: int = 1, **changes) -> Told:
    page = add_course("STO", "Stories")
    block = {"type": "scenario", "value": story_value(**changes)}
    module = add_module(page, "Story", [screen("STO one"), screen("STO two", block)], minutes=5)
    for number in range(1, modules):
        add_module(page, f"More {number}", [screen(f"STO more {number}")], minutes=1)
    page.get_latest_revision().publish()
    module.refresh_from_db()
    page.refresh_from_db()
    return Told(page, module)


def trail_in(page: str) -> str:
    """What the page carries along."""
    return html.unescape(re.search(r'name="trail" value="([^"]*)"', page).group(1))


def step(client, told: Told, page: str, choice: str):
    return client.post(told.url("story"), {"trail": trail_in(page), "choice": choice, "step": "1"})


def go(client, told: Told, choices: list[str]) -> str:
    """Begins and takes these choices; returns the last page."""
    page = client.post(told.url("story")).content.decode()
    for choice in choices:
        page = step(client, told, page, choice).content.decode()
    return page


def do_the_other(client, told: Told) -> str:
    client.post(told.url("story"), {"other": "1"})
    sent = {"other": "1", "judged": "1", "claim-1": "accept", "claim-2": "accept"}
    return client.post(told.url("story"), sent).content.decode()
