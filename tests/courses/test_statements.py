from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from courses import statements
from courses.statements import Ground, parse_edition, read_sign
from lms.xapi import rules

BASE = "https://learn.test/xapi"
MODULE, QUESTION = uuid4(), uuid4()
GROUND = Ground(
    base=BASE,
    actor=uuid4(),
    registration=uuid4(),
    secret=uuid4(),
    course=uuid4(),
    edition="1.3",
    language="en",
    structure="MIS",
    now=datetime(2026, 11, 24, 12, 30, tzinfo=UTC),
)
ANSWER = {"module": MODULE, "question": QUESTION, "prompt": "Prompt?", "interaction": "choice", "response": "b", "is_right": True}
MADE = {
    "registered": statements.registered(GROUND, title="Course"),
    "launched": statements.launched(GROUND, module=MODULE, title="Module"),
    "experienced": statements.experienced(GROUND, module=MODULE, screen="s1", title="Module"),
    "answered": statements.answered(GROUND, **ANSWER, attempt=1, try_number=2),
    "completed": statements.module_completed(GROUND, module=MODULE, title="Module"),
    "passed": statements.module_judged(GROUND, module=MODULE, title="Module", attempt=1, is_passed=True, scaled=0.9),
    "failed": statements.module_judged(GROUND, module=MODULE, title="Module", attempt=1, is_passed=False, scaled=0.4),
    "course": statements.course_completed(GROUND, title="Course"),
}


@pytest.mark.parametrize("version", ["1.0.3", "2.0.0"])
@pytest.mark.parametrize("name", MADE)
def test_every_statement_of_ours_conforms_to_both_versions(name, version):
    assert rules.check(MADE[name], version=version) is None


@pytest.mark.parametrize("name", MADE)
def test_a_statement_names_registration_edition_and_structure_and_nobody(name):
    statement = MADE[name]

    assert statement["actor"] == {"objectType": "Agent", "account": {"homePage": BASE, "name": str(GROUND.actor)}}
    assert statement["context"]["registration"] == str(GROUND.registration)
    assert statement["context"]["revision"] == "1.3"
    assert statement["context"]["extensions"] == {f"{BASE}/extensions/structure": "MIS"}


def test_verbs_are_those_of_adl():
    verbs = {statement["verb"]["id"].removeprefix("http://adlnet.gov/expapi/verbs/") for statement in MADE.values()}

    assert verbs == set(statements.VERBS)


def test_an_answer_holds_no_key_of_the_question():
    definition = MADE["answered"]["object"]["definition"]

    assert set(definition) == {"type", "name", "interactionType"}
    assert MADE["answered"]["result"] == {"success": True, "response": "b"}


def test_ids_are_the_same_for_the_same_act_and_different_for_another_try_attempt_or_enrolment():
    def act(ground=GROUND, attempt=1, try_number=1):
        return statements.answered(ground, **ANSWER, attempt=attempt, try_number=try_number)["id"]

    later = replace(GROUND, now=datetime(2027, 1, 1, tzinfo=UTC), structure="ELSE")
    assert act() == act(later)
    assert len({act(), act(try_number=2), act(attempt=2), act(replace(GROUND, secret=uuid4()))}) == 4


@pytest.mark.parametrize(
    ("name", "kind", "screen"), [("experienced", "seen", "s1"), ("completed", "completed", ""), ("passed", "passed", "")]
)
def test_signs_of_progress_are_read_back(name, kind, screen):
    sign = read_sign(MADE[name], base=BASE, at=GROUND.now)

    assert (sign.kind, sign.module, sign.screen, sign.edition, sign.at) == (kind, MODULE, screen, (1, 3), GROUND.now)


@pytest.mark.parametrize("name", ["registered", "launched", "answered", "failed", "course"])
def test_other_statements_say_nothing_of_progress(name):
    assert read_sign(MADE[name], base=BASE, at=GROUND.now) is None


def test_statements_about_other_sites_say_nothing_of_progress():
    assert read_sign(MADE["completed"], base="https://elsewhere.test", at=GROUND.now) is None


@pytest.mark.parametrize(("text", "expected"), [("1.0", (1, 0)), ("12.34", (12, 34)), ("1", None), ("", None), ("a.b", None)])
def test_editions_are_numbers(text, expected):
    assert parse_edition(text) == expected


def test_module_of_a_broken_id_is_no_sign():
    statement = {**MADE["completed"], "object": {"id": f"{BASE}/modules/not-a-uuid"}}

    assert read_sign(statement, base=BASE, at=GROUND.now) is None


def test_uuid_of_the_module_is_parsed():
    assert isinstance(read_sign(MADE["completed"], base=BASE, at=GROUND.now).module, UUID)
