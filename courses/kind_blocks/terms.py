"""Words explained: each opens its meaning beside the text."""

from uuid import uuid4

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from courses.keys import KeyBlock, give_keys


class TermBlock(blocks.StructBlock):
    key = KeyBlock(required=False)
    term = blocks.CharBlock(max_length=80, label=_("word"))
    meaning = blocks.TextBlock(rows=2, max_length=400)

    class Meta:
        icon = "openquote"
        label_format = "{term}"


class TermsBlock(blocks.StructBlock):
    terms = blocks.ListBlock(TermBlock(), min_num=1, max_num=6)

    class Meta:
        icon = "openquote"
        label = _("Words explained")
        template = "courses/blocks/terms.html"

    def clean(self, value):
        """A key for the whole site, since statements name it."""
        cleaned = super().clean(value)
        give_keys(cleaned["terms"], make=lambda: str(uuid4()))
        return cleaned
