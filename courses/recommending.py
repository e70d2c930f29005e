"""Recommends a course to people by name, for a while. Nothing becomes mandatory by it, and no date of a rule moves."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from courses import tasks
from courses.models import Course, ManualAssignment, Strength
from lms.people import access, recording
from lms.people.models import User
from lms.refusals import NotAllowed


def recommend(course: Course, people: Iterable[User], *, by: User, day: date, until: date, note: str) -> int:
    """Recommends it up to and with that day. Who has it recommended by name already is passed by. Returns to how many.

    Raises NotAllowed.
    """
    if until < day:
        raise NotAllowed(_("Choose a day that is still to come."))
    keys = {person.pk for person in people} - {by.pk}
    with transaction.atomic():
        # In the order of keys; two presses at once stand in line here.
        User.objects.lock(keys)
        reached = set(access.people(by, "P3", "W").filter(pk__in=keys).values_list("pk", flat=True))
        if keys - reached:
            raise NotAllowed(_("Not all of these people are within your reach."))
        known = set(
            ManualAssignment.objects.known().on(day).filter(course=course, person__in=keys).values_list("person", flat=True)
        )
        now = timezone.now()
        rows = [
            ManualAssignment(
                person_id=key,
                course=course,
                strength=Strength.RECOMMENDED,
                starts_on=day,
                ends_on=until + timedelta(days=1),
                due_on=until,
                reason=note.strip(),
                recorded_by=by,
                kept_by=by,
                recorded_at=now,
            )
            for key in sorted(keys - known)
        ]
        ManualAssignment.objects.bulk_create(rows, batch_size=500)
        recording.listed(by, "course recommended", {"course": course.code}, len(rows))
        transaction.on_commit(tasks.apply_rules)
    return len(rows)


def end(chosen: Iterable[ManualAssignment], *, by: User, day: date) -> int:
    """From that day on it is recommended no more; what was known before stays. Safe to repeat. Returns how many ended.

    What lies outside her reach, or is mandatory, is left as it is.
    """
    with transaction.atomic():
        rows = (
            ManualAssignment.objects.known()
            .select_for_update()
            .filter(pk__in=[row.pk for row in chosen], strength=Strength.RECOMMENDED, person__in=access.people(by, "P3", "W"))
        )
        open_rows = [row for row in rows.order_by("pk") if row.is_open_on(day)]
        for row in open_rows:
            row.superseded_at = timezone.now()
            row.save(update_fields=["superseded_at"])
            if day > row.starts_on:
                names = ("line", "person_id", "course_id", "strength", "starts_on", "due_on", "reason", "kept_by_id")
                ManualAssignment.objects.create(**{name: getattr(row, name) for name in names}, ends_on=day, recorded_by=by)
        recording.listed(by, "recommendation ended", {}, len(open_rows))
        transaction.on_commit(tasks.apply_rules)
    return len(open_rows)
