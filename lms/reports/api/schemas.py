"""What the API takes and answers."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from ninja import Field, Path, Schema

from courses.models import State
from lms.reports.models import Told

MOST = 1000  # rows a page
CODE = r"^[A-Za-z0-9._-]{0,20}$"
WORDS = r"^[^\x00]*$"


CertificateCode = Annotated[str, Path(pattern=r"^[A-Za-z0-9-]{1,40}$")]


class Error(Schema):
    error: str


class Fault(Schema):
    where: str
    what: str


class Invalid(Error):
    faults: list[Fault] = []


class Paged(Schema):
    limit: int = Field(100, ge=1, le=MOST, description="Rows a page.")


class Paging(Paged):
    after: str = Field("", pattern=r"^([0-9]{1,18})?$", description="`next` of the page before.")

    @property
    def place(self) -> int:
        """The key behind which the page begins."""
        return int(self.after or 0)


class CompletionsAsked(Paging):
    course: str = Field("", pattern=CODE, description="Its code.")
    completed_from: date | None = None
    completed_before: date | None = None


class AssignmentsAsked(Paged):
    after: str = Field("", pattern=r"^([0-9]{1,18}-[0-9]{1,18})?$", description="`next` of the page before.")
    course: str = Field("", pattern=CODE, description="Its code.")
    structure: str = Field("", pattern=CODE, description="Its code; with everything below it.")
    state: State | None = None

    @property
    def place(self) -> tuple[int, int]:
        """The keys of the person and the course behind which the page begins."""
        person, _line, course = self.after.partition("-")
        return int(person or 0), int(course or 0)


class Person(Schema):
    """`staff_number` only for who may know it."""

    id: UUID
    name: str
    staff_number: str | None = None


class Completion(Schema):
    """`withdrawn_on`: from that day it does not count."""

    id: UUID
    person: Person
    course: str
    edition: str
    language: str
    completed_on: date
    valid_until: date | None
    source: str
    recorded_at: datetime
    withdrawn_on: date | None


class Completions(Schema):
    rows: list[Completion]
    next: str | None


class Assignment(Schema):
    person: Person
    structure: str
    course: str
    strength: str
    state: str
    due_on: date | None
    completed_on: date | None
    valid_until: date | None


class Assignments(Schema):
    """`day`: of which the states speak; it ends in `time_zone`."""

    day: date
    time_zone: str
    rows: list[Assignment]
    next: str | None


class FiguresAsked(Schema):
    """`month` and `grouping` are for readers of totals; others get today's, by structure."""

    month: date | None = None
    grouping: Told.Grouping = Told.Grouping.STRUCTURE


class Share(Schema):
    """Of so many people of whom it is asked, so many hold it. `course`: null for all that is asked of them."""

    course: str | None
    held: int
    asked: int


class Group(Schema):
    """`name`: empty for all together."""

    name: str
    shares: list[Share]


class Figures(Schema):
    """`groups`: what may be told of each; a group that is too small stands with others."""

    day: date
    time_zone: str
    groups: list[Group]


class Structure(Schema):
    code: str
    name: str
    kind: str
    parent: str | None
    starts_on: date
    ends_on: date | None
    note: str


class Structures(Schema):
    day: date
    rows: list[Structure]


class Course(Schema):
    id: UUID
    code: str
    title: str
    edition: str
    languages: list[str]
    retired_on: date | None


class Courses(Schema):
    rows: list[Course]


class Certificate(Schema):
    """No name stands here; `name_matches` answers a name that was sent along."""

    code: str
    state: str
    course: str
    edition: str
    completed_on: date
    valid_until: date | None
    name_matches: bool | None
    is_demo: bool


class FeedLine(Schema):
    line: int | None
    staff_number: str
    outcome: str
    reason: str


class Feed(Schema):
    """What a file did or would do. `state` is "applied", or what has to happen first."""

    id: UUID
    state: str
    file_name: str
    counts: dict[str, int]
    dropped_columns: list[str]
    note: str


class FeedReport(Feed):
    lines: list[FeedLine]
    next: str | None
