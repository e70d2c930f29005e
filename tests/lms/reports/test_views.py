"""Reports as their readers see them: filters, files, refusals, names to agree to, and the log."""

import csv
import io
from calendar import monthrange
from datetime import date, timedelta

import pytest
from django.contrib.messages import get_messages
from django.utils import timezone

from lms.days import today
from lms.people.models import AccessEntry, Posting, Role, User
from lms.reports import forms
from tests.factories.learning import complete, enrol, read_module, sit_quiz
from tests.factories.people import make_grant, make_person
from tests.lms.reports.rows import add_course, begin, finish

DAY = timedelta(days=1)
IN_MISSION = {"Fina Focal", "Dan Deputy", "Lea Learner", "Ben Learner", "Nora Field", "Mara Manager", "Hugo Head"}


@pytest.fixture
def one(cast):
    """A course that Lea completed, Ben began, and whose completion by Nora expired."""
    made = add_course("ONE", "First course")
    finish(cast.lea, made, today() - 5 * DAY, until=today() + 700 * DAY)
    begin(cast.ben, made, today() - 3 * DAY)
    finish(cast.nora, made, today() - 400 * DAY, until=today() - DAY)
    return made


def get(client, path: str = "/reports/", **filters):
    return client.get(path, filters)


def names(response) -> list[str]:
    return [row.person.official_name for row in response.context["page"]]


def rows(response) -> dict[str, list[int]]:
    """The numbers of people in the cells of each row that is not hidden, by the name of the row."""
    table = response.context["table"]
    return {row.name: [cell.people for cell in row.cells] for row in table.rows if not row.is_hidden}


def read(response) -> list[list[str]]:
    assert (response.status_code, response.streaming, response.headers["Content-Type"]) == (200, True, "text/csv; charset=utf-8")
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))


def export(client, path: str, *, purpose: str = "yearly check", **filters) -> list[list[str]]:
    return read(client.post(path, {"purpose": purpose}, query_params=filters))


def said(answer) -> list[str]:
    return [str(message) for message in get_messages(answer.wsgi_request)]


def last_log() -> tuple:
    entry = AccessEntry.objects.latest("pk")
    return entry.what, entry.selection, entry.count, entry.purpose


# --- the table -----------------------------------------------------------------------------------------------------------
def test_the_table_shows_every_course_that_is_offered(signed_in, cast, one):
    old, two = add_course("OLD"), add_course("TWO")
    old.retired_on = today()
    old.save()

    response = get(signed_in(cast.hr))

    assert response.context["courses"] == [one, two]
    assert rows(response) == {"SEC": [9, 9], "MIS": [6, 6], "MIS-F": [1, 1], "ELSE": [1, 1]}
    assert last_log()[:2] == ("completion table", {"day": today().isoformat()})


def test_the_table_of_one_course(signed_in, cast, one):
    add_course("TWO")

    response = get(signed_in(cast.hr), course="ONE")

    assert response.context["courses"] == [one]
    assert [(cell.done, cell.in_progress) for cell in response.context["table"].total.cells] == [(1, 1)]


def test_the_table_of_a_structure_has_everything_below_it(signed_in, cast, one):
    assert rows(get(signed_in(cast.hr), structure=cast.mission.pk)) == {"MIS": [6], "MIS-F": [1]}


def test_the_table_of_a_contract_type(signed_in, cast, one):
    Posting.objects.filter(person__in=[cast.lea, cast.hr]).update(contract_type="intern")

    assert rows(get(signed_in(cast.hr), contract_type="intern")) == {"SEC": [1], "MIS": [1]}


def test_the_table_of_a_past_day(signed_in, cast, one):
    total = get(signed_in(cast.hr), day=today() - 4 * DAY).context["table"].total

    assert [(cell.done, cell.in_progress) for cell in total.cells] == [(2, 0)]


BUDGETS = {"hr": 9, "focal": 9, "manager": 8, "overview": 9}


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("reader", BUDGETS)
def test_the_page_costs_the_same_with_one_course_and_with_three(signed_in, cast, django_assert_num_queries, count, reader):
    for number in range(count):
        finish(cast.lea, add_course(f"C{number}"), today())
    client = signed_in(getattr(cast, reader))

    with django_assert_num_queries(BUDGETS[reader]):
        assert get(client).status_code == 200


def test_the_page_of_a_filtered_past_day_costs_one_query_more(signed_in, cast, one, django_assert_num_queries):
    client = signed_in(cast.hr)

    with django_assert_num_queries(10):
        assert get(client, day=today() - DAY, course="ONE", structure=cast.mission.pk).status_code == 200


def test_the_file_of_the_table_holds_what_the_page_shows(signed_in, cast, one):
    header, *lines = export(signed_in(cast.focal), "/reports/csv", purpose="monthly")

    assert header == ["structure", "people", "ONE done", "ONE in progress", "ONE per cent"]
    assert lines == [["MIS", "6", "1", "1", "17"], ["MIS-F", "1", "0", "0", "0"], ["All shown here", "7", "1", "1", "14"]]
    assert last_log() == ("completion table", {"day": today().isoformat()}, 2, "monthly")


# --- the list ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({}, IN_MISSION | {"Sven Stranger"}),
        ({"state": "done"}, {"Lea Learner"}),
        ({"state": "in-progress"}, {"Ben Learner"}),
        ({"state": "expired"}, {"Nora Field"}),
        ({"structure": "office"}, {"Nora Field"}),
        ({"structure": "mission"}, IN_MISSION),
        ({"structure": "mission", "state": "not-started"}, IN_MISSION - {"Lea Learner", "Ben Learner", "Nora Field"}),
        ({"contract_type": "intern"}, {"Ben Learner"}),
        ({"contract_type": "intern", "state": "done"}, set()),
        ({"day": 4, "state": "in-progress"}, set()),
        ({"day": 4, "state": "done"}, {"Lea Learner", "Nora Field"}),
    ],
)
def test_the_list_is_filtered(signed_in, cast, one, filters, found):
    Posting.objects.filter(person=cast.ben).update(contract_type="intern")
    if "structure" in filters:
        filters = {**filters, "structure": getattr(cast, filters["structure"]).pk}
    if "day" in filters:
        filters = {**filters, "day": today() - filters["day"] * DAY}

    response = get(signed_in(cast.hr), "/reports/course/one/", **filters)

    elsewhere = {person.official_name for person in cast.everybody.values()} - IN_MISSION - {"Sven Stranger"}
    assert set(names(response)) - elsewhere == found
    assert response.context["page"].paginator.count == len(names(response))


def test_what_was_filtered_is_written_into_the_log(signed_in, cast, one):
    get(signed_in(cast.hr), "/reports/course/one/", state="done", structure=cast.mission.pk, contract_type="seconded")

    assert last_log() == (
        "completion list",
        {
            "day": today().isoformat(),
            "structure": str(cast.mission.pk),
            "contract": "seconded",
            "course": "ONE",
            "state": "done",
        },
        1,
        "",
    )


READERS = {
    "focal": IN_MISSION,
    "deputy": IN_MISSION,
    "head": IN_MISSION,
    "manager": {"Lea Learner", "Mara Manager"},
}


@pytest.mark.parametrize("reader", READERS)
def test_a_reader_finds_only_her_people(signed_in, cast, one, reader):
    assert set(names(get(signed_in(getattr(cast, reader)), "/reports/course/one/"))) == READERS[reader]


def test_a_long_list_has_pages(signed_in, cast, one):
    for number in range(60):
        make_person(f"Somebody {number:02}", structure=cast.mission)
    client = signed_in(cast.focal)

    pages = [names(get(client, "/reports/course/one/", page=page)) for page in (1, 2)]

    assert ([len(page) for page in pages], set(pages[0]) & set(pages[1])) == ([50, 17], set())
    assert pages[0] + pages[1] == sorted(pages[0] + pages[1])


@pytest.mark.parametrize(("reader", "budget"), [("hr", 8), ("focal", 8), ("manager", 7)])
@pytest.mark.parametrize("more", [0, 30])
def test_the_list_costs_the_same_for_few_and_for_many(signed_in, cast, one, django_assert_num_queries, reader, budget, more):
    for _ in range(more):
        make_person(structure=cast.mission, manager=cast.manager)
    client = signed_in(getattr(cast, reader))

    with django_assert_num_queries(budget):
        assert get(client, "/reports/course/one/").status_code == 200


def test_a_state_never_shows_scores_or_failures(signed_in, cast, course):
    enrolment = enrol(cast.lea, course)
    read_module(enrolment, course.reading)
    sit_quiz(enrolment, course.quiz, wrong={"TST-Q2", "TST-Q3", "TST-Q4", "TST-Q5"})
    enrol(cast.ben, course)
    client = signed_in(cast.focal)

    page = get(client, "/reports/course/tst/")
    lines = {line[0]: line[1:] for line in export(client, "/reports/course/tst/csv")}

    shown = {row.person.official_name: row.state for row in page.context["page"]}
    assert (shown["Lea Learner"], shown["Ben Learner"]) == ("in-progress", "in-progress")
    assert lines["Lea Learner"] == lines["Ben Learner"]
    columns = ["Name", "Structure", "Duty station", "Function", "State", "Begun", "Completed", "Valid until"]
    assert [cell.split("<")[0] for cell in page.content.decode().split('<th scope="col">')[1:]] == columns


def test_who_completes_a_course_is_done_with_the_day_and_its_end(signed_in, cast, course):
    complete(cast.lea, course)

    [line] = export(signed_in(cast.head), "/reports/course/tst/csv", state="done")[1:]

    assert line[:5] == ["Lea Learner", "MIS", "Skopje", "human rights", "done"]
    assert line[5:7] == [today().isoformat()] * 2
    assert date.fromisoformat(line[7]).replace(day=1) == today().replace(day=1, year=today().year + 2)


# --- the list as a file ----------------------------------------------------------------------------------------------------
FILTERS = [{}, {"state": "not-started"}, {"state": "expired"}, {"contract_type": "seconded"}, {"day": today() - 4 * DAY}]


@pytest.mark.parametrize("reader", ["hr", "focal"])
@pytest.mark.parametrize("filters", FILTERS)
def test_the_file_equals_the_list_on_the_screen_row_for_row(signed_in, cast, one, reader, filters):
    client = signed_in(getattr(cast, reader))
    page = get(client, "/reports/course/one/", **filters).context["page"]

    header, *lines = export(client, "/reports/course/one/csv", **filters)

    hr_only = {"staff number", "contract"}
    found = [{name: cell for name, cell in zip(header, line, strict=True) if name not in hr_only} for line in lines]
    assert found == [
        {
            "name": row.person.official_name,
            "structure": row.structure.code,
            "duty station": row.duty_station,
            "function": row.get_function_group_display(),
            "state": row.state.replace("-", " "),
            "begun on": row.begun_on.isoformat() if row.begun_on else "",
            "completed on": row.completed_on.isoformat() if row.completed_on else "",
            "valid until": row.valid_until.isoformat() if row.valid_until else "",
            "gained by": row.source or "",
        }
        for row in page
    ]
    assert len(found) == page.paginator.count


def test_only_hr_finds_staff_number_and_contract_in_the_file(signed_in, cast, one):
    shared = ["name", "structure", "duty station", "function"], ["state", "begun on", "completed on", "valid until"]
    shared[1].append("gained by")

    readers = ("hr", "focal", "deputy", "head")
    headers = {name: export(signed_in(getattr(cast, name)), "/reports/course/one/csv")[0] for name in readers}

    assert headers.pop("hr") == ["staff number", *shared[0], "contract", *shared[1]]
    assert list(headers.values()) == [[*shared[0], *shared[1]]] * 3


def test_hrs_file_holds_each_persons_number_and_contract(signed_in, cast, one):
    Posting.objects.filter(person=cast.lea).update(contract_type="intern")

    header, line = export(signed_in(cast.hr), "/reports/course/one/csv", state="done")

    found = dict(zip(header, line, strict=True))
    assert (found["staff number"], found["name"], found["contract"]) == (cast.lea.staff_number, "Lea Learner", "intern")


def test_who_exports_more_than_she_may_gets_what_she_may(signed_in, cast, one):
    make_grant(cast.manager, Role.HEAD, structure=cast.elsewhere)
    client = signed_in(cast.manager)

    on_screen, in_file = names(get(client, "/reports/course/one/")), export(client, "/reports/course/one/csv")[1:]

    assert on_screen == ["Lea Learner", "Mara Manager", "Sven Stranger"]
    assert [line[0] for line in in_file] == ["Mara Manager", "Sven Stranger"]
    assert last_log()[2] == 2


@pytest.mark.parametrize("name", ["=cmd|' /C calc'!A0", "+1 Person", "-1 Person", "@Person", "\t=1", "＝1"])
def test_a_name_that_a_spreadsheet_would_run_is_text_in_the_file(signed_in, cast, one, name):
    User.objects.filter(pk=cast.lea.pk).update(official_name=name)

    [line] = export(signed_in(cast.focal), "/reports/course/one/csv", state="done")[1:]

    assert line[0] == f"'{name}"


@pytest.mark.parametrize(("path", "back"), [("/reports/csv", "/reports/"), ("/reports/course/one/csv", "/reports/course/one/")])
@pytest.mark.parametrize("purpose", ["", "   ", "x" * 301])
def test_without_a_purpose_there_is_no_file(signed_in, cast, one, path, back, purpose):
    answer = signed_in(cast.hr).post(f"{path}?day=2026-01-31", {"purpose": purpose})

    assert (answer.status_code, answer.headers["Location"]) == (302, f"{back}?day=2026-01-31")
    assert said(answer) == ["Say in a few words what you need the file for."]
    assert AccessEntry.objects.count() == 0


def test_a_file_of_a_wrong_filter_leads_back_to_the_page_that_explains_it(signed_in, cast, one):
    client = signed_in(cast.hr)

    answer = client.post("/reports/course/one/csv?state=magic", {"purpose": "check"})

    assert answer.headers["Location"] == "/reports/course/one/?state=magic"
    page = client.get(answer.headers["Location"])
    assert (page.status_code, list(page.context["form"].errors), list(get_messages(page.wsgi_request))) == (422, ["state"], [])


@pytest.mark.parametrize("path", ["/reports/csv", "/reports/course/one/csv", "/reports/access/csv"])
def test_a_file_is_never_made_by_following_a_link(signed_in, cast, one, path):
    make_grant(cast.hr, Role.AUDITOR)

    assert signed_in(cast.hr).get(path).status_code == 405


def test_the_name_of_a_file_says_what_it_is(signed_in, cast, one):
    client, day = signed_in(cast.hr), "?day=2026-01-31"

    answers = [client.post(f"/reports/{path}{day}", {"purpose": "check"}) for path in ("csv", "course/one/csv")]

    assert [answer.headers["Content-Disposition"] for answer in answers] == [
        'attachment; filename="completions-2026-01-31.csv"',
        'attachment; filename="ONE-2026-01-31.csv"',
    ]


# --- totals only -----------------------------------------------------------------------------------------------------------
def test_totals_hide_small_groups_on_the_page_and_in_the_file(signed_in, cast, one):
    client = signed_in(cast.overview)

    response = get(client)
    header, *lines = export(client, "/reports/csv")

    assert (rows(response), response.context["table"].total.people) == ({"SEC": [9]}, 17)
    hidden = ["under five", "under five", "", ""]
    assert lines == [
        ["ELSE", *hidden],
        ["MIS", *hidden],
        ["MIS-F", *hidden],
        ["SEC", "9", "0", "0", "0"],
        ["All shown here", "17", "1", "1", "6"],
    ]
    assert response.content.decode().count(">under five<") == 3


def test_totals_of_a_whole_of_under_five_are_not_shown_at_all(signed_in, cast, one):
    Posting.objects.exclude(person=cast.overview).update(ends_on=today())
    client = signed_in(cast.overview)

    page, lines = get(client).content.decode(), export(client, "/reports/csv")[1:]

    assert "People in scope: under five" in page
    assert lines == [[name, "under five", "under five", "", ""] for name in ("SEC", "All shown here")]


def test_totals_lead_to_no_list_of_names(signed_in, cast, one):
    client = signed_in(cast.overview)

    page = get(client).content.decode()

    assert "/reports/course/" not in page
    assert [client.get("/reports/course/one/").status_code, client.post("/reports/course/one/csv").status_code] == [403, 403]


def end_of_month(back: int) -> date:
    """The last day of the month that lies so many months back."""
    month = (today().year * 12 + today().month - 1) - back
    year, number = divmod(month, 12)
    return date(year, number + 1, monthrange(year, number + 1)[1])


def test_totals_are_given_for_today_and_for_the_last_days_of_months(signed_in, cast, one):
    client = signed_in(cast.overview)
    good = [today(), *(end_of_month(back) for back in (1, 2, 13))]
    wrong = [end_of_month(back) - DAY for back in (1, 2, 13)]

    answers = {day: get(client, day=day) for day in good + wrong}

    assert [answers[day].status_code for day in good] == [200] * 4
    assert [(answers[day].status_code, "table" in answers[day].context) for day in wrong] == [(422, False)] * 3
    assert answers[wrong[0]].context["form"].errors == {"day": ["Choose the last day of a month."]}


def test_totals_are_given_for_today_whichever_day_it_is(signed_in, cast, one, monkeypatch):
    monkeypatch.setattr(forms, "today", lambda: date(2026, 3, 17))

    assert get(signed_in(cast.overview), day="2026-03-17").status_code == 200


@pytest.mark.parametrize("filters", [{"structure": "1"}, {"contract_type": "intern"}, {"state": "done"}])
def test_totals_take_no_other_filter(signed_in, cast, one, filters):
    client = signed_in(cast.overview)

    assert rows(get(client, **filters)) == rows(get(client)) == {"SEC": [9]}


def test_a_few_names_in_another_role_do_not_open_single_days_or_small_groups(signed_in, cast, one):
    make_grant(cast.overview, Role.FOCAL_POINT, structure=cast.office)
    make_grant(cast.overview, Role.ADMINISTRATOR)
    client = signed_in(cast.overview)

    table, listed = get(client), get(client, "/reports/course/one/", day=end_of_month(1) - DAY)

    assert (rows(table), set(table.context["form"].fields)) == ({"SEC": [9]}, {"day", "course", "structure"})
    assert get(client, day=end_of_month(1) - DAY).status_code == 422
    assert (listed.status_code, names(listed)) == (200, ["Nora Field", "Otto Overview"])


# --- what may be asked -----------------------------------------------------------------------------------------------------
FIELDS = {
    "hr": ({"day", "course", "structure", "contract_type"}, {"day", "structure", "contract_type", "state"}),
    "focal": ({"day", "course", "structure"}, {"day", "structure", "state"}),
    "head": ({"day", "course", "structure"}, {"day", "structure", "state"}),
    "manager": ({"day", "course"}, {"day", "state"}),
}


@pytest.mark.parametrize("reader", FIELDS)
def test_each_reader_is_offered_her_filters(signed_in, cast, one, reader):
    client = signed_in(getattr(cast, reader))

    offered = [set(get(client, path).context["form"].fields) for path in ("/reports/", "/reports/course/one/")]

    assert tuple(offered) == FIELDS[reader]


def test_a_focal_point_chooses_among_her_structures_only(signed_in, cast, one):
    client = signed_in(cast.focal)
    choices = get(client).context["form"].fields["structure"].choices

    assert [(key, str(name).strip()) for key, name in choices] == [
        ("", "all I may see"),
        (cast.mission.pk, "MIS"),
        (cast.office.pk, "MIS-F"),
    ]
    assert get(client, structure=cast.elsewhere.pk).status_code == 422


WRONG = {"day": ["soon", "2026-02-30"], "course": ["NONE"], "structure": ["x", "999999"], "contract_type": ["eternal"]}


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in WRONG.items() for value in values])
def test_a_filter_that_means_nothing_is_explained(signed_in, cast, one, name, value):
    response = get(signed_in(cast.hr), **{name: value})

    assert (response.status_code, list(response.context["form"].errors), "table" in response.context) == (422, [name], False)
    assert AccessEntry.objects.count() == 0


@pytest.mark.parametrize("path", ["/reports/", "/reports/course/one/"])
@pytest.mark.parametrize("reader", ["hr", "focal", "overview"])
def test_a_day_in_the_future_is_refused(signed_in, cast, one, path, reader):
    if (reader, path) == ("overview", "/reports/course/one/"):
        path = "/reports/"
    response = get(signed_in(getattr(cast, reader)), path, day=today() + DAY)

    assert (response.status_code, response.context["form"].errors) == (422, {"day": ["Choose a day that is not in the future."]})


def test_a_course_that_does_not_exist_is_404(signed_in, cast, one):
    assert signed_in(cast.hr).get("/reports/course/none/").status_code == 404


def test_who_manages_reads_but_is_offered_no_file(signed_in, cast, one):
    client = signed_in(cast.manager)

    pages = [client.get(path) for path in ("/reports/", "/reports/course/one/")]

    assert [page.status_code for page in pages] == [200, 200]
    assert [page.content.decode().count("Download") for page in pages] == [0, 0]
    assert [client.post(path, {"purpose": "x"}).status_code for path in ("/reports/csv", "/reports/course/one/csv")] == [403, 403]


# --- names to agree to -----------------------------------------------------------------------------------------------------
def present(person, name: str) -> None:
    User.objects.filter(pk=person.pk).update(display_name=name)


def test_hr_finds_the_names_that_differ_by_more_than_writing(signed_in, cast):
    for person, name in ((cast.lea, "Eve Other"), (cast.ben, "LEARNER, Bén"), (cast.nora, "Nora Agreed")):
        present(person, name)
    User.objects.filter(pk=cast.nora.pk).update(agreed_name="Nora Agreed")

    assert signed_in(cast.hr).get("/reports/names/").context["waiting"] == [cast.lea]
    assert last_log() == ("names to agree to", {}, 1, "")


def decide(client, person, decision: str, name: str):
    return client.post(f"/reports/names/{person.uuid}/", {"decision": decision, "name": name})


def test_a_certificate_that_waited_is_issued_when_hr_agrees(signed_in, cast, course):
    present(cast.lea, "Eve Other")
    complete(User.objects.get(pk=cast.lea.pk), course)
    before = cast.lea.certificates.count()

    answer = decide(signed_in(cast.hr), cast.lea, "agree", "Eve Other")

    assert (before, [certificate.name for certificate in cast.lea.certificates.all()]) == (0, ["Eve Other"])
    assert answer.headers["Location"] == "/reports/names/"
    assert AccessEntry.objects.latest("pk").person == cast.lea


def test_a_certificate_that_waited_is_issued_with_the_staff_record_when_hr_declines(signed_in, cast, course):
    present(cast.lea, "Eve Other")
    complete(User.objects.get(pk=cast.lea.pk), course)

    decide(signed_in(cast.hr), cast.lea, "decline", "Eve Other")

    assert [certificate.name for certificate in cast.lea.certificates.all()] == ["Lea Learner"]
    assert User.objects.get(pk=cast.lea.pk).display_name == "Lea Learner"


@pytest.mark.parametrize("decision", ["agree", "decline"])
def test_a_name_that_was_changed_meanwhile_is_looked_at_again(signed_in, cast, decision):
    present(cast.lea, "Eve Third")

    answer = decide(signed_in(cast.hr), cast.lea, decision, "Eve Other")

    assert said(answer) == ["The name was changed meanwhile: look at it again."]
    assert (User.objects.get(pk=cast.lea.pk).display_name, User.objects.get(pk=cast.lea.pk).agreed_name) == ("Eve Third", "")


@pytest.mark.parametrize("decision", ["agree", "decline"])
def test_hr_does_not_decide_about_her_own_name_but_a_colleague_does(signed_in, cast, decision):
    present(cast.hr, "Eve Other")

    own = decide(signed_in(cast.hr), cast.hr, decision, "Eve Other")
    after_own = User.objects.get(pk=cast.hr.pk)
    decide(signed_in(cast.hr2), cast.hr, decision, "Eve Other")

    assert said(own) == ["Another HR officer has to decide about your name."]
    assert (after_own.display_name, after_own.agreed_name) == ("Eve Other", "")
    expected = {"agree": ("Eve Other", "Eve Other"), "decline": ("Hedi Resources", "")}[decision]
    assert User.objects.values_list("display_name", "agreed_name").get(pk=cast.hr.pk) == expected


@pytest.mark.parametrize("values", [{}, {"decision": "perhaps", "name": "Eve Other"}, {"decision": "agree"}])
def test_a_decision_that_is_none_changes_nothing(signed_in, cast, values):
    present(cast.lea, "Eve Other")

    answer = signed_in(cast.hr).post(f"/reports/names/{cast.lea.uuid}/", values)

    assert (answer.status_code, User.objects.get(pk=cast.lea.pk).display_name) == (400, "Eve Other")


# --- the access log --------------------------------------------------------------------------------------------------------
def test_the_auditor_reads_who_looked_at_whom_newest_first(signed_in, cast, one):
    get(signed_in(cast.focal), "/reports/course/one/")
    signed_in(cast.lea).get("/reports/")
    signed_in(cast.admin).get(f"/people/{cast.ben.uuid}/")

    entries = list(signed_in(cast.auditor).get("/reports/access/").context["page"])

    assert [(entry.actor, entry.person, entry.what, entry.was_refused) for entry in entries] == [
        (cast.admin, cast.ben, "account", False),
        (cast.lea, None, "reports:landing", True),
        (cast.focal, None, "completion list", False),
    ]


def test_who_reads_the_log_is_in_it_too(signed_in, cast):
    client = signed_in(cast.auditor)
    for _ in range(2):
        client.get("/reports/access/")

    assert list(AccessEntry.objects.order_by("pk").values_list("actor", "what", "count")) == [
        (cast.auditor.pk, "access log", 0),
        (cast.auditor.pk, "access log", 1),
    ]


@pytest.mark.parametrize("more", [1, 40])
def test_the_log_costs_the_same_however_long_it_is(signed_in, cast, django_assert_num_queries, more):
    for _ in range(more):
        AccessEntry.objects.create(actor=cast.hr, person=cast.lea, what="account")
    client = signed_in(cast.auditor)

    with django_assert_num_queries(6):
        client.get("/reports/access/")


def test_the_log_as_a_file(signed_in, cast):
    at = timezone.now()
    AccessEntry.objects.create(actor=cast.hr, person=cast.lea, what="account", at=at)
    AccessEntry.objects.create(actor=cast.focal, what="completion list", selection={"course": "ONE"}, count=3, at=at - DAY)

    header, export_itself, first, second = export(signed_in(cast.auditor), "/reports/access/csv", purpose="=yearly audit")

    assert header == ["at", "actor", "person", "what", "selection", "count", "purpose", "refused"]
    assert first == [at.isoformat(), cast.hr.email, cast.lea.email, "account", "{}", "", "", "False"]
    assert second[1:] == [cast.focal.email, "", "completion list", "{'course': 'ONE'}", "3", "", "False"]
    assert export_itself[1:] == [cast.auditor.email, "", "access log", "{}", "2", "'=yearly audit", "False"]


def test_the_log_is_not_exported_without_a_purpose(signed_in, cast):
    answer = signed_in(cast.auditor).post("/reports/access/csv", {"purpose": ""})

    assert (answer.headers["Location"], AccessEntry.objects.count()) == ("/reports/access/", 0)
