"""Counts without persons."""

from django.db import models


class ScenarioTally(models.Model):
    """How often a choice of a scenario was taken, roughly: see `courses.counting`. No person, no time, no language, no way."""

    module = models.UUIDField()
    screen = models.CharField(max_length=36)
    node = models.CharField(max_length=8)
    choice = models.CharField(max_length=36)
    count = models.PositiveIntegerField(default=0)

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [models.UniqueConstraint(fields=["module", "screen", "node", "choice"], name="courses_scenariotally_once")]

    def __str__(self) -> str:
        return f"{self.node} {self.choice}: {self.count}"
