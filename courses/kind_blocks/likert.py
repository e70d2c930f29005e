"""How far somebody agrees, or how sure she is."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from courses.keys import KeyBlock, give_keys
from courses.kinds.kind import Piece
from courses.kinds.likert import Likert


class LevelBlock(blocks.StructBlock):
    key = KeyBlock(required=False)
    text = blocks.CharBlock(max_length=100)

    class Meta:
        icon = "order"
        label_format = "{text}"


class LikertBlock(blocks.StructBlock):
    prompt = blocks.TextBlock(rows=2)
    levels = blocks.ListBlock(LevelBlock(), min_num=3, max_num=7, help_text=_("From one end to the other."))

    class Meta:
        icon = "order"
        label = _("Scale (not graded)")

    def clean(self, value):
        cleaned = super().clean(value)
        give_keys(cleaned["levels"])
        return cleaned

    def question(self, value) -> Likert:
        return Likert(value["prompt"], tuple(Piece(level["key"], level["text"]) for level in value["levels"]))
