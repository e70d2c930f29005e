"""Lists that somebody keeps, has sent to her, or takes along as a file."""

from uuid import uuid4

from django.conf import settings
from django.core.files.storage import storages
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


def private_files():
    return storages["private"]


class Form(models.TextChoices):
    """What a file is."""

    CSV = "csv", "CSV"
    XLSX = "xlsx", "XLSX"
    PARQUET = "parquet", "Parquet"


class SavedListQuerySet(models.QuerySet):
    def open(self):
        return self.filter(ended_at__isnull=True)

    def opened_by(self, reader):
        """Hers, and those that others share; each reader finds in it what she may see herself."""
        return self.open().filter(Q(owner=reader) | Q(is_shared=True))


class SavedList(models.Model):
    """A list under a name: its query string, never its rows."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=100)
    query = models.TextField(blank=True)
    is_shared = models.BooleanField(default=False)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = SavedListQuerySet.as_manager()

    wagtail_reference_index_ignore = True

    class Meta:
        indexes = [models.Index(fields=["owner", "ended_at"])]
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


class ScheduleQuerySet(models.QuerySet):
    def running(self):
        return self.filter(ended_at__isnull=True, paused_at__isnull=True)


class Schedule(models.Model):
    """A saved list that its owner gets regularly. `sent_for`: the first day of the latest week, month or quarter that is done."""

    class Every(models.TextChoices):
        WEEK = "week", _("every week")
        MONTH = "month", _("every month")
        QUARTER = "quarter", _("every quarter")

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    saved = models.ForeignKey(SavedList, on_delete=models.CASCADE, related_name="schedules")
    every = models.CharField(max_length=10, choices=Every)
    form = models.CharField(max_length=10, choices=Form)
    purpose = models.CharField(max_length=300)
    made_at = models.DateTimeField()
    sent_for = models.DateField()
    paused_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = ScheduleQuerySet.as_manager()

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["saved", "every", "form"], condition=Q(ended_at__isnull=True), name="reports_schedule_once"
            )
        ]
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.saved} · {self.every}"


class Export(models.Model):
    """A file that the worker makes for somebody; it is thrown away after some days.

    `reach` says how far her right went when it was made: the file is served only while it goes as far.
    """

    class Stage(models.TextChoices):
        WAITING = "waiting", _("waiting")
        WORKING = "working", _("being worked out")
        READY = "ready", _("ready")
        FAILED = "failed", _("failed")

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    schedule = models.ForeignKey(Schedule, on_delete=models.SET_NULL, null=True, related_name="+")
    query = models.TextField(blank=True)
    form = models.CharField(max_length=10, choices=Form)
    purpose = models.CharField(max_length=300)
    stage = models.CharField(max_length=10, choices=Stage, default=Stage.WAITING)
    takes = models.PositiveSmallIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)  # rows
    total = models.PositiveIntegerField(default=0)
    file = models.FileField(storage=private_files, upload_to="exports", max_length=200, blank=True)
    reach = models.CharField(max_length=64, blank=True)
    asked_at = models.DateTimeField()
    beat_at = models.DateTimeField(null=True)  # the latest sign of life of who works on it
    ready_at = models.DateTimeField(null=True)

    wagtail_reference_index_ignore = True

    class Meta:
        indexes = [models.Index(fields=["owner", "asked_at"]), models.Index(fields=["stage", "beat_at"])]
        ordering = ["-asked_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.form} {self.asked_at:%Y-%m-%d %H:%M}"

    @property
    def is_at_work(self) -> bool:
        return self.stage in {self.Stage.WAITING, self.Stage.WORKING}
