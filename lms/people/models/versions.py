"""What was known when of rows that are changed in place: postings, roles, places of structures, languages.

Triggers of the database write these rows (`versioning`), whoever changes the row itself and by whatever way. The last version of
a row says what the row says; one that is gone has no last version.
"""

from datetime import datetime

from django.db import models
from django.db.models import Q

from lms.people.models.dated import DatedQuerySet
from lms.people.models.grants import GrantQuerySet


def known_at(moment: datetime) -> Q:
    return Q(recorded_at__lte=moment) & (Q(superseded_at__isnull=True) | Q(superseded_at__gt=moment))


class VersionQuerySet(DatedQuerySet):
    def known(self, at: datetime):
        """As the rows were known at that moment."""
        return self.filter(known_at(at))


class GrantVersionQuerySet(VersionQuerySet, GrantQuerySet):
    pass


class Version(models.Model):
    row = models.BigIntegerField()  # its key, which outlives it
    recorded_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True)

    objects = VersionQuerySet.as_manager()

    wagtail_reference_index_ignore = True

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(
                fields=["row"], condition=Q(superseded_at__isnull=True), name="%(app_label)s_%(class)s_one_last"
            )
        ]

    def __str__(self) -> str:
        return f"{self.row} since {self.recorded_at}"


def _key(to: str) -> models.ForeignKey:
    """Whatever becomes of the other row, the version stays."""
    return models.ForeignKey(to, on_delete=models.DO_NOTHING, db_constraint=False, null=True, related_name="+", db_index=False)


class PostingVersion(Version):
    person = _key("people.User")
    structure = _key("people.Structure")
    duty_station = models.CharField(max_length=80)
    function_group = models.CharField(max_length=30)
    contract_type = models.CharField(max_length=20)
    manager = _key("people.User")
    entered_on = models.DateField()
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)

    class Meta(Version.Meta):
        indexes = [models.Index(fields=["person"])]


class RoleGrantVersion(Version):
    person = _key("people.User")
    role = models.CharField(max_length=20)
    structure = _key("people.Structure")
    granted_by = _key("people.User")
    approved_by = _key("people.User")
    cancelled_at = models.DateTimeField(null=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)

    objects = GrantVersionQuerySet.as_manager()

    class Meta(Version.Meta):
        indexes = [models.Index(fields=["person"])]


class StructurePeriodVersion(Version):
    structure = _key("people.Structure")
    names = models.JSONField()
    parent = _key("people.Structure")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)


class LanguageChoice(Version):
    """In which language somebody learns: whether a course is offered to her hangs on it."""

    language = models.CharField(max_length=10)
