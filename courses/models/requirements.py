"""What is asked of whom: lines of the matrix, people asked by name, exemptions, later dates.

All of them keep two times: when they hold (`starts_on`, `ends_on`), and since when, and until when, this
version was known here (`recorded_at`, `superseded_at`). Nothing is overwritten: a correction is a new row of the same `line`.
"""

from __future__ import annotations

import uuid
from datetime import date, datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from certificates.models import private_storage
from courses import terms
from courses.models.editions import Course
from lms.people.models import Structure
from lms.people.models.dated import Dated, DatedQuerySet


class Strength(models.TextChoices):
    MANDATORY = terms.MANDATORY, _("mandatory")
    RECOMMENDED = terms.RECOMMENDED, _("recommended")


class DueFrom(models.TextChoices):
    ENTRY = terms.ENTRY, _("entry on duty")
    POSTING = terms.POSTING, _("posting")
    APPOINTMENT = terms.APPOINTMENT, _("appointment")
    RULE = terms.RULE, _("beginning of the rule")


class RecordedQuerySet(DatedQuerySet):
    def known(self, at: datetime | None = None):
        """The versions that are known now, or were at that moment."""
        if at is None:
            return self.filter(superseded_at__isnull=True)
        return self.filter(Q(superseded_at__isnull=True) | Q(superseded_at__gt=at), recorded_at__lte=at)


class Recorded(Dated):
    line = models.UUIDField(default=uuid.uuid4, editable=False)  # the same in all versions
    recorded_at = models.DateTimeField(default=timezone.now)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    superseded_at = models.DateTimeField(null=True)

    objects = RecordedQuerySet.as_manager()

    class Meta(Dated.Meta):
        abstract = True
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(
                fields=["line", "starts_on"], condition=Q(superseded_at__isnull=True), name="%(app_label)s_%(class)s_known_once"
            ),
        ]


class Requirement(Recorded):
    """One line: a course, whom it is asked of, how strictly. Each part of the audience that is empty leaves all people in."""

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="requirements")
    strength = models.CharField(max_length=20, choices=Strength)
    owner = models.ForeignKey(  # None: the Organization
        Structure, on_delete=models.PROTECT, null=True, blank=True, related_name="requirements"
    )
    structure = models.ForeignKey(Structure, on_delete=models.PROTECT, null=True, blank=True, related_name="+")  # and below
    function_groups = models.JSONField(default=list, blank=True)
    contract_types = models.JSONField(default=list, blank=True)
    duty_stations = models.JSONField(default=list, blank=True)
    roles = models.JSONField(default=list, blank=True)
    due_days = models.PositiveIntegerField()
    due_from = models.CharField(max_length=20, choices=DueFrom)
    valid_months = models.PositiveIntegerField(null=True, blank=True)  # one of terms.VALIDITIES
    renewal_days = models.PositiveIntegerField(default=60)  # one of terms.WINDOWS
    refresher = models.ForeignKey(Course, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    wagtail_reference_index_ignore = True

    class Meta(Recorded.Meta):
        constraints = [
            *Recorded.Meta.constraints,
            models.CheckConstraint(
                condition=Q(valid_months__isnull=True) | Q(valid_months__in=terms.VALIDITIES),
                name="courses_requirement_validity_is_one_of_few",
            ),
            models.CheckConstraint(condition=Q(renewal_days__in=terms.WINDOWS), name="courses_requirement_window_is_one_of_few"),
        ]

    def __str__(self) -> str:
        return f"{self.course.code} {self.strength}"


class ManualAssignmentQuerySet(RecordedQuerySet):
    def kept_on(self, day: date):
        """Recommendations that hold that day or later, for which somebody answers."""
        is_open = Q(ends_on__isnull=True) | Q(ends_on__gt=day)
        return self.known().filter(is_open, strength=Strength.RECOMMENDED, kept_by__isnull=False)


class ManualAssignment(Recorded):
    """Somebody is asked by name. Who `kept_by` is may change, when a role is handed over: no date or state rests on it."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="manual_assignments")
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="+")
    strength = models.CharField(max_length=20, choices=Strength, default=Strength.RECOMMENDED)
    due_on = models.DateField()
    reason = models.CharField(max_length=300)
    kept_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    objects = ManualAssignmentQuerySet.as_manager()

    wagtail_reference_index_ignore = True

    def __str__(self) -> str:
        return f"{self.course.code} · {self.person}"


class ExemptionQuerySet(RecordedQuerySet):
    def agreed(self):
        """Known, and a second person agreed."""
        return self.known().filter(approved_at__isnull=False)


class Exemption(Recorded):
    """Somebody need not, for a while or for good. No reason tells of health."""

    class Reason(models.TextChoices):
        LONG_LEAVE = "long-leave", _("long leave")
        EQUIVALENT = "equivalent", _("equivalent training")
        END_OF_CONTRACT = "end-of-contract", _("end of contract within 30 days")

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="exemptions")
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="exemptions")
    reason = models.CharField(max_length=20, choices=Reason)
    evidence = models.FileField(upload_to="exemptions", storage=private_storage, blank=True)
    evidence_on = models.DateField(null=True, blank=True)  # the day of the equivalent training
    statement = models.UUIDField(null=True)  # that it was waived
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)

    objects = ExemptionQuerySet.as_manager()

    wagtail_reference_index_ignore = True

    class Meta(Recorded.Meta):
        constraints = [
            *Recorded.Meta.constraints,
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True, approved_at__isnull=True)
                | Q(approved_by__isnull=False, approved_at__isnull=False),
                name="courses_exemption_approved_whole",
            ),
            models.CheckConstraint(
                condition=~Q(approved_by=F("recorded_by")) & ~Q(approved_by=F("person")) & ~Q(recorded_by=F("person")),
                name="courses_exemption_three_persons",
            ),
        ]
        indexes = [models.Index(fields=["person", "course"])]

    def __str__(self) -> str:
        return f"{self.course.code} · {self.person}"


class LaterDate(Recorded):
    """For somebody a course is due on a later day than the rules say, from `starts_on` on. Everybody who sees her dates may see
    this one; why it was moved is written nowhere in here."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="later_dates")
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField()
    pauses_reminders = models.BooleanField()  # until then
    statement = models.UUIDField()  # that it was moved

    wagtail_reference_index_ignore = True

    def __str__(self) -> str:
        return f"{self.course.code} · {self.person} · {self.due_on}"
