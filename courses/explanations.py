"""Why somebody is asked a course, and how she stands with it: rule, date, evidence, certificate, in this order and in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from certificates.models import Certificate
from courses import wordings
from courses.models import (
    Assignment,
    Completion,
    Correction,
    Course,
    Dispute,
    Enrolment,
    Exemption,
    LaterDate,
    Requirement,
    State,
)
from courses.renewals import end_of
from courses.statements import CMI5_VERBS, course_id, postponed_id, verb_id
from courses.terms import GRACE
from lms.people.models import Posting, RoleGrant, Tree, User
from lms.xapi import evidence
from lms.xapi.queries import Filter

# Of the course as a whole, so that no answer, score or failure is among them.
SHOWN = {verb_id(name): name for name in ("registered", "completed")}
EXCUSED = {f"{CMI5_VERBS}waived": "waived"}

URGENCY = (
    *(State.OVERDUE, State.EXPIRING, State.IN_PROGRESS, State.EXPIRED),
    *(State.NOT_STARTED, State.WAITING, State.DONE, State.EXEMPT),
)


@dataclass(frozen=True)
class Asked:
    """One course that is asked of a person on a day."""

    assignment: Assignment  # with `state`
    audience: str
    owner: str
    reckoning: str  # how its date comes about
    rests_on: Completion | None  # the completion that counts, or counted last
    ends_on: date | None  # of its validity


@dataclass(frozen=True)
class Proof:
    """One stored statement, as far as it is shown: that something was begun, finished or excused, and under which edition."""

    id: UUID
    verb: str
    at: datetime
    edition: str
    is_voided: bool


@dataclass(frozen=True)
class Said:
    """What she asked about her state, and what was put right; the newest first."""

    disputes: list[Dispute]  # with `is_in_hand`
    corrections: list[Correction]  # that were agreed to

    @property
    def open(self) -> Dispute | None:
        return next((one for one in self.disputes if one.is_open), None)


@dataclass(frozen=True)
class Explanation:
    asked: Asked | None
    lines: list[tuple[Requirement, str, str, str]]  # each line that asks it of her: audience, owner, when due
    proofs: list[Proof]
    completions: list[tuple[Completion, Certificate | None]]
    exemptions: list[Exemption]

    @property
    def has_standing(self) -> bool:
        """A completion that is not withdrawn."""
        return any(completion.withdrawn_at is None for completion, _certificate in self.completions)


def asked_of(person: User, day: date, tree: Tree) -> list[Asked]:
    """All that is asked of her on that day, what is most urgent on top. Four queries, however much it is."""
    related = ("course", "requirement", "manual__recorded_by", "manual__kept_by", "refresher")
    rows = Assignment.objects.with_state(day).filter(person=person).select_related(*related)
    assignments = sorted(rows, key=lambda row: (URGENCY.index(row.state), row.strength, row.due_on, row.course.code))
    completions = list(Completion.objects.standing().filter(person=person, completed_on__lte=day).order_by("completed_on", "pk"))
    posting = Posting.objects.on(day).filter(person=person).first()
    grants = list(RoleGrant.objects.in_force(day).filter(person=person))
    return [_asked(row, completions, posting, grants, tree) for row in assignments]


def explain(person: User, course: Course, day: date, tree: Tree) -> Explanation:
    """The whole way from the rule to the certificate. Raises nothing where the course is not asked of her."""
    asked = next((one for one in asked_of(person, day, tree) if one.assignment.course_id == course.pk), None)
    posting = Posting.objects.on(day).filter(person=person).first()
    roles = {grant.role for grant in RoleGrant.objects.in_force(day).filter(person=person)}
    meeting = [
        line
        for line in Requirement.objects.known().on(day).filter(course=course).select_related("owner").order_by("pk")
        if posting is not None and _meets(line, posting, roles, tree)
    ]
    completions = Completion.objects.filter(person=person, course=course).select_related(
        "edition", "withdrawn_by", "seat__session__recorded_by", "seat__session__confirmed_by"
    )
    certificates = {one.award: one for one in Certificate.objects.current().filter(person=person, course_key=course.key)}
    exemptions = list(Exemption.objects.agreed().filter(person=person, course=course).order_by("-starts_on"))
    return Explanation(
        asked=asked,
        lines=[(line, wordings.audience(line, tree), wordings.owner(line, tree), wordings.due(line)) for line in meeting],
        proofs=_proofs(person, course, [one.statement for one in exemptions]),
        completions=[(one, certificates.get(one.uuid)) for one in completions.order_by("-completed_on", "-pk")],
        exemptions=exemptions,
    )


def said_of(person: User, course: Course) -> Said:
    """Two queries."""
    hers = {"person": person, "course": course}
    corrections = Correction.objects.agreed().filter(**hers).select_related("dispute")
    return Said(
        disputes=list(Dispute.objects.with_correction().filter(**hers).order_by("-asked_at", "-pk")),
        corrections=list(corrections.order_by("-agreed_at", "-pk")),
    )


def _asked(
    row: Assignment, completions: Sequence[Completion], posting: Posting | None, grants: Sequence[RoleGrant], tree: Tree
) -> Asked:
    counting = [one for one in completions if one.course_id in {row.course_id, row.refresher_id}]
    last = counting[-1] if counting else None
    line = row.requirement
    return Asked(
        assignment=row,
        audience=wordings.audience(line, tree) if line else _("you by name"),
        owner=wordings.owner(line, tree) if line else _named(row),
        reckoning=_reckoning(row, posting, grants),
        rests_on=last,
        ends_on=end_of(last, row.valid_months) if last else None,
    )


def _named(row: Assignment) -> str:
    """Who asked her by name, or answers for it now."""
    by = (row.manual.kept_by or row.manual.recorded_by) if row.manual else None
    return by.official_name if by else ""


def _reckoning(row: Assignment, posting: Posting | None, grants: Sequence[RoleGrant]) -> str:
    line = row.requirement
    if row.later_id is not None:
        return _("A later date was agreed on.")
    if line is None:
        return _("The day was named.")
    anchor = {
        "entry": posting.entered_on if posting else None,
        "posting": posting.starts_on if posting else None,
        "appointment": min((grant.starts_on for grant in grants if grant.role in line.roles), default=None),
        "rule": line.starts_on,
    }[line.due_from]
    if anchor is not None and anchor + timedelta(days=line.due_days) == row.due_on:
        return _("%(rule)s on %(day)s.") % {"rule": wordings.due(line), "day": date_format(anchor)}
    since = row.due_on - GRACE
    beginnings = {row.starts_on, line.starts_on, posting and posting.starts_on, *(grant.starts_on for grant in grants)}
    if since in beginnings:
        words = {"rule": wordings.due(line), "day": date_format(since)}
        return _("%(rule)s, but not before 30 days were over from %(day)s, when it began to be asked.") % words
    return _("%(rule)s; the day stood before the rule was changed.") % {"rule": wordings.due(line)}


def _meets(line: Requirement, posting: Posting, roles: set[str], tree: Tree) -> bool:
    parts = (
        (line.function_groups, {posting.function_group}),
        (line.contract_types, {posting.contract_type}),
        (line.duty_stations, {posting.duty_station}),
        (line.roles, roles),
    )
    is_there = line.structure_id is None or line.structure_id in set(tree.upwards(posting.structure_id))
    return is_there and all(not named or not hers.isdisjoint(named) for named, hers in parts)


def _proofs(person: User, course: Course, waived: Sequence[UUID | None]) -> list[Proof]:
    """The platform's own: of her enrolments in the course, and of what was decided about her in it."""
    about = course_id(settings.XAPI_BASE_IRI, course.key)
    hers = {"person": person, "course": course}
    registrations = Enrolment.objects.filter(**hers).values_list("registration", flat=True)
    begun = [Filter(registration=one, activity=about, limit=50) for one in registrations]
    lines, _more = evidence.lines(begun, verbs=SHOWN) if begun else ([], None)
    credited = Completion.objects.filter(enrolment=None, **hers).values_list("statement", flat=True)
    known = {*waived, *credited, *LaterDate.objects.filter(**hers).values_list("statement", flat=True)}
    verbs = SHOWN | EXCUSED | {postponed_id(settings.XAPI_BASE_IRI): "postponed"}
    if known:
        decided, _more = evidence.lines([Filter(agent=evidence.pseudonym(person.uuid), activity=about, limit=50)], verbs=verbs)
        lines += [line for line in decided if line.id in known]
    return [
        Proof(
            id=line.id,
            verb=verbs[line.statement["verb"]["id"]],
            at=line.timestamp,
            edition=line.statement.get("context", {}).get("revision", ""),
            is_voided=line.is_voided,
        )
        for line in sorted(lines, key=lambda line: line.seq)
    ]
