"""A group session as it is printed: the parts to read, the drawn quiz without its key, and the key for who marks."""

from collections.abc import Iterator
from dataclasses import dataclass
from string import ascii_lowercase
from typing import Any

from wagtail.models import Revision

from courses import answering, enrolling
from courses.kinds.kind import Kind, Row
from courses.models import Completion, GroupSession, ModulePage, QuestionWithdrawal
from courses.models.editions import OutlineModule
from lms.people import access
from lms.people.models import User


@dataclass(frozen=True)
class Item:
    """A question of the sheet under its number. What follows the first line is read for the key sheet only."""

    number: int
    content: Kind
    is_must_pass: bool
    rationale: str = ""

    @property
    def rows(self) -> list[Row]:
        return self.content.filled({})

    @property
    def key(self) -> list[str]:
        """What is right, in words, with the letters that stand on the sheet."""
        lines = self.content.answered(self.content.right_response)
        if self.content.order_tells:
            return [f"{place}. {line.text}" for place, line in enumerate(lines, start=1)]
        if self.content.name == "numeric":
            return [f"{line.right} {line.text}".strip() for line in lines]
        return [
            f"{line.text}: {line.right}" if line.right else f"{letter}. {line.text}"
            for letter, line in zip(ascii_lowercase, lines, strict=False)
            if line.right or line.is_right
        ]


@dataclass(frozen=True)
class Quiz:
    title: str
    items: list[Item]
    needed: int  # right answers to pass

    @property
    def has_must_pass(self) -> bool:
        return any(item.is_must_pass for item in self.items)


def parts(session: GroupSession) -> Iterator[tuple[OutlineModule, ModulePage]]:
    """The modules in their order, as they are live in the session's language."""
    pages = ModulePage.objects.live().filter(
        translation_key__in=[module.key for module in session.edition.modules], locale__language_code=session.language
    )
    by_key = {page.translation_key: page for page in pages}
    for module in session.edition.modules:
        if module.key in by_key:
            yield module, by_key[module.key]


def is_outdated(session: GroupSession) -> bool:
    """The course was published anew: what is read now is not what the sheet was drawn for."""
    return enrolling.latest_edition(session.course) != session.edition


def quizzes(session: GroupSession) -> list[Quiz]:
    """As drawn, without the questions that were withdrawn or deleted since: they count for nobody."""
    drawn = [line for quiz in session.drawn for line in quiz["lines"]]
    withdrawn = QuestionWithdrawal.objects.among(drawn)
    revisions = Revision.objects.in_bulk([line["revision"] for line in drawn])
    counted = [line for line in drawn if (line["key"], line["revision"]) not in withdrawn and line["revision"] in revisions]
    numbers = {line["key"]: number for number, line in enumerate(counted, start=1)}
    found = []
    for quiz in session.drawn:
        module = next(module for module in session.edition.quizzes if str(module.key) == quiz["module"])
        items = [_item(line, numbers[line["key"]], revisions[line["revision"]]) for line in quiz["lines"] if line in counted]
        mark = (module.quiz or {})["pass_mark"]
        found.append(Quiz(module.title(session.language), items, needed=-(-mark * len(items) // 100)))
    return found


def may_mark(user: User, session: GroupSession) -> bool:
    """The key would show somebody who still has to take the quiz what is right: a trainer knows it, others completed it first."""
    is_trainer = session.course.key in access.reach(user, "C4")
    return is_trainer or Completion.objects.standing().filter(person=user, course=session.course).exists()


def _item(line: dict[str, Any], number: int, revision: Revision) -> Item:
    asked = answering.asked_as(line, revision)
    return Item(number, asked.content, line["must_pass"], revision.content.get("rationale", ""))
