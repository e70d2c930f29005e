"""What waits for other record stores."""

from django.db import models
from django.db.models import Q

WAITING = Q(delivered_at=None, refused_at=None)
REFUSED = Q(refused_at__isnull=False)


class DeliveryQuerySet(models.QuerySet):
    def waiting(self):
        return self.filter(WAITING)

    def refused(self):
        return self.filter(REFUSED)


class Delivery(models.Model):
    """One statement on its way to one target: the outbox."""

    target = models.CharField(max_length=60)
    seq = models.BigIntegerField()  # of the statement
    delivered_at = models.DateTimeField(null=True)
    refused_at = models.DateTimeField(null=True)  # the target takes it in no form, so it is set aside
    error = models.TextField(blank=True)  # what the target said to it

    objects = DeliveryQuerySet.as_manager()

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [models.UniqueConstraint(fields=["target", "seq"], name="xapi_delivery_once")]
        # Both hold few rows, however many were delivered.
        indexes = [
            models.Index(fields=["target", "seq"], condition=WAITING, name="xapi_delivery_waiting"),
            models.Index(fields=["target", "seq"], condition=REFUSED, name="xapi_delivery_refused"),
        ]

    def __str__(self) -> str:
        return f"{self.target} {self.seq}"


class TargetState(models.Model):
    """How it stands with one target."""

    target = models.CharField(max_length=60, unique=True)
    failures = models.PositiveIntegerField(default=0)  # one after the other
    next_try_at = models.DateTimeField(null=True)
    last_delivery_at = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True)

    wagtail_reference_index_ignore = True

    def __str__(self) -> str:
        return self.target
