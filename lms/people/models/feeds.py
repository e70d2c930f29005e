"""What each staff feed did: kept as a record, line by line, with what everything was before."""

from uuid import uuid4

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class FeedRunQuerySet(models.QuerySet):
    def undecided(self):
        """Whose file is kept until somebody says what becomes of it."""
        return self.filter(state__in=[FeedRun.State.SEEN, FeedRun.State.WAITING])

    def applied(self):
        return self.filter(state=FeedRun.State.APPLIED)


class FeedRun(models.Model):
    class State(models.TextChoices):
        SEEN = "seen", _("looked at, not applied")
        WAITING = "waiting", _("waits for a second HR officer")
        APPLIED = "applied", _("applied")
        REFUSED = "refused", _("not applied")
        REPLACED = "replaced", _("replaced by a later file")
        TAKEN_BACK = "taken-back", _("taken back")

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    state = models.CharField(max_length=20, choices=State, default=State.SEEN)
    day = models.DateField()  # as of which it was looked at or applied
    file_name = models.CharField(max_length=200)
    file_sha256 = models.CharField(max_length=64)
    kept = models.CharField(max_length=200, blank=True)  # in the private storage, while nobody has decided
    uploaded_at = models.DateTimeField()
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    agreed_at = models.DateTimeField(null=True)
    agreed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    applied_at = models.DateTimeField(null=True)
    applied_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)  # refused, replaced or taken back
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=300, blank=True)
    too_many = models.TextField(blank=True)  # why it cannot be applied by one person
    counts = models.JSONField(default=dict)  # people and lines by outcome
    dropped_columns = models.JSONField(default=list)

    objects = FeedRunQuerySet.as_manager()

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(agreed_by__isnull=True) | Q(uploaded_by__isnull=True) | ~Q(agreed_by=F("uploaded_by")),
                name="people_feedrun_two_persons",
            ),
            models.UniqueConstraint(fields=["state"], condition=Q(state="waiting"), name="people_feedrun_one_waits"),
        ]
        ordering = ["-uploaded_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.file_name} {self.uploaded_at:%Y-%m-%d %H:%M}"

    @property
    def is_undecided(self) -> bool:
        return self.state in {self.State.SEEN, self.State.WAITING}


class FeedLine(models.Model):
    """One person of a feed to whom anything happened, or one line that was refused."""

    class Outcome(models.TextChoices):
        NEW = "new", _("new")
        RETURNED = "returned", _("returned")
        MOVED = "moved", _("moved")
        CHANGED = "changed", _("changed")
        LEFT = "left", _("left")
        UNMATCHED = "unmatched", _("unmatched")
        REFUSED = "refused", _("refused")

    run = models.ForeignKey(FeedRun, on_delete=models.PROTECT, related_name="lines")
    line = models.PositiveIntegerField(null=True)  # of the file; who left stands in none
    staff_number = models.CharField(max_length=40, blank=True)
    outcome = models.CharField(max_length=20, choices=Outcome)
    reason = models.TextField(blank=True)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="feed_lines")
    changes = models.JSONField(default=dict, encoder=DjangoJSONEncoder)  # as `Journal.changes` has them

    wagtail_reference_index_ignore = True

    class Meta:
        indexes = [models.Index(fields=["run", "outcome"])]

    def __str__(self) -> str:
        return f"{self.staff_number}: {self.outcome}"
