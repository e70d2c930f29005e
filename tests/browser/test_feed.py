"""Human Resources send a feed with faults, read which lines were refused, mend them, and apply it."""

import csv
import io
from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import JOURNEY_PEOPLE, ROOT, Product


@pytest.fixture
def hr(copy: Product, visit, sign_in) -> Page:
    return sign_in(visit(base=copy.url, expects_errors=True), "hr")


def staff() -> list[dict[str, str]]:
    """Everybody as the feed before had her."""
    with (ROOT / "content" / "starter" / "demo" / "staff.csv").open(newline="") as lines:
        rows = list(csv.DictReader(lines))
    model = rows[0]
    for name in JOURNEY_PEOPLE:
        number = name.removeprefix("j")
        own = {"staff number": f"J-{number}", "official name": f"Jo {number} Travels", "e-mail": f"{name}@example.org"}
        rows.append(model | own | {"duty station": "Skopje", "entry on duty": "2026-01-05", "manager": "D-0009"})
    return rows


def newcomer(number: str, name: str, **values: str) -> dict[str, str]:
    row = staff()[0] | {"staff number": number, "official name": name, "e-mail": f"{number.lower()}@example.org"}
    return row | {key.replace("_", " "): value for key, value in values.items()}


def send(page: Page, rows: list[dict[str, str]], name: str) -> None:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[-1]), restval="")
    writer.writeheader()
    writer.writerows(rows)
    page.get_by_label("File", exact=True).set_input_files(
        {"name": name, "mimeType": "text/csv", "buffer": text.getvalue().encode()}
    )
    page.get_by_role("button", name="Show what it would do").click()


def test_from_a_feed_with_faults_to_a_mended_one_that_is_applied(hr, copy, axe):
    good, bad = newcomer("N-1", "Nadia New"), newcomer("N-2", "Boris Bad", structure="NOWHERE")
    own = newcomer("N-3", "Olga Own", manager="N-3", nationality="Ruritania")
    hr.get_by_text("Manage", exact=True).click()
    assert axe(hr) == []
    hr.get_by_role("link", name="Staff feed").click()
    assert axe(hr) == []

    send(hr, [*staff(), good, bad, own], "november.csv")
    expect(hr.get_by_role("row", name="Structure 'NOWHERE' is not known.")).to_contain_text("N-2")
    expect(hr.get_by_role("row", name="Nobody is her own manager.")).to_contain_text("N-3")
    expect(hr.get_by_text("Columns that were not read: nationality.")).to_be_visible()
    expect(hr.get_by_text("Ruritania")).to_have_count(0)
    assert axe(hr) == []

    hr.get_by_role("main").get_by_role("link", name="Staff feed").click()
    send(hr, [*staff(), good, bad | {"structure": "MSKP"}, own | {"manager": "D-0009", "nationality": ""}], "mended.csv")
    expect(hr.get_by_role("row", name="refused")).to_have_count(0)
    hr.get_by_role("button", name="Apply it").click()
    expect(hr.get_by_text("The feed is applied.")).to_be_visible()
    expect(hr.get_by_role("row", name="N-2")).to_contain_text("Boris Bad")

    hr.get_by_role("main").get_by_role("link", name="Staff feed").click()
    expect(hr.get_by_role("row", name="november.csv")).to_contain_text("replaced by a later file")
    expect(hr.get_by_role("row", name="mended.csv")).to_contain_text("applied")
    assert (
        replace(copy).read(
            "import json; from lms.people.models import User; print(json.dumps(User.objects.filter("
            "staff_number__startswith='N-', is_active=True).count()))"
        )
        == 3
    )


def test_a_feed_by_which_too_many_would_leave_waits_for_a_second_officer_and_can_be_taken_back(hr, copy, visit, sign_in, axe):
    hr.goto("/reports/feed/")
    send(hr, [row for row in staff() if not row["staff number"].startswith("J-1")], "half.csv")
    hr.get_by_role("button", name="Ask a second HR officer").click()
    expect(hr.get_by_text("Waits for a second HR officer.")).to_be_visible()
    expect(hr.get_by_role("button", name="Agree, and apply it")).to_have_count(0)

    second = sign_in(visit(base=copy.url), "hr2")
    second.goto(hr.url)
    assert axe(second) == []
    second.get_by_role("button", name="Agree, and apply it").click()
    expect(second.get_by_text("The feed is applied.")).to_be_visible()

    second.get_by_text("Take this feed back").click()
    second.get_by_label("Why is it taken back?").fill("It was the list of one mission only.")
    second.get_by_role("button", name="Take it back").click()
    expect(second.get_by_text("The feed is taken back.")).to_be_visible()
    assert (
        copy.read(
            "import json; from lms.people.models import User; print(json.dumps(User.objects.filter("
            "staff_number__startswith='J-1', is_active=False).count()))"
        )
        == 0
    )
