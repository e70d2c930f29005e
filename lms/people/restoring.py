"""Takes the last staff feed back: postings, names, addresses and activity are as before it.

Accounts that it made stay, closed, since nothing of a person is deleted; one that nobody ever signed in to gives its staff
number and its address back. What somebody else changed since then stays as it is.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext as _

from lms.people import access, closing, recording
from lms.people.journaling import NOWHERE, POSTING_FIELDS, Journal, portions, snapshot
from lms.people.models import FeedLine, FeedRun, Posting, User
from lms.people.signals import staff_changed
from lms.refusals import NotAllowed

DAYS = ("entered_on", "starts_on", "ends_on")


def take_back(run: FeedRun, *, by: User | None, reason: str) -> FeedRun:
    """Undoes what the feed did, all or nothing. Safe to repeat. Raises NotAllowed."""
    if by is not None and not (by.is_active and access.opens(by, [("R1", "W")])):
        raise NotAllowed(_("%(person)s is no HR officer today.") % {"person": by})
    if not reason.strip():
        raise NotAllowed(_("Say why the feed is taken back."))
    with transaction.atomic():
        # In the order in which a feed takes them, so that neither waits for the other.
        locked = FeedRun.objects.select_for_update().get(pk=run.pk)
        people = {person.pk: person for person in User.objects.select_for_update(no_key=True).order_by("pk")}
        if locked.state == FeedRun.State.TAKEN_BACK:
            return locked
        if locked.state != FeedRun.State.APPLIED:
            raise NotAllowed(_("This feed was not applied: there is nothing to take back."))
        later = Q(applied_at__gt=locked.applied_at) | Q(applied_at=locked.applied_at, pk__gt=locked.pk)
        if FeedRun.objects.applied().filter(later).exists():
            raise NotAllowed(_("Another feed followed. Only the last one can be taken back: send a right one instead."))
        _undo(list(locked.lines.filter(person__isnull=False).order_by("pk")), people)
        locked.state, locked.ended_by, locked.ended_at = FeedRun.State.TAKEN_BACK, by, timezone.now()
        locked.reason = reason.strip()[:300]
        locked.save(update_fields=["state", "ended_by", "ended_at", "reason"])
        staff_changed.send(sender=User)
        if by is not None:
            recording.decided(by, "staff feed taken back", {"feed": str(locked.uuid)}, purpose=locked.reason)
    return locked


def _undo(lines: list[FeedLine], people: dict[int, User]) -> None:
    changed = [(people[line.person_id], line.changes) for line in lines if line.person_id is not None and line.changes]
    journal = Journal()
    made, kept = _postings([posting for _person, changes in changed for posting in changes["postings"]])
    was_open = [person for person, _changes in changed if person.is_active]
    for person, changes in changed:
        journal.change(person, **_as_before(person, changes))
    _refuse_lost_addresses(person for person, _changes in changed)
    journal.write_people()
    for some in portions(made):
        Posting.objects.filter(pk__in=some).delete()
    for posting, before in kept:
        journal.change(posting, **before)
    journal.write_postings()
    closing.end_access([person for person in was_open if not person.is_active])


def _as_before(person: User, changes: dict[str, Any]) -> dict[str, Any]:
    """The values that she gets back."""
    if not changes["is_new"]:
        return {name: value for name, value in changes["before"].items() if getattr(person, name) == changes["after"][name]}
    if person.last_login is not None:
        return {"is_active": False}
    return {"is_active": False, "staff_number": None, "email": f"taken-back-{person.uuid}@{NOWHERE}"}


def _postings(changes: list[dict[str, Any]]) -> tuple[list[int], list[tuple[Posting, dict[str, Any]]]]:
    """The keys of those that the feed made, and those that it changed with their values before it.

    Raises NotAllowed where one of them is not any more as the feed left it.
    """
    rows: dict[int, Posting] = {}
    for some in portions([change["pk"] for change in changes]):
        rows |= Posting.objects.in_bulk(some)
    for change in changes:
        row = rows.get(change["pk"])
        if row is None or snapshot(row) != change["after"]:
            raise NotAllowed(_("A posting was changed since by another way. Send a right feed instead."))
    made = [change["pk"] for change in changes if change["before"] is None]
    kept = [(rows[change["pk"]], _values(change["before"])) for change in changes if change["before"] is not None]
    return made, kept


def _values(plain: dict[str, Any]) -> dict[str, Any]:
    return {name: date.fromisoformat(plain[name]) if name in DAYS and plain[name] else plain[name] for name in POSTING_FIELDS}


def _refuse_lost_addresses(changed: Iterable[User]) -> None:
    """An address that somebody gave up may belong to another account by now."""
    wanted = {person.email.lower(): person.pk for person in changed if person.email}
    held = dict(User.objects.filter(email__isnull=False).values_list(Lower("email"), "pk"))
    ours = set(wanted.values())
    lost = sorted(address for address in wanted if address in held and held[address] not in ours)
    if lost:
        raise NotAllowed(_("These addresses belong to other accounts by now: %(addresses)s.") % {"addresses": ", ".join(lost)})
