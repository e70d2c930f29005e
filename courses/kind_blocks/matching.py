"""Matching: each card belongs to one place."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from courses.keys import KeyBlock, give_keys
from courses.kinds.kind import Piece
from courses.kinds.matching import Card, Matching


class PairBlock(blocks.StructBlock):
    """Two keys, so that what belongs together cannot be told from them."""

    key = KeyBlock(required=False)
    text = blocks.CharBlock(max_length=300, label=_("line"))
    place_key = KeyBlock(required=False)
    place = blocks.CharBlock(
        max_length=60, label=_("what belongs to it"), help_text=_("Short: a telephone shows about 25 letters.")
    )

    class Meta:
        icon = "link"
        label_format = "{text}"


class MatchingBlock(blocks.StructBlock):
    prompt = blocks.TextBlock(rows=2)
    pairs = blocks.ListBlock(PairBlock(), min_num=2, max_num=8, help_text=_("Learners see both sides mixed."))

    class Meta:
        icon = "link"
        label = _("Matching")

    def clean(self, value):
        cleaned = super().clean(value)
        give_keys(cleaned["pairs"])
        give_keys(cleaned["pairs"], "place_key")
        places = [pair["place"].strip().casefold() for pair in cleaned["pairs"]]
        if len(set(places)) < len(places):
            raise ValidationError(_("The same words belong to two lines. Change one of them, or use the kind “sorting”."))
        return cleaned

    def question(self, value) -> Matching:
        return Matching(
            value["prompt"],
            tuple(Card(pair["key"], pair["text"], frozenset([pair["place_key"]])) for pair in value["pairs"]),
            tuple(Piece(pair["place_key"], pair["place"]) for pair in value["pairs"]),
        )
