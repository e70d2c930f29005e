"""Roles are dated grants. This table is the truth; membership of Wagtail groups is derived from it."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from lms.people.models.dated import Dated, DatedQuerySet
from lms.people.models.structures import Structure


class Role(models.TextChoices):
    TRAINER = "trainer", _("trainer")
    PUBLISHER = "publisher", _("publisher")
    GUIDE_OWNER = "guide-owner", _("guide owner")
    FOCAL_POINT = "focal-point", _("focal point")
    DEPUTY = "deputy-focal-point", _("deputy focal point")
    HEAD = "head", _("head of structure")
    HR = "hr-officer", _("HR officer")
    OVERVIEW = "overview", _("ODIHR or OSG overview")
    AUDITOR = "auditor", _("auditor")
    ADMINISTRATOR = "administrator", _("administrator")

    @property
    def is_of_structure(self) -> bool:
        return self in {Role.FOCAL_POINT, Role.DEPUTY, Role.HEAD}

    @property
    def holds_tasks(self) -> bool:
        """Group sessions and recommendations by name are passed on when it ends."""
        return self in {Role.TRAINER, Role.FOCAL_POINT, Role.DEPUTY}

    @property
    def needs_second_factor(self) -> bool:
        return self not in {Role.FOCAL_POINT, Role.DEPUTY}


# Who can see or decide much is appointed by two administrators.
SECOND_PERSON = frozenset({Role.HR, Role.ADMINISTRATOR, Role.AUDITOR})


class GrantQuerySet(DatedQuerySet):
    def agreed(self):
        """A second person agreed where one is asked for, and nobody took it back. (No grantor: given on the server itself.)"""
        agreed = ~Q(role__in=SECOND_PERSON) | Q(approved_by__isnull=False) | Q(granted_by__isnull=True)
        return self.filter(agreed, cancelled_at__isnull=True)

    def in_force(self, day: date):
        return self.on(day).agreed()


class RoleGrant(Dated):
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="grants")
    role = models.CharField(max_length=20, choices=Role)
    structure = models.ForeignKey(Structure, on_delete=models.PROTECT, null=True, blank=True, related_name="grants")
    object_keys = models.JSONField(default=list, blank=True)  # of the courses or guides it is for, as uuid text
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    cancelled_at = models.DateTimeField(null=True)  # ended on its first day, when no half-open row can say so

    objects = GrantQuerySet.as_manager()

    wagtail_reference_index_ignore = True

    class Meta(Dated.Meta):
        constraints = [
            *Dated.Meta.constraints,
            models.CheckConstraint(
                condition=~Q(role__in=[Role.FOCAL_POINT, Role.DEPUTY, Role.HEAD]) | Q(structure__isnull=False),
                name="people_rolegrant_structure_named",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("granted_by")), name="people_rolegrant_two_persons"
            ),
            models.CheckConstraint(condition=~Q(granted_by=F("person")), name="people_rolegrant_not_to_herself"),
        ]
        indexes = [models.Index(fields=["person", "starts_on", "ends_on"])]

    def __str__(self) -> str:
        return f"{self.person} · {self.get_role_display()}"

    @property
    def is_handed_over(self) -> bool:
        return Role(self.role).holds_tasks

    @property
    def needs_approval(self) -> bool:
        return self.role in SECOND_PERSON and self.granted_by_id is not None and self.approved_by_id is None
