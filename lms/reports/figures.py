"""Who has completed what on a day. Reads projections and records, never statements row by row."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Case, CharField, DateField, Exists, OuterRef, QuerySet, Subquery, TextChoices, Value, When
from django.db.models.functions import TruncDate
from django.utils.translation import gettext_lazy as _

from courses.models import Completion, Course, Enrolment
from lms.days import day_after, organisation_zone
from lms.people import access
from lms.people.models import Posting, User


class State(TextChoices):
    DONE = "done", _("done")
    EXPIRED = "expired", _("expired")
    IN_PROGRESS = "in-progress", _("in progress")
    NOT_STARTED = "not-started", _("not started")


@dataclass(frozen=True)
class Selection:
    """Which people: in post on `day`, in a structure with everything below it, under a contract type, in a state."""

    day: date
    structure: int | None = None
    contract_type: str = ""
    course: Course | None = None
    state: str = ""

    def described(self) -> dict[str, str]:
        """As it is written into the access log."""
        plain = {
            "day": self.day.isoformat(),
            "structure": self.structure and str(self.structure),
            "contract": self.contract_type,
            "course": self.course and self.course.code,
            "state": self.state,
        }
        return {name: value for name, value in plain.items() if value}


def _postings(reader: User, selection: Selection) -> QuerySet[Posting]:
    """Of everybody within the selection."""
    rows: QuerySet[Posting] = Posting.objects.on(selection.day)
    if selection.structure is not None:
        rows = rows.filter(structure__in=access.rights(reader).tree_on(selection.day).below(selection.structure))
    if selection.contract_type:
        rows = rows.filter(contract_type=selection.contract_type)
    return rows


def _named_postings(reader: User, selection: Selection, action: str) -> QuerySet[Posting]:
    """Of those within the selection whom the reader may know by name today."""
    rows = _postings(reader, selection)
    if access.Scope.ALL in access.rights(reader).scopes("P3", action):
        return rows
    return rows.filter(person__in=access.people(reader, "P3", action))


def people(reader: User, selection: Selection, *, action: str = "R") -> QuerySet[Posting]:
    """One row a person in the order of names: `state`, `begun_on`, `completed_on`, `valid_until`, `source` in the course."""
    of_course = {"person": OuterRef("person"), "course": selection.course}
    done = Completion.objects.standing().filter(completed_on__lte=selection.day, **of_course).order_by("-completed_on", "-pk")
    valid = Completion.objects.valid_on(selection.day).filter(**of_course)
    begun = Enrolment.objects.filter(enrolled_at__lt=day_after(selection.day), **of_course).order_by("-cycle")
    begun = begun.annotate(first=TruncDate("enrolled_at", tzinfo=organisation_zone()))
    running = Enrolment.objects.running_on(selection.day).filter(**of_course)
    rows = _named_postings(reader, selection, action).annotate(
        state=Case(
            When(Exists(valid), then=Value(State.DONE)),
            When(Exists(running), then=Value(State.IN_PROGRESS)),
            When(Exists(done), then=Value(State.EXPIRED)),
            default=Value(State.NOT_STARTED),
            output_field=CharField(),
        ),
        begun_on=Subquery(begun.values("first")[:1]),
        completed_on=Subquery(done.values("completed_on")[:1], output_field=DateField()),
        valid_until=Subquery(done.values("valid_until")[:1], output_field=DateField()),
        source=Subquery(done.values("source")[:1]),
    )
    if selection.state:
        rows = rows.filter(state=selection.state)
    return rows.select_related("person", "structure").order_by("person__official_name", "person__pk")
