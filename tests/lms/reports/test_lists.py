"""The list: what each reader finds, how it is sorted, counted and paged."""

from datetime import timedelta

import pytest

from lms.days import today
from lms.people.models import AccessEntry, Posting, User
from lms.reports import keysets
from lms.reports.columns import EVERY
from lms.reports.filters import PERSON, Filter
from lms.reports.listings import Found, Listing, read
from lms.reports.models import SheetRow
from tests.factories.people import make_person
from tests.lms.reports.rows import add_course
from tests.lms.reports.sheet_rows import add_person, add_row, make_sheet

DAY = timedelta(days=1)
IN_MISSION = ["Ben Learner", "Dan Deputy", "Fina Focal", "Hugo Head", "Lea Learner", "Mara Manager", "Nora Field"]
LISTS = "/reports/list/"


@pytest.fixture
def sheet(cast):
    """Everybody is asked for one course; Lea is late with it, Nora's is valid, Ben is exempt."""
    sheet, one = make_sheet(), add_course("ONE", "First course")
    special = {
        "lea": {"state": "overdue", "due_on": today() - 5 * DAY},
        "nora": {"state": "done", "completed_on": today() - 9 * DAY, "valid_until": today() + 20 * DAY},
        "ben": {"state": "exempt", "exempt_as": "long-leave"},
    }
    for name, person in cast.everybody.items():
        add_row(sheet, person, one, **special.get(name, {}))
        add_person(sheet, person, state=special.get(name, {}).get("state", ""))
    return sheet


def cells(response, key: str) -> list:
    return [cell for line in response.context["lines"] for how, cell in line.cells if how == key]


def fresh(person) -> User:
    return User.objects.get(pk=person.pk)


def test_each_reader_finds_whom_she_may_see_and_the_log_says_so(signed_in, cast, sheet):
    found = {}
    for name in ("focal", "deputy", "head", "manager", "hr"):
        found[name] = cells(signed_in(getattr(cast, name)).get(LISTS), "name")
    refused = [signed_in(getattr(cast, name)).get(LISTS).status_code for name in ("lea", "overview", "auditor", "admin")]

    assert [found[name] for name in ("focal", "deputy", "head")] == [IN_MISSION] * 3
    assert (found["manager"], len(found["hr"])) == (["Lea Learner"], len(cast.everybody))
    assert refused == [403] * 4
    entry = AccessEntry.objects.filter(actor=cast.manager).get()
    assert (entry.what, entry.count, entry.selection["day"]) == ("list", 1, today().isoformat())


def test_staff_numbers_contracts_and_classes_of_exemption_are_for_hr_alone(signed_in, cast, sheet):
    address = f"{LISTS}?columns=number&columns=name&columns=contract&columns=exempt&states=exempt"
    shown = {}
    for name in ("hr", "focal", "manager"):
        response = signed_in(getattr(cast, name)).get(address)
        shown[name] = [head.column.key for head in response.context["heads"]]

    assert shown == {"hr": ["number", "name", "contract", "exempt"], "focal": ["name"], "manager": ["name"]}
    assert "long leave" in signed_in(cast.hr).get(address).content.decode()
    assert not {"score", "attempts", "points"} & set(EVERY)


def test_a_link_that_hr_filtered_by_contract_says_to_others_that_this_is_left_out(signed_in, cast, sheet):
    Posting.objects.filter(person=cast.lea).update(contract_type="intern")
    SheetRow.objects.filter(person=cast.lea).update(contract_type="intern")
    address = f"{LISTS}?contract=intern"

    hr, focal = signed_in(cast.hr).get(address), signed_in(cast.focal).get(address)

    assert (cells(hr, "name"), cells(focal, "name")) == (["Lea Learner"], IN_MISSION)
    assert ("only Human Resources" in hr.content.decode(), "only Human Resources" in focal.content.decode()) == (False, True)


def test_a_structure_that_is_not_hers_shows_her_what_she_may_see_of_it(signed_in, cast, sheet):
    of_mission, elsewhere = (f"{LISTS}?structure={place.pk}" for place in (cast.mission, cast.elsewhere))

    assert cells(signed_in(cast.manager).get(of_mission), "name") == ["Lea Learner"]
    assert cells(signed_in(cast.focal).get(elsewhere), "name") == []


def test_the_page_costs_the_same_for_few_and_for_many_first_and_last(signed_in, cast, sheet, django_assert_max_num_queries):
    course = add_course("TWO")
    for number in range(60):
        add_row(sheet, make_person(f"Zoe {number:02}", structure=cast.mission), course)
    client = signed_in(cast.focal)
    client.get(LISTS)

    with django_assert_max_num_queries(12):
        first = client.get(f"{LISTS}?sort=due")
    with django_assert_max_num_queries(12):
        last = client.get(f"{LISTS}?sort=due&after={first.context['page'].after}")

    assert [len(page.context["lines"]) for page in (first, last)] == [50, 17]


def test_a_wrong_address_is_explained_and_a_wrong_mark_begins_at_the_beginning(signed_in, cast, sheet):
    client = signed_in(cast.focal)

    for wrong in ("states=magic", "late_from=-1", "structure=x", "sort=score", "by=x", f"structure={'9' * 30}"):
        assert client.get(f"{LISTS}?{wrong}").status_code == 422, wrong
    for mark in ("x", "1.2", f"{cast.stranger.pk}.1.", f"{'9' * 18}.1.x"):
        assert cells(client.get(f"{LISTS}?after={mark}"), "name") == IN_MISSION
    assert cells(client.get(f"{LISTS}?sort=due&after={cast.lea.pk}.1.2026-99-99"), "name")[0] == "Lea Learner"
    assert client.get(f"{LISTS}?sheet=11111111-1111-4111-8111-111111111111").context["sheet"] is None


def test_the_old_address_of_a_course_leads_to_its_list(signed_in, cast, sheet):
    client = signed_in(cast.focal)

    answers = [client.get(f"/reports/course/{code}/") for code in ("one", "none")]

    assert (answers[0].headers["Location"], answers[1].status_code) == (f"{LISTS}?course=ONE", 404)


# --- groups --------------------------------------------------------------------------------------------------------------
def test_each_count_of_a_group_is_that_of_the_list_to_which_it_leads(signed_in, cast, sheet):
    client = signed_in(cast.hr)
    for group in ("structure", "course", "state", "function", "contract"):
        for by in ("course", "person"):
            if (group, by) == ("course", "person"):
                continue
            groups = client.get(f"{LISTS}?group={group}&by={by}").context["groups"]
            counts = [client.get(f"{LISTS}?{one.query}").context["count"] for one in groups]

            assert ([one.count for one in groups], bool(groups)) == (counts, True), (group, by)
    for reader, address in ((cast.focal, "group=contract"), (cast.hr, "group=course&by=person")):
        assert "lines" in signed_in(reader).get(f"{LISTS}?{address}").context, address
    client = signed_in(cast.hr)
    assert {one.name: one.count for one in client.get(f"{LISTS}?group=structure").context["groups"]} == {
        "SEC": 9,
        "MIS": 7,
        "MIS-F": 1,
        "ELSE": 1,
    }


# --- pages ---------------------------------------------------------------------------------------------------------------
def way(found: Found, mark: str, *, is_back: bool, meanwhile) -> list[keysets.Page]:
    """The pages from a mark on, up to the last or the first one."""
    pages = [found.page(keysets.read(mark), is_back=is_back)]
    while mark := pages[-1].before if is_back else pages[-1].after:
        meanwhile()
        pages.append(found.page(keysets.read(mark), is_back=is_back))
    return pages


def test_forward_and_back_each_line_is_met_once_while_lines_are_added(cast, sheet, monkeypatch):
    monkeypatch.setattr(keysets, "SIZE", 3)
    reader, added, two = fresh(cast.hr), iter(range(1000)), add_course("TWO", "Another course")
    for days in (1, 1, 2, 40):
        person = make_person("Same Name", structure=cast.mission)
        add_row(sheet, person, two, due_on=today() - days * DAY, state="overdue")
        add_person(sheet, person, state="overdue", late_since=today() - days * DAY)

    def meanwhile():
        if (number := next(added)) < 30:
            person = make_person(f"Late {number}", structure=cast.mission)
            add_row(sheet, person, two, due_on=today() - 3 * DAY)
            add_person(sheet, person, late_since=today() - 3 * DAY)

    for by, sort in (
        *(("course", sort) for sort in ("name", "-name", "due", "-due", "-state", "completed", "valid")),
        *((PERSON, sort) for sort in ("-name", "late", "lapses", "state")),
    ):
        found = Found(reader, Listing(Filter(by=by), sort=sort, columns=("name",)), sheet)
        there_before = sorted(found.rows.values_list("name", flat=True))
        there = way(found, "", is_back=False, meanwhile=meanwhile)
        back = way(found, there[-1].before, is_back=True, meanwhile=lambda: None)[::-1] + there[-1:]

        for pages in (there, back):
            names = [row[2] for page in pages for row in page.rows]
            old = sorted(name for name in names if not name.startswith("Late") or name in there_before)
            assert old == there_before, (by, sort)


def test_an_address_tells_nobodys_name_or_number(signed_in, cast, sheet, monkeypatch):
    monkeypatch.setattr(keysets, "SIZE", 2)

    for sort in ("name", "-name"):
        page = signed_in(cast.hr).get(f"{LISTS}?sort={sort}").context["page"]
        assert page.after.endswith("."), sort


# --- addresses -----------------------------------------------------------------------------------------------------------
def test_what_a_list_says_of_itself_is_read_back_as_the_same_list(signed_in, cast, sheet):
    lists = [
        Listing(),
        Listing(Filter(by=PERSON, states=("overdue", "nothing"), late_from=0, late_to=30), sort="-late", group="structure"),
        Listing(
            Filter(structure=3, course="ONE", strength="mandatory", contract_type="intern", duty_station="Обл. & Пирот"),
            columns=("name", "due"),
        ),
        Listing(Filter(function_group="police", lapses_within=90, entered_within=30, sheet=sheet.uuid)),
    ]

    assert [read(one.query()) for one in lists] == lists
    said = lists[2].query().replace("structure=3", f"structure={cast.mission.pk}")
    assert signed_in(cast.hr).get(f"{LISTS}?{said}").context["query"] == said


def test_whoever_may_take_less_along_than_she_sees_gets_that(cast, sheet):
    rows = {action: list(Found(fresh(cast.manager), Listing(), sheet, action=action).rows) for action in "RX"}

    assert [len(rows[action]) for action in "RX"] == [1, 0]
