"""Counts how people answer items, without saying who they are.

- **Whom.** Only somebody's first attempt at a module, in any of her enrolments, and of it the first try at each item. So one
  count is one person, and from how many different people a number comes can be told although none of them is kept. A second
  attempt says little of an item anyway: it is sat by those who failed, and they have read what was right. Attempts, unlike
  answers, are never deleted, so a renewal years later counts nobody twice.
- **When.** Items of a quiz when the attempt ends, since their band is known only then; a knowledge check with its first try.
  The month is that of this moment, so that nothing is added to a month that is over and may have been shown.
  In the transaction of the answer: what is sent twice, or breaks off, is counted once or not at all.
- **What it gives away.** The counts move when somebody answers, so whoever compares two copies of the database learns what she
  answered. That is accepted here and not for scenarios (`counting`), as the same database holds her answers themselves for
  twelve months. There is no day and no structure; trainers get sums only that grow by 20 people or more at a time
  (`item_statistics.gathered`).
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection
from wagtail.models import Revision

from courses.item_statistics import band_of
from courses.kinds.kind import Kind
from courses.models import Answer, Attempt, ItemTally, Question
from lms.days import day_of
from lms.people.models import User


@dataclass(frozen=True, order=True)
class _Cell:
    """What stands in a row beside module and month."""

    question: UUID
    revision: int
    language: str
    option: str
    band: int


def tally_attempt(attempt: Attempt, answers: Sequence[Answer], *, by: User, at: datetime) -> None:
    """Counts a quiz that ended just now (`at`), each item in the band of the others. One that is not her first is not counted,
    nor is an item whose question was deleted meanwhile."""
    if not _is_first(attempt, by):
        return
    contents = Revision.objects.in_bulk([answer.revision for answer in answers])
    right, others = sum(answer.is_right for answer in answers), len(answers) - 1
    counts: Counter[_Cell] = Counter()
    rights: Counter[_Cell] = Counter()
    for answer in answers:
        band = band_of(right - answer.is_right, others) if others else 0
        if answer.revision in contents:
            _count(answer, Question.content_of(contents[answer.revision]), band, counts, rights)
    if counts:
        _add(attempt.module, at, counts, rights)


def tally_check(attempt: Attempt, answer: Answer, content: Kind, *, by: User) -> None:
    """Counts the first try at a knowledge check; other tries, and those in a later attempt, are not counted."""
    if answer.try_number > 1 or not _is_first(attempt, by):
        return
    counts: Counter[_Cell] = Counter()
    rights: Counter[_Cell] = Counter()
    _count(answer, content, 0, counts, rights)
    _add(attempt.module, answer.answered_at, counts, rights)


def _is_first(attempt: Attempt, person: User) -> bool:
    if attempt.number > 1:
        return False
    return not Attempt.objects.filter(module=attempt.module, enrolment__person=person).exclude(pk=attempt.pk).exists()


def _count(answer: Answer, content: Kind, band: int, counts: Counter[_Cell], rights: Counter[_Cell]) -> None:
    whole = _Cell(answer.question, answer.revision, answer.language, "", band)
    counts[whole] += 1
    rights[whole] += answer.is_right
    for part in content.parts_of(answer.response):
        counts[_Cell(answer.question, answer.revision, answer.language, part, 0)] += 1


def _add(module: UUID, moment: datetime, counts: Counter[_Cell], rights: Counter[_Cell]) -> None:
    """In one command, for which the ORM has no words, and in the order of the keys: two attempts that end together wait for
    each other and never block each other."""
    names = ["module", "question", "revision", "language", "month", "option", "band", "count", "right_count"]
    columns = {field.name: field for field in ItemTally._meta.concrete_fields}
    month = day_of(moment).replace(day=1)
    lines = [
        [module, cell.question, cell.revision, cell.language, month, cell.option, cell.band, counts[cell], rights[cell]]
        for cell in sorted(counts)
    ]
    values = [
        columns[name].get_db_prep_save(value, connection) for line in lines for name, value in zip(names, line, strict=True)
    ]
    marks = ", ".join([f"({', '.join(['%s'] * len(names))})"] * len(lines))
    table = ItemTally._meta.db_table
    command = (
        f"INSERT INTO {table} ({', '.join(names)}) VALUES {marks} ON CONFLICT ({', '.join(names[:7])}) DO UPDATE SET"
        f" count = {table}.count + excluded.count, right_count = {table}.right_count + excluded.right_count"
    )
    with connection.cursor() as cursor:
        cursor.execute(command, values)
