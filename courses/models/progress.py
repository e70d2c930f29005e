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
