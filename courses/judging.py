"""Ends attempts at a quiz: what counts in them, how they came out, and what follows for the rest of the course."""

from collections.abc import Sequence
from typing import Any

from django.utils import timezone
from wagtail.models import Revision

from courses import grades, statements
from courses.models import Answer, Attempt, Edition, Enrolment, ModuleProgress, QuestionWithdrawal
from courses.models.editions import OutlineModule
from courses.statements import Ground, Statement
from courses.tallying import tally_attempt
from lms.xapi import storing


def counted(attempt: Attempt) -> list[dict[str, Any]]:
    """The drawn items that were not withdrawn since."""
    withdrawn = QuestionWithdrawal.objects.among(attempt.drawn)
    return [line for line in attempt.drawn if (line["key"], line["revision"]) not in withdrawn]


def is_broken(lines: Sequence[dict[str, Any]]) -> bool:
    """Whether a question that counts was deleted meanwhile, so that the attempt cannot go on. It is closed and does not count."""
    wanted = {line["revision"] for line in lines}
    return not lines or Revision.objects.filter(pk__in=wanted).count() != len(wanted)


def close_void(attempt: Attempt) -> None:
    """Ends an open attempt that counts for nothing."""
    attempt.finished_at, attempt.result = timezone.now(), Attempt.Result.VOID
    attempt.save(update_fields=["finished_at", "result"])


def end_if_answered(
    enrolment: Enrolment,
    attempt: Attempt,
    lines: Sequence[dict[str, Any]],
    given: Sequence[Answer],
    ground: Ground,
    *,
    after: Sequence[Statement] = (),
) -> None:
    """Ends the open attempt of a locked enrolment once every item that counts (`lines`) is answered: records how it came out,
    together with what came before it, and counts the items."""
    acts = [*after, *_judged(enrolment, attempt, lines, given, ground)]
    if acts:
        storing.record(acts)
    if attempt.result in {Attempt.Result.PASSED, Attempt.Result.FAILED}:
        keys = {line["key"] for line in lines}
        counting = [answer for answer in given if str(answer.question) in keys]
        # Last, as everybody who sits this quiz counts in the same rows: nobody waits for more than the end of this.
        tally_attempt(attempt, counting, by=enrolment.person, at=ground.now)


def _judged(
    enrolment: Enrolment, attempt: Attempt, lines: Sequence[dict[str, Any]], given: Sequence[Answer], ground: Ground
) -> list[Statement]:
    """What to record of the attempt if it ends now."""
    outline = enrolment.edition.module(attempt.module)
    is_right = {str(answer.question): answer.is_right for answer in given}
    if outline is None or outline.quiz is None or any(line["key"] not in is_right for line in lines):
        return []
    if not lines:
        close_void(attempt)
        return []
    grade = grades.grade(
        {line["key"]: is_right[line["key"]] for line in lines},
        must_pass=[line["key"] for line in lines if line["must_pass"]],
        total=len(lines),
        pass_mark=outline.quiz["pass_mark"],
    )
    attempt.finished_at = ground.now
    attempt.result = Attempt.Result.PASSED if grade.is_passed else Attempt.Result.FAILED
    attempt.score = grade.scaled
    attempt.save(update_fields=["finished_at", "result", "score"])
    return acts_of(enrolment, attempt, outline, grade, ground, edition=enrolment.edition)


def acts_of(
    enrolment: Enrolment, attempt: Attempt, outline: OutlineModule, grade: grades.Grade, ground: Ground, *, edition: Edition
) -> list[Statement]:
    """What an ended attempt says; with a pass that the module is completed, and what else a test-out spares her.

    `edition` is the one under which the attempt was sat.
    """
    title = outline.title(enrolment.language)
    acts = [
        statements.module_judged(
            ground,
            module=attempt.module,
            title=title,
            attempt=attempt.number,
            is_passed=grade.is_passed,
            scaled=grade.scaled,
        )
    ]
    if grade.is_passed:
        acts.append(statements.module_completed(ground, module=attempt.module, title=title, attempt=attempt.number))
        acts += [
            statements.module_tested_out(ground, module=module.key, title=module.title(enrolment.language))
            for module in _spared(enrolment, attempt, edition)
        ]
    return acts


def _spared(enrolment: Enrolment, attempt: Attempt, edition: Edition) -> list[OutlineModule]:
    """The modules that a passed attempt spares who took the quiz first: those that are only read, and not done yet.

    Only at first go, and where the course has several quizzes, with the last of them.
    """
    if enrolment.origin != Enrolment.Origin.TEST_OUT or not edition.has_test_out:
        return []
    before = Attempt.objects.filter(enrolment=enrolment, finished_at__lt=attempt.finished_at)
    if before.filter(result=Attempt.Result.FAILED).exists():
        return []
    rows = {row.module: row for row in ModuleProgress.objects.filter(enrolment=enrolment)}
    passed = {key for key, row in rows.items() if row.passed_at} | {attempt.module}
    if any(quiz.key not in passed for quiz in edition.quizzes):
        return []
    done = {key for key, row in rows.items() if row.completed_at}
    return [module for module in edition.modules if module.is_only_read and module.key not in done]
