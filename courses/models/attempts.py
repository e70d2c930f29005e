"""Tries at questions: what was drawn, what was answered, how it ended."""

from uuid import UUID

from django.db import models
from django.db.models import Q, TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from courses.models.enrolments import Enrolment


class AttemptQuerySet(models.QuerySet):
    def that_drew(self, question: UUID):
        """A key is found in the text of what was drawn: SQLite does not look into lists of JSON."""
        return self.annotate(drawn_text=Cast("drawn", TextField())).filter(drawn_text__contains=str(question))


class Attempt(models.Model):
    """A graded attempt at a quiz, or the knowledge checks of a module (`is_graded` false, never judged)."""

    class Result(models.TextChoices):
        PASSED = "passed", _("passed")
        FAILED = "failed", _("not passed")
        VOID = "void", _("does not count")  # its questions no longer exist

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="attempts")
    module = models.UUIDField()
    number = models.PositiveIntegerField()
    is_graded = models.BooleanField()
    seed = models.PositiveIntegerField()
    drawn = models.JSONField(default=list)  # [{"key", "revision", "objective", "must_pass", "options"}]
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    result = models.CharField(max_length=10, choices=Result, blank=True)
    score = models.DecimalField(max_digits=5, decimal_places=4, null=True)

    objects = AttemptQuerySet.as_manager()

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "module", "number"], name="courses_attempt_number_once"),
            models.UniqueConstraint(
                fields=["enrolment", "module"], condition=Q(finished_at__isnull=True), name="courses_attempt_one_open"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.module} attempt {self.number}"


class Answer(models.Model):
    """The unique constraint is the guard against a double click: an existing answer is shown again, never stored twice."""

    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="answers")
    question = models.UUIDField()
    revision = models.PositiveBigIntegerField()
    try_number = models.PositiveIntegerField()
    language = models.CharField(max_length=10)
    response = models.JSONField()  # option keys
    is_right = models.BooleanField()
    statement = models.UUIDField()
    answered_at = models.DateTimeField()

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [models.UniqueConstraint(fields=["attempt", "question", "try_number"], name="courses_answer_try_once")]

    def __str__(self) -> str:
        return f"{self.question} try {self.try_number}"
