"""Draws the items of a quiz from its pool, for an attempt on screen and for a sheet of paper alike."""

from collections.abc import Mapping, Sequence
from typing import Any

from wagtail.models import Revision

from courses import grades
from courses.models import Question, QuestionWithdrawal


def draw(pool: Sequence[grades.Item], quiz: Mapping[str, Any], seed: int) -> list[dict[str, Any]]:
    """Lines as `Attempt.drawn` holds them, by the quiz of the outline; the same for the same seed. Two queries."""
    revisions = Revision.objects.in_bulk([item.revision for item in pool])
    contents = {pk: Question.content_of(revision) for pk, revision in revisions.items()}
    withdrawn = QuestionWithdrawal.objects.among({"key": item.key, "revision": item.revision} for item in pool)
    there = [
        item
        for item in pool
        if item.revision in contents and contents[item.revision].is_graded and (item.key, item.revision) not in withdrawn
    ]
    items = grades.draw(there, count=quiz["count"], shares=quiz["blueprint"], seed=seed)
    return [
        {
            "key": item.key,
            "revision": item.revision,
            "objective": item.objective,
            "must_pass": item.is_must_pass,
            "options": contents[item.revision].shuffled(seed + place).order,
        }
        for place, item in enumerate(items)
    ]
