"""That what a client of the record store sent is to be undone: asked by one administrator, agreed to by another."""

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class UndoRequestQuerySet(models.QuerySet):
    def waiting(self):
        """For the second administrator."""
        return self.filter(agreed_at__isnull=True)

    def unfinished(self):
        """Agreed to, and not done to the end."""
        return self.filter(agreed_at__isnull=False, done_at__isnull=True)


class UndoRequest(models.Model):
    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    secret = models.UUIDField(default=uuid4, editable=False)  # namespace of the ids of voiding statements
    client = models.CharField(max_length=40)  # key of the credential
    since = models.DateTimeField()
    reason = models.CharField(max_length=300)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    agreed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    agreed_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    voided = models.PositiveIntegerField(default=0)  # statements
    withdrawn = models.PositiveIntegerField(default=0)  # completions

    objects = UndoRequestQuerySet.as_manager()

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(agreed_by__isnull=True, agreed_at__isnull=True) | Q(agreed_by__isnull=False, agreed_at__isnull=False),
                name="courses_undorequest_agreed_whole",
            ),
            models.CheckConstraint(
                condition=Q(agreed_by__isnull=True) | ~Q(agreed_by=F("asked_by")), name="courses_undorequest_two_persons"
            ),
        ]
        ordering = ["-asked_at"]

    def __str__(self) -> str:
        return f"{self.client} {self.since:%Y-%m-%d %H:%M}"
