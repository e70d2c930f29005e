"""Guided look-up: a task, and the guide of the library where the answer stands."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks


class LookUpBlock(blocks.StructBlock):
    task = blocks.TextBlock(rows=2, help_text=_("What to look for. A question after it can ask what was found."))
    guide = blocks.PageChooserBlock(page_type="content.GuidePage")

    class Meta:
        icon = "search"
        label = _("Look-up in the library")
        template = "courses/blocks/lookup.html"
