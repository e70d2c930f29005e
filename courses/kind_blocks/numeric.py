"""Numeric: a number within a range."""

from decimal import Decimal

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from courses.kinds.numeric import Numeric

LIMITS = {"max_digits": 18, "decimal_places": 6}


class NumericBlock(blocks.StructBlock):
    prompt = blocks.TextBlock(rows=2)
    low = blocks.DecimalBlock(label=_("right from"), **LIMITS)
    high = blocks.DecimalBlock(label=_("right up to"), help_text=_("The same number where only one is right."), **LIMITS)
    unit = blocks.CharBlock(required=False, max_length=40, label=_("unit"), help_text=_("For example days or per cent."))

    class Meta:
        icon = "decimal"
        label = _("Number")

    def clean(self, value):
        cleaned = super().clean(value)
        if cleaned["low"] > cleaned["high"]:
            raise ValidationError(_("The range ends before it begins. Change one of its numbers."))
        return cleaned

    def question(self, value) -> Numeric:
        return Numeric(value["prompt"], Decimal(str(value["low"])), Decimal(str(value["high"])), value.get("unit") or "")
