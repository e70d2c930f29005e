"""Whom a new, changed or ended line would touch, worked out without writing anything."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from courses.histories import NOW, Places, histories_of, line_of
from courses.models import Requirement
from courses.terms import Line, Terms, covering
from courses.timelines import History, Rules, demands
from lms.people.models import Posting, User

AT_ONCE = 1000  # people a query
SHOWN = 50  # by name

NEW, ENDED, STRICTER, SOONER, OTHER = "new", "ended", "stricter", "sooner", "other"


@dataclass
class Effect:
    """How many people are touched, by the kind of change, and the first of them by name with it."""

    counts: Counter[str] = field(default_factory=Counter)
    shown: list[tuple[User, str, Terms | None, Terms | None]] = field(default_factory=list)
    because: list[Requirement] = field(default_factory=list)  # the lines because of which it has no effect on anybody

    @property
    def people(self) -> int:
        return sum(self.counts.values())


def effect_of(before: Requirement | None, after: Requirement | None, day: date) -> Effect:
    """What differs on `day` if `after`, which need not be stored, stood in the place of `before`; None: there is none."""
    course = (before or after).course_id  # type: ignore[union-attr]
    others = [
        line
        for line in Requirement.objects.known().filter(course=course).select_related("owner")
        if before is None or line.line != before.line
    ]
    places = Places(NOW)
    lines = [line_of(line) for line in others]
    now = Rules(lines + ([line_of(before)] if before else []), places.above, places.changes)
    then = Rules(lines + _versions(before, after), places.above, places.changes)
    found = Effect(because=_reasons(after, others, places, day) if after else [])
    touched: list[tuple[int, str, Terms | None, Terms | None]] = []
    for people in _in_post(day):
        for person, history in histories_of(people).items():
            old, new = _in_force(history, now, day), _in_force(history, then, day)
            if kind := _kind(old, new):
                found.counts[kind] += 1
                touched += [(person, kind, old, new)] if len(touched) < SHOWN else []
    names = User.objects.in_bulk([person for person, *_ in touched])
    found.shown = [(names[person], kind, old, new) for person, kind, old, new in touched]
    return found


def _versions(before: Requirement | None, after: Requirement | None) -> list[Line]:
    """What stands in the place of a line once it is changed: it goes on until the new version begins."""
    if after is None:
        return []
    if before is None or before.starts_on >= after.starts_on:
        return [line_of(after)]
    return [replace(line_of(before), ends_on=after.starts_on), line_of(after)]


def without_effect(lines: Sequence[Requirement], day: date) -> set[int]:
    """The numbers of those lines of which others ask at least as much of the same people."""
    places = Places(NOW)
    return {line.pk for line in lines if _reasons(line, [one for one in lines if one.course_id == line.course_id], places, day)}


def _reasons(line: Requirement, others: Sequence[Requirement], places: Places, day: date) -> list[Requirement]:
    by_chain = {one.line: one for one in others}
    above: dict[int | None, frozenset[int]] = (
        {line.structure_id: places.above(line.structure_id, day)} if line.structure_id else {}
    )
    found: list[Line] = covering(line_of(line), [line_of(one) for one in others], above)
    return [by_chain[one.chain] for one in found]


def _in_post(day: date) -> list[list[int]]:
    people = list(Posting.objects.on(day).order_by("person").values_list("person", flat=True))
    return [people[start : start + AT_ONCE] for start in range(0, len(people), AT_ONCE)]


def _in_force(history: History, rules: Rules, day: date) -> Terms | None:
    for one in demands(history, rules, day=day):
        if one.ends_on is None or day < one.ends_on:
            return one.terms
    return None


def _kind(old: Terms | None, new: Terms | None) -> str:
    """The first difference that counts; empty where she notices none."""
    if old is None or new is None:
        return NEW if new else ENDED if old else ""
    if old.strength != new.strength:
        return STRICTER if new.strength == "mandatory" else OTHER
    if old.due_on != new.due_on:
        return SOONER if new.due_on < old.due_on else OTHER
    columns = ("valid_months", "renewal_days", "refresher")
    return OTHER if any(getattr(old, name) != getattr(new, name) for name in columns) else ""
