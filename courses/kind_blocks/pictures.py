"""Picture choice: options that are drawn, each said in words as well."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.images.blocks import ImageChooserBlock

from courses.keys import KeyBlock
from courses.kind_blocks.choice import ChoiceBlock
from courses.kinds.choice import Option
from courses.kinds.pictures import PictureChoice


class PictureOptionBlock(blocks.StructBlock):
    key = KeyBlock(required=False)
    picture = ImageChooserBlock()
    text = blocks.CharBlock(
        max_length=200, label=_("in words"), help_text=_("What it shows, for all to read. It must be enough without the picture.")
    )
    is_right = blocks.BooleanBlock(required=False, label=_("right"))

    class Meta:
        icon = "image"
        label_format = "{text}"


class PictureChoiceBlock(ChoiceBlock):
    options = blocks.ListBlock(PictureOptionBlock(), min_num=2, max_num=6)

    class Meta:
        icon = "image"
        label = _("Picture choice")

    def question(self, value) -> PictureChoice:
        options = tuple(
            Option(option["key"], option["text"], bool(option["is_right"]), option["picture"]) for option in value["options"]
        )
        return PictureChoice(value["prompt"], options)
