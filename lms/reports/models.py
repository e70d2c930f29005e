"""What reports read: how everybody in post stands with every course on one day, as it was known at one moment.

All of it is worked out from records (`sheeting`) and may be thrown away at any time.
"""

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from courses.models import Completion, Course, State, Strength
from lms.people.models import Structure
from lms.people.models.postings import ContractType, FunctionGroup
from lms.reports.list_models import Export, SavedList, Schedule

__all__ = ["Export", "SavedList", "Schedule", "Sheet", "SheetPerson", "SheetRow"]


class SheetQuerySet(models.QuerySet):
    def living(self):
        """The one that follows what happens: today, as it is known now."""
        return self.filter(is_living=True)


class Sheet(models.Model):
    """`day`: of which it speaks. `known_at`: the moment up to which facts count; None for the living one."""

    class Stage(models.TextChoices):
        WAITING = "waiting", _("waiting")
        WORKING = "working", _("being worked out")
        READY = "ready", _("ready")
        FAILED = "failed", _("failed")

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    day = models.DateField()
    known_at = models.DateTimeField(null=True)
    is_living = models.BooleanField(default=False)
    stage = models.CharField(max_length=10, choices=Stage, default=Stage.WAITING)
    done = models.PositiveIntegerField(default=0)  # people worked out so far
    total = models.PositiveIntegerField(default=0)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField()
    ready_at = models.DateTimeField(null=True)

    objects = SheetQuerySet.as_manager()

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["is_living"], condition=Q(is_living=True), name="reports_sheet_one_living"),
            models.CheckConstraint(
                condition=Q(is_living=True, known_at__isnull=True) | Q(is_living=False, known_at__isnull=False),
                name="reports_sheet_living_or_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} as known {self.known_at or 'now'}"


class OnSheet(models.Model):
    """Who somebody was on the day; copied, so that a list needs no other table."""

    sheet = models.ForeignKey(Sheet, on_delete=models.CASCADE, related_name="+", db_index=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    name = models.CharField(max_length=200)  # as in the staff record
    staff_number = models.CharField(max_length=40, blank=True)
    structure = models.ForeignKey(Structure, on_delete=models.PROTECT, related_name="+", db_index=False)
    duty_station = models.CharField(max_length=80)
    function_group = models.CharField(max_length=30, choices=FunctionGroup)
    contract_type = models.CharField(max_length=20, choices=ContractType)
    manager = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    entered_on = models.DateField()

    wagtail_reference_index_ignore = True

    class Meta:
        abstract = True


class SheetPerson(OnSheet):
    """Somebody in post on the day, and how she stands with all that is mandatory for her: the worst of it.

    `state` is empty where nothing is asked; who is exempt from all of it is exempt. `late_since`: the first day of the oldest
    course that is overdue. `lapses_on`: the last day of the first one that will end.
    """

    state = models.CharField(max_length=20, choices=State, blank=True)
    late_since = models.DateField(null=True)
    lapses_on = models.DateField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sheet", "person"], name="reports_sheetperson_once")]
        indexes = [
            models.Index(fields=["sheet", "structure", "state"]),
            models.Index(fields=["sheet", "name", "id"]),
            models.Index(fields=["sheet", "state", "name", "id"]),
        ]

    def __str__(self) -> str:
        return f"{self.name} · {self.state}"


class SheetRow(OnSheet):
    """Somebody and a course that is asked of her, or (`strength` empty) that she took all the same.

    `valid_until`: the last day on which her completion counts, by what it says and by the rules that are asked of her.
    `exempt_as` is for HR alone.
    """

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="+", db_index=False)
    strength = models.CharField(max_length=20, choices=Strength, blank=True)
    state = models.CharField(max_length=20, choices=State)
    due_on = models.DateField(null=True)
    begun_on = models.DateField(null=True)
    completed_on = models.DateField(null=True)
    valid_until = models.DateField(null=True)
    source = models.CharField(max_length=10, choices=Completion.Source, blank=True)
    exempt_as = models.CharField(max_length=20, blank=True)  # class of the exemption

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sheet", "person", "course"], name="reports_sheetrow_once")]
        indexes = [
            models.Index(fields=["sheet", "name", "id"]),
            models.Index(fields=["sheet", "state", "name", "id"]),
            models.Index(fields=["sheet", "due_on", "name", "id"]),
            models.Index(fields=["sheet", "completed_on", "name", "id"]),
            models.Index(fields=["sheet", "valid_until", "name", "id"]),
            models.Index(fields=["sheet", "structure", "course", "state"]),
        ]

    def __str__(self) -> str:
        return f"{self.name} · {self.course_id} · {self.state}"
