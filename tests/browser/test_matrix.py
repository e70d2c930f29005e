"""Human Resources tighten a line of the matrix, see who is touched before they save, and open a red cell to its reasons."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Product

# The line for all staff began so long ago that who has not learned is late by now.
LONG_AGO = """
import json
from datetime import timedelta
from courses import assigning
from courses.models import Requirement
from lms.days import today
everybody = {"structure": None, "function_groups": [], "contract_types": [], "duty_stations": [], "roles": []}
lines = Requirement.objects.known().filter(course__code="FND", **everybody)
changed = lines.update(starts_on=today() - timedelta(days=200))
print(json.dumps([changed, assigning.apply_rules(today())]))
"""


@pytest.fixture
def hr(copy: Product, visit, sign_in) -> Page:
    changed, _rows = copy.read(LONG_AGO)
    assert changed == 1
    return sign_in(visit(base=copy.url, expects_errors=True), "hr")


def test_a_line_is_tightened_with_its_effect_in_sight_and_a_red_cell_says_why(hr, axe):
    hr.get_by_text("Manage", exact=True).click()
    hr.get_by_role("link", name="Matrix").click()
    hr.get_by_role("link", name="M FND: all staff").click()
    hr.get_by_label("To be done again after months").select_option("12")
    hr.get_by_role("button", name="Show who is touched").click()

    effect = hr.get_by_role("region", name="Who is touched")
    expect(effect).to_contain_text("Lea Brandt")
    assert axe(hr) == []
    hr.get_by_role("button", name="Save the line").click()
    expect(hr.get_by_text("Changed from today on.")).to_be_visible()

    hr.goto("/reports/list/?course=FND&function=human-rights&contract=seconded")
    hr.get_by_role("row", name="Lea Brandt").get_by_role("link").last.click()
    expect(hr.get_by_role("heading", level=1)).to_contain_text("Foundations")
    expect(hr.get_by_text("overdue", exact=True)).to_be_visible()
    expect(hr.get_by_text("all staff", exact=True)).to_be_visible()
    expect(hr.get_by_text("the Organization", exact=True)).to_be_visible()
    expect(hr.get_by_text("No completion.")).to_be_visible()
