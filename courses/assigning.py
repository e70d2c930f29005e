"""Brings the assignments in line with what follows from rules, postings and roles. Nothing is triggered, all is compared."""

from collections.abc import Collection
from datetime import date

from django.db import transaction
from django.db.models import Exists, OuterRef

from courses.histories import MANUAL, REQUIREMENT, current_rules, histories_of
from courses.models import Assignment
from courses.signals import assignments_changed
from courses.timelines import Demand, Rules, demands
from lms.people.models import Posting, User

AT_ONCE = 1000  # people a transaction
KEY = ("person_id", "course_id", "starts_on")
VALUES = (
    "ends_on",
    "strength",
    "requirement_id",
    "manual_id",
    "due_on",
    "valid_months",
    "renewal_days",
    "refresher_id",
    "later_id",
)

# Whoever served some time; and whose postings went over to another record, but not yet what was asked of her.
IN_POST = Exists(Posting.objects.filter(person=OuterRef("pk")))
IS_ASKED = Exists(Assignment.objects.filter(person=OuterRef("pk")))

Plain = tuple[object, ...]


def apply_rules(day: date, only: Collection[int] | None = None) -> int:
    """Writes what is asked of everybody, or of these people by key, up to that day, and takes away what is asked no more.

    Returns how many rows differed.

    Safe to repeat: what comes out depends on the rows, not on when it was done, so nobody is passed by who missed a run. Two runs
    at once stand in line for the same people, and each reads the rules anew for each thousand.
    """
    last, changed, rules = 0, 0, None
    rows = User.objects.filter(IN_POST | IS_ASKED) if only is None else User.objects.filter(IN_POST | IS_ASKED, pk__in=only)
    while people := list(rows.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:AT_ONCE]):
        with transaction.atomic():
            User.objects.lock(people)
            rules = current_rules(rules)
            changed += _apply_to(people, rules, day)
        last = people[-1]
    return changed


def _apply_to(people: list[int], rules: Rules, day: date) -> int:
    wanted = {
        (person, demand.course, demand.starts_on): _values(demand)
        for person, history in histories_of(people).items()
        for demand in demands(history, rules, day=day)
    }
    gone, same, others = [], set(), set()
    for pk, *values in Assignment.objects.filter(person__in=people).values_list("pk", *KEY, *VALUES):
        key, rest = tuple(values[: len(KEY)]), tuple(values[len(KEY) :])
        if key not in wanted:
            gone.append(pk)
            others.add(key[0])
        elif wanted[key] == rest:
            same.add(key)
    rows = [
        Assignment(**dict(zip((*KEY, *VALUES), (*key, *values), strict=True)))
        for key, values in wanted.items()
        if key not in same
    ]
    for start in range(0, len(gone), AT_ONCE):
        Assignment.objects.filter(pk__in=gone[start : start + AT_ONCE]).delete()
    Assignment.objects.bulk_create(
        rows, batch_size=AT_ONCE, update_conflicts=True, unique_fields=["person", "course", "starts_on"], update_fields=VALUES
    )
    others |= {row.person_id for row in rows}
    if others:
        assignments_changed.send(sender=Assignment, people=others)
    return len(gone) + len(rows)


def _values(demand: Demand) -> Plain:
    terms = demand.terms
    kind, key = terms.line.key
    return (
        demand.ends_on,
        terms.strength,
        key if kind == REQUIREMENT else None,
        key if kind == MANUAL else None,
        terms.due_on,
        terms.valid_months,
        terms.renewal_days,
        terms.refresher,
        terms.later,
    )
