"""What could go wrong on purpose, each with the test that shows its control. The number is that of the threat."""

import io
import json
import logging
import re
import zipfile
from datetime import UTC, timedelta
from html import unescape
from pathlib import Path
from urllib.parse import quote, urlencode
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.test import Client
from django.urls import URLResolver, get_resolver, resolve
from django.utils import timezone
from django.utils.html import escape

from certificates import issuing
from certificates.models import Certificate
from content import triaging
from content.models import FeedbackSender, GuideFeedback, TextReport
from courses import answering, statements
from courses.grounds import ground_of
from courses.models import Answer, Attempt, Completion, Enrolment, ModulePage, ModuleProgress, Question
from courses.statements import verb_id
from lms.days import today
from lms.logs import Formatter
from lms.people import appointing, naming, unlocking
from lms.people.access import Scope
from lms.people.models import Role, User
from lms.people.roles import cells_that_open
from lms.refusals import NotAllowed
from lms.reports import sheeting
from lms.xapi import granting, queries, sealing
from lms.xapi.granting import SCOPES
from lms.xapi.identifiers import agent_identifier
from lms.xapi.models import Alarm, Statement
from tests.certificates.test_issuing import award
from tests.content.test_rating import send
from tests.courses.kinds.test_every_kind import make_quiz_of
from tests.factories.course import make_fact, make_guide
from tests.factories.kinds import GRADED
from tests.factories.learning import complete, enrol, read_module, sit_quiz
from tests.factories.outside import PAYLOADS, laden
from tests.lms.reports.sheet_rows import add_row, make_sheet
from tests.lms.xapi.outside import PREFIX, Outside, make_outside
from tests.lms.xapi.past import record, said
from tests.test_permissions import ROWS
from tests.test_sweep import client_of, every_door, may

ROOT = Path(__file__).resolve().parent.parent


def test_every_threat_has_a_test_that_is_named_after_it():
    """By its number: here and in the drill, or beside what it is about, as test_threat_…"""
    texts = {path: path.read_text() for path in (ROOT / "tests").rglob("test_*.py")}
    here = {path for path in texts if path.name in {"test_threats.py", "test_archiving.py"}}

    named = [numbers for path in here for numbers in re.findall(r"^def test_([0-9]+)_", texts[path], re.M)]
    named += [numbers for text in texts.values() for numbers in re.findall(r"^def test_threat_((?:[0-9]+_)+)", text, re.M)]

    assert {int(number) for numbers in named for number in numbers.strip("_").split("_")} == {*range(1, 35)}


def every_address(resolver=None, prefix="/"):
    """Addresses without arguments."""
    for pattern in (resolver or get_resolver()).url_patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from every_address(pattern, path)
        elif not re.search(r"[<(\\]", path):
            yield path.replace("^", "").replace("$", "")


def asking_for_a_password(client) -> set[str]:
    pages = {
        path: client.get(path) for path in set(every_address()) - {"/account/logout/", "/admin/logout/", "/admin/failwhale/"}
    }
    return {path for path, page in pages.items() if page.status_code == 200 and b'type="password"' in page.content}


def test_1_only_the_one_sign_in_asks_for_a_password(client, db):
    assert asking_for_a_password(client) == {"/account/login/"}


def test_1_who_is_signed_in_is_asked_on_the_pages_of_her_own_account_only(signed_in, cast):
    assert asking_for_a_password(signed_in(cast.admin)) == {"/account/reauthenticate/", "/account/password/change/"}


def test_1_no_other_door_takes_a_password(client, cast):
    """Whatever a page calls its fields."""
    names = ("login", "username", "email", "password", "password1", "new_password1", "new_password2")
    sent = {name: cast.admin.email if name in names[:3] else "correct horse battery staple" for name in names}
    doors = [path for path in set(every_address()) - {"/account/login/"} if re.search("log-?in|account|password|sign", path)]

    for door in doors:
        client.post(door, sent)
        assert (door, client.get("/my/").status_code) == (door, 302)
    assert len(doors) > 10
    client.post("/account/login/", sent)
    assert client.get("/my/").status_code == 200


KEYS = {
    "of its own activities": ("statements/write", "statements/read/mine"),
    "of everything": ("all",),
    "that reads everything": ("statements/write", "statements/read"),
}


@pytest.fixture(params=KEYS)
def key(request, db):
    """Each kind of key that writes; the narrow ones for the very activities of our courses."""
    return make_outside(*KEYS[request.param], prefix="https://learn.test/xapi/")


def proof(person, course, registration, **values) -> list[dict]:
    """Everything that our own pages would record of somebody who completes the course, and a few lies more."""
    places = [f"courses/{course.page.translation_key}"]
    places += [f"modules/{module.translation_key}" for module in (course.reading, course.second, course.quiz)]
    seen = [f"modules/{course.reading.translation_key}/screens/{screen}" for screen in course.screens]
    return [
        {
            "actor": {"account": {"homePage": "https://learn.test/xapi", "name": str(person.uuid)}},
            "verb": {"id": f"http://adlnet.gov/expapi/verbs/{verb}"},
            "object": {"id": f"https://learn.test/xapi/{place}"},
            "context": {"registration": str(registration), "revision": "1.0"},
            "result": {"success": True, "completion": True, "score": {"scaled": 1}},
            **values,
        }
        for verb, objects in {"completed": places, "passed": places, "experienced": seen}.items()
        for place in objects
    ]


def learning() -> tuple:
    kept = (Enrolment, Attempt, Answer, ModuleProgress, Completion, Certificate)
    return tuple(list(model.objects.order_by("pk").values()) for model in kept)


AUTHORITY = {"objectType": "Agent", "account": {"homePage": "https://learn.test/xapi", "name": "platform"}}


@pytest.mark.parametrize("lie", [{}, {"authority": AUTHORITY}])
def test_8_nobody_posts_her_own_or_anothers_passed(key, cast, course, lie):
    registrations = {person: enrol(person, course).registration for person in (cast.lea, cast.ben)}
    before = learning()

    statuses = {key.post(proof(*pair, **lie)).status_code for pair in ((cast.lea, course, registrations[cast.lea]),)}
    statuses |= {key.post(proof(cast.lea, course, registrations[cast.ben], **lie)).status_code}
    statuses |= {key.post(proof(cast.stranger, course, uuid4(), **lie)).status_code}

    assert (statuses, learning()) == ({200}, before)
    call_command("rebuild_progress")
    assert learning() == before
    call_command("rebuild_progress", "--check")


def test_8_a_key_of_another_prefix_does_not_even_write(cast, course):
    enrolment = enrol(cast.lea, course)

    assert make_outside("statements/write").post(proof(cast.lea, course, enrolment.registration)).status_code == 403


def test_8_nor_does_the_token_of_her_own_browser(cast, course):
    """It writes about the module that was launched, of her; not even that moves anything."""
    hers, his = enrol(cast.lea, course).registration, enrol(cast.ben, course).registration
    prefix = f"https://learn.test/xapi/modules/{course.second.translation_key}"
    account = {"homePage": "https://learn.test/xapi", "name": str(cast.lea.uuid)}
    token = granting.launch(agent_identifier({"account": account}), registration=hers, activity_prefix=prefix)
    key, before = Outside(*token), learning()

    own = {act["object"]["id"]: key.post(act).status_code for act in proof(cast.lea, course, hers)}
    others = {key.post(act).status_code for act in [*proof(cast.ben, course, his), *proof(cast.ben, course, hers)]}

    assert {status: {place for place in own if own[place] == status} for status in (200, 403)} == {
        200: {prefix},
        403: {*own} - {prefix},
    }
    assert (others, learning()) == ({403}, before)
    call_command("rebuild_progress", "--check")


def test_9_a_stolen_key_moves_nothing_and_ends_at_the_next_request(key, cast, course):
    enrolment = complete(cast.lea, course)
    before = learning()

    statuses = {key.post(proof(cast.lea, course, enrolment.registration)).status_code for _ in range(10)}
    granting.withdraw(key.credential)
    after = [key.post(proof(cast.lea, course, enrolment.registration)).status_code, key.get().status_code]

    assert (statuses, after, learning()) == ({200}, [401, 401], before)


def test_10_taking_ids_does_not_stop_a_learner(cast, course):
    """Somebody who could compute the ids of our pages (she cannot: the namespace is secret) takes those of the way to the end."""
    enrolment = Enrolment.objects.for_acts(today()).get(pk=enrol(cast.lea, course).pk)
    ground = ground_of(enrolment)
    squatted = [
        statements.module_completed(ground, module=course.second.translation_key, title="")["id"],
        statements.course_completed(ground, title="")["id"],
    ]
    thief = make_outside("statements/write")
    taken = [
        {"id": one, "actor": {"mbox": "mailto:a@b.test"}, "verb": {"id": verb_id("completed")}, "object": {"id": f"{PREFIX}x"}}
        for one in squatted
    ]
    assert thief.post(taken).status_code == 200

    read_module(enrolment, course.reading)
    read_module(enrolment, course.second)
    sit_quiz(enrolment, course.quiz)

    completion = Completion.objects.get()
    assert (completion.person, str(completion.statement) in squatted) == (cast.lea, False)
    assert {alarm.what.split()[2] for alarm in Alarm.objects.all()} == set(squatted)
    call_command("rebuild_progress", "--check")


def test_11_no_key_voids_what_our_pages_recorded(key, cast, course):
    enrolment = complete(cast.lea, course)
    verbs = [verb_id(name) for name in ("registered", "experienced", "answered", "completed", "passed")]
    targets = [stored.id for stored in queries.of_registration(enrolment.registration, verbs)]
    before = learning()

    statuses = {key.post(voiding(target)).status_code for target in [*targets, Completion.objects.get().statement]}
    together = key.post([proof(cast.lea, course, enrolment.registration)[0], voiding(targets[0])]).status_code

    assert (statuses, together) == ({403}, 403)
    assert [stored.id for stored in queries.of_registration(enrolment.registration, verbs)] == targets
    call_command("rebuild_progress")
    assert learning()[4:] == before[4:]
    call_command("rebuild_progress", "--check")


def test_11_whatever_a_key_may_besides(cast, course):
    """Of each scope: what our pages recorded is voided by none."""
    target = Completion.objects.get(enrolment=complete(cast.lea, course)).statement
    before = learning()

    statuses = {
        scope: make_outside(*scopes, prefix="https://learn.test/xapi/").post(voiding(target)).status_code
        for scope, scopes in {
            scope: {scope, "statements/write"} - {"statements/write" if scope == "all" else ""} for scope in SCOPES
        }.items()
    }

    assert (statuses, learning()) == (dict.fromkeys(SCOPES, 403), before)


def test_11_nor_what_another_client_wrote(key, cast):
    other = make_outside("statements/write")
    act = {"actor": {"mbox": "mailto:a@b.test"}, "verb": {"id": verb_id("completed")}, "object": {"id": f"{PREFIX}a"}}
    [target] = other.post(act).json()

    assert key.post(voiding(target)).status_code == 403
    assert other.post(voiding(target)).status_code == 200


def voiding(target) -> dict:
    return {
        "actor": {"mbox": "mailto:a@client.test"},
        "verb": {"id": verb_id("voided")},
        "object": {"objectType": "StatementRef", "id": str(target)},
    }


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


def test_12_nor_of_any_kind_of_question(client, cast, course):
    """Every graded kind, drawn by her and answered rightly by a colleague: neither the pages nor the definitions tell."""
    page, questions = make_quiz_of(course, GRADED)
    for person in (cast.ben, cast.lea):
        attempt = answering.start_quiz(enrol(person, course), module=page.translation_key)
    for line in Attempt.objects.get(enrolment__person=cast.ben).drawn:
        asked = answering.asked_item(line)
        enrolment = Enrolment.objects.get(person=cast.ben)
        answering.answer_item(enrolment, module=page.translation_key, asked=asked, response=asked.content.right_response)
    client.force_login(cast.lea)

    seen = everything_she_can_fetch(client, course)
    for place in range(1, len(attempt.drawn) + 1):
        path = f"/learn/tst/{page.translation_key}/quiz/{place}/"
        seen[path] = client.get(path).content.decode()
        for sent in ({}, {"option": "x", "number": "x", "try_number": 1}):
            seen[f"{path}answer/ {sent}"] = client.post(f"{path}answer/", sent).content.decode()
    reader = make_outside("all").at("activities")
    for question in questions:
        activity = f"https://learn.test/xapi/questions/{question.translation_key}"
        seen[f"activity {question.code}"] = reader.get(activityId=activity).content.decode()

    told = [words for question in questions for words in (question.rationale, question.source)]
    told += ["correctResponsesPattern", "30.5", "c4[.]p1", "s8[,]s3[,]s5", "k2[,]k9", "c6[.]g3", "is_right"]
    assert [(path, words) for path, text in seen.items() for words in told if words in text] == []
    assert all(str(question.translation_key) in seen[f"activity {question.code}"] for question in questions)
    assert not Answer.objects.filter(attempt__enrolment__person=cast.lea).exists()


def test_12_nor_by_a_wrong_form(signed_in, cast, course):
    """What comes back with a form that was not filled in, or with nonsense, tells nothing either."""
    enrol(cast.lea, course)
    client = signed_in(cast.lea)
    attempt = answering.start_quiz(Enrolment.objects.get(), module=course.quiz.translation_key)

    pages = [
        client.post(f"/learn/tst/{course.quiz.translation_key}/quiz/{place}/answer/", sent).content.decode()
        for place in range(1, len(attempt.drawn) + 1)
        for sent in ({}, {"option": "x", "try_number": 1}, {"option": ["a", "b", "c", "true", "false"], "try_number": 1})
    ]

    told = [question.rationale for question in course.items] + [question.source for question in course.items]
    assert [words for page in pages for words in told if words in page] == []
    assert Answer.objects.count() == 0


INSIDE = [
    "/xapi/statements",
    "/admin/api/main/pages/",
    "/admin/api/main/pages/{quiz}/?fields=*",
    "/admin/pages/{quiz}/edit/",
    "/admin/pages/{quiz}/view_draft/",
    "/admin/pages/{quiz}/edit/preview/",
    "/admin/pages/{quiz}/history/",
    "/admin/snippets/courses/question/",
    "/admin/snippets/courses/question/edit/{item}/",
    "/admin/snippets/courses/question/preview/{item}/",
    "/admin/snippets/courses/question/history/{item}/",
    "/admin/snippets/courses/question/history/{item}/revisions/{revision}/view/",
    "/admin/snippets/choose/courses/question/chosen/{item}/",
]


@pytest.mark.parametrize("who", ["lea", "owner", "focal", "hr", "admin", "auditor", "overview"])
def test_12_nor_by_the_store_or_the_editors_side(client, cast, course, who):
    """Neither do colleagues in other roles get at a key there."""
    item = course.items[0]
    keys = {"quiz": course.quiz.pk, "item": item.pk, "revision": item.live_revision_id}
    client.force_login(getattr(cast, who))

    pages = {path: client.get(path.format(**keys)) for path in INSIDE}

    shown = {path for path, page in pages.items() if page.status_code == 200}
    assert shown <= ({"/admin/api/main/pages/"} if who in {"owner", "admin"} else set())
    assert "Quiz" not in pages["/admin/api/main/pages/"].content.decode()
    assert [path for path, page in pages.items() if item.rationale in page.content.decode()] == []


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
        networks=["192.0.2.0/24"],
    )
    return credential


TOLD = ("Not quite", "Not passed", "0.75", "75 %", "3 of 4")


def told_of_answers(pages, told=TOLD) -> list[str]:
    texts = "".join(b"".join(page).decode(errors="replace") for page in pages if page.status_code == 200)
    return [words for words in told if re.search(rf"(?<!\d){re.escape(words)}(?!\d)", texts)]


@pytest.fixture
def answered(cast, course) -> Enrolment:
    """Lea answered wrongly on a screen and in the quiz, which she did not pass."""
    enrolment = enrol(cast.lea, course)
    answering.answer_check(enrolment, module=course.reading.translation_key, question=course.check, response=["c"], try_number=1)
    sit_quiz(enrolment, course.quiz, wrong={"TST-Q1"})
    sheeting.follow(today())
    return enrolment


@pytest.mark.parametrize("who", ["ben", "trainer", "publisher", "hr", "focal", "manager", "admin", "auditor"])
def test_13_nobody_reads_anothers_answers(signed_in, cast, course, answered, who):
    client = signed_in(getattr(cast, who))

    pages = [
        client.get(f"/learn/tst/{course.reading.translation_key}/{course.screens[1]}/"),
        client.get(f"/learn/tst/{course.quiz.translation_key}/quiz/"),
        client.get(f"/learn/tst/{course.quiz.translation_key}/quiz/1/"),
        client.get("/reports/"),
        client.get("/reports/list/"),
        client.get("/reports/access/"),
        client.get(f"/people/{cast.lea.uuid}/"),
        client.get("/certificates/"),
        client.get("/admin/reports/site-history/"),
        *(client.post(f"/reports/{path}", {"purpose": "curious", "form": "csv"}) for path in ("csv", "list/take/", "access/csv")),
    ]

    assert told_of_answers(pages, (*TOLD, "your answer")) == []


def test_13_nor_behind_any_address_that_names_her(cast, course, answered):
    hers = {"person": str(cast.lea.uuid), "place": "1", "screen": course.screens[1]}
    modules = [str(module.translation_key) for module in (course.reading, course.quiz)]
    every = {path for module in modules for path, _callback in every_door(cast, course, module=module, **hers)}
    paths = [path for path in every if re.search(rf"{cast.lea.uuid}|/tst/", path) and "/admin/" not in path]
    own, others = client_of(cast.lea), {name: client_of(getattr(cast, name)) for name in ("ben", "trainer", "hr", "admin")}

    found = {name: told_of_answers(client.get(path) for path in paths) for name, client in others.items()}

    assert found == dict.fromkeys(others, [])
    assert told_of_answers(own.get(path) for path in paths) != []


def test_13_no_answer_in_the_logs(signed_in, cast, course, caplog):
    enrol(cast.lea, course)
    url = f"/learn/tst/{course.reading.translation_key}/{course.screens[1]}/check/"

    with caplog.at_level(logging.DEBUG):
        caplog.handler.setLevel(logging.INFO)
        signed_in(cast.lea).post(url, {"question": course.check.translation_key, "try_number": 1, "option": "b"})

    assert Answer.objects.get().response == ["b"]
    assert "option" not in caplog.text


def hostile_files(course) -> dict[str, bytes]:
    """What pretends to be a file of questions, by its name."""
    bomb, link = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("questions.csv", b"0" * 20_000_000)
    with zipfile.ZipFile(link, "w") as archive:
        archive.writestr("../../lms/settings.py", "DEBUG = True")
    entity = b'<?xml version="1.0"?><!DOCTYPE q [<!ENTITY a SYSTEM "file:///etc/passwd">]><quiz>&a;</quiz>'
    head = "code,kind,prompt,right,option 1,option 2\n"
    return {
        "bomb.csv": bomb.getvalue(),
        "path.gift": link.getvalue(),
        "archive.zip": bomb.getvalue(),
        "entity.xml": entity,
        "entity.csv": entity,
        "picture.svg": b'<svg xmlns="http://www.w3.org/2000/svg" onload="mark()"/>',
        "../../settings.py": b"DEBUG = True",
        "nul.csv": b"code,kind\0\n",
        "wide.csv": "\ufeff".encode("utf-16"),
        "endless.csv": ("code," * 100_000).encode(),
        "large.gift": b"a" * 1_000_001,
        "quote.csv": (head + 'N,single choice,"open').encode(),
        "deep.gift": b"{" * 50_000,
    }


def test_19_a_hostile_file_of_questions_writes_nothing(signed_in, cast, course, folder):
    """Archives of whole courses are not taken at all; questions are, and nobody else's course is reached by them."""
    client = signed_in(cast.trainer)
    before = list(Question.objects.order_by("pk").values_list("pk", "latest_revision"))

    answers = {
        name: client.post("/admin/snippets/courses/question/import/", {"file": SimpleUploadedFile(name, content)})
        for name, content in hostile_files(course).items()
    }

    assert {answer.status_code for answer in answers.values()} <= {200, 422}  # 200 names the bad lines and offers nothing
    assert [name for name, answer in answers.items() if b'name="signed"' in answer.content] == []
    assert list(Question.objects.order_by("pk").values_list("pk", "latest_revision")) == before
    assert list(folder.rglob("*")) == []


def test_19_a_script_in_a_file_comes_in_as_text_of_a_draft(signed_in, cast, course):
    client = signed_in(cast.trainer)
    door = "/admin/snippets/courses/question/import/"
    text = f"::EVIL-1::{PAYLOADS[0]}{{=this{PAYLOADS[0]} ~that ####Since.}}"

    shown = client.post(door, {"file": SimpleUploadedFile("questions.gift", text.encode())}).content.decode()
    client.post(door, {"signed": unescape(re.search(r'name="signed" value="([^"]*)"', shown)[1])})

    made = Question.objects.get(code="EVIL-1")
    preview = client.get(f"/admin/snippets/courses/question/preview/{made.pk}/").content.decode()
    assert [page for page in (shown, preview) if PAYLOADS[0] in page] == []
    assert made.live is False


@pytest.mark.parametrize("payload", PAYLOADS)
def test_20_a_script_in_a_text_is_text_wherever_it_is_shown(signed_in, cast, course, payload):
    """In a name, a comment, an answer, a reason and a purpose; on every page that shows them, and in what the store returns."""
    guide = make_guide()
    User.objects.filter(pk=cast.lea.pk).update(display_name=payload, official_name=payload)
    complete(cast.lea, course)
    certificate = Certificate.objects.get()
    entry = send(guide, cast.lea, is_named=True)
    GuideFeedback.objects.update(comment=payload)
    triaging.set_state([entry], state="accepted", answer=payload, by=cast.owner)
    add_row(make_sheet(), cast.lea, course.course, duty_station=payload[:80])
    signed_in(cast.hr).post("/reports/list/take/", {"purpose": payload, "form": "csv"})
    User.objects.filter(pk=cast.ben.pk).update(display_name=payload)
    pages = {
        cast.lea: ["/my/", "/my/profile/", "/learn/tst/", f"/library/{guide.translation_key}/comment/"],
        cast.owner: ["/library/feedback/"],
        cast.hr: ["/reports/list/", "/reports/names/"],
        cast.admin: ["/people/", f"/people/{cast.lea.uuid}/", "/certificates/", f"/people/?q={quote(payload)}"],
        cast.auditor: ["/reports/access/"],
    }

    shown = [signed_in(person).get(path).content.decode() for person, paths in pages.items() for path in paths]
    issuing.withdraw(certificate, by=cast.admin, reason=payload)
    shown.append(signed_in(cast.admin).get("/certificates/").content.decode())

    as_text = escape(payload)
    texts = "".join(shown)
    assert texts.count(as_text) >= 10
    if as_text != payload:
        assert payload not in texts
    assert re.search(r"""(?:href|src|action)=["']?\s*javascript:""", texts) is None


@pytest.mark.parametrize("payload", PAYLOADS)
def test_20_a_script_in_a_statement_is_text_in_the_explorer_or_nothing(signed_in, cast, payload):
    """Wherever somebody outside may put it: what is masked does not come at all, the name of a client comes as text."""
    client = make_outside("all")
    type(client.credential).objects.update(name=payload)
    assert client.post(laden([payload])).status_code == 200

    answers = [signed_in(cast.admin).get(f"/reports/{path}") for path in ("statements/", "store/")]

    pages = [answer.content.decode() for answer in answers]
    assert re.search(r"""(?:href|src|action)=["']?\s*javascript:""", "".join(pages)) is None
    assert all("'unsafe-inline'" not in answer.headers["Content-Security-Policy"] for answer in answers)
    assert ('<dd><span class="long">javascript:mark()</span></dd>' in pages[0], escape(payload) in pages[1]) == (True, True)
    if payload != "javascript:mark()":
        assert payload not in pages[0]
    if escape(payload) != payload:
        assert payload not in pages[1]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_20_what_the_store_gives_back_is_no_page(db, payload):
    client = make_outside("all")
    definition = {"name": {"en": payload}, "moreInfo": "javascript:mark()"}
    act = {
        "actor": {"name": payload, "mbox": "mailto:a@b.test"},
        "verb": {"id": verb_id("completed"), "display": {"en": payload}},
        "object": {"id": f"{PREFIX}a", "definition": definition},
    }
    client.post(act)

    answer = client.get(limit="1")

    assert (answer.headers["Content-Type"], answer.headers["X-Content-Type-Options"]) == ("application/json", "nosniff")
    assert "script-src" not in answer.headers["Content-Security-Policy"]


def test_23_the_verbs_refuse_and_not_only_the_forms(cast):
    tomorrow = timezone.now() + timedelta(days=1)
    waiting = appointing.grant(cast.ben, Role.HR, by=cast.admin, starts_on=today())
    hers = issuing.issue(award(cast.admin))
    triaging.report_text(send(make_guide(), cast.lea), by=cast.owner)
    report = TextReport.objects.get()
    triaging.decide(report, decision="delete", by=cast.admin)
    fact = make_fact("T1")
    fact.text = "Something else."
    refusals = [
        lambda: appointing.grant(cast.lea, Role.ADMINISTRATOR, by=cast.lea, starts_on=today()),
        lambda: appointing.grant(cast.lea, Role.HEAD, by=cast.admin, starts_on=today()),
        lambda: appointing.end(cast.admin.grants.get(), by=cast.admin, day=today()),
        lambda: unlocking.set_active(cast.admin, is_active=False, by=cast.admin),
        lambda: unlocking.remove_factor(cast.admin, by=cast.admin),
        lambda: naming.agree(cast.hr, by=cast.hr, to="Somebody"),
        lambda: naming.decline(cast.hr, by=cast.hr, instead_of="Somebody"),
        lambda: appointing.grant(cast.lea, Role.AUDITOR, by=cast.admin, starts_on=today(), ends_on=today()),
        lambda: appointing.approve(waiting, by=cast.admin, day=today()),
        lambda: appointing.approve(waiting, by=cast.ben, day=today()),
        lambda: issuing.withdraw(hers, by=cast.admin, reason="Mine"),
        lambda: issuing.withdraw(hers, by=cast.admin2, reason=" "),
        lambda: triaging.decide(report, decision="delete", by=cast.admin),
        lambda: granting.grant("", scopes=["all"], expires_at=tomorrow),
        lambda: granting.grant("x", scopes=["all"], expires_at=tomorrow, granted_by=cast.admin.uuid, agreed_by=cast.admin.uuid),
        lambda: granting.grant("x", scopes=["statements/write"], expires_at=tomorrow),
        lambda: fact.save_revision(user=cast.publisher).publish(user=cast.publisher),
    ]

    for refused in refusals:
        with pytest.raises((ValueError, ValidationError), match=r"\w+"):
            refused()


def test_23_power_takes_a_second_administrator(cast, signed_in):
    waiting = appointing.grant(cast.lea, Role.HR, by=cast.admin, starts_on=today())
    before = signed_in(cast.lea).get("/reports/").status_code

    with pytest.raises(NotAllowed):
        appointing.approve(waiting, by=cast.admin, day=today())
    appointing.approve(waiting, by=cast.admin2, day=today())

    assert (before, signed_in(cast.lea).get("/reports/").status_code) == (403, 200)


INTO_THE_ROWS = {
    "changed": "UPDATE xapi_statement SET body = replace(body, 'verbs/answered', 'verbs/passed') WHERE seq = %s",
    "deleted": "DELETE FROM xapi_statement WHERE seq = %s",
    "inserted": "INSERT INTO xapi_statement ({columns}) SELECT {copied} FROM xapi_statement WHERE seq = %s",
}


@pytest.mark.parametrize("way", INTO_THE_ROWS)
def test_25_who_has_the_database_leaves_traces_with_their_day(db, capsys, way):
    noon = timezone.now().astimezone(UTC).replace(hour=12, minute=0, second=0, microsecond=0)
    days = [noon - timedelta(days=back) for back in (3, 2, 1)]
    rows = [Statement.objects.get(id=record(said("answered"), at=day)[0]) for day in days]
    sealing.seal_complete_days()
    call_command("verify_store")
    columns = [field.column for field in Statement._meta.local_fields]
    copied = [{"seq": "seq + 1", "id": f"'{uuid4()}'"}.get(column, f'"{column}"') for column in columns]
    quoted = ", ".join(f'"{column}"' for column in columns)

    with connection.cursor() as cursor:
        cursor.execute(INTO_THE_ROWS[way].format(columns=quoted, copied=", ".join(copied)), [rows[1].seq])
    with pytest.raises(SystemExit):
        call_command("verify_store")

    whole, *found, count = capsys.readouterr().out.splitlines()
    assert whole == "The store is as it was sealed."
    assert {line.split(":")[0] for line in found} == {str(days[1].date())}
    assert count == f"{len(found)} differences."


def test_29_too_much_is_refused_in_words_and_a_learner_answers_meanwhile(signed_in, cast, course, settings):
    enrolment = enrol(cast.lea, course)
    settings.XAPI_BODY_LIMIT, settings.XAPI_BATCH_LIMIT = 10_000, 10
    client, busy = make_outside("all"), make_outside("all")
    act = {"actor": {"mbox": "mailto:a@b.test"}, "verb": {"id": verb_id("completed")}, "object": {"id": f"{PREFIX}a"}}
    big = client.post({"x": "y" * 20_000})
    many = client.post([act] * 11)
    deep = client.post("[" * 200 + "]" * 200)
    deeper = client.post("[" * 4_900 + "]" * 4_900)
    settings.XAPI_QUOTA = 5
    endless = [busy.get(limit="1").status_code for _ in range(50)]
    form = signed_in(cast.lea).post("/my/profile/", {"display_name": "x" * 2_000_000, "language": "en"})

    check = f"/learn/tst/{course.reading.translation_key}/{course.screens[1]}/check/"
    answer = signed_in(cast.lea).post(check, {"question": course.check.translation_key, "option": "b", "try_number": 1})

    assert [one.status_code for one in (big, many, deep, deeper)] == [413, 413, 400, 400]
    assert all(one.json()["rule"] for one in (big, many, deep))
    assert endless == [200] * 5 + [429] * 45
    assert form.status_code in {200, 422}
    cast.lea.refresh_from_db()
    assert (cast.lea.display_name, answer.status_code) == ("Lea Learner", 302)
    assert Answer.objects.get(attempt__enrolment=enrolment).response == ["b"]


MARKER = "marker-7f3a"


def failing_forms(cast, course):
    """Who sends what where, with the marker in each field that takes any text."""
    guide = make_guide()
    cast.lea.set_password(MARKER)
    cast.lea.save()
    certificate = issuing.issue(award(cast.ben))
    entry = send(guide, cast.lea)
    make_sheet()
    asked = dict.fromkeys(["useful", "accurate", "easy"], 3) | {"up_to_date": "yes", "would_recommend": "yes"}
    comment = {"submission": str(uuid4()), "used_for": "training", **asked, "comment": MARKER}
    enrol(cast.lea, course)
    check = f"/learn/tst/{course.reading.translation_key}/{course.screens[1]}/check/"
    return {
        "sign-in": (None, "/account/login/", {"login": cast.lea.email, "password": MARKER}),
        "comment": (cast.lea, f"/library/{guide.translation_key}/comment/", comment),
        "profile": (cast.lea, "/my/profile/", {"display_name": MARKER, "language": "en"}),
        "answer": (cast.lea, check, {"question": course.check.translation_key, "option": "b", "try_number": 1, "x": MARKER}),
        "triage": (cast.owner, "/library/feedback/", {"chosen": [entry.submission], "state": "accepted", "answer": MARKER}),
        "export": (cast.hr, "/reports/list/take/", {"purpose": MARKER, "form": "csv"}),
        "name": (cast.hr, f"/reports/names/{cast.lea.uuid}/", {"decision": "agree", "name": cast.lea.display_name, "x": MARKER}),
        "withdrawal": (cast.admin, f"/certificates/{certificate.code}/withdraw/", {"reason": MARKER}),
    }


@pytest.mark.parametrize("form", ["sign-in", "comment", "profile", "answer", "triage", "export", "name", "withdrawal"])
def test_33_an_error_tells_nothing_of_what_was_sent(client, cast, course, caplog, capsys, form):
    """The database fails at the first write, and says with which values: they are in no answer and in no log."""
    person, url, data = failing_forms(cast, course)[form]
    if person is not None:
        client.force_login(person)
    client.raise_request_exception = False

    with caplog.at_level(logging.DEBUG), connection.execute_wrapper(fail_at_writes):
        response = client.post(url, data)

    printed = capsys.readouterr()
    logged = [Formatter().format(record) for record in caplog.records if record.name != "django.db.backends"]
    assert response.status_code == 500
    assert "Something went wrong here" in response.content.decode()
    assert any("DatabaseError" in line for line in logged)
    assert [text for text in (response.content.decode(), *logged, printed.out, printed.err) if MARKER in text] == []


def test_33_wherever_it_happens(cast, course, caplog):
    """Every address, asked by somebody who may, by both methods, while the database fails at whatever the view asks of it."""
    enrol(cast.lea, course)
    clients = {row: client_of(getattr(cast, name)) for row, name in ROWS.items()}
    doors = [
        (path, next(row for row in ROWS if may(row, callback.cell)))
        for path, callback in every_door(cast, course)
        if hasattr(callback, "cell")
    ]
    words = dict.fromkeys(
        ("q", "reason", "purpose", "comment", "answer", "words", "name", "display_name", "option", "code"), MARKER
    )

    with caplog.at_level(logging.INFO), connection.execute_wrapper(fail_in_views):
        answers = [
            getattr(clients[row], method)(f"{path}?q={MARKER}" if method == "post" else path, words)
            for path, row in doors
            for method in ("get", "post")
        ]

    broken = [answer for answer in answers if answer.status_code == 500]
    logged = "".join(map(Formatter().format, caplog.records))
    assert len(broken) > 120
    assert [answer.request["PATH_INFO"] for answer in broken if MARKER in answer.content.decode()] == []
    assert ("DatabaseError" in logged, MARKER in logged) == (True, False)


def test_33_nor_does_the_store(db, caplog):
    client = make_outside("all")
    act = {"actor": {"mbox": f"mailto:{MARKER}@b.test"}, "verb": {"id": verb_id("completed")}, "object": {"id": f"{PREFIX}a"}}
    caller = Client(raise_request_exception=False)

    with caplog.at_level(logging.INFO), connection.execute_wrapper(fail_at_writes):
        response = caller.post("/xapi/statements", json.dumps(act), content_type="application/json", headers=client.headers)

    assert response.status_code == 500
    assert [text for text in (response.content.decode(), *map(Formatter().format, caplog.records)) if MARKER in text] == []


def fail_at_writes(execute, sql, params, many, context):
    if sql.startswith(("INSERT", "WITH new AS (INSERT", "UPDATE", "DELETE")) and "django_session" not in sql:
        raise DatabaseError(f"Failing row contains {params}, {MARKER}.")
    return execute(sql, params, many, context)


def fail_in_views(execute, sql, params, many, context):
    """What stands before a view reads who asks and what she may; that works."""
    if re.search(r'FROM "(?!django_session|people_user|people_rolegrant|people_posting|mfa_|usersessions_)', sql):
        raise DatabaseError(f"Failing row contains {params}, {MARKER}.")
    return execute(sql, params, many, context)


def test_34_the_store_takes_no_cookies(signed_in, cast, course):
    client = signed_in(cast.lea)
    client.handler.enforce_csrf_checks = True

    form = urlencode({"content": "{}", "X-Experience-API-Version": "1.0.3"})
    answers = [
        client.post("/xapi/1.0.3/statements?method=PUT", form, content_type="application/x-www-form-urlencoded"),
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


def test_14_no_page_tells_a_guide_owner_or_an_administrator_who_sent_it_or_when(cast, course, settings, monkeypatch, caplog):
    """All that they can get: no minute; the words never beside a name; a name nowhere but where it stood before."""
    caplog.set_level(logging.CRITICAL, "django.request")  # a refusal is not written down each time
    settings.EMAIL_BACKEND = "lms.jobs.mailing.QueueBackend"
    guide, now = make_guide(), timezone.now()
    # No minute of now, nor of a job, which run at minutes 1 and 2 and each five minutes.
    moment = (now - timedelta(days=1)).replace(hour=15, minute=(now.minute + 30) % 60 // 5 * 5 + 3)
    with monkeypatch.context() as clock:
        clock.setattr(timezone, "now", lambda: moment)
        entry = send(guide, cast.ben)
    traces = [cast.ben.official_name, cast.ben.email, str(cast.ben.uuid), str(FeedbackSender.objects.get().key)]
    minute = re.compile(rf"\b(?:15|16|17|0?[345]):{moment.minute:02}")
    ids = {"guide": str(guide.translation_key), "submission": str(entry.submission)}
    ids |= dict.fromkeys(("page_id", "page", "pk"), str(guide.pk))
    found = dict(pages_of({"owner": cast.owner, "admin": cast.admin}, every_door(cast, course, **ids)))
    named = {one: counted(traces, text) for one, text in found.items() if any(counted(traces, text))}

    spoken_of = [one for one, text in found.items() if escape(entry.comment) in text or str(entry.submission) in text]
    FeedbackSender.objects.all().delete()
    GuideFeedback.objects.all().delete()
    before = {(client, path): counted(traces, text_of(client.get(path))) for client, path in named}

    assert [path for _client, path in spoken_of] == ["/library/feedback/"]
    assert [one for one in spoken_of if one in named] == []
    assert [(path, minute.findall(text)) for (_client, path), text in found.items() if minute.search(text)] == []
    assert named == before
    assert len([text for text in found.values() if text]) > 150


def pages_of(people: dict[str, User], doors):
    """What each of them gets by every address at which she is let in, files of the editors' log too."""
    tokens = ("/xapi", "/scim", "/api/", "/health/")  # the last waits for a worker
    opened = [(path, callback) for path, callback in doors if not path.startswith(tokens)]
    opened += [(f"/admin/reports/site-history/?export={kind}", None) for kind in ("csv", "xlsx")]
    for row, person in (("guide owner", people["owner"]), ("administrator", people["admin"])):
        client = client_of(person)
        for path, callback in opened:
            editing = cells_that_open(resolve(path.partition("?")[0]).view_name) if path.startswith("/admin/") else None
            cells = [(*cell, tuple(Scope)) for cell in editing or ()] or [getattr(callback, "cell", ("C1", "R", tuple(Scope)))]
            if any(may(row, cell) for cell in cells):
                yield (client, path), text_of(client.get(path))


def counted(traces: list[str], text: str) -> list[int]:
    return [text.count(trace) for trace in traces]


def text_of(answer) -> str:
    """What somebody reads who was let in; of a sheet what its file holds."""
    if answer.status_code != 200:
        return ""
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as sheet:
            content = b"".join(map(sheet.read, sheet.namelist()))
    return content.decode(errors="replace")


def test_a_page_of_a_module_is_only_reached_by_the_enrolled(signed_in, cast, course):
    """The content page of a module leads to the player, which asks for an enrolment."""
    page = ModulePage.objects.get(pk=course.reading.pk)

    response = signed_in(cast.ben).get(page.get_url())

    assert response.headers["Location"] == f"/learn/tst/{course.reading.translation_key}/"
    assert Question.objects.count() == 6
