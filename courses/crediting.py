"""Writes down what people completed before this platform or elsewhere: completions with the source "import" or "prior", each with
its statement and without a certificate of ours."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from uuid import uuid4

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from courses import attesting, renewals, statements
from courses.models import Completion, Course, Edition
from courses.past_file import PastRow, Refusal, read
from courses.statements import Ground, Statement
from lms.days import add_months, day_after, noon_of, today
from lms.people import recording
from lms.people.models import User
from lms.xapi import storing

REASONS = {
    "a cell is empty": _("A cell is empty: staff number, course and day are needed."),
    "no date": _("This is no date. Write it as 2024-06-30."),
    "ends before": _("It would end before it was completed."),
    "stands twice": _("The same completion stands in an earlier line."),
    "nobody": _("Nobody has this staff number. Bring the staff feed in first."),
    "no course": _("There is no published course with this code."),
    "to come": _("The day has not come yet."),
    "herself": _("Nobody enters her own completion. Another HR officer does that."),
}
AT_ONCE = 500  # statements


class RecordsChanged(ValueError):
    """What would be written now is not what was agreed to; nothing was written. Show it again."""


@dataclass(frozen=True)
class Entry:
    row: PastRow
    person: User
    course: Course
    edition: Edition
    valid_until: date | None


@dataclass(frozen=True)
class Plan:
    """What a file would do: `new` is to be written, `known` is there already."""

    new: list[Entry]
    known: list[Entry]
    refused: list[Refusal]

    @property
    def digest(self) -> str:
        """The same for the same new entries."""
        lines = [f"{one.person.pk} {one.course.pk} {one.row.completed_on} {one.valid_until}" for one in self.new]
        return sha256("\n".join(lines).encode()).hexdigest()


def plan(text: str, *, by: User | None) -> Plan:
    """What bringing the file in would do today; five questions to the database. Raises UnreadableFile.

    `by` is the officer who brings it in, None where it is done on the server.
    """
    rows, refused = read(text)
    people = {person.staff_number: person for person in User.objects.filter(staff_number__in={row.staff_number for row in rows})}
    editions = _first_editions()
    known_days = set(
        Completion.objects.standing()
        .filter(person__in=people.values(), course__in=[edition.course_id for edition in editions.values()])
        .values_list("person", "course", "completed_on")
    )
    day = today()
    new: list[Entry] = []
    known: list[Entry] = []
    for row in rows:
        person, edition = people.get(row.staff_number), editions.get(row.course.lower())
        reason = _reason(row, person, edition, by=by, day=day)
        if reason or person is None or edition is None:
            refused.append(Refusal(row.line, row.staff_number, row.course, reason))
            continue
        entry = Entry(row, person, edition.course, edition, row.valid_until or _end(row.completed_on, edition))
        is_known = (person.pk, edition.course_id, row.completed_on) in known_days
        (known if is_known else new).append(entry)
    return Plan(new, known, sorted(refused, key=lambda refusal: refusal.line))


def bring_in(text: str, *, by: User | None, agreed: str | None = None) -> Plan:
    """Writes what is new, all of it or nothing; a file that was brought in before writes nothing.

    `agreed` is the digest of the plan that was shown. Raises UnreadableFile and RecordsChanged.
    """
    try:
        with transaction.atomic():
            found = plan(text, by=by)
            if agreed is not None and found.digest != agreed:
                raise RecordsChanged
            _write(found.new)
            if by is not None:
                recording.decided(by, "past completions", {}, purpose="", count=len(found.new))
    except IntegrityError as error:
        raise RecordsChanged from error  # somebody else brought the same in at this moment
    return found


def credit(person: User, course: Course, *, completed_on: date, reason: str) -> Completion:
    """A completion gained elsewhere, in the caller's transaction. It counts from its day on, for the edition that was current
    then; `reason` is cmi5's word. Raises IntegrityError where one of that day was credited before."""
    earlier = Edition.objects.filter(course=course, published_at__lt=day_after(completed_on)).order_by("-major", "-minor").first()
    edition = earlier or Edition.objects.filter(course=course).order_by("major", "minor")[0]
    renews_from = renewals.renews_from(person, course, completed_on)
    at = min(noon_of(completed_on), timezone.now())
    return Completion.objects.create(
        person=person,
        course=course,
        edition=edition,
        language=person.language,
        completed_at=at,
        completed_on=completed_on,
        valid_until=_end(renews_from or completed_on, edition),
        renews_from=renews_from,
        statement=attesting.waive(person, course, reason=reason, at=at),
        source=Completion.Source.PRIOR,
    )


def _first_editions() -> Mapping[str, Edition]:
    """The first edition of each course by its code: what was learnt before is none of the later ones."""
    editions: dict[str, Edition] = {}
    for edition in Edition.objects.select_related("course").order_by("-major", "-minor"):
        editions[edition.course.code.lower()] = edition
    return editions


def _reason(row: PastRow, person: User | None, edition: Edition | None, *, by: User | None, day: date) -> str:
    if person is None:
        return "nobody"
    if edition is None:
        return "no course"
    if row.completed_on > day:
        return "to come"
    return "herself" if by is not None and person.pk == by.pk else ""


def _end(day: date, edition: Edition) -> date | None:
    return None if edition.valid_months is None else add_months(day, edition.valid_months)


def _write(entries: list[Entry]) -> None:
    for start in range(0, len(entries), AT_ONCE):
        chunk = entries[start : start + AT_ONCE]
        ids = storing.record([_statement(entry) for entry in chunk])
        Completion.objects.bulk_create(
            Completion(
                person=entry.person,
                course=entry.course,
                edition=entry.edition,
                language=entry.person.language,
                completed_at=noon_of(entry.row.completed_on),
                completed_on=entry.row.completed_on,
                valid_until=entry.valid_until,
                statement=statement_id,
                source=Completion.Source.IMPORT,
            )
            for entry, statement_id in zip(chunk, ids, strict=True)
        )


def _statement(entry: Entry) -> Statement:
    ground = Ground(
        base=settings.XAPI_BASE_IRI,
        actor=entry.person.uuid,
        registration=uuid4(),
        secret=uuid4(),
        course=entry.course.key,
        edition=entry.edition.number,
        language=entry.person.language,
        structure="",
        now=noon_of(entry.row.completed_on),
    )
    return statements.course_credited(ground, title=entry.course.title, source=Completion.Source.IMPORT)
