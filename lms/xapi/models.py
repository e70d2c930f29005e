"""The learning record store. Read through `queries`, written through `storing`; nobody outside this app imports it."""

from django.db import models
from django.db.models import Q
from django.utils import timezone


class Credential(models.Model):
    """An outside client. Its secret is shown once and kept as a hash."""

    key = models.CharField(max_length=40, unique=True)
    secret_sha256 = models.CharField(max_length=64)
    name = models.CharField(max_length=120)
    scopes = models.JSONField()
    activity_prefix = models.CharField(max_length=500, blank=True)
    granted_by = models.UUIDField(null=True)
    agreed_by = models.UUIDField(null=True)
    expires_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    last_used_on = models.DateField(null=True)
    is_demo = models.BooleanField(default=False)  # given where invented people are

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(agreed_by__isnull=True) | ~Q(agreed_by=models.F("granted_by")), name="xapi_credential_two_persons"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_valid(self) -> bool:
        return self.withdrawn_at is None and self.expires_at > timezone.now()

    @property
    def writes_anywhere(self) -> bool:
        return "all" in self.scopes

    @property
    def can_write(self) -> bool:
        return self.writes_anywhere or "statements/write" in self.scopes

    @property
    def reads_everything(self) -> bool:
        return not {"statements/read", "all"}.isdisjoint(self.scopes)

    @property
    def can_read(self) -> bool:
        return self.reads_everything or "statements/read/mine" in self.scopes


class Statement(models.Model):
    seq = models.BigAutoField(primary_key=True)
    id = models.UUIDField(unique=True)
    stored = models.DateTimeField()
    timestamp = models.DateTimeField()
    body = models.TextField()  # the JSON as returned; text, since a JSON column changes order and numbers
    digest = models.CharField(max_length=64)  # of what counts for "same content"
    actor = models.BigIntegerField()
    verb = models.BigIntegerField()
    object = models.BigIntegerField()
    registration = models.UUIDField(null=True)
    version = models.CharField(max_length=10)
    credential = models.ForeignKey(Credential, on_delete=models.PROTECT, null=True)  # null: our own pages
    voids = models.UUIDField(null=True, db_index=True)
    is_voided = models.BooleanField(default=False)

    wagtail_reference_index_ignore = True

    class Meta:
        indexes = [
            models.Index(fields=["actor", "seq"]),
            models.Index(fields=["verb", "seq"]),
            models.Index(fields=["object", "seq"]),
            models.Index(fields=["registration", "seq"]),
            models.Index(fields=["stored"]),
        ]

    def __str__(self) -> str:
        return str(self.id)


class StatementLink(models.Model):
    """Where in a statement an agent or activity stands: for related look-ups."""

    key = models.BigIntegerField()
    part = models.CharField(max_length=20)
    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="links", db_column="seq", db_index=False)

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "part", "statement"], name="xapi_statementlink_once")]
        indexes = [models.Index(fields=["statement"])]

    def __str__(self) -> str:
        return f"{self.part} {self.key}"


class Agent(models.Model):
    key = models.BigIntegerField(primary_key=True)
    identifier = models.TextField(unique=True)

    wagtail_reference_index_ignore = True

    def __str__(self) -> str:
        return self.identifier


class Activity(models.Model):
    key = models.BigIntegerField(primary_key=True)
    identifier = models.TextField(unique=True)

    wagtail_reference_index_ignore = True

    def __str__(self) -> str:
        return self.identifier


class Base(models.Model):
    """The IRI under which this installation's statements were written: one row, never changed."""

    iri = models.CharField(max_length=300)
    is_the_one = models.BooleanField(default=True, unique=True)

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(is_the_one=True), name="xapi_base_one_row")]

    def __str__(self) -> str:
        return self.iri


class Alarm(models.Model):
    """Something that nobody should have been able to do, such as taking the id of a page's own statement."""

    at = models.DateTimeField(default=timezone.now)
    what = models.TextField()

    wagtail_reference_index_ignore = True

    def __str__(self) -> str:
        return self.what
