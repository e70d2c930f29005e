"""When each periodic job ran, and how it ended."""

from django.db import models


class JobRun(models.Model):
    class Outcome(models.TextChoices):
        DONE = "done"
        FAILED = "failed"

    name = models.CharField(max_length=60)
    window = models.CharField(max_length=40)  # what the run stands for, such as a minute or a day: claimed once
    claimed_at = models.DateTimeField()
    heartbeat_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)
    detail = models.TextField(blank=True)

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name", "window"], name="jobs_jobrun_window_once")]

    def __str__(self) -> str:
        return f"{self.name} {self.window}"
