"""Certificates: records that refer to no page, frozen when issued."""

from datetime import date

from django.conf import settings
from django.core.files.storage import storages
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from certificates import signatures

CODE_LENGTH = 26
# No letters or digits that are taken for one another on paper; 30 signs, 26 of them: 127 bits.
CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


def private_storage():
    return storages["private"]


class SigningKey(models.Model):
    """The public half of a key that signed certificates. It stays when the key is gone, so that they can be checked."""

    digest = models.CharField(max_length=64, unique=True)
    x509 = models.TextField()
    first_used_at = models.DateTimeField()

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ["-first_used_at", "-pk"]

    def __str__(self) -> str:
        return self.digest[:16]

    @property
    def fingerprint(self) -> str:
        return signatures.fingerprint_of(self.x509)


class CertificateQuerySet(models.QuerySet):
    def undrawn(self):
        return self.filter(drawn_at__isnull=True, withdrawn_at__isnull=True)

    def current(self):
        """The highest issue of each award: a correction takes the place of what was issued before."""
        later = Certificate.objects.filter(award=models.OuterRef("award"), issue__gt=models.OuterRef("issue"))
        return self.filter(~models.Exists(later))


class Certificate(models.Model):
    class State(models.TextChoices):
        VALID = "valid", _("valid")
        EXPIRED = "expired", _("expired")
        WITHDRAWN = "withdrawn", _("withdrawn")

    code = models.CharField(max_length=CODE_LENGTH, unique=True)
    award = models.UUIDField()
    issue = models.PositiveIntegerField(default=1)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="certificates")
    name = models.CharField(max_length=200)
    course_key = models.UUIDField()
    course_code = models.CharField(max_length=20)
    course_title = models.CharField(max_length=255)
    edition = models.CharField(max_length=20)
    language = models.CharField(max_length=10)
    completed_on = models.DateField()
    valid_until = models.DateField(null=True)
    issued_at = models.DateTimeField()
    statement = models.UUIDField()
    statement_sha256 = models.CharField(max_length=64)
    is_demo = models.BooleanField(default=False)
    pdf = models.FileField(storage=private_storage, upload_to="certificates/%Y/%m", blank=True)
    pdf_sha256 = models.CharField(max_length=64, blank=True)
    drawn_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    withdrawn_reason = models.CharField(max_length=300, blank=True)

    objects = CertificateQuerySet.as_manager()

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["award", "issue"], name="certificates_certificate_issue_once"),
            models.CheckConstraint(
                condition=Q(pdf="", pdf_sha256="", drawn_at__isnull=True)
                | ~Q(pdf="") & ~Q(pdf_sha256="") & Q(drawn_at__isnull=False),
                name="certificates_certificate_drawn_whole",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True, withdrawn_reason="")
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False) & ~Q(withdrawn_reason=""),
                name="certificates_certificate_withdrawn_whole",
            ),
        ]
        ordering = ["-completed_on", "course_code"]

    def __str__(self) -> str:
        return f"{self.course_code} · {self.code}"

    @property
    def printed_code(self) -> str:
        """In groups that an eye can follow."""
        return "-".join(self.code[start : start + 5] for start in range(0, len(self.code), 5))

    def state_on(self, day: date) -> "Certificate.State":
        if self.withdrawn_at:
            return self.State.WITHDRAWN
        return self.State.EXPIRED if self.valid_until and day > self.valid_until else self.State.VALID
