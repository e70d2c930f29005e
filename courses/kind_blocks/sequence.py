"""Sequencing: steps into the right order."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from courses.keys import KeyBlock, give_keys
from courses.kinds.kind import Piece
from courses.kinds.sequence import Sequencing


class StepBlock(blocks.StructBlock):
    key = KeyBlock(required=False)
    text = blocks.CharBlock(max_length=300)

    class Meta:
        icon = "bars"
        label_format = "{text}"


class SequencingBlock(blocks.StructBlock):
    prompt = blocks.TextBlock(rows=2)
    steps = blocks.ListBlock(
        StepBlock(), min_num=3, max_num=9, help_text=_("In the right order. Learners see them in another one.")
    )

    class Meta:
        icon = "list-ol"
        label = _("Right order")

    def clean(self, value):
        cleaned = super().clean(value)
        give_keys(cleaned["steps"])
        return cleaned

    def question(self, value) -> Sequencing:
        steps = tuple(Piece(step["key"], step["text"]) for step in value["steps"])
        return Sequencing(value["prompt"], steps, tuple(step.key for step in steps))
