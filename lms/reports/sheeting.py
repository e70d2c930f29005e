"""Works out the sheets that reports read."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date

from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.utils import timezone

from courses.models import Assignment, Completion, Enrolment, State, Strength
from lms.days import day_of
from lms.people.models import Posting
from lms.reports.models import Sheet, SheetPerson, SheetRow

AT_ONCE = 1000  # people a transaction
# From bad to good; the worst of somebody's mandatory courses is how she stands. What she cannot take yet counts last, so that who
# holds all that she can take has done what is asked.
WORST_FIRST = (
    State.OVERDUE,
    State.EXPIRED,
    State.NOT_STARTED,
    State.IN_PROGRESS,
    State.EXPIRING,
    State.DONE,
    State.EXEMPT,
    State.WAITING,
)


def follow(day: date) -> int:
    """Works the living sheet out anew for that day. Returns how many people are on it."""
    now = timezone.now()
    sheet, _is_new = Sheet.objects.get_or_create(is_living=True, defaults={"day": day, "asked_at": now})
    people = list(Posting.objects.on(day).order_by("person").values_list("person", flat=True))
    gone = SheetPerson.objects.filter(sheet=sheet).exclude(person__in=people).values_list("person", flat=True)
    _write(sheet, day, list(gone))
    for start in range(0, len(people), AT_ONCE):
        _write(sheet, day, people[start : start + AT_ONCE])
    Sheet.objects.filter(pk=sheet.pk).update(day=day, stage=Sheet.Stage.READY, ready_at=timezone.now(), total=len(people))
    return len(people)


@transaction.atomic
def _write(sheet: Sheet, day: date, people: Collection[int]) -> None:
    for model in (SheetRow, SheetPerson):
        model.objects.filter(sheet=sheet, person__in=people).delete()
    postings = {posting.person_id: posting for posting in _postings(day, people)}
    rows: dict[int, list[SheetRow]] = defaultdict(list)
    for assignment in _assignments(day, people):
        posting = postings[assignment.person_id]
        begun = assignment.begun and day_of(assignment.begun)
        rows[assignment.person_id].append(
            SheetRow(
                **_who(sheet, posting),
                course_id=assignment.course_id,
                strength=assignment.strength,
                state=assignment.state,
                due_on=assignment.due_on,
                begun_on=begun,
                completed_on=assignment.completed_on,
                valid_until=assignment.valid_until,
                source=assignment.source or "",
            )
        )
    SheetRow.objects.bulk_create([row for found in rows.values() for row in found], batch_size=AT_ONCE)
    SheetPerson.objects.bulk_create(
        [_person(sheet, posting, rows[person]) for person, posting in postings.items()], batch_size=AT_ONCE
    )


def _who(sheet: Sheet, posting: Posting) -> dict:
    return {
        "sheet": sheet,
        "person_id": posting.person_id,
        "name": posting.person.official_name,
        "staff_number": posting.person.staff_number or "",
        "structure_id": posting.structure_id,
        "duty_station": posting.duty_station,
        "function_group": posting.function_group,
        "contract_type": posting.contract_type,
        "manager_id": posting.manager_id,
        "entered_on": posting.entered_on,
    }


def _person(sheet: Sheet, posting: Posting, rows: Iterable[SheetRow]) -> SheetPerson:
    mandatory = [row for row in rows if row.strength == Strength.MANDATORY]
    states = {row.state for row in mandatory}
    return SheetPerson(
        **_who(sheet, posting),
        state=next((state for state in WORST_FIRST if state in states), ""),
        late_since=min((row.due_on for row in mandatory if row.state == State.OVERDUE), default=None),
        lapses_on=min(
            (row.valid_until for row in mandatory if row.valid_until and row.state in {State.DONE, State.EXPIRING}), default=None
        ),
    )


def _postings(day: date, people: Collection[int]):
    return Posting.objects.on(day).filter(person__in=people).select_related("person")


def _assignments(day: date, people: Collection[int]):
    hers = {"person": OuterRef("person"), "course": OuterRef("course")}
    done = Completion.objects.standing().filter(completed_on__lte=day, **hers).order_by("-completed_on", "-pk")
    begun = Enrolment.objects.filter(**hers).order_by("-cycle")
    return (
        Assignment.objects.with_state(day)
        .filter(person__in=_postings(day, people).values("person"))
        .annotate(
            begun=Subquery(begun.values("enrolled_at")[:1]),
            completed_on=Subquery(done.values("completed_on")[:1]),
            valid_until=Subquery(done.values("valid_until")[:1]),
            source=Subquery(done.values("source")[:1]),
        )
    )
