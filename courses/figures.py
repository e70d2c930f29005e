"""What trainers are told of how items and stories do their work: sums over 20 people and more, never who, when or where."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from wagtail.models import Revision

from courses.item_statistics import FEWEST_PEOPLE, Count, LanguageFigures, Review, Tally, figures, gathered
from courses.kinds.kind import Kind, Part
from courses.models import Course, CoursePage, Edition, ItemTally, ModulePage, Question, ScenarioTally
from courses.models.editions import OutlineModule
from courses.policies import QuestionPolicy
from courses.scenario_blocks import ScenarioBlock
from courses.scenarios import Choice, Node, Scenario
from lms.people import access
from lms.people.models import User

REVIEWS = {
    Review.TOO_HARD: _("Few answer it rightly. Is it taught before it is asked?"),
    Review.TOO_EASY: _("Nearly everybody answers it rightly. Does it still ask something?"),
    Review.WEAK: _("Those who know the other items hardly do better here."),
    Review.AGAINST: _("Those who know the other items do worse here. Is the right answer marked?"),
    Review.DISTRACTOR_OVER_KEY: _("A wrong option is chosen more often than a right one."),
    Review.UNUSED_DISTRACTOR: _("Hardly anybody chooses one of the wrong options."),
    Review.TRANSLATION: _("It fails in this language only: likely a fault of translation."),
}


@dataclass(frozen=True)
class OptionLine:
    """Part of a response with the share of those who chose it, per cent."""

    part: Part
    percent: int


@dataclass(frozen=True)
class LanguageLine:
    """What may be said of an item in one language; `found` is None where fewer than 20 people answered."""

    language: str
    found: LanguageFigures | None = None
    options: tuple[OptionLine, ...] = ()

    @property
    def name(self) -> str:
        return dict(settings.LANGUAGES).get(self.language, self.language)

    @property
    def right_percent(self) -> int | None:
        return _percent(self.found.difficulty) if self.found else None

    @property
    def lag_percent(self) -> int | None:
        """How many per cent more answer rightly than comparable readers of other languages; below 0: fewer."""
        return _percent(self.found.lag) if self.found else None

    @property
    def reviews(self) -> list[str]:
        return [REVIEWS[review] for review in self.found.reviews] if self.found else []


@dataclass(frozen=True)
class ItemLine:
    question: Question
    module: str
    prompt: str
    is_graded: bool
    languages: tuple[LanguageLine, ...]

    @property
    def reviews(self) -> list[str]:
        return [sentence for line in self.languages for sentence in line.reviews]

    @property
    def is_known(self) -> bool:
        return any(line.found for line in self.languages)


@dataclass(frozen=True)
class Items:
    """Those with most to review first; `left_out` of the course's items belong to courses, too, that the reader was not given."""

    lines: list[ItemLine]
    left_out: int


def given_courses(user: User):
    """The courses whose numbers she may see."""
    return Course.objects.filter(key__in=access.reach(user, "P4").keys)


def items_of(course: Course, *, user: User, day: date) -> Items:
    """Every item that the course asks today, with what may be said of it on that day."""
    modules = _modules_of(course)
    asked = [(module, UUID(plain["key"])) for module in modules for plain in module.plain["questions"]]
    questions = _questions({key for _module, key in asked})
    within = QuestionPolicy(Question).within_reach(user, Question.objects.filter(translation_key__in=questions))
    mine = set(within.values_list("pk", flat=True))
    tallies = _tallies([module.key for module in modules], day)
    revisions = Revision.objects.in_bulk({tally.revision for tally in tallies.values()})
    contents = {pk: Question.content_of(revision) for pk, revision in revisions.items()}
    offered = CoursePage.objects.live().filter(translation_key=course.key).values_list("locale__language_code", flat=True)
    languages = sorted({*offered} | {language for _item, language in tallies})
    lines = []
    for module, key in asked:
        rows = questions.get(key, [])
        if rows and all(row.pk in mine for row in rows):
            lines.append(_item_line(module, rows[0], languages, tallies, contents))
    lines.sort(key=lambda line: -len(line.reviews))
    return Items(lines, len(asked) - len(lines))


def _modules_of(course: Course) -> list[OutlineModule]:
    edition = Edition.objects.latest_of([course.key]).first()
    return edition.modules if edition else []


def _questions(keys: Iterable[UUID]) -> Mapping[UUID, list[Question]]:
    """The question of each key in its languages, the default one first."""
    rows = Question.objects.filter(translation_key__in=keys).select_related("locale")
    found = defaultdict(list)
    for row in sorted(rows, key=lambda row: row.locale.language_code != settings.LANGUAGE_CODE):
        found[row.translation_key].append(row)
    return found


def _tallies(modules: Iterable[UUID], day: date) -> dict[tuple[str, str], Tally]:
    """What may be shown, by item and language."""
    rows = ItemTally.objects.filter(module__in=modules).iterator()
    counts = (
        Count(
            _item(row.module, row.question),
            row.language,
            row.revision,
            row.month,
            row.option,
            row.band,
            row.count,
            row.right_count,
        )
        for row in rows
    )
    return {(tally.item, tally.language): tally for tally in gathered(counts, before=day)}


def _item(module: UUID, question: UUID) -> str:
    return f"{module} {question}"


def _item_line(
    module: OutlineModule,
    question: Question,
    languages: list[str],
    tallies: Mapping[tuple[str, str], Tally],
    contents: Mapping[int, Kind],
) -> ItemLine:
    item, now = _item(module.key, question.translation_key), question.content
    known = {language: tallies[item, language] for language in languages if (item, language) in tallies}
    asked = {language: contents.get(tally.revision, now) for language, tally in known.items()}
    said = figures(_with_key(tally, asked[language]) for language, tally in known.items())
    found = {one.language: one for item_figures in said for one in item_figures.languages}
    lines = [
        LanguageLine(language, found[language], _options(asked[language], found[language]))
        if language in found
        else LanguageLine(language)
        for language in languages
    ]
    return ItemLine(question, module.title(settings.LANGUAGE_CODE), now.prompt, now.is_graded, tuple(lines))


def _with_key(tally: Tally, content: Kind) -> Tally:
    """With the options that nobody chose, and with the right ones where the others were written to be wrong."""
    chosen = {part.key: tally.chosen.get(part.key, 0) for part in content.parts}
    key = frozenset(part.key for part in content.parts if part.is_right and content.has_distractors)
    return replace(tally, chosen=chosen, key=key, is_graded=content.is_graded)


def _options(content: Kind, found: LanguageFigures) -> tuple[OptionLine, ...]:
    """Of cards and steps, which stand beside many places, only the right ones and those that somebody chose."""
    lines = [OptionLine(part, _percent(found.shares[part.key]) or 0) for part in content.parts]
    return tuple(line for line in lines if content.has_distractors or line.part.is_right or line.percent)


def _percent(share: float | None) -> int | None:
    return None if share is None else round(100 * share)


@dataclass(frozen=True)
class ChoiceLine:
    """A choice of a story; how often it was taken, per cent of all choices at its step."""

    choice: Choice
    percent: int


@dataclass(frozen=True)
class StepLine:
    """`total` choices were counted here, roughly: they come in batches and are in part drawn by lot (`counting`)."""

    node: Node
    total: int
    choices: tuple[ChoiceLine, ...]

    @property
    def is_shown(self) -> bool:
        return self.total >= FEWEST_PEOPLE


@dataclass(frozen=True)
class StoryLines:
    module: str
    title: str
    steps: tuple[StepLine, ...]


def stories_of(course: Course) -> list[StoryLines]:
    """The stories that stand in the course, each as the list of its steps with what was counted."""
    keys = [module.key for module in _modules_of(course) if module.scenarios]
    counts = {(row.module, row.screen, row.node, row.choice): row.count for row in ScenarioTally.objects.filter(module__in=keys)}
    pages = ModulePage.objects.live().filter(translation_key__in=keys, locale__language_code=settings.LANGUAGE_CODE)
    return [
        StoryLines(
            page.title,
            screen["value"]["title"],
            tuple(_step_line(page.translation_key, screen["id"], node, counts) for node in scenario.nodes),
        )
        for page in pages.order_by("path")
        for screen in page.body.raw_data
        if (scenario := _scenario_in(screen["value"]["body"]))
    ]


def _scenario_in(body: Iterable[Mapping]) -> Scenario | None:
    """Of a screen as it is stored: so nothing else on it is read from the database."""
    block = ScenarioBlock()
    return next((block.to_python(child["value"]).scenario for child in body if child["type"] == "scenario"), None)


def _step_line(module: UUID, screen: str, node: Node, counts: Mapping[tuple[UUID, str, str, str], int]) -> StepLine:
    found = [counts.get((module, screen, node.key, choice.key), 0) for choice in node.choices]
    total = sum(found)
    lines = [
        ChoiceLine(choice, round(100 * count / total) if total else 0) for choice, count in zip(node.choices, found, strict=True)
    ]
    return StepLine(node, total, tuple(lines))
