"""A focal point takes a course on paper with two people; a second person confirms, and the driver signs in by a code."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Product

NARROW = {"width": 320, "java_script_enabled": False}
# A driver comes by no mail, and the focal point has completed the course herself.
BEFORE = """
import json
from lms.people.models import Structure
from tests.browser.inside import complete
from tests.factories.people import make_person
driver = make_person("Drago Driver", structure=Structure.objects.get(code="MSKP"), staff_number="D-700", email=None)
complete("focal")
print(json.dumps(str(driver.uuid)))
"""


@pytest.fixture
def driver(copy: Product) -> str:
    return copy.read(BEFORE)


# A second focal point holds a session, and has completed the course herself.
ROTATING = """
import json
from uuid import uuid4
from courses import convening
from courses.models import Course
from lms.days import today
from lms.people.models import Role, Structure
from tests.browser.inside import complete, person
from tests.factories.people import make_grant
mission = Structure.objects.get(code="MSKP")
make_grant(person("j21"), Role.FOCAL_POINT, structure=mission)
complete("j21")
values = {"language": "en", "structure": mission, "held_on": today(), "place": "Workshop", "names": ["Jo 20 Travels"]}
session = convening.convene(Course.objects.get(code="FND"), key=uuid4(), by=person("j21"), **values)
print(json.dumps([str(session.uuid), str(person("j21").uuid)]))
"""


def is_too_wide(page: Page) -> bool:
    """Without JavaScript nothing can be asked of the page itself: what sticks out is found by its boxes."""
    boxes = [box for box in (one.bounding_box() for one in page.locator("main *").all()) if box]
    return any(box["x"] + box["width"] > 321 for box in boxes)


def test_a_session_on_paper_and_a_driver_without_a_mailbox(copy, driver, visit, sign_in, axe):
    focal = sign_in(visit(base=copy.url), "focal")
    focal.get_by_text("Manage", exact=True).click()
    focal.get_by_role("link", name="Group sessions").click()
    focal.get_by_role("link", name="Make a session").click()
    focal.get_by_label("Place").fill("Garage")
    focal.get_by_label("Who comes").fill("D-700\nTravels Jo 24")
    focal.get_by_role("button", name="Make the session").click()
    expect(focal.get_by_text("its quiz is drawn")).to_be_visible()
    session = focal.url
    for link, words in (("The parts to read", "Talk about it:"), ("The quiz", "Name:"), ("The key", "Passed: at least")):
        focal.get_by_role("link", name=link).click()
        expect(focal.get_by_role("main")).to_contain_text(words)
        focal.goto(session)
    for name in ("Drago Driver", "Jo 24 Travels"):
        focal.get_by_role("group", name=name).get_by_label("was there and passed").check()
    focal.get_by_role("button", name="Record it").click()
    expect(focal.get_by_role("button", name="Confirm")).to_have_count(0)
    assert axe(focal) == []

    deputy = sign_in(visit(base=copy.url), "deputy")
    deputy.goto("/sessions/")
    deputy.get_by_role("row", name="waits for a second person").get_by_role("link").click()
    deputy.get_by_role("button", name="Confirm").click()
    expect(deputy.get_by_text("confirmed by")).to_be_visible()

    focal.goto("/people/?q=driver")
    focal.get_by_role("link", name="Drago Driver").click()
    focal.get_by_role("button", name="Give a one-time code").click()
    code = focal.locator(".code-told").inner_text()
    assert axe(focal) == []

    phone = visit(base=copy.url, **NARROW)
    phone.goto("/account/login/")
    phone.get_by_role("link", name="Sign in with a code").click()
    phone.get_by_label("Staff number").fill("D-700")
    phone.get_by_label("One-time code").fill(code.lower())
    phone.get_by_role("main").get_by_role("button", name="Sign in").click()
    expect(phone.get_by_role("heading", name="Good to see you, Drago")).to_be_visible()
    expect(phone.locator("article", has_text="group session").get_by_role("link", name="Certificate (PDF)")).to_be_visible()
    assert not is_too_wide(phone)

    guard = sign_in(visit(base=copy.url), "j24")
    expect(guard.locator("article", has_text="group session").get_by_text("Completed on")).to_be_visible()


def test_a_focal_point_rotates_and_the_deputy_goes_on_with_her_session(copy, visit, sign_in, axe):
    session, former = copy.read(ROTATING)
    leaving = sign_in(visit(base=copy.url), "j21")
    leaving.goto(f"/sessions/{session}/key/")
    expect(leaving.get_by_role("main")).to_contain_text("Passed: at least")

    officer = sign_in(visit(base=copy.url, width=360), "hr")
    officer.goto(f"/people/{former}/")
    officer.get_by_role("link", name="Hand over").click()
    expect(officer.get_by_role("main")).to_contain_text("Workshop")
    assert axe(officer) == []
    officer.get_by_label("Who takes over").select_option(label="Drita Hoxha")
    officer.get_by_role("button", name="Hand over and end the role").click()
    expect(officer.get_by_text("1 task went on")).to_be_visible()

    pages = [f"{copy.url}/sessions/{session}/{page}" for page in ("", "key/", "sheet/")]
    assert [leaving.context.request.get(page).status for page in pages] == [403] * 3
    deputy = sign_in(visit(base=copy.url), "deputy")
    deputy.goto("/sessions/")
    deputy.get_by_role("row", name="Workshop").get_by_role("link").click()
    expect(deputy.get_by_role("link", name="The quiz")).to_be_visible()
