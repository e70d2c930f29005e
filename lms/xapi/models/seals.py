"""Proof that nobody changed the past."""

from django.db import models


class Seal(models.Model):
    """A day's statements in one hash, chained to the day before."""

    day = models.DateField(unique=True)  # of `stored`, in UTC
    count = models.PositiveBigIntegerField()
    digest = models.CharField(max_length=64)
    made_at = models.DateTimeField()

    wagtail_reference_index_ignore = True

    def __str__(self) -> str:
        return f"{self.day} {self.digest}"
