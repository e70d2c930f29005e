"""Facts: what the courses rest on, each with its source and how well it was checked."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, PublishingPanel
from wagtail.models import DraftStateMixin, RevisionMixin, TranslatableMixin

from content.codes import refuse_taken_code
from content.second_person import refuse_own_change


class Fact(TranslatableMixin, DraftStateMixin, RevisionMixin, models.Model):
    """Chosen by pages, never copied into them."""

    class Mark(models.TextChoices):
        CONFIRMED = "confirmed", _("checked against the source")
        SECONDARY = "secondary", _("checked in a secondary source")
        UNCONFIRMED = "unconfirmed", _("not checked yet")

    code = models.CharField(max_length=20)
    text = models.TextField()
    source = models.CharField(max_length=300)
    article = models.CharField(_("article or paragraph"), max_length=120, blank=True)
    mark = models.CharField(max_length=20, choices=Mark, default=Mark.UNCONFIRMED)
    checked_on = models.DateField(null=True, blank=True)
    check_again_by = models.DateField(null=True, blank=True)

    panels = [
        FieldPanel("code", required_on_save=True),
        FieldPanel("text"),
        FieldRowPanel([FieldPanel("source"), FieldPanel("article")]),
        FieldPanel("mark"),
        FieldRowPanel([FieldPanel("checked_on"), FieldPanel("check_again_by")]),
        PublishingPanel(),
    ]
    # Whoever changed one of these last does not publish it.
    second_person_fields = ("text", "source", "article", "mark", "checked_on")

    class Meta(TranslatableMixin.Meta):
        ordering = ["code"]
        constraints = [models.UniqueConstraint(fields=["code", "locale"], name="content_fact_code_once")]

    def __str__(self) -> str:
        return f"{self.code}: {Truncator(self.text).chars(60)}"

    @property
    def is_publishable(self) -> bool:
        """A course may only rest on facts that somebody has checked."""
        return self.mark != self.Mark.UNCONFIRMED

    def is_stale(self, day: date) -> bool:
        return self.check_again_by is not None and day > self.check_again_by

    def clean(self) -> None:
        super().clean()
        refuse_taken_code(self)
        if self.mark != self.Mark.UNCONFIRMED and self.checked_on is None:
            raise ValidationError({"checked_on": _("Say on which day the source was checked.")})

    def publish(self, revision, user=None, **options):
        refuse_own_change(self, revision, user)
        return super().publish(revision, user=user, **options)
