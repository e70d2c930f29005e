"""The first page of the reports: who sees which numbers, and that each of them is as long as the list it leads to."""

import csv
import io
import re
from datetime import timedelta
from html import unescape

import pytest

from courses import assigning
from courses.models import Course
from lms.days import today
from lms.months import month_ends
from lms.people.models import AccessEntry, Posting, Role, User
from lms.reports import sheeting, sheets, trending
from lms.reports.coverage import Coverage, Number
from lms.reports.filters import PERSON, Filter
from lms.reports.models import Told
from tests.factories.asking import make_completion, make_exemption, make_line, make_offered, make_planned
from tests.factories.people import make_grant, make_person, make_structure

DAY = timedelta(days=1)


@pytest.fixture
def asked(cast) -> Course:
    """Of everybody FND, which is overdue since long ago; Ben, the focal point and her deputy have it, his only for 40 days more.
    Nora is exempt, Lea overdue for 5 days, Sven new; the head can take nothing in his language, nobody the course PLAN."""
    fnd = make_offered("FND")
    make_line(fnd)
    make_line(make_planned("PLAN"))
    make_completion(cast.ben, fnd, today() - 100 * DAY, valid_until=today() + 40 * DAY)
    for person in (cast.focal, cast.deputy):
        make_completion(person, fnd, today() - 100 * DAY)
    make_exemption(cast.nora, fnd, by=cast.hr, agreed=cast.hr2, starts_on=today() - 1000 * DAY)
    for person, days in ((cast.lea, 35), (cast.stranger, 10)):
        Posting.objects.filter(person=person).update(entered_on=today() - days * DAY)
    User.objects.filter(pk=cast.head.pk).update(language="ru")
    assigning.apply_rules(today())
    sheeting.follow(today())
    trending.follow_months(today())
    return fnd


def numbers(page: Coverage) -> list[Number]:
    """All that the page prints."""
    shares = [
        page.whole,
        page.joiners,
        *(share for line in [*page.lines, page.total] for share in (line.whole, *line.shares) if share),
    ]
    found = [page.everybody, page.exempt, page.waiting, page.unasked, page.overdue]
    found += [number for share in shares for number in (share.held, share.of)]
    found += [one.people for one in [*page.late, *page.lapses]]
    return found + [number for _name, number in [*page.joiners_by_state, *page.not_offered]]


def listed(reader: User, chosen: Filter) -> int:
    """How many rows the list of that filter has for her."""
    sheet = sheets.living()
    rows = sheets.people_on(sheet, reader) if chosen.by == PERSON else sheets.rows_on(sheet, reader)
    return chosen.applied(rows, sheet.day, sheet_tree(reader, sheet)).count()


def sheet_tree(reader: User, sheet):
    return Coverage(reader, sheet, Filter()).tree


def links(content: str) -> set[str]:
    """The queries of the links to lists."""
    return {unescape(query) for query in re.findall(r'href="/reports/list/\??([^"]*)"', content)}


LOOKS = [
    ("hr", {}, (3, 15)),
    ("hr", {"function": "human-rights", "contract": "seconded"}, (3, 15)),
    ("focal", {}, (3, 5)),
    ("head", {"function": "police"}, (0, 0)),
]


def test_each_number_is_as_long_as_the_list_it_leads_to(signed_in, cast, asked):
    for name, filters, whole in LOOKS:
        reader = getattr(cast, name)

        answer = signed_in(reader).get("/reports/", filters)

        page = answer.context["page"]
        found = numbers(page)
        assert {number.query: number.value for number in found} == {
            number.query: listed(reader, number.filter) for number in found
        }
        assert links(answer.content.decode()) <= {number.query for number in found} | {page.chosen.query()}
        assert (page.whole.held.value, page.whole.of.value) == whole


def test_who_is_exempt_or_waits_leaves_the_denominator_and_is_named_beside(signed_in, cast, asked):
    page = signed_in(cast.hr).get("/reports/").context["page"]

    beside = (page.everybody.value, page.exempt.value, page.waiting.value, page.unasked.value, page.whole.of.value)
    assert beside == (17, 1, 1, 0, 15)
    assert (page.overdue.value, [one.people.value for one in page.late]) == (11, [1, 0, 0, 10])
    assert [one.people.value for one in page.lapses] == [0, 1, 1]
    assert (page.joiners.held.value, page.joiners.of.value) == (0, 1)
    assert [(course.code, number.value) for course, number in page.not_offered] == [("FND", 1), ("PLAN", 17)]
    lines = {
        line.name: [(share.held.value, share.of.value) for share in (line.whole, *line.shares) if share] for line in page.lines
    }
    assert lines == {"ELSE": [(0, 1)] * 2, "MIS": [(3, 5)] * 2, "SEC": [(0, 9)] * 2}


def test_the_page_of_a_mission_is_about_its_people_only_and_goes_down_to_its_offices(signed_in, cast, asked):
    client = signed_in(cast.focal)

    page = client.get("/reports/").context["page"]
    below = [client.get("/reports/", {"structure": one.pk}) for one in (cast.office, cast.elsewhere)]

    assert (page.everybody.value, [line.name for line in page.lines], page.trend[-2].of) == (7, ["MIS-F"], 5)
    assert [(answer.status_code, answer.context["page"] is None) for answer in below] == [(200, False), (422, True)]
    page = below[0].context["page"]
    assert (page.exempt.value, [line.name for line in page.lines]) == (1, ["MIS-F"])


def test_a_sheet_is_found_by_its_key_and_the_links_keep_it(signed_in, cast, asked):
    sheet = sheets.living()
    client = signed_in(cast.hr)

    answers = [client.get("/reports/", {"sheet": key}) for key in (sheet.uuid, cast.lea.uuid, "nonsense")]

    assert [answer.status_code for answer in answers] == [200, 404, 422]
    assert all(f"sheet={sheet.uuid}" in query for query in links(answers[0].content.decode()))


def test_who_looks_and_who_takes_the_file(signed_in, cast, asked):
    answers = {}

    for name in ("lea", "trainer", "auditor", "admin", "manager", "deputy", "head", "overview", "hr"):
        client = signed_in(getattr(cast, name))
        file = client.post("/reports/csv", {"purpose": "yearly"})
        answers[name] = (client.get("/reports/").status_code, file.status_code)

    assert answers == {
        **dict.fromkeys(("lea", "trainer", "auditor", "admin"), (403, 403)),
        "manager": (302, 403),
        **dict.fromkeys(("deputy", "head", "overview", "hr"), (200, 200)),
    }


def test_a_manager_is_led_to_her_team_and_nothing_is_known_before_the_first_night(signed_in, cast):
    led = signed_in(cast.manager).get("/reports/")
    pages = [signed_in(person).get("/reports/") for person in (cast.hr, cast.overview)]
    files = [signed_in(person).post("/reports/csv", {"purpose": "yearly"}) for person in (cast.hr, cast.overview)]

    assert led.headers["Location"] == "/reports/team/"
    assert [("worked out at night" in page.content.decode(), page.status_code) for page in pages] == [(True, 200)] * 2
    assert [file.headers["Location"] for file in files] == ["/reports/?"] * 2


def test_the_page_costs_the_same_however_many_people_there_are(signed_in, cast, asked, django_assert_max_num_queries):
    client = signed_in(cast.hr)

    for number in (0, 3):
        for _one in range(number):
            make_person(structure=make_structure(f"NEW-{_one}", parent=cast.mission))
        sheeting.follow(today())
        client.get("/reports/")
        with django_assert_max_num_queries(10):
            client.get("/reports/")


# --- totals ---------------------------------------------------------------------------------------------------------------
def read(answer) -> list[list[str]]:
    return list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))


def last_log() -> tuple:
    entry = AccessEntry.objects.latest("pk")
    return entry.what, entry.selection, entry.count, entry.purpose


def test_threat_27_totals_have_no_small_group_no_name_and_no_link_to_people(signed_in, cast, asked):
    client = signed_in(cast.overview)
    month = month_ends(today(), 1)[0]

    page = client.get("/reports/", {"structure": cast.office.pk, "contract": "intern"})
    logged = last_log()
    lines = read(client.post("/reports/csv", {"purpose": "yearly report"}))

    content = page.content.decode()
    named = [name for name, person in cast.everybody.items() if name != "overview" and person.official_name in content]
    assert (page.status_code, named, links(content)) == (200, [], set())
    assert [(line.name, line.whole.of.value) for line in page.context["page"].lines] == [("SEC", 9), ("others, together", 6)]
    assert (page.context["page"].exempt, page.context["page"].day) == (None, month)
    assert lines == [
        ["group", *("all hold it", "all asked", "all per cent"), *("FND hold it", "FND asked", "FND per cent")],
        ["SEC", *("0", "9", "0") * 2],
        ["others, together", *("3", "6", "50") * 2],
        ["all shown here", *("3", "15", "20") * 2],
    ]
    assert (logged[:2], last_log()) == (
        ("coverage in totals", {"month": str(month), "grouping": "structure"}),
        ("coverage in totals", {"month": str(month), "grouping": "structure"}, 2, "yearly report"),
    )


def test_totals_know_ends_of_months_and_one_grouping_at_a_time(signed_in, cast, asked):
    client = signed_in(cast.overview)
    asks = [{"month": today() - DAY if today().day > 1 else today()}, {"grouping": "manager"}, {"grouping": "function"}]

    answers = [client.get("/reports/", ask) for ask in asks]

    assert [answer.status_code for answer in answers] == [422, 422, 200]
    assert [line.name for line in answers[2].context["page"].lines] == ["human rights"]
    assert set(answers[2].context["form"].fields) == {"month", "grouping"}


def test_a_few_names_in_another_role_open_no_small_group(signed_in, cast, asked):
    make_grant(cast.overview, Role.FOCAL_POINT, structure=cast.office)

    page = signed_in(cast.overview).get("/reports/")

    assert ([line.name for line in page.context["page"].lines], links(page.content.decode())) == (
        ["SEC", "others, together"],
        set(),
    )


# --- months -----------------------------------------------------------------------------------------------------------------
def test_late_facts_change_the_trend_and_not_what_was_told(cast, asked):
    month = month_ends(today(), 1)[0]
    told = list(Told.objects.order_by("pk").values())

    make_completion(cast.lea, asked, month)
    written = trending.follow_months(today())

    points = {point.day: (point.held, point.of) for point in Coverage(cast.hr, sheets.living(), Filter()).trend}
    assert (written, points[month], points[month_ends(today(), 2)[0]]) == (3, (4, 15), (3, 15))
    assert list(Told.objects.order_by("pk").values()) == told


def test_a_month_of_which_nothing_may_be_told_says_so(signed_in, cast, asked):
    Told.objects.all().delete()
    Posting.objects.exclude(person__in=[cast.overview, cast.lea]).update(ends_on=today() - 1000 * DAY)

    trending.follow_months(today())
    page = signed_in(cast.overview).get("/reports/")

    assert (page.context["page"].whole, "Nothing can be told of this month" in page.content.decode()) == (None, True)
