"""Which sheet a reader looks at, and which of its rows she may see."""

from typing import Any

from django.db.models import QuerySet

from lms.people import access
from lms.people.models import User
from lms.reports.models import Sheet, SheetPerson, SheetRow


def living() -> Sheet | None:
    """None before the first was worked out."""
    return Sheet.objects.living().filter(stage=Sheet.Stage.READY).first()


def people_on(sheet: Sheet, reader: User, *, action: str = "R") -> QuerySet[SheetPerson]:
    """Whom the reader may know by name today."""
    return _visible(SheetPerson.objects.filter(sheet=sheet), reader, action)


def rows_on(sheet: Sheet, reader: User, *, action: str = "R") -> QuerySet[SheetRow]:
    """As `people_on`, a row a person and course."""
    return _visible(SheetRow.objects.filter(sheet=sheet), reader, action)


def _visible(rows: QuerySet[Any], reader: User, action: str) -> QuerySet[Any]:
    if access.Scope.ALL in access.rights(reader).scopes("P3", action):
        return rows
    return rows.filter(person__in=access.people(reader, "P3", action, within=access.NAMED).values("pk"))
