"""What a learner does in a module: leaves a screen, answers a check, sits the quiz. Each verb is safe to repeat."""

import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from wagtail.models import Revision

from courses import draws, grades, judging, statements
from courses.grounds import ground_of
from courses.kinds.kind import Kind
from courses.models import Answer, Attempt, Enrolment, ModuleProgress, Question
from courses.models.editions import OutlineModule
from courses.statements import Ground, Statement
from courses.tallying import tally_check
from lms.days import today
from lms.xapi import storing


class NotNow(ValueError):
    """A new attempt may begin only after the pause; `at` says when."""

    def __init__(self, at: datetime):
        super().__init__("The pause between attempts is not over.")
        self.at = at


class NothingToSit(ValueError):
    """The quiz is passed, or it has no question at present."""


@dataclass(frozen=True)
class Asked:
    """A question as it stands before a learner: which, in which revision, and as a plain value."""

    key: UUID
    revision: int
    content: Kind


def leave_screen(enrolment: Enrolment, *, module: UUID, screen: str) -> None:
    """She went forward: the screen is seen, and with the last one of a module that is only read, the module is done.

    A screen with a scenario is not done by leaving it: nothing happens.
    """
    with transaction.atomic():
        locked = _lock(enrolment)
        outline = locked.edition.module(module)
        if outline is not None and screen not in outline.scenarios:
            _see(locked, outline, screen, statements.experienced)


def finish_scenario(enrolment: Enrolment, *, module: UUID, screen: str) -> bool:
    """The scenario of a screen came to an end, or its alternative was done. Whether that is new.

    Once an enrolment; nothing is told of the way, so that nothing can be kept of it.
    """
    with transaction.atomic():
        locked = _lock(enrolment)
        outline = locked.edition.module(module)
        if outline is None or screen not in outline.scenarios:
            return False
        return _see(locked, outline, screen, statements.screen_completed)


def look_up(enrolment: Enrolment, *, module: UUID, what: str, title: str) -> None:
    """She opened a guide or a term (`what` is its id); recorded once, and without effect on progress."""
    with transaction.atomic():
        locked = _lock(enrolment)
        if locked.is_open:
            storing.record([statements.looked_up(ground_of(locked), module=module, what=what, title=title)])


def answer_check(enrolment: Enrolment, *, module: UUID, question: Question, response: Sequence[str], try_number: int) -> Answer:
    """Grades a knowledge check. A try that exists already is returned as it was, whatever was sent.

    A try beyond the next one counts as the next. Raises ValueError for a response that the question cannot have.
    """
    if question.live_revision_id is None:
        raise ValueError("This question is not published.")
    asked = Asked(question.translation_key, question.live_revision_id, question.content)
    with transaction.atomic():
        locked = _lock(enrolment)
        attempt = _open_attempt(locked, module) or _new_attempt(locked, module, is_graded=False)
        given = list(attempt.answers.filter(question=asked.key).order_by("try_number"))
        if try_number <= len(given):
            return given[try_number - 1]
        ground = ground_of(locked)
        answer, act = _answer(locked, attempt, asked, response, len(given) + 1, ground)
        storing.record([act])
        tally_check(attempt, answer, asked.content, by=locked.person)
    return answer


def start_quiz(enrolment: Enrolment, *, module: UUID) -> Attempt:
    """The open attempt, or a new one with its items drawn. Raises NotNow and NothingToSit.

    An open attempt in which nothing is left to answer since a question was withdrawn is judged.
    """
    with transaction.atomic():
        locked = _lock(enrolment)
        attempt = _open_attempt(locked, module)
        lines = judging.counted(attempt) if attempt else []
        if attempt is not None and not judging.is_broken(lines):
            judging.end_if_answered(locked, attempt, lines, list(attempt.answers.all()), ground_of(locked))
            return attempt
        if attempt is not None:
            judging.close_void(attempt)
        outline = locked.edition.module(module)
        if outline is None or outline.quiz is None:
            raise NothingToSit("This module has no quiz any more.")
        _refuse_new_attempt(locked, module)
        seed = secrets.randbelow(2**31)
        attempt = _new_attempt(locked, module, is_graded=True, seed=seed, drawn=draws.draw(outline.items(), outline.quiz, seed))
        if not attempt.drawn:
            raise NothingToSit("This quiz has no question at present.")
        title = outline.title(locked.language)
        storing.record([statements.launched(ground_of(locked), module=module, title=title, attempt=attempt.number)])
    return attempt


def answer_item(enrolment: Enrolment, *, module: UUID, asked: Asked, response: Sequence[str]) -> Answer | None:
    """Takes the one answer to an item of the open attempt (`asked_item` reads it); with the last item the attempt is judged.

    An answer that exists is returned as it was. None where the attempt is over, never drew the item, or the item was withdrawn.
    Raises ValueError for a response that the question cannot have.
    """
    with transaction.atomic():
        locked = _lock(enrolment)
        attempt = Attempt.objects.filter(enrolment=locked, module=module, is_graded=True).order_by("number").last()
        outline = locked.edition.module(module)
        if attempt is None or outline is None or outline.quiz is None:
            return None
        given = {answer.question: answer for answer in attempt.answers.all()}
        lines = judging.counted(attempt)
        is_asked = any((line["key"], line["revision"]) == (str(asked.key), asked.revision) for line in lines)
        if asked.key in given or not is_asked or attempt.finished_at:
            return given.get(asked.key)
        ground = ground_of(locked)
        answer, act = _answer(locked, attempt, asked, response, 1, ground)
        judging.end_if_answered(locked, attempt, lines, [*given.values(), answer], ground, after=[act])
    return answer


def asked_item(drawn: dict) -> Asked:
    """A drawn item in the revision in which it was drawn, what it shows in the drawn order. Raises Revision.DoesNotExist."""
    return asked_as(drawn, Revision.objects.get(pk=drawn["revision"]))


def asked_as(drawn: dict, revision: Revision) -> Asked:
    """The same where the revision is read already."""
    content = Question.content_of(revision)
    return Asked(UUID(drawn["key"]), drawn["revision"], content.in_order(drawn["options"]))


def pause_after(past: Iterable[Attempt]) -> datetime | None:
    """When the next attempt may begin after these, read with their regrades; None: now."""
    failed = [attempt for attempt in past if attempt.result == Attempt.Result.FAILED]
    ended = {attempt: attempt.finished_at for attempt in failed if attempt.finished_at}
    given_back = [moment for attempt, moment in ended.items() if attempt.regrades.all()]
    return grades.next_attempt_at(list(ended.values()), given_back=given_back)


def _lock(enrolment: Enrolment) -> Enrolment:
    return Enrolment.objects.locked(today()).get(pk=enrolment.pk)


def _see(locked: Enrolment, outline: OutlineModule, screen: str, tell: Callable[..., Statement]) -> bool:
    """Records what `tell` says of a screen that was not seen before; with the last one, that the module is done."""
    if not locked.is_open or screen not in outline.screens:
        return False
    row = ModuleProgress.objects.filter(enrolment=locked, module=outline.key).first()
    seen = set(row.screens) if row else set()
    if screen in seen:
        return False
    ground = ground_of(locked)
    title = outline.title(locked.language)
    acts = [tell(ground, module=outline.key, screen=screen, title=title)]
    if not outline.quiz and set(outline.screens) <= seen | {screen} and not (row and row.completed_at):
        acts.append(statements.module_completed(ground, module=outline.key, title=title))
    storing.record(acts)
    return True


def _open_attempt(enrolment: Enrolment, module: UUID) -> Attempt | None:
    return Attempt.objects.filter(enrolment=enrolment, module=module, finished_at=None).first()


def _refuse_new_attempt(enrolment: Enrolment, module: UUID) -> None:
    past = list(Attempt.objects.filter(enrolment=enrolment, module=module, is_graded=True).prefetch_related("regrades"))
    if any(attempt.result == Attempt.Result.PASSED for attempt in past) or not enrolment.is_open:
        raise NothingToSit("This quiz is passed.")
    pause_ends = pause_after(past)
    if pause_ends is not None and pause_ends > timezone.now():
        raise NotNow(pause_ends)


def _new_attempt(enrolment: Enrolment, module: UUID, *, is_graded: bool, seed: int = 0, drawn: Sequence[dict] = ()) -> Attempt:
    last = Attempt.objects.filter(enrolment=enrolment, module=module).aggregate(last=Max("number"))["last"] or 0
    return Attempt.objects.create(
        enrolment=enrolment,
        module=module,
        number=last + 1,
        is_graded=is_graded,
        seed=seed,
        drawn=list(drawn),
        started_at=timezone.now(),
    )


def _answer(
    enrolment: Enrolment, attempt: Attempt, asked: Asked, response: Sequence[str], try_number: int, ground: Ground
) -> tuple[Answer, Statement]:
    if not asked.content.is_possible(response):
        raise ValueError("This is no answer to this question.")
    act = statements.answered(
        ground,
        module=attempt.module,
        question=asked.key,
        prompt=asked.content.prompt,
        interaction=asked.content.interaction,
        response=asked.content.response_text(response),
        is_right=asked.content.is_right(response) if asked.content.is_graded else None,
        attempt=attempt.number,
        try_number=try_number,
    )
    answer = Answer.objects.create(
        attempt=attempt,
        question=asked.key,
        revision=asked.revision,
        try_number=try_number,
        language=enrolment.language,
        response=list(response),
        is_right=asked.content.is_right(response),
        statement=UUID(act["id"]),
        answered_at=ground.now,
    )
    return answer, act
