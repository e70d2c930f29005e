"""One-time codes with which staff without a mailbox sign in. What is kept of a code is its hash."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q


class SignInCodeQuerySet(models.QuerySet):
    def open(self):
        """Neither used nor withdrawn; it may have run out."""
        return self.filter(used_at__isnull=True, withdrawn_at__isnull=True)

    def usable(self, moment: datetime):
        return self.open().filter(expires_at__gt=moment)


class SignInCode(models.Model):
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="sign_in_codes")
    secret = models.CharField(max_length=128)  # as a password is kept
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)  # a newer one took its place

    objects = SignInCodeQuerySet.as_manager()

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(used_at__isnull=True, withdrawn_at__isnull=True),
                name="people_signincode_one_open",
            ),
            models.CheckConstraint(condition=~Q(person=models.F("issued_by")), name="people_signincode_not_for_herself"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.issued_at:%Y-%m-%d %H:%M}"
