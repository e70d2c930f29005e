"""Rewriting with fixed answers: which of these says it better?"""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from courses.kind_blocks.choice import ChoiceBlock
from courses.kinds.rewrite import Rewrite


class RewriteBlock(ChoiceBlock):
    original = blocks.TextBlock(rows=2, label=_("what is to be said anew"))

    class Meta:
        icon = "edit"
        label = _("Rewriting")

    def question(self, value) -> Rewrite:
        choice = super().question(value)
        return Rewrite(choice.prompt, choice.options, original=value["original"])
