"""Tokens with which programs ask the API in somebody's name. What is kept of a secret is its hash."""

from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lms.days import day_of


class TokenScope(models.TextChoices):
    """What a token may be used for, as far as its owner may do it herself on that day."""

    COMPLETIONS = "completions", _("read completions")
    ASSIGNMENTS = "assignments", _("read who is asked what, with states")
    FIGURES = "figures", _("read totals")
    STRUCTURES = "structures", _("read structures")
    COURSES = "courses", _("read courses")
    CERTIFICATES = "certificates", _("check certificates")
    FEED = "feed", _("send the staff feed")
    SCIM = "scim", _("keep people by SCIM")


class ApiTokenQuerySet(models.QuerySet):
    def usable(self, moment: datetime):
        return self.filter(withdrawn_at__isnull=True, expires_at__gt=moment).exclude(secret_sha256="")


class ApiToken(models.Model):
    """An administrator allows it, its owner makes its secret: nobody else ever holds what acts as her."""

    key = models.CharField(max_length=40, unique=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)  # of the program or service that uses it
    purpose = models.CharField(max_length=300)  # stands beside every access in the log
    scopes = models.JSONField()
    secret_sha256 = models.CharField(max_length=64, blank=True)  # empty until its owner makes one
    allowed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    allowed_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    last_used_on = models.DateField(null=True)  # a day, so that use does not write each time

    objects = ApiTokenQuerySet.as_manager()

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(owner=F("allowed_by")), name="people_apitoken_not_for_herself"),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
                name="people_apitoken_withdrawn_whole",
            ),
        ]
        ordering = ["-allowed_at", "-pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def last_day(self) -> date:
        return day_of(self.expires_at) - timedelta(days=1)

    @property
    def is_live(self) -> bool:
        return self.withdrawn_at is None and self.expires_at > timezone.now()

    @property
    def scope_names(self) -> list[str]:
        return [str(TokenScope(scope).label) for scope in self.scopes]
