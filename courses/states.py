"""How a question stands before a learner: what a template needs to know, and nothing of the key before she answered."""

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from courses.answering import Asked
from courses.forms import AnswerForm
from courses.keeping import Kept
from courses.kinds.kind import Answered, Kind, Row, Sent
from courses.models import Answer, Attempt, Question, QuestionWithdrawal, Regrade
from courses.walks import Part, Walk


class State:
    """What the templates of all kinds read."""

    key: str
    content: Kind
    answer: Answer | None
    form: AnswerForm | None
    kept: Kept | None
    is_open: bool

    @property
    def is_kept(self) -> bool:
        return self.is_open and self.kept is not None and self.kept.question == self.key

    @property
    def sent(self) -> Sent:
        """What stands in the open form: what was sent just now, or when the session had ended."""
        if self.form is not None:
            return self.form.sent
        return self.kept.sent if self.is_kept else {}

    @property
    def rows(self) -> list[Row] | list[Answered]:
        return self.content.filled(self.sent) if self.is_open else self.content.answered(self.answer.response)

    @property
    def faulty(self) -> frozenset[str]:
        """The names of the fields that the error is about."""
        return self.form.faulty if self.form else frozenset()


@dataclass
class QuestionState(State):
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

    @cached_property
    def content(self) -> Kind:
        content = self.question.content
        return content.shuffled(self.question.translation_key.int) if content.order_tells else content

    @property
    def is_open(self) -> bool:
        """Also where the question is another one since she answered."""
        is_answered = self.answer is not None and self.content.is_possible(self.answer.response)
        return not is_answered or self.is_again or self.form is not None

    @property
    def try_number(self) -> int:
        return self.answer.try_number + 1 if self.answer else 1


@dataclass
class ItemState(State):
    """An item of a graded quiz. `question` holds its rationale and source, and only once she has answered."""

    asked: Asked
    answer: Answer | None
    question: dict[str, Any] | None
    form: AnswerForm | None
    kept: Kept | None

    is_fresh = True
    try_number = 1

    @property
    def key(self) -> str:
        return str(self.asked.key)

    @property
    def content(self) -> Kind:
        return self.asked.content

    @property
    def is_open(self) -> bool:
        return self.answer is None


@dataclass
class PreviewState(State):
    """For those who write it: the open form, or answered rightly."""

    question: Question
    is_open: bool = True

    answer = form = kept = None
    is_fresh = False

    @property
    def key(self) -> str:
        return str(self.question.translation_key)

    @cached_property
    def content(self) -> Kind:
        return self.question.content

    @property
    def rows(self) -> list[Row] | list[Answered]:
        return self.content.filled({}) if self.is_open else self.content.answered(self.content.right_response)


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
    """As it was judged, or judged again. Three queries, for an attempt read with its regrades two."""
    regrade = next((regrade for regrade in attempt.regrades.all() if regrade.result == Regrade.Result.PASSED), None)
    if regrade is not None:
        return Result(right=regrade.right, total=regrade.total, missed_must_pass=0, gaps=[])
    is_right = {str(answer.question): answer.is_right for answer in attempt.answers.all()}
    words_for = walk.part(attempt.module).outline.words_for
    withdrawn = QuestionWithdrawal.objects.among(attempt.drawn, until=attempt.finished_at)
    lines = [line for line in attempt.drawn if (line["key"], line["revision"]) not in withdrawn]
    asked = Counter(line["objective"] for line in lines)
    right = Counter(line["objective"] for line in lines if is_right.get(line["key"]))
    missed = sum(line["must_pass"] and not is_right.get(line["key"]) for line in lines)
    return Result(
        right=sum(right.values()),
        total=len(lines),
        missed_must_pass=missed,
        gaps=[
            Gap(words_for(objective), right[objective], count, _parts_about(objective, walk))
            for objective, count in sorted(asked.items())
            if right[objective] < count
        ],
    )


def _parts_about(objective: str, walk: Walk) -> list[Part]:
    return [part for part in walk.parts if not part.outline.quiz and objective in part.outline.objectives]
