"""What happened, and by what it is found."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from lms.xapi.models.credentials import Credential


class Statement(models.Model):
    # Milliseconds of `stored` since 1970 in the high bits, a running number in the low 21: the order in which statements were
    # stored, so that paging, since and until need no other index.
    seq = models.BigIntegerField(primary_key=True)
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
    # null: our own pages. Credentials are never deleted, and a checked key costs a lock on its row for each statement.
    credential = models.ForeignKey(Credential, on_delete=models.PROTECT, null=True, db_index=False, db_constraint=False)
    voids = models.UUIDField(null=True)
    is_voided = models.BooleanField(default=False)

    wagtail_reference_index_ignore = True

    class Meta:
        # Everything else is looked up by StatementLink.
        indexes = [
            models.Index(fields=["credential", "seq"], name="xapi_statement_of_client"),
            models.Index(fields=["voids"], condition=Q(voids__isnull=False), name="xapi_statement_voids"),
        ]

    def __str__(self) -> str:
        return str(self.id)


class StatementLink(models.Model):
    """By what a statement is found. A statement that refers to another is found by the other's links, too."""

    class Part(models.IntegerChoices):
        DIRECT = 0  # actor, member, object, verb, registration: what GET asks for without related_…
        RELATED = 1  # context, authority, and what stands inside a sub-statement, where it is not direct as well

    pk = models.CompositePrimaryKey("key", "part", "seq")
    key = models.BigIntegerField()
    part = models.SmallIntegerField(choices=Part)
    seq = models.BigIntegerField()  # of the statement; unchecked, since both are written at once and never deleted

    wagtail_reference_index_ignore = True

    def __str__(self) -> str:
        return f"{self.key} {self.part} {self.seq}"


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
