"""One person who was recorded twice: which record stays, who joined them, and how to split them again."""

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class PersonJoinQuerySet(models.QuerySet):
    def waiting(self):
        """For the second HR officer."""
        return self.filter(agreed_at__isnull=True, split_at__isnull=True)

    def standing(self):
        return self.filter(agreed_at__isnull=False, split_at__isnull=True)


class PersonJoin(models.Model):
    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    kept = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="joins")
    other = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="joined_as")
    reason = models.CharField(max_length=300)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    agreed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    agreed_at = models.DateTimeField(null=True)
    split_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    split_at = models.DateTimeField(null=True)  # or given up before anybody agreed
    split_reason = models.CharField(max_length=300, blank=True)
    changes = models.JSONField(default=dict)  # what the join moved, as it was and as it became

    objects = PersonJoinQuerySet.as_manager()

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(kept=F("other")), name="people_personjoin_two_records"),
            models.CheckConstraint(
                condition=Q(agreed_by__isnull=True) | ~Q(agreed_by=F("asked_by")), name="people_personjoin_two_persons"
            ),
            models.UniqueConstraint(fields=["other"], condition=Q(split_at__isnull=True), name="people_personjoin_once"),
        ]
        ordering = ["-asked_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.kept_id} + {self.other_id}"
