"""The API: who comes in, what she gets, and what is written about it."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from courses import assigning
from courses.models import Assignment
from lms.days import today
from lms.people import access
from lms.people.models import AccessEntry, FeedRun, RoleGrant, User
from lms.reports import sheeting, sheets, totals, trending
from lms.reports.api.doors import REQUESTS, STRANGERS, api
from lms.reports.coverage import Coverage
from lms.reports.filters import Filter
from lms.reports.totals import Totals
from tests.factories.asking import make_completion, make_line
from tests.factories.learning import complete
from tests.factories.people import make_person
from tests.factories.tokens import bearing, make_token
from tests.lms.people.feeds import COLUMNS, feed
from tests.lms.reports.test_feeds import whole

PAGE = "/api/v1/"
EVERYTHING = ("completions", "assignments", "figures", "structures", "courses", "certificates", "feed")


@pytest.fixture
def asked(client, cast):
    """`asked(person, "completions?limit=1")`: the answer to a program of hers that may do everything she may."""
    headers: dict[int, dict[str, str]] = {}

    def ask(person, path: str, **more):
        if person.pk not in headers:
            by = cast.admin2 if person == cast.admin else cast.admin
            headers[person.pk] = bearing(make_token(person, *EVERYTHING, by=by))
        return client.get(PAGE + path, headers=headers[person.pk] | more)

    return ask


@pytest.fixture
def learned(cast, course):
    """Lea and Nora have completed, Stranger, too; everybody is asked."""
    make_line(course.course)
    for person in (cast.lea, cast.nora, cast.stranger):
        make_completion(person, course.course, today() - timedelta(days=9))
    assigning.apply_rules(today())
    sheeting.follow(today())
    return course


def names(answer) -> set[str]:
    return {row["person"]["name"] for row in answer.json()["rows"]}


# --- who comes in ------------------------------------------------------------------------------------------------------


def test_every_operation_says_what_it_needs_and_each_is_refused_without_it(client, cast):
    """A token of a learner with every scope, one of HR for figures (before the first sheet), one of nobody, a session."""
    operations = [(path, method) for path, kinds in api.get_openapi_schema()["paths"].items() for method in kinds]
    learner, hr = bearing(make_token(cast.lea, *EVERYTHING, by=cast.admin)), make_token(cast.hr, "figures", by=cast.admin)
    of_hr = bearing(hr)
    client.force_login(cast.hr2)

    found = {}
    for path, method in operations:
        where = path.replace("{code}", "A" * 26).replace("{run}", "3fa85f64-5717-4562-b3fc-2c963f66afa6")
        ask = getattr(client, method)
        files = {"file": SimpleUploadedFile("a.csv", b"")} if method == "post" else {}
        answers = [ask(where, files, headers=headers) for headers in ({}, learner, of_hr, {"authorization": "Bearer lfp_a_b"})]
        found[path.removeprefix(PAGE)] = [answer.status_code for answer in answers]

    cells = {view.view_func.cell for _prefix, router in api._routers for view in _operations(router)}
    assert cells <= {(column, action) for column in access.CELLS for action in "RWAX"}
    assert found == {
        "completions": [401, 403, 403, 401],
        "assignments": [401, 403, 403, 401],
        "figures": [401, 403, 503, 401],
        "structures": [401, 403, 403, 401],
        "courses": [401, 200, 403, 401],
        "certificates/{code}": [401, 404, 403, 401],
        "feed": [401, 403, 403, 401],
        "feed/{run}": [401, 403, 403, 401],
    }


def _operations(router):
    return [operation for view in router.path_operations.values() for operation in view.operations]


def test_threat_4_28_a_token_acts_as_its_owner_may_at_the_next_request(asked, cast, learned):
    before = asked(cast.hr, "completions").status_code

    RoleGrant.objects.filter(person=cast.hr).delete()
    without_role = asked(cast.hr, "completions").status_code
    User.objects.filter(pk=cast.hr.pk).update(is_active=False)

    assert (before, without_role, asked(cast.hr, "completions").status_code) == (200, 403, 401)


def test_requests_are_limited_for_a_token_and_for_strangers(client, cast):
    headers = bearing(make_token(cast.lea, "courses", by=cast.admin))

    mine = [client.get(f"{PAGE}courses", headers=headers).status_code for _time in range(REQUESTS + 1)]
    wrong = {"authorization": "Bearer lfp_a_b"}
    theirs = [client.get(f"{PAGE}courses", headers=wrong) for _time in range(STRANGERS + 1)]

    assert (set(mine[:-1]), mine[-1]) == ({200}, 429)
    assert [answer.status_code for answer in theirs] == [401] * STRANGERS + [429]
    assert theirs[-1]["Retry-After"] == "60"


# --- what she gets -----------------------------------------------------------------------------------------------------


def test_completions_within_the_owners_reach_in_pages_with_the_purpose_in_the_log(asked, cast, learned):
    of_hr = asked(cast.hr, "completions?limit=2")
    rest = asked(cast.hr, f"completions?after={of_hr.json()['next']}")
    of_focal = asked(cast.focal, "completions")

    assert names(of_hr) | names(rest) == {"Lea Learner", "Nora Field", cast.stranger.official_name}
    assert (len(of_hr.json()["rows"]), len(rest.json()["rows"]), rest.json()["next"]) == (2, 1, None)
    assert names(of_focal) == {"Lea Learner", "Nora Field"}
    numbers = {row["person"]["staff_number"] for row in of_hr.json()["rows"]}
    assert None not in numbers
    assert {row["person"]["staff_number"] for row in of_focal.json()["rows"]} == {None}
    entry = AccessEntry.objects.filter(actor=cast.focal, what="API: completions").get()
    assert (entry.count, entry.purpose) == (2, "The personnel system reads along")


def test_completions_by_course_and_days(asked, cast, learned):
    day = today() - timedelta(days=9)

    counts = [
        len(asked(cast.hr, f"completions?{query}").json()["rows"])
        for query in (
            "course=tst",
            "course=other",
            f"completed_from={day}",
            f"completed_before={day}",
            f"completed_from={day + timedelta(days=1)}",
        )
    ]

    assert counts == [3, 0, 3, 0, 0]


def test_assignments_are_those_of_the_sheet_with_its_day(asked, cast, learned):
    answer = asked(cast.head, "assignments").json()

    states = {row["person"]["name"]: row["state"] for row in answer["rows"]}
    mine = access.people(cast.head, "P3", "X", within=access.NAMED)
    expected = Assignment.objects.with_state(today()).filter(person__in=mine)
    assert states == {row.person.official_name: row.state for row in expected.select_related("person")}
    assert (answer["day"], answer["time_zone"]) == (today().isoformat(), "Europe/Vienna")


def test_assignments_in_pages_by_state_and_structure(asked, cast, learned):
    found, after = [], ""
    while after is not None:
        page = asked(cast.hr, f"assignments?limit=4&after={after}").json()
        found += [row["person"]["name"] for row in page["rows"]]
        after = page["next"]

    of_mission = names(asked(cast.hr, "assignments?structure=mis&state=done"))

    assert sorted(found) == sorted(person.official_name for person in User.objects.filter(postings__isnull=False))
    assert of_mission == {"Lea Learner", "Nora Field"}
    assert asked(cast.hr, "assignments?after=x").status_code == 422


@pytest.mark.parametrize("path", ["completions", "assignments"])
def test_the_number_of_queries_does_not_grow_with_the_rows(
    asked, cast, learned, path, django_assert_max_num_queries, django_assert_num_queries
):
    asked(cast.hr, path)
    with django_assert_max_num_queries(12) as few:
        asked(cast.hr, f"{path}?limit=1")

    with django_assert_num_queries(len(few)):
        asked(cast.hr, path)


def test_structures_within_reach_and_courses(asked, cast, learned):
    codes = {row["code"]: row["parent"] for row in asked(cast.focal, "structures").json()["rows"]}
    courses = asked(cast.lea, "courses").json()["rows"]

    assert codes == {"MIS": None, "MIS-F": "MIS"}
    assert [(row["code"], row["languages"]) for row in courses] == [("TST", ["en"])]
    assert len(asked(cast.hr, "structures").json()["rows"]) == 4


def test_a_certificate_is_checked_as_on_its_page_without_a_name(asked, cast, course):
    complete(cast.lea, course)
    code = cast.lea.certificates.get().code

    answers = [asked(cast.ben, f"certificates/{code}{query}").json() for query in ("", "?name=Lea Learner", "?name=Ben")]
    tries = [asked(cast.ben, f"certificates/{code}?name=x").status_code for _time in range(4)]

    assert [answer["name_matches"] for answer in answers] == [None, True, False]
    assert answers[0]["state"] == "valid"
    assert "Lea" not in str(answers[0])
    assert tries == [200, 200, 200, 429]


def test_who_has_an_answer_already_gets_none(asked, cast, learned):
    first = asked(cast.hr, "structures")
    again = asked(cast.hr, "structures", **{"if-none-match": first["ETag"]})
    make_person("Somebody New", structure=cast.mission)

    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert asked(cast.hr, "completions", **{"if-none-match": first["ETag"]}).status_code == 200


def test_figures_are_those_of_the_first_page_and_readers_of_totals_are_told_what_it_tells_them(asked, cast, learned):
    for number in range(9):
        make_person(f"Busy {number}", structure=cast.mission)
    assigning.apply_rules(today())
    sheeting.follow(today())
    trending.follow_months(today())

    of_hr = asked(cast.hr, "figures").json()
    of_overview = asked(cast.overview, "figures").json()

    everybody = Coverage(cast.hr, sheets.living(), Filter())
    assert of_hr["groups"][0]["shares"][0] == {
        "course": None,
        "held": everybody.whole.held.value,
        "asked": everybody.whole.of.value,
    }
    told = Totals(totals.months()[0], "structure")
    assert [group["name"] for group in of_overview["groups"]] == ["", *(line.name for line in told.lines)]
    assert of_overview["day"] == str(totals.months()[0])
    assert asked(cast.overview, f"figures?month={today()}").status_code == 404
    assert asked(cast.manager, "figures").status_code == 403


# --- the feed ----------------------------------------------------------------------------------------------------------


def test_a_feed_is_looked_at_applied_or_waits_for_a_second_officer(client, cast, folder):
    headers = bearing(make_token(cast.hr, "feed", by=cast.admin))

    def send(rows, **values):
        file = SimpleUploadedFile("staff.csv", "".join(feed(*rows, columns=COLUMNS)).encode())
        return client.post(f"{PAGE}feed", {"file": file, **values}, headers=headers)

    rows = whole()
    seen = send(rows).json()
    applied = send(rows, apply="true").json()
    half = send(rows[: len(rows) // 2], apply="true").json()
    report = client.get(f"{PAGE}feed/{half['id']}", headers=headers).json()
    spoilt = client.post(f"{PAGE}feed", {"file": SimpleUploadedFile("a.csv", b"a,b\n1,2\n")}, headers=headers)

    assert [answer["state"] for answer in (seen, applied, half)] == ["seen", "applied", "waiting"]
    assert {line["outcome"] for line in report["lines"]} == {"left"}
    assert (spoilt.status_code, "staff number" in spoilt.json()["error"]) == (422, True)
    assert FeedRun.objects.filter(uploaded_by=cast.hr).count() == 3
