"""Sorting: cards into categories."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from courses.keys import KeyBlock, give_keys
from courses.kinds.kind import Piece
from courses.kinds.matching import Card
from courses.kinds.sorting import Sorting

MOST = 6


class CategoryBlock(blocks.StructBlock):
    key = KeyBlock(required=False)
    text = blocks.CharBlock(max_length=60, help_text=_("Short: a telephone shows about 25 letters."))

    class Meta:
        icon = "folder"
        label_format = "{text}"


class SortedCardBlock(blocks.StructBlock):
    key = KeyBlock(required=False)
    text = blocks.CharBlock(max_length=300)
    right_in = blocks.MultipleChoiceBlock(
        choices=[(str(number), str(number)) for number in range(1, MOST + 1)],
        widget=forms.CheckboxSelectMultiple,
        label=_("right in category number"),
        help_text=_("Several, where each of them is right."),
    )

    class Meta:
        icon = "doc-empty"
        label_format = "{text}"


class SortingBlock(blocks.StructBlock):
    prompt = blocks.TextBlock(rows=2)
    categories = blocks.ListBlock(CategoryBlock(), min_num=2, max_num=MOST)
    cards = blocks.ListBlock(SortedCardBlock(), min_num=2, max_num=12)

    class Meta:
        icon = "folder-open-inverse"
        label = _("Sorting")

    def clean(self, value):
        cleaned = super().clean(value)
        give_keys(cleaned["categories"])
        give_keys(cleaned["cards"])
        count = len(cleaned["categories"])
        wrong = [(card["text"], number) for card in cleaned["cards"] for number in card["right_in"] if int(number) > count]
        if wrong:
            raise ValidationError(
                _("There is no category number %(number)s for the card “%(card)s”. Look at its numbers again."),
                params={"card": wrong[0][0], "number": wrong[0][1]},
            )
        return cleaned

    def question(self, value) -> Sorting:
        places = tuple(Piece(category["key"], category["text"]) for category in value["categories"])
        by_number = {str(number): place.key for number, place in enumerate(places, start=1)}
        cards = tuple(
            Card(card["key"], card["text"], frozenset(by_number[number] for number in card["right_in"] if number in by_number))
            for card in value["cards"]
        )
        return Sorting(value["prompt"], cards, places)
