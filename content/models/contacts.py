"""Whom to call: one contact block a structure, kept by its focal points."""

from datetime import date, timedelta

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, PublishingPanel
from wagtail.models import DraftStateMixin, RevisionMixin

from content.blocks import ContactLines
from content.fields import BlocksField
from content.second_person import refuse_own_change
from lms.people import access
from lms.people.models import Structure

CHECK_DAYS = 90
DEMO_NUMBER = "+00"


class ContactForm(WagtailAdminModelForm):
    """Offers the structures for which the editor is a focal point; the structure of a block never changes."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        within = access.reach(self.for_user, "C6", "W").structures if self.for_user else []
        self.fields["structure"].queryset = Structure.objects.filter(pk__in=within)
        self.fields["structure"].disabled = bool(self.instance.pk)


class Contact(DraftStateMixin, RevisionMixin, models.Model):
    structure = models.OneToOneField(Structure, on_delete=models.PROTECT, related_name="contact")
    lines = BlocksField(ContactLines(), blank=True)
    checked_on = models.DateField(help_text=_("The day on which every number was called or looked up."))

    panels = [FieldPanel("structure"), FieldPanel("lines"), FieldPanel("checked_on"), PublishingPanel()]
    base_form_class = ContactForm
    second_person_fields = ("lines", "checked_on")

    class Meta:
        ordering = ["structure__code"]

    def __str__(self) -> str:
        return gettext("Contacts: %(structure)s") % {"structure": self.structure}

    def is_current(self, day: date) -> bool:
        """Numbers are shown for 90 days after they were checked; then the focal point stands in their place."""
        return self.live and self.checked_on <= day < self.checked_on + timedelta(days=CHECK_DAYS)

    @property
    def has_demo_numbers(self) -> bool:
        return any(line.value["number"].startswith(DEMO_NUMBER) for line in self.lines)

    def for_audience(self, audience: str) -> list:
        return [line.value for line in self.lines if line.value["audience"] == audience]

    def publish(self, revision, user=None, **options):
        refuse_own_change(self, revision, user)
        return super().publish(revision, user=user, **options)
