"""Brings in who did how much of a course on which day of the past: enrolments of then, and one statement for each module.

What follows from statements (progress, completions, certificates) follows as from any.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from django.db import transaction

from courses import enrolling, statements
from courses.grounds import ground_of
from courses.models import Course, Enrolment, ModuleProgress
from courses.models.editions import OutlineModule
from courses.statements import Statement
from lms.days import day_of
from lms.xapi import storing

ALL_RIGHT = 1.0  # of a quiz


@dataclass(frozen=True)
class Sitting:
    """From that moment on she goes on with the course until that share of its modules is done, from 0 to 1."""

    person: int  # her key
    at: datetime
    share: float


def replay(course: Course, sittings: Iterable[Sitting], *, language: str) -> int:
    """Brings in sittings of the past, in the order of days, as what enrolled and renewed people did. Returns how many statements.

    Each day is a transaction, a person sits once a day. A sitting that was brought in before adds nothing.
    """
    count = 0
    in_order = sorted(sittings, key=lambda sitting: (sitting.at, sitting.person))
    for day, of_day in groupby(in_order, key=lambda sitting: day_of(sitting.at)):
        with transaction.atomic():
            count += _replay_day(course, day, list(of_day), language=language)
    return count


def _replay_day(course: Course, day: date, sittings: Sequence[Sitting], *, language: str) -> int:
    enrolments = enrolling.enrol_all(course, {one.person: one.at for one in sittings}, language=language)
    done: dict[int, set[object]] = {enrolment.pk: set() for enrolment in enrolments.values()}
    for row in ModuleProgress.objects.filter(enrolment__in=done):
        done[row.enrolment_id].add(row.module)
    acts: list[Statement] = []
    for one in sittings:
        enrolment = enrolments[one.person]
        modules = enrolment.edition.modules
        wanted = modules[: round(one.share * len(modules))]
        todo = [module for module in wanted if module.key not in done[enrolment.pk]] if enrolment.is_open else []
        acts += _acts(enrolment, todo, one.at)
        if todo and len(wanted) < len(modules):
            following = modules[len(wanted)]
            enrolling.keep_place(enrolment, module=following.key, screen=following.screens[0])
    if acts:
        storing.record(acts)
    return len(acts)


def _acts(enrolment: Enrolment, modules: Iterable[OutlineModule], begins: datetime) -> Iterator[Statement]:
    """One statement a module, at the moment at which it came to its end."""
    moment = begins
    for module in modules:
        moment += timedelta(minutes=module.minutes)
        ground, title = ground_of(enrolment, now=moment), module.title(enrolment.language)
        if module.quiz:
            yield statements.module_judged(ground, module=module.key, title=title, attempt=1, is_passed=True, scaled=ALL_RIGHT)
        else:
            yield statements.module_completed(ground, module=module.key, title=title)
