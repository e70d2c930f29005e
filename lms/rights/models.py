"""What somebody asked about the data that is kept of her, what was erased, and what each run of the retention did."""

from datetime import timedelta
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

ANSWERED_WITHIN = timedelta(days=30)


class DataRequestQuerySet(models.QuerySet):
    def open(self):
        """Nobody has answered it to the end, and she did not take it back."""
        return self.filter(done_at__isnull=True, withdrawn_at__isnull=True)


class DataRequest(models.Model):
    """She asks that something be put right or erased. One HR officer decides; where evidence goes, a second one agrees."""

    class Kind(models.TextChoices):
        CORRECTION = "correction", _("put something right")
        ERASURE = "erasure", _("erase something")

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)  # sent along by the form: twice is once
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="data_requests")
    kind = models.CharField(max_length=20, choices=Kind)
    words = models.CharField(max_length=1000)
    asked_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    is_granted = models.BooleanField(null=True)
    answer = models.CharField(max_length=1000, blank=True)  # to her: what goes, what stays, why
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    agreed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    done_at = models.DateTimeField(null=True)  # she was answered, and what goes is gone

    objects = DataRequestQuerySet.as_manager()

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "kind"],
                condition=Q(done_at__isnull=True, withdrawn_at__isnull=True),
                name="rights_datarequest_one_open",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True, decided_at__isnull=True, is_granted__isnull=True, answer="")
                | Q(decided_by__isnull=False, decided_at__isnull=False, is_granted__isnull=False) & ~Q(answer=""),
                name="rights_datarequest_decided_whole",
            ),
            models.CheckConstraint(
                condition=(Q(decided_by__isnull=True) | ~Q(decided_by=F("person")))
                & (Q(agreed_by__isnull=True) | ~Q(agreed_by=F("person")) & ~Q(agreed_by=F("decided_by"))),
                name="rights_datarequest_three_persons",
            ),
            models.CheckConstraint(
                condition=Q(done_at__isnull=True) | Q(decided_at__isnull=False, withdrawn_at__isnull=True),
                name="rights_datarequest_done_is_decided",
            ),
            models.CheckConstraint(
                condition=~Q(kind="erasure", is_granted=True, done_at__isnull=False) | Q(agreed_by__isnull=False),
                name="rights_datarequest_erased_by_two",
            ),
        ]
        ordering = ["asked_at", "pk"]

    def __str__(self) -> str:
        return f"{self.kind} {self.asked_at:%Y-%m-%d}"

    @property
    def due_at(self):
        return self.asked_at + ANSWERED_WITHIN

    @property
    def is_open(self) -> bool:
        return self.done_at is None and self.withdrawn_at is None

    @property
    def is_overdue(self) -> bool:
        return self.is_open and timezone.now() > self.due_at

    @property
    def waits_for_second(self) -> bool:
        return self.is_open and self.decided_at is not None


class Erasure(models.Model):
    """The ledger: what was erased of whom, when and by which decision. It holds no name; also kept outside the database."""

    class What(models.TextChoices):
        DETAILS = "details", _("answers, pages read and what she wrote")
        PERSON = "person", _("name, addresses and all that leads to her")

    person_sha256 = models.CharField(max_length=64)  # of her uuid
    what = models.CharField(max_length=20, choices=What)
    at = models.DateTimeField()  # what was stored before this moment
    decision = models.CharField(max_length=60)  # uuid of the request, or the rule

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person_sha256", "what", "decision"], name="rights_erasure_once")]
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.what} {self.at:%Y-%m-%d}"


class RetentionRun(models.Model):
    """What one run of the retention did, or would do: counts, no names."""

    at = models.DateTimeField()
    is_dry = models.BooleanField()
    report = models.JSONField()  # {what: how many}

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"
