"""Sends the lists that are due, and passes lists on when the right of who keeps them ends.

Safe to repeat: what is done for a week, month or quarter is written down with its mail.
"""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import override

from courses import handing
from courses.successors import Successors
from lms import languages, mailing
from lms.people import recording
from lms.people.models import Role, RoleGrant, User
from lms.reports import exporting, listings, producing, saving, sheets
from lms.reports.list_models import SavedList, Schedule


def send_due(day: date) -> int:
    """What the first day of a week, month or quarter brought, also a few days late. Returns how many schedules."""
    if sheets.living() is None:
        return 0
    running = list(Schedule.objects.running().select_related("saved").order_by("pk"))
    return sum(_send(one.pk, day) for one in running if one.sent_for < saving.period(day, one.every))


def pass_on(day: date, *, of: User | None = None, to: User | None = None, by: User | None = None) -> int:
    """The open lists of whoever may keep none any more go, with what is sent of them, to `to`, or else to the nearest focal
    point; where nobody can take over they stay. `of`: hers only. Returns how many lists changed hands. Safe to repeat."""
    kept = SavedList.objects.open().filter(owner=of) if of else SavedList.objects.open()
    owners = set(kept.values_list("owner", flat=True))
    return sum(_pass_on(owner, day, to, by) for owner in sorted(owners))


def hand_over(grant: RoleGrant, *, to: User, by: User, day: date) -> int:
    """Ends the role and passes on all that hangs on it. Returns how many tasks and lists changed hands. Raises NotAllowed."""
    hers = SavedList.objects.open().filter(owner=grant.person)
    with transaction.atomic():
        kept = hers.count()
        tasks = handing.hand_over(grant, to=to, by=by, day=day)
        pass_on(day, of=grant.person, to=to, by=by)
        return tasks + kept - hers.count()


def _pass_on(owner: int, day: date, to: User | None, by: User | None) -> int:
    with transaction.atomic():
        User.objects.lock([owner])
        former = User.objects.get(pk=owner)
        if _keeps(former, day):
            return 0
        heir = _heir(former, day, to)
        if heir is None:
            return 0
        count = SavedList.objects.open().filter(owner=former).update(owner=heir)
        recording.decided(by or heir, "lists handed over", {"to": str(heir.uuid), "lists": str(count)}, purpose="", person=former)
        mailing.send(
            "lists_arrived",
            address=heir.email,
            language=heir.language,
            name=heir.display_name,
            former=former.display_name,
            lists=count,
        )
    return count


def _keeps(person: User, day: date) -> bool:
    return saving.may_keep(person) and User.objects.active_on(day).filter(pk=person.pk).exists()


def _heir(former: User, day: date, to: User | None) -> User | None:
    """Who may keep lists today: the one who is named, or whoever is nearest to the structure of her latest grant."""
    latest = (
        RoleGrant.objects.filter(person=former, role__in=[Role.FOCAL_POINT, Role.DEPUTY]).order_by("-starts_on", "-pk").first()
    )
    if to is None and latest is None:
        return None
    nearest = Successors(day).of_structure(latest.structure_id) if latest else []
    candidates = [*(User.objects.active_on(day).filter(pk=to.pk) if to else []), *nearest]
    return next((one for one in candidates if one.pk != former.pk and saving.may_keep(one)), None)


def _send(key: int, day: date) -> bool:
    with transaction.atomic():
        one = Schedule.objects.select_for_update(of=("self",)).select_related("saved").get(pk=key)
        since = saving.period(day, one.every)
        if one.sent_for >= since or one.paused_at or one.ended_at:
            return False
        owner = User.objects.get(pk=one.saved.owner_id)
        with override(languages.spoken(owner.language)):
            _work_off(one, owner, since, day)
        one.sent_for = since
        one.save(update_fields=["sent_for", "ended_at"])
    return True


def _work_off(one: Schedule, owner: User, since: date, day: date) -> None:
    if not (_keeps(owner, day) and producing.may_take(owner)):
        one.ended_at = timezone.now()
        _tell("schedule_stopped", one, owner, since)
    elif producing.find(owner, listings.read(one.saved.query)).count(most=1):
        exporting.ask(owner, one.saved.query, one.form, purpose=one.purpose, schedule=one)
    else:
        _tell("schedule_empty", one, owner, since)


def _tell(mail: str, one: Schedule, owner: User, since: date) -> None:
    mailing.send(
        mail,
        address=owner.email,
        language=owner.language,
        once=f"schedule {one.uuid} {since}",
        name=owner.display_name,
        saved=one.saved,
    )
