"""Which sheet a reader looks at, and which of its rows she may see."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from lms.people import access
from lms.people.models import User
from lms.reports.models import Sheet, SheetPerson, SheetRow


def living() -> Sheet | None:
    """None before the first was worked out."""
    return Sheet.objects.living().filter(stage=Sheet.Stage.READY).first()


def find(reader: User, uuid: UUID) -> Sheet | None:
    """A ready sheet that the reader may look at; None, the same where there is none."""
    return readable(reader).filter(uuid=uuid, stage=Sheet.Stage.READY).first()


def readable(reader: User) -> QuerySet[Sheet]:
    """The living one and any other for who sees names. Who gets totals sees ends of months only, as known at ends of months: from
    figures of two neighbouring days it could be told who came between them."""
    scopes = access.rights(reader).scopes("P3")
    sheets = Sheet.objects.order_by("-asked_at", "-pk")
    if scopes & access.NAMED:
        return sheets
    if access.Scope.TOTAL not in scopes:
        return sheets.none()
    others = sheets.filter(is_living=False).only("pk", "day", "known_at")
    coarse = [one.pk for one in others if _ends_month(one.day) and _ends_month(one.known_on)]
    return sheets.filter(Q(is_living=True) | Q(pk__in=coarse))


def people_on(sheet: Sheet, reader: User, *, action: str = "R") -> QuerySet[SheetPerson]:
    """Whom the reader may know by name today."""
    return _visible(SheetPerson.objects.filter(sheet=sheet), reader, action)


def rows_on(sheet: Sheet, reader: User, *, action: str = "R") -> QuerySet[SheetRow]:
    """As `people_on`, a row a person and course."""
    return _visible(SheetRow.objects.filter(sheet=sheet), reader, action)


def _ends_month(day: date) -> bool:
    return (day + timedelta(days=1)).day == 1


def _visible(rows: QuerySet[Any], reader: User, action: str) -> QuerySet[Any]:
    if access.Scope.ALL in access.rights(reader).scopes("P3", action):
        return rows
    return rows.filter(person__in=access.people(reader, "P3", action, within=access.NAMED).values("pk"))
