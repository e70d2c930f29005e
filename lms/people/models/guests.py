"""Guests of partner organizations: who lets them in, for whom, and up to which day."""

from datetime import date
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from lms.people.models.structures import Structure


class GuestStayQuerySet(models.QuerySet):
    def standing(self, day: date):
        """Nobody ended them and their last day is not over, whether the guest came or not."""
        return self.filter(ended_at__isnull=True, until__gte=day)

    def in_force(self, day: date):
        """Of those the ones that let in: the guest took the invitation."""
        return self.standing(day).filter(accepted_at__isnull=False)

    def over(self, day: date):
        """Whose last day has passed, and which nothing has closed yet."""
        return self.filter(ended_at__isnull=True, until__lt=day)


class GuestStay(models.Model):
    """An invitation and what follows from it. A later one is a new row: who let whom in, and when, stays."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="stays")
    organisation = models.CharField(max_length=120)
    structure = models.ForeignKey(Structure, on_delete=models.PROTECT, related_name="+")  # the host
    course_keys = models.JSONField(default=list)  # of the courses she is invited to, as uuid text
    reason = models.CharField(max_length=300)
    until = models.DateField()  # the last day on which she may come
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    invited_at = models.DateTimeField()
    sent_at = models.DateTimeField()  # the link that is good, if she has not come yet
    accepted_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    # Empty where her time was over.
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    objects = GuestStayQuerySet.as_manager()

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person"], condition=Q(ended_at__isnull=True), name="people_gueststay_one_open"),
            models.CheckConstraint(condition=~Q(person=F("invited_by")), name="people_gueststay_not_by_herself"),
        ]
        ordering = ["until", "pk"]

    def __str__(self) -> str:
        return f"{self.person} · {self.organisation}"

    def is_standing(self, day: date) -> bool:
        return self.ended_at is None and self.until >= day
