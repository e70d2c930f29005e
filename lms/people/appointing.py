"""Gives and ends roles, and keeps the groups of Wagtail in line with them."""

from collections.abc import Iterable
from datetime import date

from django.contrib.auth.models import Group as AuthGroup
from django.contrib.auth.models import Permission
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Page

from lms.days import today
from lms.people import recording
from lms.people.models import Role, RoleGrant, Structure, User
from lms.people.roles import GROUPS, group_name
from lms.people.signals import role_ended
from lms.refusals import NotAllowed


def grant(
    person: User,
    role: Role,
    *,
    by: User | None,
    starts_on: date,
    ends_on: date | None = None,
    structure: Structure | None = None,
    object_keys: Iterable[str] = (),
) -> RoleGrant:
    """Appoints `person`. HR officers, administrators and auditors wait for `approve` by a second administrator.

    `by` is None on the server's own command line. Raises NotAllowed.
    """
    if person == by:
        raise NotAllowed(_("Nobody gives a role to herself."))
    if not person.email:
        raise NotAllowed(_("Who holds a role signs in by her address, and %(person)s has none.") % {"person": person})
    if person.is_guest:
        raise NotAllowed(_("%(person)s is a guest: roles are for staff.") % {"person": person})
    if role.is_of_structure and structure is None:
        raise NotAllowed(_("A %(role)s is appointed for a structure: name one.") % {"role": role.label})
    if ends_on is not None and ends_on <= starts_on:
        raise NotAllowed(_("A role ends after the day on which it began: choose a later day."))
    with transaction.atomic():
        _lock_roles_of(person)
        same = RoleGrant.objects.filter(person=person, role=role, structure=structure, cancelled_at__isnull=True)
        overlapping = same.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=starts_on))
        if ends_on is not None:
            overlapping = overlapping.filter(starts_on__lt=ends_on)
        if overlapping.exists():
            raise NotAllowed(_("She holds this role in that time already. End it first."))
        made = RoleGrant.objects.create(
            person=person,
            role=role,
            structure=structure,
            object_keys=list(object_keys),
            starts_on=starts_on,
            ends_on=ends_on,
            granted_by=by,
        )
        derive_groups(person, day=today())
    return made


def approve(appointment: RoleGrant, *, by: User, day: date) -> None:
    """The second administrator agrees. Raises NotAllowed."""
    if by in {appointment.granted_by, appointment.person}:
        raise NotAllowed(_("A second administrator has to agree."))
    with transaction.atomic():
        _lock_roles_of(appointment.person)
        appointment.refresh_from_db(fields=["ends_on", "cancelled_at", "approved_by"])
        if not appointment.needs_approval or appointment.cancelled_at or not appointment.is_open_on(day):
            raise NotAllowed(_("This appointment waits for nobody."))
        appointment.approved_by = by
        appointment.save(update_fields=["approved_by"])
        derive_groups(appointment.person, day=today())


def end(appointment: RoleGrant, *, by: User | None, day: date, successor: User | None = None) -> None:
    """From `day` on the role is over; the access log keeps who ended it. `successor` takes her tasks over, if one is named.

    Raises NotAllowed.
    """
    if appointment.person == by:
        raise NotAllowed(_("Nobody ends her own role: ask another administrator."))
    with transaction.atomic():
        _lock_roles_of(appointment.person)
        appointment.refresh_from_db(fields=["ends_on", "cancelled_at"])
        if not appointment.is_open_on(day) or appointment.cancelled_at:
            raise NotAllowed(_("This role is over already."))
        if day <= appointment.starts_on:
            appointment.cancelled_at = timezone.now()
        else:
            appointment.ends_on = day
        appointment.save(update_fields=["ends_on", "cancelled_at"])
        if by is not None:
            recording.opened(by, appointment.person, f"role ended: {appointment.role}")
        derive_groups(appointment.person, day=today())
        role_ended.send(sender=RoleGrant, person=appointment.person, by=by, successor=successor)


def derive_groups(person: User, *, day: date) -> None:
    """Membership of Wagtail's groups follows from the grants in force on that day."""
    roles = set(RoleGrant.objects.in_force(day).filter(person=person).values_list("role", flat=True))
    wanted = {group_name(role) for role in GROUPS if role in roles}
    if wanted != set(person.groups.values_list("name", flat=True)):
        person.groups.set(AuthGroup.objects.filter(name__in=wanted))


def bring_in_groups() -> None:
    """Makes the groups of `roles.GROUPS` with just the permissions named there."""
    root = Page.get_first_root_node()
    collection = Collection.get_first_root_node()
    known = {
        f"{permission.content_type.app_label}.{permission.codename}": permission
        for permission in Permission.objects.select_related("content_type")
    }
    for role, spec in GROUPS.items():
        group, _made = AuthGroup.objects.get_or_create(name=group_name(role))
        group.permissions.set([known[name] for name in spec.permissions])
        _set_rows(GroupPagePermission, group, "page", root, [known[f"wagtailcore.{name}"] for name in spec.on_pages])
        _set_rows(
            GroupCollectionPermission, group, "collection", collection, [known[f"wagtailimages.{name}"] for name in spec.on_media]
        )


def _lock_roles_of(person: User) -> None:
    """Two administrators may act at once: the second one sees what the first one did. (Rows that name her go on.)"""
    User.objects.lock([person.pk])


def _set_rows(
    model: type[GroupPagePermission | GroupCollectionPermission],
    group: AuthGroup,
    field: str,
    place: Page | Collection,
    permissions: list[Permission],
) -> None:
    model.objects.filter(group=group).exclude(permission__in=permissions, **{field: place}).delete()
    for permission in permissions:
        model.objects.get_or_create(group=group, permission=permission, **{field: place})
