"""That a person says a state is wrong, what Human Resources put right, and what she agrees with the owner of a course.

Rows are never deleted. What they lead to stands elsewhere: completions, exemptions, and `LaterDate`, which says no why.
"""

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from certificates.models import private_storage
from courses.models.editions import Course
from courses.models.enrolments import Completion
from courses.models.requirements import LaterDate


class DisputeQuerySet(models.QuerySet):
    def open(self):
        """Neither answered nor withdrawn."""
        return self.filter(answered_at__isnull=True, withdrawn_at__isnull=True)

    def with_correction(self):
        """With `is_in_hand`: a correction waits for a second officer."""
        return self.annotate(is_in_hand=Exists(Correction.objects.waiting().filter(dispute=OuterRef("pk"))))


class Dispute(models.Model):
    """That something is wrong: what somebody says about how she stands with a course, and what she was answered."""

    class Reason(models.TextChoices):
        DONE_HERE = "done-here", _("I have completed it here")
        DONE_ELSEWHERE = "done-elsewhere", _("I have learnt this elsewhere")
        NOT_MINE = "not-mine", _("I did not complete it: this is not mine")
        DATE = "date", _("The date is wrong")
        NOT_FOR_ME = "not-for-me", _("It should not be asked of me")
        OTHER = "other", _("Something else")

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)  # sent along by the form: twice is once
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="disputes")
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=20, choices=Reason)
    words = models.CharField(max_length=500, blank=True)
    asked_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    answer = models.CharField(max_length=1000, blank=True)
    is_corrected = models.BooleanField(default=False)

    objects = DisputeQuerySet.as_manager()

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, answered_by__isnull=True, answer="", is_corrected=False)
                | Q(answered_at__isnull=False, answered_by__isnull=False) & ~Q(answer=""),
                name="courses_dispute_answered_whole",
            ),
            models.CheckConstraint(
                condition=Q(answered_by__isnull=True) | ~Q(answered_by=F("person")), name="courses_dispute_two_persons"
            ),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True) | Q(withdrawn_at__isnull=True), name="courses_dispute_one_end"
            ),
        ]
        indexes = [models.Index(fields=["person", "course"])]
        ordering = ["asked_at", "pk"]

    def __str__(self) -> str:
        return f"{self.course.code} · {self.asked_at:%Y-%m-%d}"

    @property
    def is_open(self) -> bool:
        return self.answered_at is None and self.withdrawn_at is None


class CorrectionQuerySet(models.QuerySet):
    def waiting(self):
        """For the second officer."""
        return self.filter(agreed_at__isnull=True, declined_at__isnull=True)

    def agreed(self):
        return self.filter(agreed_at__isnull=False)


class Correction(models.Model):
    """What one HR officer wants to put right, and a second one agrees to. `effective_on` is the day on which it holds: the day of
    the completion, or the one from which the later date does. `agreed_at` is when it was recorded."""

    class Kind(models.TextChoices):
        CREDIT = "credit", _("a completion is recorded")
        WITHDRAWAL = "withdrawal", _("a completion is withdrawn")
        LATER = "later-date", _("the date is moved")

    class Reason(models.TextChoices):
        ELSEWHERE = "elsewhere", _("equivalent training elsewhere")
        UNRECORDED = "unrecorded", _("completed here and not recorded")
        WRONG_PERSON = "wrong-person", _("it was somebody else's")
        FRAUD = "fraud", _("it was not earned honestly")
        MISTAKE = "mistake", _("it was recorded by mistake")
        WRONG_DATE = "wrong-date", _("the date was wrong")
        NO_ACCESS = "no-access", _("the course could not be taken where she serves")
        DUTIES = "duties", _("other duties came first")

    REASONS = {  # noqa: RUF012
        Kind.CREDIT: (Reason.ELSEWHERE, Reason.UNRECORDED),
        Kind.WITHDRAWAL: (Reason.WRONG_PERSON, Reason.FRAUD, Reason.MISTAKE),
        Kind.LATER: (Reason.WRONG_DATE, Reason.NO_ACCESS, Reason.DUTIES),
    }
    NEED_EVIDENCE = (Reason.ELSEWHERE, Reason.UNRECORDED, Reason.FRAUD)

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=20, choices=Kind)
    reason = models.CharField(max_length=20, choices=Reason)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="corrections")
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="+")
    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, null=True, related_name="corrections")
    effective_on = models.DateField()
    due_on = models.DateField(null=True)  # of a later date
    completion = models.ForeignKey(Completion, on_delete=models.PROTECT, null=True, related_name="corrections")
    later = models.ForeignKey(LaterDate, on_delete=models.PROTECT, null=True, related_name="+")
    evidence = models.FileField(upload_to="corrections", storage=private_storage, blank=True)
    answer = models.CharField(max_length=1000)  # to her
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    agreed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    agreed_at = models.DateTimeField(null=True)
    declined_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    declined_at = models.DateTimeField(null=True)

    objects = CorrectionQuerySet.as_manager()

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(agreed_by__isnull=True, agreed_at__isnull=True) | Q(agreed_by__isnull=False, agreed_at__isnull=False),
                name="courses_correction_agreed_whole",
            ),
            models.CheckConstraint(
                condition=Q(declined_by__isnull=True, declined_at__isnull=True)
                | Q(declined_by__isnull=False, declined_at__isnull=False, agreed_at__isnull=True),
                name="courses_correction_declined_whole",
            ),
            models.CheckConstraint(
                condition=~Q(asked_by=F("person"))
                & (Q(agreed_by__isnull=True) | ~Q(agreed_by=F("asked_by")) & ~Q(agreed_by=F("person"))),
                name="courses_correction_three_persons",
            ),
            models.CheckConstraint(
                condition=~Q(kind="later-date") | Q(due_on__isnull=False), name="courses_correction_later_has_day"
            ),
            models.CheckConstraint(
                condition=~Q(kind="withdrawal") | Q(completion__isnull=False), name="courses_correction_withdraws_something"
            ),
        ]
        indexes = [models.Index(fields=["person", "course"])]
        ordering = ["asked_at", "pk"]

    def __str__(self) -> str:
        return f"{self.course.code} · {self.kind}"


class ArrangementQuerySet(models.QuerySet):
    def open(self):
        return self.filter(decided_at__isnull=True, withdrawn_at__isnull=True)


class Arrangement(models.Model):
    """Somebody asks the owner of a course for a later date or another way. Only the two of them read it."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)  # sent along by the form: twice is once
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="arrangements")
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="+")
    wanted_on = models.DateField(null=True)
    words = models.CharField(max_length=500, blank=True)
    asked_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    answer = models.CharField(max_length=1000, blank=True)
    later = models.ForeignKey(LaterDate, on_delete=models.PROTECT, null=True, related_name="+")  # None: no later date

    objects = ArrangementQuerySet.as_manager()

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True, decided_at__isnull=True, later__isnull=True)
                | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="courses_arrangement_decided_whole",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("person")), name="courses_arrangement_two_persons"
            ),
            models.CheckConstraint(
                condition=Q(decided_at__isnull=True) | Q(withdrawn_at__isnull=True), name="courses_arrangement_one_end"
            ),
        ]
        ordering = ["asked_at", "pk"]

    def __str__(self) -> str:
        return f"{self.course.code} · {self.asked_at:%Y-%m-%d}"

    @property
    def is_open(self) -> bool:
        return self.decided_at is None and self.withdrawn_at is None
