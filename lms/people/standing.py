"""Names a colleague who sees a manager's team while she is away, and ends it."""

from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lms.days import today
from lms.people import access, recording
from lms.people.models import Posting, StandIn, User
from lms.refusals import NotAllowed


def name(leader: User, person: User, *, starts_on: date, until: date, by: User) -> StandIn:
    """From `starts_on` up to and with `until`, `person` sees the team of `leader`. The same named twice is named once.

    The manager herself names her, or Human Resources do. Raises NotAllowed.
    """
    _refuse_unfit(leader, person, by=by)
    if not today() <= starts_on <= until:
        raise NotAllowed(_("Choose a first day that is today or later, and a last day that is not before it."))
    values = {"leader": leader, "person": person, "starts_on": starts_on, "ends_on": until + timedelta(days=1)}
    with transaction.atomic():
        _lock(leader)
        known = StandIn.objects.named().filter(**values).first()
        if known is not None:
            return known
        if StandIn.objects.open_on(starts_on).filter(leader=leader, starts_on__lte=until).exists():
            raise NotAllowed(_("Somebody stands in for %(person)s in that time already. End that first.") % {"person": leader})
        made = StandIn.objects.create(**values, named_by=by, named_at=timezone.now())
        _log(made, "stand-in named", by)
    return made


def end(stand_in: StandIn, *, by: User, day: date) -> None:
    """From `day` on it is over. Safe to repeat. Raises NotAllowed."""
    if not _may_decide(by, stand_in.leader):
        raise NotAllowed(_("Only the manager or Human Resources end it."))
    with transaction.atomic():
        _lock(stand_in.leader)
        stand_in.refresh_from_db(fields=["ends_on", "cancelled_at"])
        if stand_in.cancelled_at is not None or not stand_in.is_open_on(day):
            return
        if day <= stand_in.starts_on:
            stand_in.cancelled_at = timezone.now()
        else:
            stand_in.ends_on = day
        stand_in.save(update_fields=["ends_on", "cancelled_at"])
        _log(stand_in, "stand-in ended", by)


def _refuse_unfit(leader: User, person: User, *, by: User) -> None:
    if not _may_decide(by, leader):
        raise NotAllowed(_("You name somebody for your own team only; Human Resources do for others."))
    if person in {leader, by}:
        raise NotAllowed(_("Name somebody else: nobody stands in for herself or names herself."))
    # Nobody hands on what she only looks after for somebody else.
    if not Posting.objects.on(today()).filter(manager=leader).exists():
        raise NotAllowed(_("%(person)s leads nobody today, so there is no team to look after.") % {"person": leader})
    if person.is_guest or not person.email or not User.objects.active_on(today()).filter(pk=person.pk).exists():
        raise NotAllowed(_("Who stands in signs in by her address and is in post today: name another colleague."))


def _may_decide(by: User, leader: User) -> bool:
    scopes = access.rights(by).scopes("R11", "W")
    return access.Scope.ALL in scopes or (access.Scope.OWN in scopes and by == leader)


def _lock(leader: User) -> None:
    """The manager and Human Resources may act at once: the second one sees what the first one did."""
    User.objects.lock([leader.pk])


def _log(stand_in: StandIn, what: str, by: User) -> None:
    days = {"leader": str(stand_in.leader.uuid), "from": str(stand_in.starts_on), "until": str(stand_in.ends_on)}
    recording.decided(by, what, days, purpose="", person=stand_in.person)
