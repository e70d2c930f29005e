"""Statements as administrators and auditors see them: masked, logged, and each within her reach."""

import json
import re
from html import unescape
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from courses import exempting
from courses.models import Course
from courses.statements import verb_id
from lms.days import today
from lms.people import auditing
from lms.people.models import AccessEntry, Case
from lms.reports import explorer, forms
from lms.xapi.models import Statement
from tests.factories.course import make_course
from tests.factories.learning import complete, enrol, sit_quiz
from tests.factories.outside import told, void_of
from tests.lms.xapi.outside import PREFIX, make_outside

PATH = "/reports/statements/"
NOBODY = "00000000-0000-4000-8000-000000000000"


def shown(response) -> list:
    assert response.status_code == 200
    return [row.shown for row in response.context["rows"]]


def verbs(response) -> list[str]:
    return sorted({row.verb for row in shown(response)})


@pytest.fixture
def small_pages(monkeypatch):
    monkeypatch.setattr(forms, "PAGE", 2)
    monkeypatch.setattr(explorer, "PAGE", 2)


@pytest.fixture
def case(cast, course):
    key = course.page.translation_key
    return auditing.open_case(cast.auditor, cast.lea, course=key, reason="A complaint.", by=cast.admin)


# --- administrators ------------------------------------------------------------------------------------------------------
def test_an_administrator_sees_who_began_and_finished_by_pseudonym(signed_in, cast, course):
    enrolment = complete(cast.lea, course)

    response = signed_in(cast.admin).get(PATH)

    assert verbs(response) == ["completed", "passed", "registered"]
    assert {row.pseudonym for row in shown(response)} == {str(cast.lea.uuid)}
    assert {(row.registration, row.authority) for row in shown(response)} == {(str(enrolment.registration), "platform")}
    assert "Lea Learner" not in response.content.decode()


def test_threat_13_no_failed_or_answered_line_and_no_score_is_there(signed_in, cast, course):
    sit_quiz(enrol(cast.lea, course), course.quiz, wrong={"TST-Q1"})

    response = signed_in(cast.admin).get(PATH)

    page = response.content.decode()
    assert (verbs(response), len(shown(response))) == (["registered"], 1)
    assert [word for word in ("answered", "failed", "scaled", "0.75", "response", "extensions") if word in page] == []


def test_threat_24_the_raw_statement_is_masked_as_well(signed_in, cast, course):
    complete(cast.lea, course)

    response = signed_in(cast.admin).get(PATH)

    texts = re.findall(r"<pre[^>]*>(.*?)</pre>", response.content.decode(), re.S)
    raw = [json.loads(unescape(text)) for text in texts]
    assert [one["id"] for one in raw] == [row.id for row in shown(response)]
    assert {name for one in raw for name in one} == {
        *("id", "verb", "actor", "authority", "object", "context", "ruleMet", "timestamp", "stored", "hash")
    }


def test_each_filter_finds_its_own(signed_in, cast, course):
    lea, ben = complete(cast.lea, course), enrol(cast.ben, course)
    client = signed_in(cast.admin)
    second = f"{settings.XAPI_BASE_IRI}/modules/{course.second.translation_key}"

    def found(**filters):
        return {(row.verb, row.pseudonym) for row in shown(client.get(PATH, filters))}

    everything = found()
    assert found(pseudonym=cast.ben.uuid) == {("registered", str(cast.ben.uuid))}
    assert found(registration=ben.registration) == {("registered", str(cast.ben.uuid))}
    assert found(verb="passed") == {("passed", str(cast.lea.uuid))}
    assert found(activity=second) == {("completed", str(cast.lea.uuid))}
    assert found(verb="completed", registration=lea.registration, activity=second) == {("completed", str(cast.lea.uuid))}
    assert found(until="2020-01-01T00:00") == found(since="2120-01-01T00:00") == set()
    assert found(since="2020-01-01T00:00", until="2120-01-01T00:00") == everything


@pytest.mark.parametrize(
    "wrong", [{"pseudonym": "lea"}, {"verb": "failed"}, {"activity": "no scheme"}, {"since": "yesterday"}, {"registration": "1"}]
)
def test_a_wrong_filter_is_said_in_words_and_finds_nothing(signed_in, cast, wrong):
    response = signed_in(cast.admin).get(PATH, wrong)

    assert (response.status_code, "rows" in response.context) == (422, False)


def test_pages_lose_nothing_and_double_nothing(signed_in, cast, course, small_pages):
    complete(cast.lea, course)
    complete(cast.ben, course)
    client, found, after = signed_in(cast.admin), [], ""
    while after is not None and len(found) < 30:
        response = client.get(PATH, {"after": after})
        assert len(shown(response)) <= 2
        found += [row.id for row in shown(response)]
        after = response.context["more"]

    visible = Statement.objects.filter(body__regex=r'"verb":\{"id":"[^"]*/(registered|completed|passed)"').order_by("-seq")
    assert found == [str(one) for one in visible.values_list("id", flat=True)]
    assert len(found) > 6


def test_what_cannot_be_shown_leaves_no_gap_in_a_page(signed_in, cast, course, small_pages):
    """Somebody outside passes questions: such lines are not shown, and the page is as full as without them."""
    client = make_outside("all")
    actor = {"mbox": "mailto:a@b.test"}
    thing = {"id": f"{PREFIX}a"}
    question = thing | {
        "definition": {"interactionType": "true-false", "type": "http://adlnet.gov/expapi/activities/cmi.interaction"}
    }
    line = {"actor": actor, "verb": {"id": verb_id("passed")}}
    client.post([line | {"object": thing}, *[line | {"object": question}] * 7, line | {"object": thing}])

    response = signed_in(cast.admin).get(PATH)

    assert ([row.activity for row in shown(response)], response.context["more"]) == ([f"{PREFIX}a"] * 2, None)


def test_what_was_taken_back_is_there_and_says_so(signed_in, cast, course):
    client = make_outside("all")
    act = told(enrol(cast.lea, course), course.reading)
    hidden = told(enrol(cast.ben, course), course.reading, "failed")
    client.post([act, hidden])
    client.post([void_of(act), void_of(hidden)])

    response = signed_in(cast.admin).get(PATH)

    lines = {row.shown.id: (row.line.is_voided, row.shown.rule_met) for row in response.context["rows"]}
    assert lines[act["id"]] == (True, False)
    assert [row.target for row in shown(response) if row.verb == "voided"] == [act["id"]]
    assert hidden["id"] not in response.content.decode()


def test_every_look_is_logged_with_its_filter(signed_in, cast, course):
    enrol(cast.lea, course)

    signed_in(cast.admin).get(PATH, {"verb": "registered", "pseudonym": cast.lea.uuid})

    entry = AccessEntry.objects.get()
    assert (entry.actor, entry.what, entry.count) == (cast.admin, "statements", 1)
    assert entry.selection == {"verb": "registered", "pseudonym": str(cast.lea.uuid)}


@pytest.mark.parametrize("who", ["lea", "hr", "auditor", "trainer", "manager", "head", "overview"])
def test_nobody_else_explores(signed_in, cast, who):
    assert signed_in(getattr(cast, who)).get(PATH).status_code == 403


def test_a_page_costs_as_many_queries_with_one_learner_as_with_three(signed_in, cast, course, django_assert_max_num_queries):
    client = signed_in(cast.admin)
    client.get(PATH)
    for person in (cast.lea, cast.ben, cast.nora):
        complete(person, course)
        with django_assert_max_num_queries(8):
            client.get(PATH)


# --- cases ---------------------------------------------------------------------------------------------------------------
def test_an_auditor_sees_one_person_in_one_course(signed_in, cast, course, case):
    other = make_course("OTH", key=uuid4())
    enrolment = complete(cast.lea, course)
    for person, made in ((cast.ben, course), (cast.lea, other)):
        complete(person, made)

    response = signed_in(cast.auditor).get(f"{PATH}cases/{case.pk}/")

    assert verbs(response) == ["completed", "passed", "registered"]
    assert {(row.pseudonym, row.registration) for row in shown(response)} == {(str(cast.lea.uuid), str(enrolment.registration))}
    assert "Lea Learner" in response.content.decode()


def test_of_others_in_her_registration_nothing_is_told(signed_in, cast, course, case):
    act = told(enrol(cast.lea, course), course.reading, actor={"mbox": "mailto:ben@osce.test"})
    make_outside("all").post(act)

    response = signed_in(cast.auditor).get(f"{PATH}cases/{case.pk}/")

    assert verbs(response) == ["registered"]


def test_a_look_into_a_case_is_logged_with_its_purpose(signed_in, cast, course, case):
    enrol(cast.lea, course)

    signed_in(cast.auditor).get(f"{PATH}cases/{case.pk}/")

    entry = AccessEntry.objects.get(what="case")
    assert (entry.actor, entry.person, entry.purpose, entry.count) == (cast.auditor, cast.lea, "A complaint.", 1)
    assert entry.selection == {"case": str(case.pk), "course": "TST"}


def test_of_an_exemption_she_sees_the_class_and_not_what_proves_it(signed_in, cast, course, case, folder):
    days = {"starts_on": today(), "day": today(), "by": cast.hr}
    proof = {"evidence": SimpleUploadedFile("paper.pdf", b"%PDF-1.7 "), "evidence_on": today()}
    row = exempting.ask(cast.lea, Course.objects.get(), reason="equivalent", **days, **proof)
    path, client = f"{PATH}cases/{case.pk}/", signed_in(cast.auditor)
    waiting = client.get(path).content.decode()
    exempting.agree(row, by=cast.hr2)

    agreed = client.get(path).content.decode()

    assert ("equivalent training" in waiting, "equivalent training" in agreed) == (False, True)
    assert [word for word in ("paper", str(cast.hr), str(cast.hr2)) if word in agreed] == []
    assert [client.get(f"/reports/exemptions/{door}").status_code for door in ("", f"{row.pk}/evidence/")] == [403, 404]


def test_a_case_that_is_closed_or_anothers_is_404_like_none(signed_in, cast, case, course):
    client = signed_in(cast.auditor)
    open_one = client.get(f"{PATH}cases/{case.pk}/").status_code
    Case.objects.update(closes_on=today())

    closed, none = (client.get(f"{PATH}cases/{key}/") for key in (case.pk, 9_999))

    assert (open_one, closed.status_code, none.status_code) == (200, 404, 404)
    assert AccessEntry.objects.filter(was_refused=True, actor=cast.auditor).count() == 2


def test_the_administrator_who_opened_it_does_not_look_into_it(signed_in, cast, case):
    assert signed_in(cast.admin).get(f"{PATH}cases/{case.pk}/").status_code == 403


def test_an_administrator_opens_a_case_on_the_page(signed_in, cast, course):
    asked = {"auditor": cast.auditor.uuid, "person": cast.lea.email.upper(), "course": "TST", "reason": "A complaint."}

    response = signed_in(cast.admin).post(f"{PATH}cases/open/", asked)

    case = Case.objects.get()
    assert (response.status_code, case.auditor, case.person, case.opened_by) == (302, cast.auditor, cast.lea, cast.admin)
    assert case.course == Course.objects.get().key


@pytest.mark.parametrize(
    "wrong",
    [{"person": "nobody@osce.test"}, {"reason": ""}, {"course": "NONE"}, {"auditor": "00000000-0000-4000-8000-000000000000"}],
)
def test_a_case_that_cannot_be_is_refused_in_words(signed_in, cast, course, wrong):
    asked = {"auditor": cast.auditor.uuid, "person": cast.lea.email, "course": "TST", "reason": "A complaint."} | wrong

    response = signed_in(cast.admin).post(f"{PATH}cases/open/", asked)

    assert (response.status_code, Case.objects.count()) == (422, 0)


def test_about_herself_an_administrator_is_told_to_ask_another(signed_in, cast, course):
    asked = {"auditor": cast.auditor.uuid, "person": cast.admin.email, "course": "TST", "reason": "A complaint."}

    response = signed_in(cast.admin).post(f"{PATH}cases/open/", asked)

    assert (response.status_code, "ask another administrator" in response.content.decode()) == (422, True)


def test_an_auditor_lists_her_own_open_cases_and_opens_none(signed_in, cast, course, case):
    client = signed_in(cast.auditor)

    response = client.get(f"{PATH}cases/")

    assert [row[0] for row in response.context["rows"]] == [case]
    assert f"{PATH}cases/open/" not in response.content.decode()
    assert client.post(f"{PATH}cases/open/", {}).status_code == 403


# --- scripts -------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("payload", ["javascript:mark()", "data:text/html,mark()", "vbscript:mark()"])
def test_an_activity_that_is_no_address_of_the_web_is_text(signed_in, cast, payload):
    act = {"actor": {"mbox": "mailto:a@b.test"}, "verb": {"id": verb_id("passed")}, "object": {"id": payload}}
    assert make_outside("all").post(act).status_code == 200

    response = signed_in(cast.admin).get(PATH)

    page = response.content.decode()
    assert [row.activity for row in shown(response)] == [payload]
    assert re.search(r"""(?:href|src|action)=["']?\s*(?:javascript|data|vbscript):""", page) is None
    assert "'unsafe-inline'" not in response.headers["Content-Security-Policy"]


def test_a_link_to_outside_tells_nobody_where_it_came_from(signed_in, cast):
    act = {"actor": {"mbox": "mailto:a@b.test"}, "verb": {"id": verb_id("passed")}, "object": {"id": f"{PREFIX}a?x=1&y=2"}}
    make_outside("all").post(act)

    page = signed_in(cast.admin).get(PATH).content.decode()

    assert re.search(r'<a class="long" href="https://learn.example.org/a\?x=1&amp;y=2" rel="noopener noreferrer">', page)
