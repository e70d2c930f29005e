"""What reports read: how everybody in post stands with every course on one day, as it was known at one moment.

All of it is worked out from records (`sheeting`) and may be thrown away at any time.
"""

from datetime import timedelta
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from certificates.models import private_storage
from courses.models import Completion, Course, State, Strength
from lms.days import day_of, today
from lms.people.models import Structure
from lms.people.models.postings import ContractType, FunctionGroup
from lms.reports.list_models import Export, SavedList, Schedule

__all__ = ["Export", "Mark", "MonthTotal", "SavedList", "Schedule", "Sheet", "SheetPerson", "SheetRow", "Snapshot", "Told"]


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
    worked_at = models.DateTimeField(null=True)  # last sign of life of who works it out
    ready_at = models.DateTimeField(null=True)

    objects = SheetQuerySet.as_manager()

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["is_living"], condition=Q(is_living=True), name="reports_sheet_one_living"),
            models.UniqueConstraint(fields=["day", "known_at"], name="reports_sheet_once"),  # the living one has no moment
            models.CheckConstraint(
                condition=Q(is_living=True, known_at__isnull=True) | Q(is_living=False, known_at__isnull=False),
                name="reports_sheet_living_or_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} as known {self.known_at or 'now'}"

    @property
    def is_ready(self) -> bool:
        return self.stage == self.Stage.READY

    @property
    def is_at_work(self) -> bool:
        return self.stage in {self.Stage.WAITING, self.Stage.WORKING}

    @property
    def known_on(self):
        """The last day of which all, or what had come by then, is known."""
        return today() if self.known_at is None else day_of(self.known_at - timedelta(microseconds=1))


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

    `state` is empty where nothing is asked; who is exempt from all of it that she could take is exempt. `late_since`: the first
    day of the oldest course that is overdue. `lapses_on`: the last day of the first one that will end.
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
            models.Index(fields=["sheet", "strength", "structure", "course", "state"]),  # sums are read from it alone
        ]

    def __str__(self) -> str:
        return f"{self.name} · {self.course_id} · {self.state}"


class Mark(models.Model):
    """Somebody (None: everybody) whose rows on the living sheet are to be worked out anew. Triggers write it (`marking`)."""

    person_id = models.BigIntegerField(null=True)

    wagtail_reference_index_ignore = True

    def __str__(self) -> str:
        return str(self.person_id)


class Snapshot(models.Model):
    """A report that somebody keeps, as it was read from a sheet. Never changed nor deleted: `file` is what was signed."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    sheet = models.ForeignKey(Sheet, on_delete=models.PROTECT, related_name="snapshots")
    title = models.CharField(max_length=200)
    file = models.FileField(upload_to="snapshots", storage=private_storage)
    sha256 = models.CharField(max_length=64, unique=True)
    kept_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    kept_at = models.DateTimeField()

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ["-kept_at", "-pk"]

    def __str__(self) -> str:
        return self.title


class MonthTotal(models.Model):
    """The people of one structure at the end of a month: of how many a mandatory course was asked, and how many held it.

    Without a course: with all that was asked of them. Worked out again for the last months, since facts come late.
    """

    month = models.DateField()  # its last day
    structure = models.ForeignKey(Structure, on_delete=models.PROTECT, related_name="+", db_index=False)
    course = models.ForeignKey(Course, on_delete=models.CASCADE, null=True, related_name="+", db_index=False)
    required = models.PositiveIntegerField()
    valid = models.PositiveIntegerField()

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["month", "structure", "course"], name="reports_monthtotal_once"),
            models.UniqueConstraint(
                fields=["month", "structure"], condition=Q(course__isnull=True), name="reports_monthtotal_all_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month} · {self.structure_id} · {self.valid} of {self.required}"


class Told(models.Model):
    """What readers without names are told of a month: nothing that `groups` has not let pass, and as it was told first.

    A month of which nothing may be told has one row of nobody. `part` is the name of the group, `groups.WHOLE` or
    `groups.OTHER`. `more`, of the whole and all courses only, has the numbers that stand by themselves: overdue, exempt, waiting,
    and those of the pictures.
    """

    class Grouping(models.TextChoices):
        STRUCTURE = "structure", _("structure")
        FUNCTION = "function", _("function")
        CONTRACT = "contract", _("contract")

    month = models.DateField()  # its last day
    grouping = models.CharField(max_length=10, choices=Grouping)
    part = models.CharField(max_length=30, blank=True)
    course = models.ForeignKey(Course, on_delete=models.CASCADE, null=True, related_name="+", db_index=False)
    required = models.PositiveIntegerField()
    valid = models.PositiveIntegerField()
    more = models.JSONField(default=dict)
    told_at = models.DateTimeField()

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["month", "grouping", "part", "course"], name="reports_told_once"),
            models.UniqueConstraint(
                fields=["month", "grouping", "part"], condition=Q(course__isnull=True), name="reports_told_all_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month} · {self.part} · {self.valid} of {self.required}"
