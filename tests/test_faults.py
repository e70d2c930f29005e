"""Thirteen faults that were found in a comparable product. Each must not exist here."""

import csv
import io
import json
import re
from datetime import UTC, datetime, timedelta
from urllib.parse import quote
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from certificates.models import Certificate
from courses import answering, statements, tracking
from courses.grounds import ground_of
from courses.models import Answer, Attempt, Completion, CoursePage, Enrolment, ModulePage, ModuleProgress, Question
from lms.days import today
from lms.jobs import running
from lms.people import auditing
from lms.people.models import Role
from lms.reports import sheeting
from lms.xapi import granting, queries, storing
from lms.xapi.texts import Refused
from tests.factories.cast import GUIDE_KEY
from tests.factories.course import make_course, make_guide
from tests.factories.learning import complete, enrol, read_module, right_answer, sit_quiz
from tests.factories.people import make_grant
from tests.factories.sessions import convene
from tests.lms.test_doors import routes
from tests.lms.xapi.outside import make_outside

ADL = "http://adlnet.gov/expapi/verbs/"


@pytest.fixture
def client_key(db):
    credential, secret = granting.grant(
        "A client",
        scopes=["statements/write", "statements/read/mine"],
        activity_prefix="https://client.test/",
        expires_at=timezone.now() + timedelta(days=1),
    )
    return credential, secret


@pytest.fixture
def post(client, client_key):
    """Posts a statement, or text, as an outside client."""
    from base64 import b64encode

    credential, secret = client_key
    token = b64encode(f"{credential.key}:{secret}".encode()).decode()

    def send(body):
        text = body if isinstance(body, str) else json.dumps(body)
        headers = {"authorization": f"Basic {token}", "x-experience-api-version": "1.0.3"}
        return client.post("/xapi/statements", text, content_type="application/json", headers=headers)

    return send


def statement(**values) -> dict:
    return {
        "actor": {"mbox": "mailto:a@client.test"},
        "verb": {"id": f"{ADL}completed"},
        "object": {"id": "https://client.test/a"},
        **values,
    }


def evidence() -> tuple:
    return (
        list(Enrolment.objects.values()),
        list(Completion.objects.values()),
        list(Certificate.objects.values()),
        list(Attempt.objects.values()),
        list(Answer.objects.values()),
        list(ModuleProgress.objects.values()),
        [stored.statement for row in Enrolment.objects.all() for stored in queries.of_registration(row.registration, VERBS)],
    )


VERBS = [ADL + verb for verb in statements.VERBS]


# Every door of the editors' side through which content goes: the address, what is sent, and which rows it takes.
PUBLIC = {"include_descendants": "on"}
AWAY = {
    "delete the course": ("/admin/pages/{page}/delete/", {}, CoursePage),
    "delete a module": ("/admin/pages/{quiz}/delete/", {}, ModulePage),
    "delete a question": ("/admin/snippets/courses/question/delete/{item}/", {}, Question),
    "delete the course among others": ("/admin/bulk/wagtailcore/page/delete/?id={page}", {}, CoursePage),
    "delete modules together": ("/admin/bulk/wagtailcore/page/delete/?id={quiz}&id={reading}", {}, ModulePage),
    "delete questions together": ("/admin/bulk/courses/question/delete/?id={item}&id={check}", {}, Question),
    "unpublish the course": ("/admin/pages/{page}/unpublish/", PUBLIC, CoursePage),
    "unpublish a module": ("/admin/pages/{quiz}/unpublish/", PUBLIC, ModulePage),
    "unpublish a question": ("/admin/snippets/courses/question/unpublish/{item}/", {}, Question),
    "unpublish modules together": ("/admin/bulk/wagtailcore/page/unpublish/?id={quiz}&id={reading}", PUBLIC, ModulePage),
}


@pytest.mark.parametrize("way", AWAY)
def test_1_what_editors_take_away_leaves_all_evidence(signed_in, cast, course, way, client):
    done, begun = complete(cast.lea, course), enrol(cast.ben, course)
    read_module(begun, course.reading)
    before, live = evidence(), {row: row.objects.filter(live=True).count() for row in (CoursePage, ModulePage, Question)}
    keys = {
        "page": course.page.pk,
        "quiz": course.quiz.pk,
        "reading": course.reading.pk,
        "item": course.items[0].pk,
        "check": course.check.pk,
    }
    address, sent, model = AWAY[way]

    response = signed_in(cast.publisher).post(address.format(**keys), sent)

    assert response.status_code == 302
    assert model.objects.filter(live=True).count() < live[model]
    # An open enrolment follows the course to its new edition; nothing else changes anywhere.
    assert [{**row, "edition_id": 0} for row in evidence()[0]] == [{**row, "edition_id": 0} for row in before[0]]
    assert (Enrolment.objects.get(pk=done.pk).edition_id, evidence()[1:]) == (done.edition_id, before[1:])
    call_command("rebuild_progress", "--check")
    code = Certificate.objects.get().code
    pages = [
        signed_in(cast.lea).get("/my/"),
        signed_in(cast.hr).get(f"/reports/person/{cast.lea.uuid}/tst/"),
        Client().get(f"/verify/{code}"),
    ]
    assert [page.status_code for page in pages] == [200, 200, 200]
    assert [words in page.content.decode() for words, page in zip((code, "Lea Learner", "is valid"), pages, strict=True)] == [
        True
    ] * 3


def test_2_the_same_statement_three_times_is_one_row(post, client_key):
    sent = statement(id=str(uuid4()))

    answers = [post(sent).status_code for _ in range(3)]

    found = queries.page(queries.Filter(), readable=queries.readable_by(client_key[0]))
    assert (answers, len(found.bodies)) == ([200, 200, 200], 1)


def test_3_the_date_of_the_act_counts_and_not_the_date_of_arrival(cast, course):
    enrolment = enrol(cast.lea, course)
    read_module(enrolment, course.reading)
    sit_quiz(enrolment, course.quiz)
    act = statements.module_completed(ground_of(enrolment), module=course.second.translation_key, title="Second")
    act["timestamp"] = (timezone.now() + timedelta(hours=5)).isoformat()  # a device whose clock is ahead

    storing.record([act])

    completion = Completion.objects.get()
    assert completion.completed_at <= timezone.now()
    assert completion.completed_on == today()


def test_3_an_act_of_last_week_that_arrives_today_is_of_last_week(cast, course):
    enrolment = enrol(cast.lea, course)
    week_ago = timezone.now() - timedelta(days=7)
    act = statements.module_completed(ground_of(enrolment), module=course.second.translation_key, title="Second")
    act["timestamp"] = week_ago.isoformat()

    storing.record([act])

    assert abs(ModuleProgress.objects.get().completed_at - week_ago) < timedelta(seconds=1)


def test_4_what_cannot_be_recorded_is_not_half_done(cast, course, settings):
    enrolment = enrol(cast.lea, course)
    settings.XAPI_BASE_IRI = "no address at all"

    with pytest.raises(Refused):
        answering.answer_check(
            enrolment, module=course.reading.translation_key, question=course.check, response=["b"], try_number=1
        )

    assert (Answer.objects.count(), Attempt.objects.count()) == (0, 0)


def test_5_a_failed_quiz_completes_nothing_and_undoes_nothing(cast, course):
    enrolment = enrol(cast.lea, course)
    sit_quiz(enrolment, course.quiz, wrong={"TST-Q1"})
    failed = ModuleProgress.objects.count()
    sit_quiz(enrolment, course.quiz)
    late = statements.module_judged(
        ground_of(enrolment), module=course.quiz.translation_key, title="", attempt=9, is_passed=False, scaled=0
    )

    storing.record([late])

    assert failed == 0
    assert ModuleProgress.objects.get().passed_at is not None


def test_6_a_module_added_later_leaves_the_completion_with_its_edition(signed_in, cast, course):
    from tests.factories.course import add_module, screen

    complete(cast.lea, course)
    add_module(type(course.page).objects.get(pk=course.page.pk), "Added", [screen("added")]).get_latest_revision().publish()

    page = signed_in(cast.lea).get("/learn/tst/").content.decode()

    assert "You have completed this course" in page
    assert "edition 1.0" in page
    assert "Missing for completion" not in page


def test_7_what_the_store_does_not_know_is_refused_and_not_answered_with_yes(post):
    response = post(statement(result={"completion": True, "completion_status": "completed", "success_status": "passed"}))

    assert (response.status_code, response.json()["path"]) == (400, "$.result.completion_status")


@pytest.mark.parametrize(
    "broken",
    [
        {"verb": {"id": "banana"}},
        {"version": "banana"},
        {"version": "1.0." + "9" * 400},
        {"result": {"success": "banana"}},
        {"object": {"objectType": "banana", "id": "https://client.test/a"}},
    ],
)
def test_8_no_state_is_stored_unchecked(post, broken):
    assert post(statement(**broken)).status_code == 400


@pytest.mark.parametrize("state", ["banana", "x" * 5_000])
def test_8_nor_in_our_own_forms(signed_in, cast, course, state):
    assert signed_in(cast.hr).get("/reports/list/", {"states": state}).status_code == 422
    assert signed_in(cast.owner).post("/library/feedback/", {"chosen": [], "state": state}).status_code == 422


@pytest.mark.parametrize(
    ("text", "path"),
    [
        (
            json.dumps(statement(result={"score": {"scaled": 0}})).replace('"scaled": 0', '"scaled": 1e999'),
            "$.result.score.scaled",
        ),
        (json.dumps(statement(verb={"id": "https://client.test/\x00"})), "$.verb.id"),
        (json.dumps(statement(id="not-a-uuid")), "$.id"),
    ],
)
def test_9_impossible_numbers_and_letters_are_400_with_path_and_rule(post, text, path):
    response = post(text)

    assert (response.status_code, response.json()["path"]) == (400, path)
    assert response.json()["rule"]


NAMES = re.findall(
    r"\w+",
    """q page state structure day course contract_type section guide again answered next code question option try_number
    submission answer chosen decision reason purpose name role ends_on object_keys display_name language comment login
    password email used_for pseudonym verb activity registration since until after auditor person
    words wanted_on note completed_on due_on completion staff_number names held_on place seen whose leader starts_on to""",
)


# What stands in an address where nothing is known to be there.
ANY = {"int": "1", "uuid": str(uuid4()), "uuidstr": str(uuid4()), "slug": "nothing", "account_action": "end-sessions"}


def our_addresses(known: dict[str, str], value: str):
    """Every address outside the editors' side, with the value wherever any text may stand, and what is known elsewhere."""
    for _name, path, _callback in routes():
        if not path.startswith("admin/") and not set("(^$") & set(path):
            path = re.sub(r"<(str|path):\w+>", lambda _: value, path)
            yield "/" + re.sub(r"<(\w+):(\w+)>", lambda match: known.get(match[2], ANY[match[1]]), path)
    yield from (f"/en/{value}/", f"/account/password/reset/key/{value}-{value}/", f"/{value}")


# PostgreSQL alone minds the length of a text; each database has greatest numbers of its own. The rest is the views'.
BAD = ["\0", "9" * 40, *(["-1", "%", "0001-01-01"] if settings.ON_SQLITE else ["x" * 5_000])]


@pytest.mark.parametrize("value", BAD)
@pytest.mark.parametrize("method", ["get", "post"])
def test_8_and_9_no_address_of_ours_breaks_on_what_it_is_sent(client, cast, course, value, method):
    """As somebody who may open all of them. (A NUL and over-long texts broke pages on PostgreSQL only.)"""
    for role in (Role.HR, Role.AUDITOR):
        make_grant(cast.admin, role)
    make_grant(cast.admin, Role.GUIDE_OWNER, keys=[GUIDE_KEY])
    make_grant(cast.admin, Role.FOCAL_POINT, structure=cast.mission)
    enrol(cast.admin, course)
    running.beat()
    known = {
        "code": "tst",
        "module": str(course.reading.translation_key),
        "guide": str(make_guide().translation_key),
        "person": str(cast.lea.uuid),
        "action": "end-sessions",
        "place": "1",
        "grant": str(cast.trainer.grants.get().pk),
        "submission": str(uuid4()),
        "key": str(uuid4()),
        "client_key": make_outside("all").credential.key,
        "request_id": str(uuid4()),
        "mail": "1",
        "exemption": "1",
        "dispute": str(uuid4()),
        "arrangement": str(uuid4()),
        "correction": str(uuid4()),
        "kind": "credit",
        "line": "1",
        "run": str(uuid4()),
        "join": str(uuid4()),
        "session": str(convene(cast, course, "Lea Learner", by=cast.admin).uuid),
        "stand_in": "1",
        "case": str(
            auditing.open_case(cast.admin, cast.lea, course=course.page.translation_key, reason="A complaint.", by=cast.admin2).pk
        ),
    }
    client.raise_request_exception = False
    statuses = {}
    for address in our_addresses(known, quote(value, safe="")):
        if not client.cookies.get(settings.SESSION_COOKIE_NAME) or not client.cookies[settings.SESSION_COOKIE_NAME].value:
            client.force_login(cast.admin)  # at first, and after what signs her out
        statuses[address] = getattr(client, method)(address, dict.fromkeys(NAMES, value)).status_code

    assert {address: status for address, status in statuses.items() if status >= 500} == {}
    assert len(statuses) > 50


def test_10_who_is_not_enrolled_reads_and_posts_nothing_and_get_enrols_nobody(signed_in, cast, course):
    client = signed_in(cast.stranger)
    screen = f"/learn/tst/{course.reading.translation_key}/{course.screens[0]}/"

    answers = [client.get(screen).status_code, client.post(screen + "next/").status_code, client.get("/learn/tst/").status_code]

    assert answers == [302, 404, 200]
    assert not Enrolment.objects.exists()


def test_11_a_statement_older_than_the_enrolment_is_not_lost(cast, course):
    enrolment = enrol(cast.lea, course)
    act = statements.module_completed(ground_of(enrolment), module=course.second.translation_key, title="Second")
    plain = {field.name: getattr(enrolment, field.name) for field in Enrolment._meta.fields}
    Enrolment.objects.filter(pk=enrolment.pk).delete()
    storing.record([act])
    again = Enrolment.objects.create(**plain)

    tracking.rebuild(again)

    assert ModuleProgress.objects.get(enrolment=again).completed_at is not None


def test_12_a_trainer_opens_every_screen_of_her_work(signed_in, cast, course):
    client = signed_in(cast.trainer)
    paths = [
        "/admin/",
        f"/admin/pages/{course.page.pk}/",
        f"/admin/pages/{course.page.pk}/edit/",
        f"/admin/pages/{course.reading.pk}/edit/",
        f"/admin/pages/{course.reading.pk}/history/",
        f"/admin/pages/add/courses/modulepage/{course.page.pk}/",
        "/admin/snippets/courses/question/",
        "/admin/snippets/courses/question/add/",
        f"/admin/snippets/courses/question/edit/{course.check.pk}/",
        "/admin/snippets/content/fact/add/",
        "/admin/images/",
    ]

    assert {path: client.get(path).status_code for path in paths} == dict.fromkeys(paths, 200)


def test_12_an_export_has_a_line_for_each_person_and_no_other(signed_in, cast, course):
    sheeting.follow(today())

    response = signed_in(cast.hr).post("/reports/list/take/?by=person", {"purpose": "check", "form": "csv"})

    lines = list(csv.reader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig"))))
    assert len(lines) == 1 + len(cast.everybody)
    assert all(any(line) for line in lines)


def test_13_the_cost_of_a_completion_does_not_grow_with_the_course(cast, db):
    costs = {}
    for modules, key, person in ((3, "a", cast.lea), (20, "b", cast.ben)):
        made = make_course(f"C{modules}", key=f"{key * 8}-aaaa-4aaa-8aaa-aaaaaaaaaaaa", reading_modules=modules - 2)
        enrolment = enrol(person, made)
        for page in made.page.get_children().specific():
            read_module(enrolment, page)
        attempt = sit_quiz(enrolment, made.quiz, leave=1)
        last = answering.asked_item(attempt.drawn[-1])
        response = right_answer(last.content)
        with CaptureQueriesContext(connection) as captured:
            answering.answer_item(enrolment, module=made.quiz.translation_key, asked=last, response=response)
        costs[modules] = len(captured)

    assert costs[3] == costs[20]
    assert Completion.objects.filter(completed_at__gte=datetime(2020, 1, 1, tzinfo=UTC)).count() == 2
