"""What readers say about guides. A record: it outlives the guide and never points at it."""

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lms.people.models import FunctionGroup, Structure

FIVE_STEPS = [MinValueValidator(1), MaxValueValidator(5)]


class FeedbackQuerySet(models.QuerySet):
    def about(self, keys):
        return self.filter(guide__in=keys)

    def names_of(self, entries) -> dict[int, str]:
        """Names of those senders, and only those, who let the owner see them."""
        senders = FeedbackSender.objects.filter(feedback__in=entries, feedback__is_named=True)
        return dict(senders.values_list("feedback", "person__display_name"))

    def in_reading_order(self):
        """By day, and within a day by a random key, so that the order tells nothing of who wrote when."""
        return self.order_by("-sent_on", "submission")


class GuideFeedback(models.Model):
    class UsedFor(models.TextChoices):
        INDUCTION = "induction", _("induction")
        FIELD_VISIT = "field-visit", _("field visit")
        TRAINING = "training", _("training")
        REPORT = "report", _("report")
        OTHER = "other", _("something else")

    class UpToDate(models.TextChoices):
        YES = "yes", _("yes")
        NO = "no", _("no")
        UNSURE = "unsure", _("not sure")

    class Gap(models.TextChoices):
        MEN_AND_BOYS = "men-and-boys", _("men and boys")
        LABOUR = "labour", _("labour exploitation")
        CHILDREN = "children", _("children")
        ONLINE = "online", _("online")
        RETURN = "return", _("return")
        DISABILITY = "disability", _("disability")
        ROMA_SINTI = "roma-sinti", _("Roma and Sinti")
        PROCUREMENT = "procurement", _("procurement")
        LOCAL_LAW = "local-law", _("local law")
        OTHER = "other", _("other")

    class State(models.TextChoices):
        NEW = "new", _("new")
        TRIAGED = "triaged", _("being looked at")
        ACCEPTED = "accepted", _("accepted")
        DECLINED = "declined", _("declined")
        PASSED_ON = "passed-on", _("passed on")
        DONE = "done", pgettext_lazy("feedback", "done")

        @property
        def needs_answer(self) -> bool:
            """A reader who is told no, or told that it is done, is told why or where."""
            return self in {self.DECLINED, self.DONE}

    submission = models.UUIDField(unique=True)
    guide = models.UUIDField()
    guide_title = models.CharField(max_length=255)
    edition = models.CharField(max_length=40)
    section = models.CharField(max_length=36, blank=True)
    section_title = models.CharField(max_length=255, blank=True)
    language = models.CharField(max_length=10)
    sent_on = models.DateField()
    is_named = models.BooleanField(default=False)
    # Only as precise as five people who share it allow; the rest was never stored.
    structure = models.ForeignKey(Structure, on_delete=models.PROTECT, null=True, related_name="+")
    function_group = models.CharField(max_length=30, choices=FunctionGroup, blank=True)

    used_for = models.CharField(_("What did you use the guide for?"), max_length=20, choices=UsedFor)
    useful = models.PositiveSmallIntegerField(_("How useful was it?"), validators=FIVE_STEPS)
    accurate = models.PositiveSmallIntegerField(_("How accurate is it?"), validators=FIVE_STEPS)
    easy = models.PositiveSmallIntegerField(_("How easy is it to read?"), validators=FIVE_STEPS)
    up_to_date = models.CharField(_("Is it up to date?"), max_length=10, choices=UpToDate)
    missing = models.JSONField(_("Which subjects are missing?"), default=list, blank=True)
    comment = models.TextField(_("What is misleading or harmful, and what would be better?"), max_length=2000, blank=True)
    translation_term = models.CharField(_("A term that is translated badly"), max_length=120, blank=True)
    translation_better = models.CharField(_("A better word"), max_length=120, blank=True)
    would_recommend = models.BooleanField(_("Would you recommend it to a new colleague?"))

    state = models.CharField(max_length=20, choices=State, default=State.NEW)
    answer = models.TextField(max_length=2000, blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    state_changed_on = models.DateField(null=True)

    objects = FeedbackQuerySet.as_manager()

    wagtail_reference_index_ignore = True

    class Meta:
        indexes = [models.Index(fields=["guide", "sent_on"])]

    def __str__(self) -> str:
        return f"{self.guide_title} ({self.sent_on})"

    @property
    def is_hidden(self) -> bool:
        """Somebody reported personal data in its text and nobody has decided yet. Reads the prefetched reports."""
        return any(report.closed_at is None for report in self.reports.all())

    @property
    def is_emptied(self) -> bool:
        return any(report.closed_at and report.decision == TextReport.Decision.DELETE for report in self.reports.all())

    @property
    def has_text(self) -> bool:
        return bool(self.comment or self.translation_term or self.translation_better or self.answer)

    @property
    def missing_labels(self) -> list[str]:
        return [str(self.Gap(code).label) for code in self.missing]


class FeedbackSender(models.Model):
    """Who sent it. Read only for the sender herself, to show her the state, and for the owner where she opted in."""

    feedback = models.OneToOneField(GuideFeedback, on_delete=models.PROTECT, related_name="sender")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    key = models.UUIDField(default=uuid.uuid4, primary_key=True)  # random: rows tell nothing of their order

    wagtail_reference_index_ignore = True

    def __str__(self) -> str:
        return str(self.key)


class TextReport(models.Model):
    """Somebody says that a text holds personal data: it is hidden from then on; two administrators decide within a day."""

    TIME_TO_DECIDE = timedelta(hours=24)

    class Decision(models.TextChoices):
        DELETE = "delete", _("delete the text")
        KEEP = "keep", _("show the text again")

    key = models.UUIDField(default=uuid.uuid4, primary_key=True)
    feedback = models.ForeignKey(GuideFeedback, on_delete=models.PROTECT, related_name="reports")
    reported_at = models.DateTimeField()
    reported_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    decision = models.CharField(max_length=10, choices=Decision, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("decided_by")), name="content_textreport_two_persons"
            ),
            models.UniqueConstraint(fields=["feedback"], condition=Q(closed_at__isnull=True), name="content_textreport_one_open"),
        ]

    @property
    def due_at(self) -> datetime:
        return self.reported_at + self.TIME_TO_DECIDE

    @property
    def is_overdue(self) -> bool:
        return self.closed_at is None and timezone.now() > self.due_at

    def __str__(self) -> str:
        return f"report of {self.reported_at:%Y-%m-%d}"
