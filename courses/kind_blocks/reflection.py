"""Private reflection: what is written stays in the window of the browser."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks


class ReflectionBlock(blocks.StructBlock):
    prompt = blocks.TextBlock(rows=2, help_text=_("What to think about. Nothing that is written is sent or kept."))

    class Meta:
        icon = "edit"
        label = _("Reflection")
        template = "courses/blocks/reflection.html"
