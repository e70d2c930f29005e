"""That somebody was reminded, and the address of the calendar in which she sees her dates."""

from django.conf import settings
from django.db import models


class Reminder(models.Model):
    """One a person and day, written together with its mail, so that neither is there without the other."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="reminders", db_index=False)
    day = models.DateField()
    recorded_at = models.DateTimeField(auto_now_add=True)

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "day"], name="courses_reminder_once_a_day")]
        ordering = ["-day"]

    def __str__(self) -> str:
        return f"{self.person} · {self.day}"

    @property
    def key(self) -> str:
        """What its mail stands for in the outbox."""
        return f"reminder {self.person_id} {self.day}"


class CalendarAddress(models.Model):
    """Who holds the secret in the address reads the holder's due days, and nothing else. The secret itself is kept nowhere."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="calendar_address")
    secret_sha256 = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()

    wagtail_reference_index_ignore = True

    def __str__(self) -> str:
        return f"calendar of {self.person}"
