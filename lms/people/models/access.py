"""Who looked at whom: every opened record, every export and every refusal."""

from django.conf import settings
from django.db import models
from django.utils import timezone


class AccessEntry(models.Model):
    """Append-only: a database trigger refuses changes and deletions."""

    at = models.DateTimeField(default=timezone.now)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    what = models.CharField(max_length=80)
    selection = models.JSONField(default=dict)  # the filter, where more than one person was meant
    count = models.PositiveIntegerField(null=True)
    purpose = models.CharField(max_length=300, blank=True)
    was_refused = models.BooleanField(default=False)

    wagtail_reference_index_ignore = True

    class Meta:
        indexes = [models.Index(fields=["person", "at"]), models.Index(fields=["at"])]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor} {self.what}"
