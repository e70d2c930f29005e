"""Who sees a manager's team while she is away."""

from datetime import date, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from lms.people.models.dated import Dated, DatedQuerySet


class StandInQuerySet(DatedQuerySet):
    def named(self):
        """Nobody took it back."""
        return self.filter(cancelled_at__isnull=True)

    def in_force(self, day: date):
        return self.on(day).named()

    def open_on(self, day: date):
        """Those of that day and those that begin later."""
        return self.named().filter(ends_on__gt=day)


class StandIn(Dated):
    """A record; changes: an earlier end. It always has one, so that it ends by itself."""

    leader = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="stand_ins")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="stands_in")
    named_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    named_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True)  # taken back before it began, or on its first day

    objects = StandInQuerySet.as_manager()

    wagtail_reference_index_ignore = True

    class Meta(Dated.Meta):
        constraints = [
            *Dated.Meta.constraints,
            models.CheckConstraint(condition=Q(ends_on__isnull=False), name="people_standin_ends"),
            models.CheckConstraint(
                condition=~Q(person=F("leader")) & ~Q(person=F("named_by")), name="people_standin_somebody_else"
            ),
        ]
        indexes = [models.Index(fields=["person", "starts_on", "ends_on"])]
        ordering = ["starts_on", "pk"]

    @property
    def last_day(self) -> date:
        return self.ends_on - timedelta(days=1)

    def __str__(self) -> str:
        return f"{self.person} for {self.leader}"
