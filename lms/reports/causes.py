"""Why a state of somebody is known otherwise at a later moment than at an earlier one: what was recorded between the two."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from courses.models import Completion, Exemption, LaterDate, ManualAssignment, Requirement
from lms.days import day_of
from lms.people.models import LanguageChoice, PersonJoin, PostingVersion, Role, RoleGrantVersion

COMPLETED = {
    Completion.Source.COURSE: _("Completed on %(day)s; her device sent it on %(told)s."),
    Completion.Source.SESSION: _("Completed in a group session on %(day)s, entered on %(told)s."),
    Completion.Source.PRIOR: _("Credited on %(told)s for what she learnt elsewhere by %(day)s."),
    Completion.Source.IMPORT: _("Completed on %(day)s before this platform, brought in on %(told)s."),
}


@dataclass(frozen=True)
class Cause:
    """`course` None: it bears on every course of hers. `told`: when it was recorded."""

    person: int
    course: int | None
    words: str
    told: datetime


@dataclass(frozen=True)
class Window:
    """What was recorded after one moment, up to another one."""

    after: datetime
    until: datetime

    def holds(self, moment: datetime | None) -> bool:
        return moment is not None and self.after < moment <= self.until

    def within(self, field: str) -> Q:
        return Q(**{f"{field}__gt": self.after, f"{field}__lte": self.until})


def causes_of(people: Collection[int], day: date, window: Window) -> dict[int, list[Cause]]:
    """By person, the older ones first. Eight queries, however many people they are."""
    found: dict[int, list[Cause]] = defaultdict(list)
    for kind in (_completions, _exemptions, _later_dates, _by_name, _postings, _roles, _languages, _joins):
        for cause in kind(people, day, window):
            found[cause.person].append(cause)
    for hers in found.values():
        hers.sort(key=lambda cause: cause.told)
    return found


def changed_rules(window: Window) -> dict[int, list[str]]:
    """By course, what was recorded of its lines. One query."""
    found: dict[int, list[str]] = defaultdict(list)
    changed = window.within("recorded_at") | window.within("superseded_at")
    days: dict[int, set[date]] = defaultdict(set)
    for course, recorded_at, superseded_at in Requirement.objects.filter(changed).values_list(
        "course", "recorded_at", "superseded_at"
    ):
        days[course] |= {day_of(moment) for moment in (recorded_at, superseded_at) if moment and window.holds(moment)}
    words = str(_("The rules of this course were changed on %(told)s."))
    for course, told in days.items():
        found[course] = [words % {"told": date_format(one)} for one in sorted(told)]
    return found


def _cause(person: int, course: int | None, words: Promise | str, told: datetime | None, **values: Any) -> Cause:
    """Raises ValueError where it never happened."""
    if told is None:
        raise ValueError("A cause was recorded at some moment.")
    plain = {name: date_format(value) if isinstance(value, date) else value for name, value in values.items()}
    return Cause(person, course, str(words) % {"told": date_format(day_of(told)), **plain}, told)


def _completions(people: Collection[int], day: date, window: Window) -> Iterator[Cause]:
    rows = Completion.objects.filter(window.within("recorded_at") | window.within("withdrawn_at"), person__in=people)
    for row in rows.filter(completed_on__lte=day):
        if window.holds(row.withdrawn_at) and row.recorded_at <= window.after:
            words = _("The completion of %(day)s was withdrawn on %(told)s.")
            yield _cause(row.person_id, row.course_id, words, row.withdrawn_at, day=row.completed_on)
        elif window.holds(row.recorded_at) and not window.holds(row.withdrawn_at):
            words = COMPLETED[Completion.Source(row.source)]
            yield _cause(row.person_id, row.course_id, words, row.recorded_at, day=row.completed_on)


def _exemptions(people: Collection[int], day: date, window: Window) -> Iterator[Cause]:
    changed = window.within("recorded_at") | window.within("approved_at") | window.within("superseded_at")
    rows = list(Exemption.objects.filter(changed, person__in=people, approved_at__isnull=False).order_by("pk"))
    for row in rows:
        agreed_at = max(row.recorded_at, row.approved_at or row.recorded_at)
        was_known = agreed_at <= window.after
        if was_known and window.holds(row.superseded_at):
            words = _("The exemption from %(day)s on was ended or changed on %(told)s.")
            yield _cause(row.person_id, row.course_id, words, row.superseded_at, day=row.starts_on)
        elif window.holds(row.approved_at) and not window.holds(row.superseded_at):
            words = _("Exempt from %(day)s on, agreed to on %(told)s.")
            yield _cause(row.person_id, row.course_id, words, agreed_at, day=row.starts_on)


def _later_dates(people: Collection[int], day: date, window: Window) -> Iterator[Cause]:
    for row in LaterDate.objects.known(window.until).filter(window.within("recorded_at"), person__in=people):
        words = _("A later date, %(due)s, was agreed on %(told)s.")
        yield _cause(row.person_id, row.course_id, words, row.recorded_at, due=row.due_on)


def _by_name(people: Collection[int], day: date, window: Window) -> Iterator[Cause]:
    rows = ManualAssignment.objects.filter(window.within("recorded_at") | window.within("superseded_at"), person__in=people)
    for row in rows:
        if window.holds(row.superseded_at):
            words = _("What was asked of her by name was changed on %(told)s.")
            yield _cause(row.person_id, row.course_id, words, row.superseded_at)
        else:
            yield _cause(row.person_id, row.course_id, _("It was asked of her by name on %(told)s."), row.recorded_at)


def _postings(people: Collection[int], day: date, window: Window) -> Iterator[Cause]:
    rows = PostingVersion.objects.filter(person__in=people).on(day)
    before = {row.person_id: row for row in rows.known(window.after)}
    after = {row.person_id: row for row in rows.known(window.until)}
    for person in before.keys() | after.keys():
        was, now = before.get(person), after.get(person)
        if was is None or now is None:
            yield from _entry_or_exit(was, now)
        elif was.structure_id != now.structure_id:
            words = _("Transfer of %(day)s, entered on %(told)s.")
            yield _cause(person, None, words, now.recorded_at, day=now.starts_on)
        elif _post(was) != _post(now):
            yield _cause(person, None, _("Her function, contract or entry on duty was corrected on %(told)s."), now.recorded_at)


def _entry_or_exit(was: PostingVersion | None, now: PostingVersion | None) -> Iterator[Cause]:
    if was is not None and was.person_id is not None:
        yield _cause(was.person_id, None, _("Not in post that day, as was recorded on %(told)s."), was.superseded_at)
    if now is not None and now.person_id is not None:
        words = _("In post from %(day)s on, recorded on %(told)s.")
        yield _cause(now.person_id, None, words, now.recorded_at, day=now.starts_on)


def _post(row: PostingVersion) -> tuple[object, ...]:
    return row.function_group, row.contract_type, row.duty_station, row.entered_on, row.starts_on


def _roles(people: Collection[int], day: date, window: Window) -> Iterator[Cause]:
    rows = RoleGrantVersion.objects.filter(person__in=people).on(day)
    before = {row.row: row for row in rows.known(window.after).agreed()}
    after = {row.row: row for row in rows.known(window.until).agreed()}
    for key in before.keys() - after.keys():
        row = before[key]
        words = _("The role of %(role)s was ended, as was recorded on %(told)s.")
        yield _cause(row.person_id, None, words, row.superseded_at, role=Role(row.role).label)
    for key in after.keys() - before.keys():
        row = after[key]
        words = _("The role of %(role)s was given from %(day)s on, recorded on %(told)s.")
        yield _cause(row.person_id, None, words, row.recorded_at, role=Role(row.role).label, day=row.starts_on)


def _languages(people: Collection[int], day: date, window: Window) -> Iterator[Cause]:
    for row in LanguageChoice.objects.filter(window.within("superseded_at"), row__in=people):
        yield _cause(row.row, None, _("Her language was changed on %(told)s."), row.superseded_at)


def _joins(people: Collection[int], day: date, window: Window) -> Iterator[Cause]:
    changed = window.within("agreed_at") | window.within("split_at")
    named = Q(kept__in=people) | Q(other__in=people)
    for join in PersonJoin.objects.filter(changed, named, agreed_at__isnull=False):
        for person in {join.kept_id, join.other_id} & {*people}:
            if window.holds(join.split_at):
                yield _cause(person, None, _("Two records were split again on %(told)s."), join.split_at)
            else:
                yield _cause(person, None, _("Two records of one person were joined on %(told)s."), join.agreed_at)
