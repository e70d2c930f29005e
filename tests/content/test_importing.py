import csv
from collections import Counter
from pathlib import Path
from uuid import uuid4

import pytest
from wagtail.models import Page

from content import importing
from content.models import Fact, GuidePage, StandardPage
from courses import grades
from courses.models import CoursePage, Edition, ModulePage, Question
from lms.days import today
from lms.people import structuring
from lms.people.models import Structure
from tests.factories.people import make_person, make_structure
from tests.factories.replaying import replayed

STARTER = Path(importing.__file__).parent / "starter"


def make_starter():
    with (STARTER / "demo" / "structures.csv").open(newline="") as lines:
        structuring.sync_structures(csv.DictReader(lines), day=today())
    return importing.import_folder(STARTER / "site")


@pytest.fixture
def starter(db):
    return replayed(make_starter)


def write(folder: Path, name: str, text: str) -> None:
    path = folder / f"{name}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


FACT = """
model: content.Fact
key: {key}
fields: {{code: {code}, text: A fact., source: S, mark: confirmed, checked_on: 2026-01-01}}
"""


def test_the_starter_site_comes_in_whole_and_published(starter):
    page = CoursePage.objects.get(code="FND")
    edition = Edition.objects.get(course__code="FND")

    assert starter.kept == []
    assert (page.live, edition.number, len(edition.modules)) == (True, "1.0", 8)
    assert ModulePage.objects.child_of(page).filter(live=True).count() == 8
    assert GuidePage.objects.filter(live=True).count() == 3
    assert set(StandardPage.objects.values_list("slug", flat=True)) == {"about", "privacy", "accessibility", "help"}


def test_a_second_run_creates_nothing(starter):
    again = importing.import_folder(STARTER / "site")

    assert again.created == []
    assert sorted(again.kept) == sorted(starter.created)


def test_what_was_edited_here_is_left_alone(starter):
    page = StandardPage.objects.get(slug="about")
    page.title = "About, edited"
    page.save_revision().publish()

    importing.import_folder(STARTER / "site")

    assert StandardPage.objects.get(slug="about").title == "About, edited"


def test_what_was_deleted_here_comes_back(starter):
    ModulePage.objects.get(slug=ModulePage.objects.first().slug).delete()

    again = importing.import_folder(STARTER / "site")

    assert len(again.created) == 1


def test_every_page_of_the_site_answers(starter, signed_in):
    client = signed_in(make_person(structure=Structure.objects.get(code="MSKP")))
    paths = [page.get_url() for page in Page.objects.live().filter(depth__gt=1)]

    answers = {path: client.get(path).status_code for path in paths}

    assert {path: status for path, status in answers.items() if status not in {200, 302}} == {}
    assert Page.find_problems() == ([], [], [], [], [])


PLANNED = {
    "FND": (12, {"definition": 25, "smuggling": 15, "rights": 20, "conduct": 20, "response": 20}, 15, {"Q2", "Q9", "Q11"}),
    "IDR": (15, {"nrm": 20, "indicators": 25, "contact": 25, "consent": 15, "children": 15}, 16, {"Q5", "Q6", "Q9", "Q12"}),
}


@pytest.mark.parametrize("code", PLANNED)
def test_the_quiz_of_a_course_is_as_planned(starter, code):
    quiz = Edition.objects.get(course__code=code).modules[-1]
    must_pass = {plain["key"] for plain in quiz.plain["questions"] if plain["must_pass"]}
    count, blueprint, pool, must = PLANNED[code]

    codes = Question.objects.filter(translation_key__in=must_pass).values_list("code", flat=True)
    assert quiz.quiz["pass_mark"] == 80
    assert quiz.quiz["count"] == count
    assert quiz.quiz["blueprint"] == blueprint
    assert quiz.quiz["words"].keys() == quiz.quiz["blueprint"].keys()
    assert len(quiz.plain["questions"]) == pool
    assert set(codes) == {f"{code}-{one}" for one in must}


RIGHT_IN_IDR = {  # where the right ones stand in the brief of the course; the others are sequences and pairs
    1: "b", 3: "c", 4: "c", 5: "c", 6: "c", 7: "b", 9: "b", 10: "abcd", 11: "c", 12: "b", 13: "d", 14: "abcde", 15: "b", 16: "c",
}  # fmt: skip


def test_the_items_of_identification_and_referral_are_of_their_kinds_with_the_keys_they_should_have(starter):
    items = {int(item.code[5:]): item for item in Question.objects.filter(code__startswith="IDR-Q")}

    kinds = {number: item.body[0].block_type for number, item in items.items()}
    right = {
        number: "".join("abcde"[at] for at, option in enumerate(item.content.options) if option.is_right)
        for number, item in items.items()
        if hasattr(item.content, "options")
    }
    several = {10: "several_answers", 14: "several_answers"}
    assert kinds == dict.fromkeys(range(1, 17), "single_choice") | several | {2: "matching", 8: "sequencing"}
    assert right == RIGHT_IN_IDR


def test_each_draw_of_identification_and_referral_fills_its_blueprint(starter):
    quiz = Edition.objects.get(course__code="IDR").modules[-1]
    pool = [grades.Item(one["key"], one["revision"], one["objective"], one["must_pass"]) for one in quiz.plain["questions"]]

    for seed in range(20):
        drawn = grades.draw(pool, count=quiz.quiz["count"], shares=quiz.quiz["blueprint"], seed=seed)
        assert Counter(item.objective for item in drawn) == grades.quotas(quiz.quiz["blueprint"], 15)
        assert sum(item.is_must_pass for item in drawn) == 4


def test_every_question_is_one_that_the_editor_would_take(starter):
    for question in Question.objects.all():
        question.body.stream_block.clean(question.body)
        assert question.content.is_right(question.content.right_response), question.code


def test_the_exercises_of_foundations_are_as_planned(starter):
    kinds = {code: Question.objects.get(code=code).body[0].block_type for code in ("FND-K1", "FND-K3", "FND-K4", "FND-K12")}

    assert kinds == {"FND-K1": "matching", "FND-K3": "sorting", "FND-K4": "sorting", "FND-K12": "sequencing"}


@pytest.mark.parametrize(("code", "steps", "statements"), [("FND", 11, 6), ("IDR", 12, 10)])
def test_the_scenarios_are_as_planned(starter, code, steps, statements):
    [module] = [module for module in Edition.objects.get(course__code=code).modules if module.scenarios]
    page = ModulePage.objects.get(translation_key=module.key)

    [story] = page.scenarios.values()
    assert story.problems == []
    assert (len(story.scenario.nodes), len(story.claims)) == (steps, statements)
    assert [node.ending for node in story.scenario.nodes if node.ending] == ["good", "missed"]
    assert module.is_required


def test_what_is_published_rests_on_checked_facts(starter):
    assert set(Fact.objects.values_list("mark", flat=True)) <= {"confirmed", "secondary"}
    assert not Fact.objects.filter(checked_on__isnull=True).exists()


def test_every_screen_has_its_own_id(starter):
    screens = [screen for module in ModulePage.objects.all() for screen in module.screen_ids]

    assert len(set(screens)) == len(screens) > 40


def test_two_installations_have_the_same_block_ids(starter):
    before = {module.slug: module.body.raw_data[0]["value"]["body"][0]["id"] for module in ModulePage.objects.all()}
    for module in ModulePage.objects.all():
        module.delete()

    importing.import_folder(STARTER / "site")

    after = {module.slug: module.body.raw_data[0]["value"]["body"][0]["id"] for module in ModulePage.objects.all()}
    assert after == before


def test_files_may_refer_to_later_ones(db, tmp_path):
    make_structure("X")
    write(tmp_path, "facts/f", FACT.format(key=uuid4(), code="F"))
    write(
        tmp_path,
        "a/home",
        f"""
model: content.HomePage
key: {uuid4()}
is_site_root: true
fields:
  title: Home
  body:
    - {{type: fact, value: !ref facts/f}}
""",
    )

    assert sorted(importing.import_folder(tmp_path).created) == ["a/home", "facts/f"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("model: content.Fact\n", "needs `model`, and `key`"),
        ("{", "bad.yaml"),
        ("model: content.Nothing\nkey: 1\n", "bad"),
        (FACT.format(key="not-a-uuid", code="X"), "bad"),
        (FACT.format(key=uuid4(), code="X").replace("mark: confirmed", "mark: banana"), "banana"),
        (
            f"model: content.HomePage\nkey: {uuid4()}\nfields: {{title: T, body: [{{type: fact, value: !ref nowhere}}]}}\n",
            "nowhere",
        ),
    ],
)
def test_a_bad_file_is_named_and_nothing_comes_in(db, tmp_path, text, said):
    write(tmp_path, "a-good", FACT.format(key=uuid4(), code="GOOD"))
    write(tmp_path, "bad", text)

    with pytest.raises(importing.BadFile, match=said):
        importing.import_folder(tmp_path)

    assert not Fact.objects.exists()
