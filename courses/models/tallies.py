"""Counts without persons."""

from django.db import models


class ItemTally(models.Model):
    """How the people answered who met an item for the first time: see `courses.tallying`. No person, no structure, no day.

    A row with an empty `option` counts answers, by the band of the other items (`item_statistics.band_of`; 0 where there are
    none, as in knowledge checks). A row with an option counts how often that part of a response was chosen, in all bands.

    It has no number of its own: rows that were made together would stand together.
    """

    pk = models.CompositePrimaryKey("module", "question", "revision", "language", "month", "option", "band")
    module = models.UUIDField()
    question = models.UUIDField()
    revision = models.PositiveBigIntegerField()
    language = models.CharField(max_length=10)
    month = models.DateField()  # its first day
    option = models.CharField(max_length=80, blank=True)
    band = models.PositiveSmallIntegerField(default=0)
    count = models.PositiveIntegerField()
    right_count = models.PositiveIntegerField(default=0)  # of answers

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(right_count__lte=models.F("count")), name="courses_itemtally_right_in_count"
            )
        ]

    def __str__(self) -> str:
        return f"{self.question} {self.language} {self.option}: {self.count}"


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
