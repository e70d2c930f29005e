"""Who has completed what on a day. Reads projections and records, never statements row by row."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery, TextChoices
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from courses.models import Completion, Course, Enrolment
from lms.people import access
from lms.people.models import Posting, Tree, User
from lms.reports.groups import FEWEST, hidden


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


def reads_totals(reader: User, action: str = "R") -> bool:
    """The reader gets numbers of everybody, under the rules for small groups. A few names in another role do not lift them."""
    scopes = access.rights(reader).scopes("P3", action)
    return access.Scope.TOTAL in scopes and access.Scope.ALL not in scopes


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


@dataclass(frozen=True)
class Cell:
    course: int
    people: int
    done: int
    in_progress: int
    is_hidden: bool = False

    @property
    def percent(self) -> int:
        return round(100 * self.done / self.people) if self.people else 0

    @property
    def step(self) -> int:
        """0 to 4, for the shade: under a half is marked."""
        return 0 if self.percent < 50 else min(4, 1 + (self.percent - 50) * 4 // 51)


@dataclass(frozen=True)
class Row:
    structure: int | None  # None: the whole
    name: str
    people: int
    cells: list[Cell]
    is_hidden: bool = False
    parent: str = ""

    @property
    def size(self) -> str:
        return str(_("under five")) if self.is_hidden else str(self.people)


class Table:
    """Course × structure on a day. Each person is counted once, in the structure of her own posting.

    `action` as in `access`: what may be read is sometimes more than what may be exported.
    """

    def __init__(self, reader: User, selection: Selection, courses: list[Course], *, action: str = "R"):
        self.reader, self.selection, self.courses = reader, selection, courses
        self.is_total = reads_totals(reader, action)
        self._postings = _postings(reader, selection) if self.is_total else _named_postings(reader, selection, action)

    @cached_property
    def rows(self) -> list[Row]:
        tree = access.rights(self.reader).tree_on(self.selection.day)
        keys = [key for key, _depth in tree.walk() if key in self._sizes]
        keys += sorted(self._sizes.keys() - set(keys))  # structures that were closed on the day, with people still in them
        unseen = hidden({key: self._sizes[key] for key in keys}) if self.is_total else set()
        return [self._row(key, tree, is_hidden=key in unseen) for key in keys]

    @cached_property
    def total(self) -> Row:
        people = sum(self._sizes.values())
        is_hidden = self.is_total and people < FEWEST
        cells = [
            Cell(
                course.pk,
                people,
                sum(number for (_structure, key), number in self._done.items() if key == course.pk),
                sum(number for (_structure, key), number in self._running.items() if key == course.pk),
                is_hidden,
            )
            for course in self.courses
        ]
        return Row(None, str(_("All shown here")), people, cells, is_hidden)

    def _row(self, key: int, tree: Tree, *, is_hidden: bool) -> Row:
        people = self._sizes[key]
        cells = [
            Cell(course.pk, people, self._done.get((key, course.pk), 0), self._running.get((key, course.pk), 0), is_hidden)
            for course in self.courses
        ]
        above = tree.parent(key)
        return Row(key, tree.name(key), people, cells, is_hidden, tree.name(above) if above else "")

    @cached_property
    def _sizes(self) -> dict[int, int]:
        rows = self._postings.order_by().values("structure").annotate(people=Count("person", distinct=True))
        return {row["structure"]: row["people"] for row in rows}

    @cached_property
    def _done(self) -> dict[tuple[int, int], int]:
        valid = Completion.objects.valid_on(self.selection.day)
        return self._counted(valid)

    @cached_property
    def _running(self) -> dict[tuple[int, int], int]:
        valid = Completion.objects.valid_on(self.selection.day).filter(person=OuterRef("person"), course=OuterRef("course"))
        return self._counted(Enrolment.objects.running_on(self.selection.day).filter(~Exists(valid)))

    def _counted(self, rows: QuerySet) -> dict[tuple[int, int], int]:
        # A look-up for each row: joined to the postings, SQLite would try every one of them for each row.
        hers = self._postings.filter(person=OuterRef("person")).order_by().values("structure")[:1]
        rows = rows.filter(course__in=self.courses).order_by().annotate(serves_in=Subquery(hers)).exclude(serves_in=None)
        counted = rows.values("serves_in", "course").annotate(people=Count("person", distinct=True))
        return {(row["serves_in"], row["course"]): row["people"] for row in counted}
