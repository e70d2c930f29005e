"""Every page and panel of ours passes axe in every look; and what a listener is told after each act."""

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.urls import resolve
from playwright.sync_api import Page

from tests.browser.sights import NO_PAGES, SIGHTS
from tests.lms.test_doors import routes

STAGING = Path(__file__).with_name("staging.py").read_text()
USUAL = {"color_scheme": "light", "forced_colors": "none", "reduced_motion": "no-preference"}
WIDTHS = (320, 768, 1280)
LOOKS = [
    *((width, USUAL) for width in WIDTHS),
    *((width, USUAL | {"color_scheme": "dark"}) for width in WIDTHS),
    *((width, USUAL | {"forced_colors": "active"}) for width in (320, 1280)),
    (1280, USUAL | {"reduced_motion": "reduce"}),
]
UNFOLD = "for (const folded of document.querySelectorAll('details')) folded.open = true"
TOO_WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
MOVES = "matchMedia('(prefers-reduced-motion)').matches && document.getAnimations().length > 0"


@pytest.fixture(scope="module")
def stage(product) -> dict:
    return product.read(STAGING)


@pytest.fixture
def open_as(visit, sign_in):
    """Opens a window for somebody; what its console says beside the 4xx answers that were asked for is kept."""

    def open_window(who: str) -> tuple[Page, list[str]]:
        page = visit(expects_errors=True)
        said: list[str] = []
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
        if who:
            sign_in(page, who)
        return page, said

    return open_window


def unexpected(said: list[str]) -> list[str]:
    return [text for text in said if "the server responded with a status of 4" not in text]


def faults_of(page: Page, axe) -> list[str]:
    page.evaluate(UNFOLD)
    found = []
    for width, look in LOOKS:
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(**look)
        where = f"{page.url} at {width}, {' '.join(look.values())}"
        found += [f"{where}: {fault}" for fault in axe(page)]
        found += [f"{where}: scrolls sideways"] if page.evaluate(TOO_WIDE) else []
        found += [f"{where}: moves"] if page.evaluate(MOVES) else []
    return found


def test_axe_finds_what_is_wrong(visit, axe):
    page = visit()
    page.set_content("<html lang=en><title>T</title><main style=width:2000px><p style=color:#ccc>Pale</p><input></main></html>")

    found = {re.search(r": ([a-z-]+:|scrolls|moves)", fault).group(1) for fault in faults_of(page, axe)}

    assert found == {"color-contrast:", "label:", "scrolls"}


def test_no_page_is_forgotten():
    names = {name for name, path, _view in routes() if not path.startswith("admin/")}

    assert names == NO_PAGES.keys() | {sight.name for sights in SIGHTS.values() for sight in sights}


@pytest.mark.parametrize("who", SIGHTS, ids=lambda who: who or "nobody")
def test_every_page_in_every_look(who, open_as, axe, stage, product):
    page, said = open_as(who)

    found = []
    for sight in SIGHTS[who]:
        page.goto(sight.path.format(**stage))
        if sight.act:
            sight.act(page, product)
        assert resolve(urlsplit(page.url).path).view_name == sight.name
        found += faults_of(page, axe)

    assert found + unexpected(said) == []
