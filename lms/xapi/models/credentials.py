"""Outside clients of the store."""

from functools import cache

from django.db import InterfaceError, OperationalError, connection, models
from django.db.models import Q
from django.utils import timezone

from lms.xapi.identifiers import is_under


class CredentialQuerySet(models.QuerySet):
    def live(self):
        return self.filter(withdrawn_at=None, expires_at__gt=timezone.now())

    def of_key(self, key: str):
        """The one with this key, None where there is none. Asked first at each request, so without the costs of building a query
        or of asking beforehand whether the database is still there: where it is not, the line is opened anew."""
        connection.health_check_done = True
        try:
            row = _row_of(key)
        except (OperationalError, InterfaceError):
            if connection.in_atomic_block:
                raise
            connection.close()
            row = _row_of(key)
        return None if row is None else self.model.from_db(self.db, _FIELDS, _converted(row))


class Credential(models.Model):
    """An outside client, or one launch in a learner's browser. Its secret is shown once and kept as a hash."""

    key = models.CharField(max_length=40, unique=True)
    secret_sha256 = models.CharField(max_length=64)
    former_secret_sha256 = models.CharField(max_length=64, blank=True)
    former_until = models.DateTimeField(null=True)  # a renewed secret and the one before it both open the store for a while
    name = models.CharField(max_length=120)
    scopes = models.JSONField()
    activity_prefix = models.CharField(max_length=500, blank=True)
    actor = models.TextField(null=True)  # identifier of the only person it speaks for: a learner's browser
    registration = models.UUIDField(null=True)  # and the only registration
    moves_progress = models.BooleanField(default=False)
    origins = models.JSONField(default=list)  # web origins whose pages may use it
    networks = models.JSONField(default=list)  # addresses from which it may be used, empty: any
    granted_by = models.UUIDField(null=True)
    agreed_by = models.UUIDField(null=True)
    expires_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    last_used_on = models.DateField(null=True)
    last_used_from = models.CharField(max_length=45, blank=True)
    is_demo = models.BooleanField(default=False)  # given where invented people are

    objects = CredentialQuerySet.as_manager()

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
    def former_counts(self) -> bool:
        """Whether the secret before the present one still opens the store."""
        return self.former_until is not None and self.former_until > timezone.now()

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

    def may_define(self, activity_id: str) -> bool:
        """Whether what it says of an activity becomes part of the activity's definition."""
        return "all" in self.scopes or ("define" in self.scopes and is_under(activity_id, self.activity_prefix))


@cache
def _converters(vendor: str):
    """What Django would make of the values of a row: (place, functions, column)."""
    columns = [field.get_col(Credential._meta.db_table) for field in Credential._meta.concrete_fields]
    found = [(column, connection.ops.get_db_converters(column) + column.get_db_converters(connection)) for column in columns]
    return [(place, functions, column) for place, (column, functions) in enumerate(found) if functions]


def _row_of(key: str):
    with connection.cursor() as cursor:
        cursor.execute(_OF_KEY, [key])
        return cursor.fetchone()


def _converted(row):
    values = list(row)
    for place, functions, column in _converters(connection.vendor):
        for function in functions:
            values[place] = function(values[place], column, connection)
    return values


_FIELDS = [field.attname for field in Credential._meta.concrete_fields]
_COLUMNS = ", ".join(f'"{field.column}"' for field in Credential._meta.concrete_fields)
_OF_KEY = f'SELECT {_COLUMNS} FROM {Credential._meta.db_table} WHERE "key" = %s'
