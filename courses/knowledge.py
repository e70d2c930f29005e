"""What was known at a moment: which versions of rows counted then, and to whom they belonged."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from courses.models.requirements import RecordedQuerySet
from lms.people.models import (
    PersonJoin,
    Posting,
    PostingVersion,
    RoleGrant,
    RoleGrantVersion,
    StructurePeriod,
    StructurePeriodVersion,
)
from lms.people.models.dated import DatedQuerySet


class Knowledge:
    """Of `at`, or, where that is None, of now. Serves for many people; one query where `at` is named."""

    def __init__(self, at: datetime | None = None) -> None:
        self.at = at
        self._owners: dict[str, dict[int, int]] = defaultdict(dict)
        if at is not None:
            self._read_joins(at)

    def versions(self, rows: RecordedQuerySet) -> RecordedQuerySet:
        """Of rows that are never overwritten."""
        return rows.known(self.at)

    @property
    def postings(self) -> DatedQuerySet:
        return Posting.objects.all() if self.at is None else PostingVersion.objects.known(self.at)

    @property
    def grants(self) -> QuerySet[Any]:
        """Those that were agreed to."""
        return (RoleGrant.objects.all() if self.at is None else RoleGrantVersion.objects.known(self.at)).agreed()

    @property
    def periods(self) -> QuerySet[Any]:
        if self.at is None:
            return StructurePeriod.objects.order_by("pk")
        return StructurePeriodVersion.objects.known(self.at).order_by("row")

    def values(
        self, kind: str, rows: QuerySet[Any], people: Collection[int], *names: str
    ) -> Iterator[tuple[int, *tuple[Any, ...]]]:
        """The person of each row, and the columns of these names. `kind` is the name by which a join keeps such rows."""
        owners = self._owners[kind]
        moved = [key for key, person in owners.items() if person in people]
        mine = Q(person__in=people) | Q(pk__in=moved) if moved else Q(person__in=people)
        for key, person, *values in rows.filter(mine).values_list("pk", "person", *names):
            owner = owners.get(key, person)
            if owner == person or owner in people:
                yield owner, *values

    def _read_joins(self, at: datetime) -> None:
        """Rows that went over to another record since then, or came back from it. Of several moves the first one counts."""
        later = Q(agreed_at__gt=at) | Q(split_at__gt=at)
        for join in PersonJoin.objects.filter(later, agreed_at__isnull=False).order_by("-agreed_at"):
            owner = join.other_id if join.agreed_at is not None and join.agreed_at > at else join.kept_id
            for kind, keys in join.changes.items():
                if isinstance(keys, list | dict):
                    self._owners[kind] |= {int(key): owner for key in keys}
