"""A small published course, made as an editor makes it."""

from dataclasses import dataclass
from datetime import date
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

from wagtail.models import Page, Site

from content.models import Fact, GuideIndexPage, GuidePage, HomePage
from courses.models import Course, CourseIndexPage, CoursePage, ModulePage, Question
from tests.factories.cast import COURSE_KEY, GUIDE_KEY
from tests.factories.replaying import replayable


@dataclass
class Made:
    """`reading` has two screens and a knowledge check, `second` one screen, `quiz` a graded quiz of four drawn from five."""

    page: CoursePage
    reading: ModulePage
    second: ModulePage
    quiz: ModulePage
    check: Question
    items: list[Question]
    fact: Fact

    @property
    def course(self) -> Course:
        return Course.objects.get(key=self.page.translation_key)

    @property
    def code(self) -> str:
        return self.page.code.lower()

    @property
    def screens(self) -> list[str]:
        return self.reading.screen_ids


def make_home() -> HomePage:
    """The site's home, in the place of the page that a fresh Wagtail brings along."""
    home = HomePage.objects.first()
    if home is None:
        root = Page.get_first_root_node()
        for page in root.get_children():
            page.delete()
        root = Page.objects.get(pk=root.pk)
        home = root.add_child(instance=HomePage(title="Home", slug="home"))
        Site.objects.update_or_create(is_default_site=True, defaults={"hostname": "localhost", "root_page": home})
    return home


def make_question(code: str, *, objective: str = "one", is_must_pass: bool = False, kind: str = "single_choice") -> Question:
    values = {
        "single_choice": {
            "prompt": f"Prompt of {code}?",
            "options": [
                {"key": "a", "text": f"{code} first", "is_right": False},
                {"key": "b", "text": f"{code} second", "is_right": True},
                {"key": "c", "text": f"{code} third", "is_right": False},
            ],
        },
        "several_answers": {
            "prompt": f"Prompt of {code}?",
            "options": [
                {"key": "a", "text": f"{code} first", "is_right": True},
                {"key": "b", "text": f"{code} second", "is_right": True},
                {"key": "c", "text": f"{code} third", "is_right": False},
            ],
        },
        "true_false": {"prompt": f"Prompt of {code}.", "is_true": False},
    }
    question = Question(
        code=code,
        body=stream(Question, "body", [{"type": kind, "id": str(uuid4()), "value": values[kind]}]),
        rationale=f"Rationale of {code}.",
        source=f"Source of {code}",
        objective=objective,
        is_must_pass=is_must_pass,
        live=False,
    )
    question.save()
    question.save_revision().publish()
    question.refresh_from_db()
    return question


def make_fact(code: str = "D1", *, mark: str = Fact.Mark.CONFIRMED) -> Fact:
    fact = Fact(code=code, text=f"Fact {code}.", source="A convention", article="art. 3", mark=mark, live=False)
    fact.checked_on = date(2026, 1, 1)
    fact.save()
    fact.save_revision().publish()
    fact.refresh_from_db()
    return fact


def screen(title: str, *blocks: dict, key: str = "") -> dict:
    body = [{"type": "text", "value": f"<p>Text of {title}.</p>"}, *blocks]
    body = [{"id": str(uuid4()), **block} for block in body]
    made = key or str(uuid5(NAMESPACE_URL, title))
    return {"type": "screen", "id": made, "value": {"title": title, "body": body}}


def stream(model, field: str, raw: list[dict]):
    return model._meta.get_field(field).to_python(raw)


def add_module(course_page: CoursePage, title: str, screens: list[dict], *, quiz: dict | None = None, **values) -> ModulePage:
    module = ModulePage(
        title=title,
        slug=title.lower().replace(" ", "-"),
        body=stream(ModulePage, "body", screens),
        quiz=stream(ModulePage, "quiz", [{"type": "quiz", "id": str(uuid4()), "value": quiz}] if quiz else []),
        live=False,
        **values,
    )
    course_page.add_child(instance=module)
    module.save_revision()
    return module


def add_course(code: str, title: str, *, key: UUID | None = None) -> CoursePage:
    home = make_home()
    index = CourseIndexPage.objects.first() or home.add_child(instance=CourseIndexPage(title="Courses", slug="courses"))
    page = CoursePage(
        title=title,
        slug=code.lower(),
        code=code,
        lede="In one sentence.",
        objectives="Tell one thing\nTell another",
        valid_months=24,
        live=False,
        **({"translation_key": key} if key else {}),
    )
    index.add_child(instance=page)
    page.save_revision()
    return page


@replayable
def make_course(code: str = "TST", *, key: UUID = COURSE_KEY, reading_modules: int = 1) -> Made:
    page = add_course(code, f"Course {code}", key=key)
    check = make_question(f"{code}-K1")
    items = [
        make_question(f"{code}-Q1", objective="one", is_must_pass=True),
        make_question(f"{code}-Q2", objective="one"),
        make_question(f"{code}-Q3", objective="two", kind="several_answers"),
        make_question(f"{code}-Q4", objective="two", kind="true_false"),
        make_question(f"{code}-Q5", objective="two"),
    ]
    fact = make_fact(f"{code}-D1")
    reading = add_module(
        page,
        "Reading",
        [
            screen(f"{code} one", {"type": "fact", "value": fact.pk}),
            screen(f"{code} two", {"type": "question", "value": check.pk}),
        ],
        minutes=6,
    )
    second = add_module(page, "Second", [screen(f"{code} three")], minutes=4)
    for number in range(1, reading_modules):
        add_module(page, f"More {number}", [screen(f"{code} more {number}")], minutes=1)
    quiz = add_module(
        page,
        "Quiz",
        [screen(f"{code} intro")],
        minutes=5,
        quiz={
            "pass_mark": 75,
            "count": 4,
            "blueprint": [{"objective": "one", "words": "The first", "share": 50}, {"objective": "two", "share": 50}],
            "pool": [item.pk for item in items],
        },
    )
    page.get_latest_revision().publish()
    page.refresh_from_db()
    for module in (reading, second, quiz):
        module.refresh_from_db()
    return Made(page, reading, second, quiz, check, items, fact)


def allow_test_out(made: Made) -> None:
    page = CoursePage.objects.get(pk=made.page.pk)
    page.has_test_out = True
    page.save_revision().publish()


@replayable
def make_guide(title: str = "A guide", *, key: UUID = GUIDE_KEY) -> GuidePage:
    key = UUID(str(key))
    home = make_home()
    index = GuideIndexPage.objects.first() or home.add_child(instance=GuideIndexPage(title="Library", slug="library"))
    sections = [
        {"type": "section", "id": str(uuid5(key, name)), "value": {"title": name, "text": f"<p>About {name}.</p>"}}
        for name in ("First", "Second")
    ]
    guide = GuidePage(
        title=title,
        slug=title.lower().replace(" ", "-"),
        publisher="A publisher",
        published="2006",
        edition="2006",
        what_it_is="What it is.",
        sections=stream(GuidePage, "sections", sections),
        translation_key=key,
        live=False,
    )
    index.add_child(instance=guide)
    guide.save_revision().publish()
    guide.refresh_from_db()
    return guide
