"""When a completion ends, and whether it is time to renew it."""

from datetime import date, timedelta

from django.db.models import Q

from courses.models import Assignment, Completion, Course
from lms.days import add_months
from lms.people.models import User

WINDOW = 60  # days before the end, where no rule names others


def renews_from(person: User, course: Course, day: date) -> date | None:
    """The end of what she renews by completing the course on that day; None outside the window: validity counts from the day."""
    end, window = _end_of_last(person, course, day)
    return end if end is not None and end - window <= day <= end else None


def may_renew(person: User, course: Course, day: date) -> bool:
    """Her last completion ends within the window, or has ended."""
    end, window = _end_of_last(person, course, day)
    return end is not None and end - window <= day


def end_of(completion: Completion, valid_months: int | None) -> date | None:
    """The last day of its validity: what it says itself, or what the rules ask if that is sooner. None: it does not end."""
    ends = [completion.valid_until] if completion.valid_until else []
    if valid_months is not None:
        ends.append(add_months(completion.renews_from or completion.completed_on, valid_months))
    return min(ends, default=None)


def _end_of_last(person: User, course: Course, day: date) -> tuple[date | None, timedelta]:
    """The end is None where nothing ends. One query for who has completed nothing, two for others."""
    hers = list(Completion.objects.standing().filter(person=person, completed_on__lte=day))
    if not hers:
        return None, timedelta(days=WINDOW)
    asked = Assignment.objects.on(day).filter(Q(course=course) | Q(refresher=course), person=person).order_by("pk").first()
    courses = {course.pk, asked.course_id, asked.refresher_id} if asked else {course.pk}
    months = asked.valid_months if asked else None
    ends = [end_of(completion, months) for completion in hers if completion.course_id in courses]
    known = [end for end in ends if end is not None]
    end = max(known) if known and len(known) == len(ends) else None
    return end, timedelta(days=asked.renewal_days if asked else WINDOW)
