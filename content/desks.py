"""Whom a reader can turn to: the contacts of her structure or of the nearest one above, and its focal points."""

from collections.abc import Collection
from datetime import date, timedelta
from functools import cached_property

from content.models import Contact
from content.models.contacts import CHECK_DAYS
from lms.people.models import Posting, Role, RoleGrant, Tree, User

AHEAD = timedelta(days=14)


def to_check(structures: Collection[int], day: date) -> list[Contact]:
    """The contacts of these structures whose numbers are shown no longer, or for two weeks at most."""
    before = day + AHEAD - timedelta(days=CHECK_DAYS)
    return list(Contact.objects.filter(structure__in=structures, checked_on__lte=before).select_related("structure"))


class Desk:
    """Read only when a page shows it. Numbers that were not checked for 90 days give way to the focal point."""

    def __init__(self, reader: User, day: date):
        self.reader = reader
        self.day = day

    @cached_property
    def _line(self) -> list[int]:
        """The reader's structure and those above it, nearest first."""
        structure = Posting.objects.on(self.day).filter(person=self.reader).values_list("structure", flat=True).first()
        return list(Tree(self.day).upwards(structure))

    @cached_property
    def contact(self) -> Contact | None:
        found = {contact.structure_id: contact for contact in Contact.objects.filter(structure__in=self._line, live=True)}
        return next((found[key] for key in self._line if key in found), None)

    @property
    def has_numbers(self) -> bool:
        return self.contact is not None and self.contact.is_current(self.day)

    @property
    def for_staff(self) -> list:
        return self.contact.for_audience("staff") if self.has_numbers else []

    @property
    def for_person(self) -> list:
        return self.contact.for_audience("person") if self.has_numbers else []

    @property
    def care_lines(self) -> list:
        """People to talk to, for a reader who is burdened herself."""
        return [line for line in self.for_staff if line["kind"] == "counsellor"]

    @cached_property
    def focal_points(self) -> list[User]:
        """Main and deputy of the nearest structure that has any."""
        grants = (
            RoleGrant.objects.in_force(self.day)
            .filter(role__in=[Role.FOCAL_POINT, Role.DEPUTY], structure__in=self._line, person__is_active=True)
            .select_related("person")
            .order_by("-role")
        )
        by_structure: dict[int, list[User]] = {}
        for grant in grants:
            by_structure.setdefault(grant.structure_id, []).append(grant.person)
        return next((by_structure[key] for key in self._line if key in by_structure), [])
