"""Joins two records of one person, and splits them again: states and certificates then see one.

Statements stay as they are: the pseudonym of the other record becomes one more of the person. An HR officer asks, a second one
agrees; what was moved is kept, so that a split leads back.
"""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import F, Model, QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from certificates import issuing
from courses.models import Arrangement, Completion, Correction, Dispute, Enrolment, Exemption, LaterDate, ManualAssignment
from lms.days import today
from lms.people import access, closing, recording
from lms.people.models import PersonAlias, PersonJoin, Posting, User
from lms.people.signals import staff_changed
from lms.refusals import NotAllowed

AWAY = 1_000_000  # cycles that are on their way to another number
# What hangs on a person and goes over as it is, under the name by which a join keeps it.
MOVED: dict[str, type[Model]] = {
    "assignments": ManualAssignment,
    "exemptions": Exemption,
    "later dates": LaterDate,
    "disputes": Dispute,
    "corrections": Correction,
    "arrangements": Arrangement,
}


def ask(kept: User, other: User, *, by: User, reason: str) -> PersonJoin:
    """Asks a second HR officer to join the two; `kept` is the account that goes on. Safe to repeat. Raises NotAllowed."""
    _refuse(by, kept, other, action="W")
    if kept == other:
        raise NotAllowed(_("Name two records."))
    if not reason.strip():
        raise NotAllowed(_("Say why these are one person."))
    with transaction.atomic():
        _lock(kept, other)
        _refuse_unfit(kept, other)
        same = PersonJoin.objects.waiting().filter(kept=kept, other=other).first()
        if same is not None:
            return same
        if PersonJoin.objects.filter(split_at__isnull=True, other__in=[kept, other]).exists():
            raise NotAllowed(_("One of the two is joined to another record, or is about to be."))
        join = PersonJoin.objects.create(
            kept=kept, other=other, reason=reason.strip()[:300], asked_by=by, asked_at=timezone.now()
        )
        _log(join, "join of two records: asked", by)
    return join


def agree(join: PersonJoin, *, by: User) -> PersonJoin:
    """The second HR officer agrees, and they are one. Safe to repeat. Raises NotAllowed."""
    _refuse(by, join.kept, join.other, action="A")
    with transaction.atomic():
        _lock(join.kept, join.other)
        locked = PersonJoin.objects.select_for_update(of=("self",)).select_related("kept", "other").get(pk=join.pk)
        if locked.agreed_at is not None and locked.split_at is None:
            return locked
        if by.pk == locked.asked_by_id:
            raise NotAllowed(_("A second HR officer has to agree."))
        if locked.split_at is not None:
            raise NotAllowed(_("This was given up or split again."))
        _refuse_unfit(locked.kept, locked.other)
        locked.agreed_by, locked.agreed_at = by, timezone.now()
        locked.changes = _join(locked.kept, locked.other)
        locked.save(update_fields=["agreed_by", "agreed_at", "changes"])
        staff_changed.send(sender=User)
        _log(locked, "join of two records: agreed", by)
    return locked


def split(join: PersonJoin, *, by: User, reason: str) -> PersonJoin:
    """They are two again, as before; what was done meanwhile stays where it was done. Safe to repeat. Raises NotAllowed."""
    _refuse(by, join.kept, join.other, action="W")
    if not reason.strip():
        raise NotAllowed(_("Say why these are two persons."))
    with transaction.atomic():
        _lock(join.kept, join.other)
        locked = PersonJoin.objects.select_for_update(of=("self",)).select_related("kept", "other").get(pk=join.pk)
        if locked.split_at is not None:
            return locked
        if locked.agreed_at is not None:
            _split(locked.other, locked.changes)
            staff_changed.send(sender=User)
        locked.split_by, locked.split_at, locked.split_reason = by, timezone.now(), reason.strip()[:300]
        locked.save(update_fields=["split_by", "split_at", "split_reason"])
        _log(locked, "join of two records: split", by)
    return locked


def _join(kept: User, other: User) -> dict[str, Any]:
    changes = {
        "is_active": other.is_active,
        "aliases": _hand_over(PersonAlias.objects.filter(person=other), kept),
        "enrolments": _join_enrolments(kept, other),
        "completions": _hand_over(Completion.objects.filter(person=other), kept),
        "certificates": issuing.hand_over(other, kept),
        "postings": _hand_over(_postings_beside(kept, other), kept),
        **{name: _hand_over(model._default_manager.filter(person=other), kept) for name, model in MOVED.items()},
    }
    User.objects.filter(pk=other.pk).update(is_active=False)
    closing.end_access([other])
    return changes


def _split(other: User, changes: dict[str, Any]) -> None:
    _restore_enrolments(changes["enrolments"])
    PersonAlias.objects.filter(pk__in=changes["aliases"]).update(person=other)
    moved: dict[str, type[Model]] = {"postings": Posting, **MOVED}
    for name, model in moved.items():
        model._default_manager.filter(pk__in=changes.get(name, [])).update(person=other)
    # What was completed meanwhile goes with its enrolment.
    theirs = Completion.objects.filter(pk__in=changes["completions"]) | Completion.objects.filter(enrolment__person=other)
    awards = list(theirs.values_list("uuid", flat=True))
    Completion.objects.filter(uuid__in=awards).update(person=other)
    issuing.give_back(changes["certificates"], awards, other)
    User.objects.filter(pk=other.pk).update(is_active=changes["is_active"])


def _hand_over(rows: QuerySet[Any], person: User) -> list[int]:
    keys = list(rows.values_list("pk", flat=True))
    rows.model.objects.filter(pk__in=keys).update(person=person)
    return keys


def _postings_beside(kept: User, other: User) -> QuerySet[Posting]:
    """Those of the other that lie beside all of the kept one's: nobody serves twice at once."""
    served = list(Posting.objects.filter(person=kept))
    beside = [row.pk for row in Posting.objects.filter(person=other) if not any(_overlap(row, one) for one in served)]
    return Posting.objects.filter(pk__in=beside)


def _overlap(one: Posting, other: Posting) -> bool:
    return one.is_open_on(other.starts_on) and other.is_open_on(one.starts_on)


def _join_enrolments(kept: User, other: User) -> dict[str, dict[str, Any]]:
    """The cycles of both in the order in which they were begun, one open at the end. Returns before and after by key."""
    rows = list(Enrolment.objects.select_for_update().filter(person__in=[kept, other]).order_by("pk"))
    courses = {row.course_id for row in rows if row.person_id == other.pk}
    rows = [row for row in rows if row.course_id in courses]
    before = {row.pk: _values(row) for row in rows}
    for course in courses:
        group = [row for row in rows if row.course_id == course]
        _close_all_but_one([row for row in group if row.is_open], kept)
        group.sort(key=lambda row: (row.is_open, row.enrolled_at, row.pk))
        for cycle, row in enumerate(group, start=1):
            row.person_id, row.cycle = kept.pk, cycle
    _write(rows)
    return {str(row.pk): {"before": before[row.pk], "after": _values(row)} for row in rows}


def _close_all_but_one(rows: list[Enrolment], kept: User) -> None:
    """The one with more done stays open; of two with as much, that of the record which stays."""
    done = {row.pk: row.progress.exclude(completed_at=None).count() for row in rows}
    rows.sort(key=lambda row: (done[row.pk], row.person_id == kept.pk))
    for row in rows[:-1]:
        row.closed_at, row.closed_because = timezone.now(), Enrolment.Closed.WITHDRAWN


def _restore_enrolments(changes: dict[str, dict[str, Any]]) -> None:
    rows = list(Enrolment.objects.select_for_update().filter(pk__in=[int(key) for key in changes]).order_by("pk"))
    for row in rows:
        now, (before, after) = _values(row), (changes[str(row.pk)][name] for name in ("before", "after"))
        row.person_id, row.cycle = before["person"], before["cycle"]
        if now["closed_at"] == after["closed_at"]:
            row.closed_at = parse_datetime(before["closed_at"]) if before["closed_at"] else None
            row.closed_because = before["closed_because"]
    others = Enrolment.objects.filter(closed_at=None).exclude(pk__in=[row.pk for row in rows])
    for row in rows:
        if row.is_open and others.filter(person=row.person_id, course=row.course_id).exists():
            row.closed_at, row.closed_because = timezone.now(), Enrolment.Closed.WITHDRAWN  # begun anew meanwhile
    _write(rows)


def _write(rows: Iterable[Enrolment]) -> None:
    """Numbers, persons and the one open place change hands: they are given up first, then taken."""
    rows = list(rows)
    Enrolment.objects.filter(pk__in=[row.pk for row in rows]).update(cycle=F("cycle") + AWAY, closed_at=timezone.now())
    for row in rows:
        row.save(update_fields=["person", "cycle", "closed_at", "closed_because"])


def _values(row: Enrolment) -> dict[str, Any]:
    return {
        "person": row.person_id,
        "cycle": row.cycle,
        "closed_at": row.closed_at.isoformat() if row.closed_at else None,
        "closed_because": row.closed_because,
    }


def _lock(*people: User) -> None:
    User.objects.lock([person.pk for person in people])


def _refuse(by: User, kept: User, other: User, *, action: str) -> None:
    if not (by.is_active and access.opens(by, [("R1", action)])):
        raise NotAllowed(_("%(person)s is no HR officer today.") % {"person": by})
    if by in {kept, other}:
        raise NotAllowed(_("Nobody decides about her own record: ask another HR officer."))


def _refuse_unfit(kept: User, other: User) -> None:
    """The account that goes on is the one with which the person works today."""
    working = set(User.objects.active_on(today()).filter(pk__in=[kept.pk, other.pk]).values_list("pk", flat=True))
    if working == {other.pk}:
        raise NotAllowed(_("The other record is the one in post today: keep that one."))


def _log(join: PersonJoin, what: str, by: User) -> None:
    selection = {"join": str(join.uuid), "other": str(join.other.uuid)}
    recording.decided(by, what, selection, purpose=join.split_reason or join.reason, person=join.kept)
