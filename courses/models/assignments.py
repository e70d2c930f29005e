"""Who is asked what, as it follows from the rows of `requirements`, and how she stands with it on any day."""

from datetime import date, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Value, When
from django.utils.translation import gettext_lazy as _

from courses.models.editions import Course, LanguageVersion
from courses.models.enrolments import Completion, Enrolment
from courses.models.requirements import Exemption, LaterDate, ManualAssignment, Requirement, Strength
from courses.terms import GRACE, MANDATORY, VALIDITIES, WINDOWS
from lms.days import first_start
from lms.people.models.dated import Dated, DatedQuerySet


class State(models.TextChoices):
    EXEMPT = "exempt", _("exempt")
    EXPIRING = "expiring", _("expiring")
    DONE = "done", _("done")
    OVERDUE = "overdue", _("overdue")
    IN_PROGRESS = "in-progress", _("in progress")
    WAITING = "waiting", _("waiting for a version")
    EXPIRED = "expired", _("expired")
    NOT_STARTED = "not-started", _("not started")


class AssignmentQuerySet(DatedQuerySet):
    def to_be_reminded_on(self, day: date):
        """Without those whose reminders pause until a later date that was agreed on."""
        return self.filter(Q(later__isnull=True) | Q(later__pauses_reminders=False) | Q(due_on__lte=day))

    def with_state(self, day: date):
        """The rows that hold on that day, with `state`: the first of State that holds.

        Nothing is overdue in the thirty days after an exemption, nor while the course has no reviewed version in her language.
        """
        hers = {"person": OuterRef("person"), "course": OuterRef("course")}
        exemptions = Exemption.objects.agreed().filter(**hers)
        is_overdue = Q(strength=MANDATORY, due_on__lt=day, is_offered=True, has_returned=False)
        return (
            self.on(day)
            .alias(
                is_exempt=Exists(exemptions.on(day)),
                has_returned=Exists(exemptions.filter(ends_on__lte=day, ends_on__gt=day - GRACE)),
                counts_since=_chosen(*(When(valid_months=months, then=_since(day, months)) for months in VALIDITIES)),
                # The day after the window of renewal that begins that day, and what lasts until then.
                stays_until=_chosen(*(When(renewal_days=days, then=Value(_behind(day, days))) for days in WINDOWS)),
                stays_since=_chosen(
                    *(
                        When(valid_months=months, renewal_days=days, then=_since(_behind(day, days), months))
                        for months in VALIDITIES
                        for days in WINDOWS
                    )
                ),
                is_valid=Exists(_completions(day).filter(_lasts_until(day, "counts_since"))),
                is_offered=Exists(
                    LanguageVersion.objects.offered().filter(
                        edition__course=OuterRef("course"), language=OuterRef("person__language"), reviewed_on__lte=day
                    )
                ),
            )
            .alias(stays=Exists(_completions(day).filter(_lasts_until(OuterRef("stays_until"), "stays_since"))))
            .annotate(
                state=Case(
                    When(is_exempt=True, then=Value(State.EXEMPT)),
                    When(is_valid=True, stays=True, then=Value(State.DONE)),
                    When(is_valid=True, then=Value(State.EXPIRING)),
                    When(is_overdue, then=Value(State.OVERDUE)),
                    When(
                        Exists(Enrolment.objects.running_on(day).filter(person=OuterRef("person"), course=OuterRef("course"))),
                        then=Value(State.IN_PROGRESS),
                    ),
                    When(is_offered=False, then=Value(State.WAITING)),
                    When(Exists(_completions(day)), then=Value(State.EXPIRED)),
                    default=Value(State.NOT_STARTED),
                    output_field=models.CharField(),
                )
            )
        )


class Assignment(Dated):
    """A projection of the rows above and of postings and roles: from which day to which somebody is asked, and by when.

    Written by `assigning.apply_rules` only. `requirement` or `manual` is what gives the date, unless it is `later`.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="assignments", db_index=False)
    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="assignments")
    strength = models.CharField(max_length=20, choices=Strength)
    requirement = models.ForeignKey(Requirement, on_delete=models.CASCADE, null=True, related_name="+")
    manual = models.ForeignKey(ManualAssignment, on_delete=models.CASCADE, null=True, related_name="+", db_index=False)
    later = models.ForeignKey(LaterDate, on_delete=models.CASCADE, null=True, related_name="+", db_index=False)
    due_on = models.DateField()
    valid_months = models.PositiveIntegerField(null=True)
    renewal_days = models.PositiveIntegerField()
    refresher = models.ForeignKey(Course, on_delete=models.CASCADE, null=True, related_name="+", db_index=False)

    objects = AssignmentQuerySet.as_manager()

    wagtail_reference_index_ignore = True

    class Meta(Dated.Meta):
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(fields=["person", "course", "starts_on"], name="courses_assignment_once"),
        ]

    def __str__(self) -> str:
        return f"{self.course.code} · {self.person} · {self.starts_on}"


def _completions(day: date) -> QuerySet[Completion]:
    """Her completions up to that day that count: in the course, and in its refresher once she had completed the course."""
    standing = Completion.objects.standing().filter(completed_on__lte=day)
    before = standing.filter(
        person=OuterRef("person"), course=OuterRef(OuterRef("course")), completed_on__lte=OuterRef("completed_on")
    )
    in_course = Q(course=OuterRef("course"))
    return standing.filter(in_course | Q(Exists(before), course=OuterRef("refresher")), person=OuterRef("person"))


def _lasts_until(day: date | OuterRef, since: str) -> Q:
    """Valid until that day at least, by what it says itself and by the validity that the rules give it."""
    counts = Q(renews_from__gte=OuterRef(since)) | Q(renews_from__isnull=True, completed_on__gte=OuterRef(since))
    return counts & (Q(valid_until__isnull=True) | Q(valid_until__gte=day))


def _chosen(*cases: When) -> Case:
    return Case(*cases, default=Value(date.min), output_field=models.DateField())


def _since(end: date, months: int) -> Value:
    return Value(first_start(end, months))


def _behind(day: date, days: int) -> date:
    return day + timedelta(days=days + 1)
