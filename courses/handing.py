"""Passes on what a focal point or a trainer holds, when her role ends: open group sessions and recommendations by name.

Only who holds a task changes. Who made a session, recorded it or recommended a course stays as it was. Checks of contacts
rest on the role itself: whoever has it next has them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from courses import rosters
from courses.models import GroupSession, ManualAssignment, Seat
from courses.successors import Successors
from lms import mailing
from lms.days import today
from lms.people import access, appointing, recording
from lms.people.models import Posting, Role, RoleGrant, User
from lms.refusals import NotAllowed


@dataclass
class Passed:
    """What one person gets from another: keys."""

    sessions: list[int] = field(default_factory=list)
    recommendations: list[int] = field(default_factory=list)


Moves = dict[tuple[int, int], Passed]  # (from whom, to whom)


def hand_over(grant: RoleGrant, *, to: User, by: User, day: date) -> int:
    """Ends the role and passes its tasks on to `to`, as far as she may hold them; the rest as `pass_on` does.

    Returns how many tasks changed hands. Safe to repeat. Raises NotAllowed.
    """
    if not access.rights(by).scopes("R12", "W"):
        raise NotAllowed(_("Only Human Resources and administrators hand a role over."))
    if by in {grant.person, to}:
        raise NotAllowed(_("Nobody hands over to herself or for herself: ask a colleague."))
    if not Role(grant.role).holds_tasks:
        raise NotAllowed(_("No tasks hang on this role: it is ended by an administrator."))
    with transaction.atomic():
        if to.pk not in {one.pk for one in Successors(day).beside(grant)}:
            raise NotAllowed(_("Choose a focal point or deputy of the structure, or a trainer, who is in post today."))
        held = _count(grant.person)
        if RoleGrant.objects.in_force(day).filter(pk=grant.pk).exists():
            appointing.end(grant, by=by, day=day, successor=to)
        else:
            pass_on(day, of=grant.person, to=to, by=by)
        return held - _count(grant.person)


def pass_on(day: date, *, of: User | None = None, to: User | None = None, by: User | None = None) -> int:
    """Whatever is held by somebody who may hold it no more goes to `to`, or else to the nearest focal point; what nobody may
    hold stays where it is, until somebody can. `of`: her tasks only.

    Returns how many tasks changed hands. Safe to repeat.
    """
    with transaction.atomic():
        sessions = list(_open_sessions(of))
        named = list(_recommendations(of, day))
        lost = _lost_sessions(sessions, day) + _lost_recommendations(named, day)
        if not lost:
            return 0
        successors = Successors(day)
        first = _fresh([to.pk], day).get(to.pk) if to is not None else None
        moves = _moves(lost, successors, first, day)
        for (former, heir), passed in moves.items():
            GroupSession.objects.filter(pk__in=passed.sessions).update(held_by=heir)
            ManualAssignment.objects.filter(pk__in=passed.recommendations).update(kept_by=heir)
            _tell(former, heir, passed, by=by)
    return sum(len(passed.sessions) + len(passed.recommendations) for passed in moves.values())


def _count(person: User) -> int:
    sessions = GroupSession.objects.open().filter(held_by=person)
    return sessions.count() + ManualAssignment.objects.kept_on(today()).filter(kept_by=person).count()


def _open_sessions(of: User | None) -> list[GroupSession]:
    """Locked, so that nothing is recorded while they change hands; in the order of keys."""
    rows = GroupSession.objects.open().select_for_update(of=("self",)).select_related("course").order_by("pk")
    return list(rows.filter(held_by=of) if of else rows)


def _recommendations(of: User | None, day: date) -> list[ManualAssignment]:
    rows = ManualAssignment.objects.kept_on(day).select_for_update(of=("self",)).order_by("pk")
    return list(rows.filter(kept_by=of) if of else rows)


def _lost_sessions(rows: Iterable[GroupSession], day: date) -> list[GroupSession | ManualAssignment]:
    rows = list(rows)
    holders = _fresh({row.held_by_id for row in rows}, day)
    return [
        row
        for row in rows
        if row.held_by_id not in holders or not rosters.may_hold(holders[row.held_by_id], row.course, row.structure_id, day)
    ]


def _lost_recommendations(rows: Iterable[ManualAssignment], day: date) -> list[GroupSession | ManualAssignment]:
    by_keeper: dict[int, list[ManualAssignment]] = defaultdict(list)
    for row in rows:
        by_keeper[row.kept_by_id or 0].append(row)
    keepers = _fresh(by_keeper, day)
    lost: list[GroupSession | ManualAssignment] = []
    for key, hers in by_keeper.items():
        reached: set[int] = set()
        if key in keepers:
            people = access.people(keepers[key], "P3", "W").filter(pk__in=[row.person_id for row in hers])
            reached = set(people.values_list("pk", flat=True))
        lost += [row for row in hers if row.person_id not in reached]
    return lost


def _moves(lost: Iterable[GroupSession | ManualAssignment], successors: Successors, first: User | None, day: date) -> Moves:
    lost = list(lost)
    sessions = [row for row in lost if isinstance(row, GroupSession)]
    named = [row for row in lost if isinstance(row, ManualAssignment)]
    seated: dict[int, set[int]] = defaultdict(set)
    for seat in Seat.objects.filter(session__in=sessions):
        seated[seat.session_id].add(seat.person_id)
    places = dict(Posting.objects.on(day).filter(person__in=[row.person_id for row in named]).values_list("person", "structure"))
    moves: Moves = defaultdict(Passed)
    for session in sessions:
        heir = successors.of_session(session, seated[session.pk], first=first)
        if heir is not None:
            moves[session.held_by_id, heir.pk].sessions.append(session.pk)
    for row in named:
        heir = successors.of_recommendation(row.person_id, places.get(row.person_id), first=first)
        if heir is not None and row.kept_by_id is not None:
            moves[row.kept_by_id, heir.pk].recommendations.append(row.pk)
    return moves


def _fresh(keys: Collection[int], day: date) -> dict[int, User]:
    """Those who may use the platform that day, as they are now: what they might do a moment ago is forgotten."""
    return {person.pk: person for person in User.objects.active_on(day).filter(pk__in=keys)}


def _tell(former: int, heir: int, passed: Passed, *, by: User | None) -> None:
    """The log says who decided it; where the day itself did, it says who took over."""
    people = User.objects.in_bulk([former, heir])
    counts = {"sessions": str(len(passed.sessions)), "recommendations": str(len(passed.recommendations))}
    recording.decided(
        by or people[heir], "tasks handed over", {"to": str(people[heir].uuid), **counts}, purpose="", person=people[former]
    )
    mailing.send(
        "tasks_arrived",
        address=people[heir].email,
        language=people[heir].language,
        name=people[heir].display_name,
        former=people[former].display_name,
        sessions=len(passed.sessions),
        recommendations=len(passed.recommendations),
    )
