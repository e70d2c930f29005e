"""What could go wrong on purpose, each with the test that shows its control. The number is that of the threat."""

import json
import logging
import re
from base64 import b64encode
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.urls import URLResolver, get_resolver, reverse
from django.utils import timezone

from courses import answering
from courses.models import Answer, Completion, ModulePage, ModuleProgress, Question
from courses.statements import module_completed
from lms.days import today
from lms.people import appointing, naming, unlocking
from lms.people.models import Role
from lms.xapi import granting, queries
from tests.content.test_rating import send
from tests.factories.course import make_guide
from tests.factories.learning import complete, enrol, read_module, sit_quiz

# Threats whose control is shown elsewhere: number → file::test.
ELSEWHERE = {
    3: "tests/lms/people/test_sign_in.py",
    4: "tests/lms/people/test_sign_in.py",
    5: "tests/certificates/test_verification.py::test_five_names_an_hour_and_no_more",
    6: "tests/courses/test_completing.py::test_with_hrs_agreement_the_certificate_is_issued_once",
    7: "tests/certificates/test_verification.py::test_unknown_and_malformed_codes_are_answered_alike",
    14: "tests/content/test_views.py::test_nothing_at_the_keepers_desk_or_in_the_admin_tells_who_sent_it_or_when",
    16: "tests/content/test_views.py::test_a_reported_text_is_hidden_everywhere_until_two_administrators_decide",
    17: "tests/content/test_desks.py::test_withdrawn_numbers_are_gone_from_the_next_page",
    18: "tests/browser/test_learner.py::test_quick_exit_blanks_the_page_before_it_leaves",
    22: "tests/lms/reports/test_exports.py",
    24: "tests/lms/people/test_recording.py",
    27: "tests/lms/reports/test_groups.py",
    30: "tests/lms/people/test_syncing.py",
    32: "tests/lms/people/test_sign_in.py",
}
ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.parametrize("number", ELSEWHERE)
def test_the_control_is_shown_where_the_list_says(number):
    path, _, name = ELSEWHERE[number].partition("::")

    assert f"def {name or 'test_'}" in (ROOT / path).read_text()


def every_address(resolver=None, prefix="/"):
    """Addresses without arguments."""
    for pattern in (resolver or get_resolver()).url_patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from every_address(pattern, path)
        elif not re.search(r"[<(\\]", path):
            yield path.replace("^", "").replace("$", "")


@pytest.fixture
def credential(db):
    """A client with the widest scope that one administrator can give."""
    return granting.grant(
        "A client",
        scopes=["statements/write", "statements/read/mine"],
        activity_prefix="https://learn.test/xapi/",
        expires_at=timezone.now() + timedelta(days=1),
    )


@pytest.fixture
def call(client, credential):
    key, secret = credential[0].key, credential[1]
    token = b64encode(f"{key}:{secret}".encode()).decode()

    def send_to_store(method: str, body=None, **parameters):
        headers = {"authorization": f"Basic {token}", "x-experience-api-version": "1.0.3"}
        path = reverse("xapi:statements")
        if method == "get":
            return client.get(path, parameters, headers=headers)
        return client.post(path, json.dumps(body), content_type="application/json", headers=headers)

    return send_to_store


def test_1_only_the_one_sign_in_asks_for_a_password(client, db):
    asking = set()
    for path in set(every_address()):
        response = client.get(path)
        if response.status_code == 200 and b'type="password"' in response.content:
            asking.add(path)

    assert asking == {"/account/login/"}


def test_8_a_learner_cannot_post_her_own_passed(call, cast, course):
    """A client that may write about our own activities writes her completion, with her registration: nothing moves."""
    enrolment = enrol(cast.lea, course)
    sent = [
        {
            "actor": {"account": {"homePage": "https://learn.test/xapi", "name": str(cast.lea.uuid)}},
            "verb": {"id": f"http://adlnet.gov/expapi/verbs/{verb}"},
            "object": {"id": f"https://learn.test/xapi/{place}"},
            "context": {"registration": str(enrolment.registration), "revision": "1.0"},
            "result": {"success": True, "completion": True, "score": {"scaled": 1}},
        }
        for verb in ("completed", "passed")
        for place in [f"courses/{course.page.translation_key}", f"modules/{course.quiz.translation_key}"]
    ]

    answer = call("post", sent)

    assert answer.status_code == 200
    assert (ModuleProgress.objects.count(), Completion.objects.count()) == (0, 0)


def test_9_a_stolen_key_moves_nothing(call, cast, course):
    complete(cast.lea, course)
    before = (list(ModuleProgress.objects.values()), list(Completion.objects.values()))
    sent = {
        "actor": {"mbox": "mailto:thief@client.test"},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/failed"},
        "object": {"id": f"https://learn.test/xapi/modules/{course.quiz.translation_key}"},
    }

    statuses = {call("post", [sent] * 10).status_code for _ in range(10)}

    assert statuses == {200}
    assert (list(ModuleProgress.objects.values()), list(Completion.objects.values())) == before


def test_10_taking_ids_does_not_stop_a_learner(call, cast, course):
    """Somebody who could compute the ids of our pages (she cannot: the namespace is secret) takes one first."""
    from courses.grounds import ground_of
    from courses.models import Enrolment

    enrolment = Enrolment.objects.for_acts(today()).get(pk=enrol(cast.lea, course).pk)
    squatted = module_completed(ground_of(enrolment), module=course.second.translation_key, title="")["id"]
    call(
        "post",
        {
            "id": squatted,
            "actor": {"mbox": "mailto:squatter@client.test"},
            "verb": {"id": "http://adlnet.gov/expapi/verbs/completed"},
            "object": {"id": "https://learn.test/xapi/x"},
        },
    )

    read_module(enrolment, course.reading)
    read_module(enrolment, course.second)
    sit_quiz(enrolment, course.quiz)

    assert Completion.objects.get().person == cast.lea


def test_11_a_client_voids_only_what_it_wrote(call, cast, course):
    complete(cast.lea, course)
    target = Completion.objects.get().statement
    void = {
        "actor": {"mbox": "mailto:a@client.test"},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/voided"},
        "object": {"objectType": "StatementRef", "id": str(target)},
    }

    assert call("post", void).status_code == 403
    assert queries.digest_of(target) is not None


def everything_she_can_fetch(client, course) -> dict[str, str]:
    """Crawls from her first page; follows every link of ours, and reads what the page loads."""
    waiting, seen = ["/my/", "/learn/", "/learn/tst/"], {}
    waiting += [f"/learn/tst/{course.quiz.translation_key}/quiz/{place}/" for place in range(1, 6)]
    while waiting:
        path = waiting.pop().split("#")[0]
        if path in seen or path.startswith("/static/"):
            continue
        response = client.get(path)
        text = response.content.decode(errors="replace") if not response.streaming else ""
        seen[path] = text + json.dumps(dict(response.headers))
        if response.headers.get("Location", "").startswith("/"):
            waiting.append(response.headers["Location"])
        waiting += list(re.findall(r'(?:href|src)="(/[^"]*)"', text))
    return seen


def test_12_no_key_of_an_unanswered_item_can_be_fetched(signed_in, cast, course):
    """Nothing that she can reach tells which option of a drawn item is right, before she answered it."""
    enrolment = enrol(cast.lea, course)
    attempt = answering.start_quiz(enrolment, module=course.quiz.translation_key)
    seen = everything_she_can_fetch(signed_in(cast.lea), course)

    tell_tales = [question.rationale for question in course.items] + [question.source for question in course.items]
    found = [(path, words) for path, text in seen.items() for words in tell_tales if words in text]
    assert found == []
    assert len(attempt.drawn) == 4
    items = [text for path, text in seen.items() if re.search(r"/quiz/\d+/$", path) and "<fieldset" in text]
    assert len(items) == 4
    for text in items:
        markup = {re.sub(r'value="\w+"|<span.*?</span>', "", option) for option in re.findall(r"<label class=.*?</label>", text)}
        assert len(markup) == 1, "the options of an item differ in more than key and text"


@pytest.mark.parametrize("path", ["/xapi/statements", "/admin/api/main/pages/", "/admin/snippets/courses/question/"])
def test_12_nor_by_the_store_or_the_editors_side(signed_in, cast, course, path):
    assert signed_in(cast.lea).get(path).status_code in {400, 401, 403}


def test_12_statements_of_ours_hold_no_pattern(cast, course):
    complete(cast.lea, course)

    page = queries.page(queries.Filter(), readable=queries.readable_by(_reader()))

    assert "correctResponsesPattern" not in "".join(page.bodies)
    assert len(page.bodies) > 5


def _reader():
    credential, _secret = granting.grant(
        "Reader",
        scopes=["statements/read"],
        expires_at=timezone.now() + timedelta(days=1),
        granted_by=uuid4(),
        agreed_by=uuid4(),
    )
    return credential


@pytest.mark.parametrize("who", ["ben", "trainer", "publisher", "hr", "focal", "manager", "admin", "auditor"])
def test_13_nobody_reads_anothers_answers(signed_in, cast, course, who):
    enrolment = enrol(cast.lea, course)
    answering.answer_check(enrolment, module=course.reading.translation_key, question=course.check, response=["c"], try_number=1)
    sit_quiz(enrolment, course.quiz, wrong={"TST-Q1"})
    client = signed_in(getattr(cast, who))

    pages = [
        client.get(f"/learn/tst/{course.reading.translation_key}/{course.screens[1]}/"),
        client.get(f"/learn/tst/{course.quiz.translation_key}/quiz/"),
        client.get(f"/learn/tst/{course.quiz.translation_key}/quiz/1/"),
        client.get("/reports/course/tst/"),
        client.get(f"/people/{cast.lea.uuid}/"),
    ]

    texts = "".join(page.content.decode() for page in pages if page.status_code == 200)
    assert [word for word in ("Not quite", "Not passed", "your answer", "0.75", "3 of 4") if word in texts] == []


def test_13_no_answer_in_the_logs(signed_in, cast, course, caplog):
    enrol(cast.lea, course)
    url = f"/learn/tst/{course.reading.translation_key}/{course.screens[1]}/check/"

    with caplog.at_level(logging.DEBUG):
        caplog.handler.setLevel(logging.INFO)
        signed_in(cast.lea).post(url, {"question": course.check.translation_key, "try_number": 1, "option": "b"})

    assert Answer.objects.get().response == ["b"]
    assert "option" not in caplog.text


def test_23_the_verbs_refuse_and_not_only_the_forms(cast):
    refusals = [
        lambda: appointing.grant(cast.lea, Role.ADMINISTRATOR, by=cast.lea, starts_on=today()),
        lambda: appointing.grant(cast.lea, Role.HEAD, by=cast.admin, starts_on=today()),
        lambda: appointing.end(cast.admin.grants.get(), by=cast.admin, day=today()),
        lambda: unlocking.set_active(cast.admin, is_active=False, by=cast.admin),
        lambda: unlocking.remove_factor(cast.admin, by=cast.admin),
        lambda: naming.agree(cast.hr, by=cast.hr, to="Somebody"),
        lambda: naming.decline(cast.hr, by=cast.hr, instead_of="Somebody"),
    ]

    for refused in refusals:
        with pytest.raises(ValueError, match=r"\w+"):
            refused()


def test_23_power_takes_a_second_administrator(cast, signed_in):
    waiting = appointing.grant(cast.lea, Role.HR, by=cast.admin, starts_on=today())
    before = signed_in(cast.lea).get("/reports/").status_code

    with pytest.raises(appointing.NotAllowed):
        appointing.approve(waiting, by=cast.admin, day=today())
    appointing.approve(waiting, by=cast.admin2, day=today())

    assert (before, signed_in(cast.lea).get("/reports/").status_code) == (403, 200)


def test_29_too_much_is_refused_in_words(call, client, signed_in, cast, course, settings):
    settings.XAPI_BODY_LIMIT = 10_000
    big = call("post", {"x": "y" * 20_000})
    deep = call("post", json.loads("[" * 200 + "]" * 200))
    form = signed_in(cast.lea).post("/my/profile/", {"display_name": "x" * 2_000_000, "language": "en"})

    assert (big.status_code, big.json()["rule"]) == (413, big.json()["rule"])
    assert deep.status_code == 400
    assert form.status_code in {200, 422}
    cast.lea.refresh_from_db()
    assert cast.lea.display_name == "Lea Learner"


MARKER = "marker-7f3a"


def test_33_an_error_tells_nothing_of_what_was_sent(signed_in, cast, course, monkeypatch, caplog, capsys):
    """A fault in our own code, with a marker in the form: it is in no answer and in no log."""
    guide = make_guide()
    client = signed_in(cast.lea)
    client.raise_request_exception = False
    monkeypatch.setattr("content.rating.send", lambda *args, **options: 1 / 0)
    data = {
        "submission": str(uuid4()),
        "used_for": "training",
        **dict.fromkeys(["useful", "accurate", "easy"], 3),
        "up_to_date": "yes",
        "would_recommend": "yes",
        "comment": MARKER,
    }

    with caplog.at_level(logging.DEBUG):
        response = client.post(f"/library/{guide.translation_key}/comment/", data)

    printed = capsys.readouterr()
    assert response.status_code == 500
    assert "Something went wrong here" in response.content.decode()
    assert MARKER not in response.content.decode() + caplog.text + printed.out + printed.err


def test_34_the_store_takes_no_cookies(signed_in, cast, course):
    client = signed_in(cast.lea)
    client.handler.enforce_csrf_checks = True

    answers = [
        client.post("/xapi/statements?method=PUT", {"content": "{}"}, headers={"x-experience-api-version": "1.0.3"}),
        client.post("/xapi/statements", "{}", content_type="application/json", headers={"x-experience-api-version": "1.0.3"}),
        client.get("/xapi/statements", headers={"x-experience-api-version": "1.0.3"}),
    ]

    assert [answer.status_code for answer in answers] == [401, 401, 401]
    assert [list(answer.cookies) for answer in answers] == [[], [], []]


def test_34_forms_of_ours_need_their_token(signed_in, cast, course):
    client = signed_in(cast.lea)
    client.handler.enforce_csrf_checks = True

    response = client.post("/learn/tst/start/")

    assert response.status_code == 403
    assert "This page stood open too long" in response.content.decode()


def test_14_two_senders_in_small_places_look_the_same(cast):
    guide = make_guide()
    for person in (cast.stranger, cast.trainer):
        person.postings.update(function_group="media")
    one, other = send(guide, cast.stranger), send(guide, cast.trainer)

    hidden = {"id", "submission"}
    assert {name: value for name, value in vars(one).items() if name not in hidden and name[0] != "_"} == {
        name: value for name, value in vars(other).items() if name not in hidden and name[0] != "_"
    }


def test_a_page_of_a_module_is_only_reached_by_the_enrolled(signed_in, cast, course):
    """The content page of a module leads to the player, which asks for an enrolment."""
    page = ModulePage.objects.get(pk=course.reading.pk)

    response = signed_in(cast.ben).get(page.get_url())

    assert response.headers["Location"] == f"/learn/tst/{course.reading.translation_key}/"
    assert Question.objects.count() == 6
