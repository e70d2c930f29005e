"""How far somebody is: a projection of statements, which may be thrown away and folded again."""

from django.db import models

from courses.models.enrolments import Enrolment


class ModuleProgress(models.Model):
    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="progress")
    module = models.UUIDField()
    screens = models.JSONField(default=list)  # ids of screens left forward, sorted
    completed_at = models.DateTimeField(null=True)
    passed_at = models.DateTimeField(null=True)

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [models.UniqueConstraint(fields=["enrolment", "module"], name="courses_moduleprogress_once")]

    def __str__(self) -> str:
        return f"{self.module}: {len(self.screens)} screens"


class FoldFaultQuerySet(models.QuerySet):
    def open(self):
        return self.filter(resolved_at__isnull=True)


class FoldFault(models.Model):
    """Statements of a client that are stored, and that could not be brought into progress yet. Tried again by a job."""

    registration = models.UUIDField()
    statements = models.JSONField()  # their ids
    kind = models.CharField(max_length=120)  # of the error; never its words, which may quote what was sent
    place = models.CharField(max_length=200)  # in our code: file, line, function
    at = models.DateTimeField()
    tries = models.PositiveIntegerField(default=1)
    resolved_at = models.DateTimeField(null=True)

    objects = FoldFaultQuerySet.as_manager()

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["registration"], condition=models.Q(resolved_at__isnull=True), name="courses_foldfault_one_open"
            )
        ]

    def __str__(self) -> str:
        return f"{self.registration}: {self.kind}"
