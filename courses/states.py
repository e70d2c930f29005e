"""How a question stands before a learner: what a template needs to know, and nothing of the key before she answered."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from courses.answering import Asked
from courses.forms import AnswerForm
from courses.keeping import Kept
from courses.models import Answer, Attempt, Question
from courses.questions import Choice
from courses.walks import Part, Walk


@dataclass
class QuestionState:
    """A knowledge check on a screen."""

    question: Question
    answer: Answer | None
    is_again: bool = False  # she asked to try again
    is_fresh: bool = False  # she answered just now: the focus goes to the verdict
    kept: Kept | None = None
    form: AnswerForm | None = None

    @property
    def key(self) -> str:
        return str(self.question.translation_key)

    @property
    def content(self) -> Choice:
        return self.question.content

    @property
    def is_open(self) -> bool:
        return self.answer is None or self.is_again or self.form is not None

    @property
    def try_number(self) -> int:
        return self.answer.try_number + 1 if self.answer else 1

    @property
    def ticked(self) -> list[str]:
        """What is shown as chosen: the answer, or what was sent when the session had ended."""
        if self.form is not None:
            return self.form.data.getlist("option")
        if self.is_kept:
            return self.kept.response
        return self.answer.response if self.answer and not self.is_again else []

    @property
    def is_kept(self) -> bool:
        return self.is_open and self.kept is not None and self.kept.question == self.key


@dataclass
class ItemState:
    """An item of a graded quiz. `question` holds its rationale and source, and only once she has answered."""

    asked: Asked
    answer: Answer | None
    question: dict[str, Any] | None
    form: AnswerForm | None
    kept: Kept | None

    is_fresh = True

    @property
    def key(self) -> str:
        return str(self.asked.key)

    @property
    def content(self) -> Choice:
        return self.asked.content

    @property
    def is_open(self) -> bool:
        return self.answer is None

    try_number = 1

    @property
    def ticked(self) -> list[str]:
        if self.answer:
            return self.answer.response
        if self.form is not None:
            return self.form.data.getlist("option")
        return self.kept.response if self.is_kept else []

    @property
    def is_kept(self) -> bool:
        return self.is_open and self.kept is not None and self.kept.question == self.key


@dataclass(frozen=True)
class Gap:
    """An objective with wrong answers, and the parts of the course that ask about it on their screens."""

    words: str
    right: int
    asked: int
    parts: list[Part]


@dataclass(frozen=True)
class Result:
    """How a finished attempt came out."""

    right: int
    total: int
    missed_must_pass: int
    gaps: list[Gap]


def result_of(attempt: Attempt, walk: Walk) -> Result:
    """One query."""
    is_right = {str(answer.question): answer.is_right for answer in attempt.answers.all()}
    words_for = walk.part(attempt.module).outline.words_for
    asked = Counter(line["objective"] for line in attempt.drawn)
    right = Counter(line["objective"] for line in attempt.drawn if is_right.get(line["key"]))
    missed = sum(line["must_pass"] and not is_right.get(line["key"]) for line in attempt.drawn)
    return Result(
        right=sum(right.values()),
        total=len(attempt.drawn),
        missed_must_pass=missed,
        gaps=[
            Gap(words_for(objective), right[objective], count, _parts_about(objective, walk))
            for objective, count in sorted(asked.items())
            if right[objective] < count
        ],
    )


def _parts_about(objective: str, walk: Walk) -> list[Part]:
    return [part for part in walk.parts if not part.outline.quiz and objective in part.outline.objectives]
