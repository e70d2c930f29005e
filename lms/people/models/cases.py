"""What an auditor may look into: one person in one course, for a reason and for a while."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class CaseQuerySet(models.QuerySet):
    def open_on(self, day: date):
        return self.filter(closes_on__gt=day)


class Case(models.Model):
    auditor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="cases")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    course = models.UUIDField()  # its key
    reason = models.CharField(max_length=300)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    closes_on = models.DateField()  # the first day on which nothing can be seen any more

    objects = CaseQuerySet.as_manager()

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(auditor=F("person")) & ~Q(auditor=F("opened_by")) & ~Q(person=F("opened_by")),
                name="people_case_three_persons",
            )
        ]
        ordering = ["-opened_at"]

    def __str__(self) -> str:
        return f"{self.auditor}: {self.person}"

    def is_open_on(self, day: date) -> bool:
        return self.closes_on > day
