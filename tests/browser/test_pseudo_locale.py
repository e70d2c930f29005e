"""Every page of learners in the pseudo language, whose words are about 35 % longer: nothing is cut, nothing scrolls sideways."""

import subprocess
import sys
from dataclasses import replace

import pytest
from playwright.sync_api import Page

from tests import pseudo
from tests.browser.conftest import PASSWORD, Product, free_port, wait_until_healthy
from tests.browser.learning import open_question
from tests.conftest import ROOT

WIDTHS = (320, 1280)
# What is wider than its box: the page itself, or an element that neither scrolls nor hides it from the eye on purpose;
# and what the way out, which keeps its place on the screen, covers of the header.
CUT = """() => {
  const page = document.documentElement, faults = [];
  if (page.scrollWidth > page.clientWidth) faults.push(`the page: ${page.scrollWidth} in ${page.clientWidth}`);
  for (const element of document.querySelectorAll("body *")) {
    const style = getComputedStyle(element);
    if (style.display === "inline" || element.closest(".hidden-visually, svg") || !element.clientWidth) continue;
    const isClipped = ["hidden", "clip"].includes(style.overflowX);
    const isWide = element.scrollWidth > element.clientWidth + 1 && !["auto", "scroll"].includes(style.overflowX);
    const isHigh = isClipped && element.scrollHeight > element.clientHeight + 1;
    if (isWide || isHigh)
      faults.push(`${element.tagName}.${element.className}: ${element.textContent.trim().slice(0, 60)}`);
  }
  scrollTo(0, 0);
  const way = document.querySelector(".leave")?.getBoundingClientRect();
  for (const element of way ? document.querySelectorAll("header svg, header a:not(.mark), header button") : []) {
    const box = element.getBoundingClientRect();
    if (box.right > way.left && box.left < way.right && box.bottom > way.top && box.top < way.bottom)
      faults.push(`covered by the way out: ${element.textContent.trim()}`);
  }
  return faults;
}"""
# Makes Russian the language of both learners; the second one has read everything and passed.
PREPARE = """
from lms.people.models import User
from tests.browser.inside import complete
User.objects.filter(email__in=["j19@example.org", "j20@example.org"]).update(language="ru")
complete("j20")
"""
OPEN_PAGES = ["/account/login/", "/account/password/reset/", "/account/password/reset/done/", "/account/inactive/"]
OPEN_PAGES += ["/account/password/reset/key/1-nonsense/", "/ru/", "/ru/about/", "/ru/privacy/", "/ru/accessibility/", "/ru/help/"]
OPEN_PAGES += ["/verify/", "/verify/unknown", "/ru/nothing/"]
LEARNERS_PAGES = ["/my/", "/learn/", "/learn/fnd/", "/my/profile/", "/ru/library/", "/reports/", "/nothing/"]
LEARNERS_PAGES += ["/account/password/change/", "/account/2fa/", "/account/logout/"]


@pytest.fixture(scope="module")
def pseudo_product(product: Product, tmp_path_factory):
    """A second web server over the same database, which speaks the pseudo language to who wants Russian."""
    folder = tmp_path_factory.mktemp("locale")
    pseudo.write_catalogue(folder)
    product.manage("shell", "-v0", "-c", PREPARE)
    port = free_port()
    environment = {"DJANGO_SETTINGS_MODULE": "tests.browser.pseudo_settings", "PSEUDO_LOCALE": str(folder)}
    serve = [sys.executable, "-W", "ignore", "-m", "gunicorn", "lms.wsgi", "--threads", "4", "--bind", f"127.0.0.1:{port}"]
    process = subprocess.Popen(serve, env=product.environment | environment, cwd=ROOT, stderr=subprocess.DEVNULL)
    second = replace(product, url=f"http://localhost:{port}", process=process)
    wait_until_healthy(second)
    yield second.url
    process.terminate()
    process.wait(timeout=30)


@pytest.fixture
def open_page(visit, pseudo_product) -> Page:
    return visit(expects_errors=True, base=pseudo_product, locale="ru")


def enter(page: Page, name: str) -> None:
    page.goto("/account/login/")
    page.locator("[name=login]").fill(f"{name}@example.org")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main form button:not([data-passkey])").click()
    page.wait_for_url("**/my/")


def faults(page: Page) -> list[str]:
    """What is cut on the page as it stands, in a narrow and in a wide window."""
    assert "⟦" in page.locator("body").inner_text()
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        found += [f"{page.url} at {width}: {fault}" for fault in page.evaluate(CUT)]
    return found


def faults_of(page: Page, paths: list[str]) -> list[str]:
    found = []
    for path in paths:
        page.goto(path)
        page.evaluate("for (const folded of document.querySelectorAll('details')) folded.open = true")
        found += faults(page)
    return found


def test_what_is_cut_is_found(visit):
    page = visit(width=320)
    page.set_content(
        "<p style='width:9em;overflow:hidden;white-space:nowrap'>Cut at the end of the line</p>"
        "<p style='width:9em;height:1em;overflow:hidden'>Cut after the first of its lines</p>"
        "<p style='width:9em;overflow:auto;white-space:nowrap'>To be scrolled on purpose</p>"
        "<p style='width:60em'>Wide</p>"
    )

    assert page.evaluate(CUT) == [
        "the page: 968 in 320",
        "P.: Cut at the end of the line",
        "P.: Cut after the first of its lines",
    ]


def test_pages_for_anybody(open_page):
    assert faults_of(open_page, OPEN_PAGES) == []


def test_pages_before_a_course(open_page):
    enter(open_page, "j19")

    assert faults_of(open_page, LEARNERS_PAGES) == []


def test_a_guide_and_its_form(open_page):
    enter(open_page, "j19")
    open_page.goto("/ru/library/")
    guide = open_page.locator("article h2 a").first.get_attribute("href")
    form = open_page.locator("article > a").first.get_attribute("href")
    found = faults_of(open_page, [guide, form])
    open_page.locator("main form button").last.click()

    assert found + faults(open_page) == []


def test_the_course_from_the_first_screen_to_the_result(open_page):
    enter(open_page, "j19")
    open_page.goto("/learn/fnd/")
    open_page.locator("main form button").first.click()
    found, pages = [], 0
    while not open_page.locator("section.verdict").count():
        found += faults(open_page)
        pages += 1
        question = open_question(open_page)
        while question.count():
            question.locator("button").click()
            found += faults(open_page)
            for number, field in enumerate(question.locator("select").all(), start=1):
                field.select_option(index=number)
            for option in question.locator("input[type=radio], input[type=checkbox]").all()[:1]:
                option.check()
            question.locator("button").click()
            found += faults(open_page)
        if open_page.locator("#story-start").count():
            found += tell(open_page)
        following = open_page.locator(".walk form button, .walk a.button:not(.quiet), .reading > form button")
        following.first.click()
        open_page.wait_for_load_state()
    found += faults(open_page)

    assert found == []
    assert pages > 50


def tell(page: Page) -> list[str]:
    """The alternative, then the story to its end."""
    screen = page.url
    page.locator("[name=other]").click()
    found = faults(page)
    page.locator("[name=judged]").click()
    found += faults(page)
    page.goto(screen)
    page.locator("section.notice form button").first.click()
    while page.locator("input[name=choice]").count():
        found += faults(page)
        page.locator("input[name=choice]").first.check()
        page.locator("[name=step]").click()
        page.wait_for_load_state()
    return found + faults(page)


def test_pages_after_a_course(open_page, product):
    enter(open_page, "j20")
    open_page.goto("/my/")
    certificate = product.read(
        "import json\nfrom certificates.models import Certificate\n"
        "print(json.dumps(Certificate.objects.get(person__email='j20@example.org').code))"
    )

    assert faults_of(open_page, ["/my/", "/learn/", "/learn/fnd/", f"/verify/{certificate}"]) == []
