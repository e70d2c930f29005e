"""Courses taken together on paper: who holds the session, which quiz was drawn for it, who was there and who passed."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from courses.models.editions import Course, Edition
from courses.models.enrolments import Completion
from lms.people import access
from lms.people.access import Scope
from lms.people.models import Structure


class GroupSessionQuerySet(models.QuerySet):
    def within(self, user, action: str = "R"):
        """Those of her structures and of the courses that she is given for."""
        found = access.reach(user, "P11", action)
        if Scope.ALL in found.scopes:
            return self.all()
        return self.filter(Q(structure__in=found.structures) | Q(course__key__in=found.keys))

    def held_by(self, user):
        """Hers, while her role lets her hold them."""
        return self.within(user, "W").filter(held_by=user)

    def open(self):
        """May still be changed."""
        return self.filter(confirmed_at__isnull=True, cancelled_at__isnull=True)

    def with_people(self):
        return self.select_related("course", "edition", "structure", "made_by", "held_by", "confirmed_by", "cancelled_by")


class GroupSession(models.Model):
    """A record; changes: who holds it and the day, while it is not confirmed, and how it came out. Never deleted."""

    class Stage(models.TextChoices):
        PLANNED = "planned", _("planned")
        RECORDED = "recorded", _("waits for a second person")
        CONFIRMED = "confirmed", _("confirmed")
        CANCELLED = "cancelled", _("cancelled")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="sessions")
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="sessions")
    language = models.CharField(max_length=10)
    structure = models.ForeignKey(Structure, on_delete=models.PROTECT, related_name="+")  # whose people come
    held_on = models.DateField()
    place = models.CharField(max_length=80)
    sheet = models.CharField(max_length=12, unique=True)  # stands on the paper, so that key and sheet are not mixed up
    drawn = models.JSONField()  # [{"module": key, "lines": as Attempt.drawn}], one for each quiz of the edition
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="sessions_made")
    made_at = models.DateTimeField()
    held_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="sessions_held")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(null=True)  # by who held it then
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    cancelled_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    cancelled_at = models.DateTimeField(null=True)

    objects = GroupSessionQuerySet.as_manager()

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ["-held_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("made_by")), name="courses_groupsession_two_persons"
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | Q(recorded_by__isnull=True) | ~Q(confirmed_by=F("recorded_by")),
                name="courses_groupsession_recorded_by_another",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True, confirmed_by__isnull=True)
                | Q(confirmed_at__isnull=False, confirmed_by__isnull=False, recorded_at__isnull=False, cancelled_at__isnull=True),
                name="courses_groupsession_confirmed_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.course.code} · {self.held_on} · {self.place}"

    @property
    def stage(self) -> Stage:
        if self.cancelled_at is not None:
            return self.Stage.CANCELLED
        if self.confirmed_at is not None:
            return self.Stage.CONFIRMED
        return self.Stage.RECORDED if self.recorded_at is not None else self.Stage.PLANNED

    @property
    def is_open(self) -> bool:
        """As in the QuerySet."""
        return self.stage in {self.Stage.PLANNED, self.Stage.RECORDED}


class Seat(models.Model):
    """One person of a session. Passed or not is all that is kept of the paper."""

    session = models.ForeignKey(GroupSession, on_delete=models.PROTECT, related_name="seats")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="seats")
    was_present = models.BooleanField(default=False)
    has_passed = models.BooleanField(default=False)
    completion = models.OneToOneField(Completion, on_delete=models.PROTECT, null=True, related_name="seat")

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["session", "person"], name="courses_seat_once"),
            models.CheckConstraint(condition=Q(has_passed=False) | Q(was_present=True), name="courses_seat_passed_who_was_there"),
        ]

    def __str__(self) -> str:
        return f"{self.session_id} · {self.person}"
