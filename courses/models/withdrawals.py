"""That a question was wrong: who took it out, and which attempts were looked at again because of it. Never deleted."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Max, Q
from django.utils.translation import gettext_lazy as _

from courses.models.attempts import Attempt


class WithdrawalQuerySet(models.QuerySet):
    def among(self, drawn: Iterable[dict[str, Any]], *, until: datetime | None = None) -> frozenset[tuple[str, int]]:
        """The keys and revisions of those drawn items that were withdrawn in the revision in which they were drawn. One query."""
        lines = {(line["key"], line["revision"]) for line in drawn}
        rows = self.filter(question__in={key for key, _revision in lines})
        rows = rows if until is None else rows.filter(withdrawn_at__lte=until)
        last = dict(rows.values_list("question").annotate(Max("revision")).order_by())
        return frozenset((key, revision) for key, revision in lines if revision <= last.get(UUID(key), 0))


class QuestionWithdrawal(models.Model):
    """Counts for the revision that was live and for all before it, in every language. A correction is a later revision: when it
    is published, the question is asked again, and this row still speaks of what was drawn before."""

    question = models.UUIDField()
    revision = models.PositiveBigIntegerField()
    code = models.CharField(max_length=40)
    reason = models.CharField(max_length=300)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField()

    objects = WithdrawalQuerySet.as_manager()

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [models.UniqueConstraint(fields=["question", "revision"], name="courses_questionwithdrawal_once")]
        ordering = ["-withdrawn_at"]

    def __str__(self) -> str:
        return f"{self.code} {self.withdrawn_at:%Y-%m-%d %H:%M}"


class RegradeQuerySet(models.QuerySet):
    def told_to(self, enrolment):
        """What she should know: of those that give her a new attempt only the ones that she has not used yet."""
        same = Attempt.objects.filter(enrolment=models.OuterRef("attempt__enrolment"), module=models.OuterRef("attempt__module"))
        used = same.filter(Q(started_at__gt=models.OuterRef("regraded_at")) | Q(result=Attempt.Result.PASSED))
        mine = self.filter(attempt__enrolment=enrolment).select_related("attempt")
        return mine.exclude(Q(models.Exists(used)), result=Regrade.Result.AGAIN)


class Regrade(models.Model):
    """A failed attempt was looked at again because a question in it was wrong. `revision` is that question's: the withdrawn one,
    or the one with the corrected key."""

    class Result(models.TextChoices):
        PASSED = "passed", _("passed")
        AGAIN = "again", _("may try again at once")

    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="regrades")
    question = models.UUIDField()
    revision = models.PositiveBigIntegerField()
    result = models.CharField(max_length=10, choices=Result)
    right = models.PositiveIntegerField()
    total = models.PositiveIntegerField()
    regraded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    regraded_at = models.DateTimeField()

    objects = RegradeQuerySet.as_manager()

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [models.UniqueConstraint(fields=["attempt", "question", "revision"], name="courses_regrade_once")]
        ordering = ["regraded_at"]

    def __str__(self) -> str:
        return f"{self.attempt}: {self.result}"
