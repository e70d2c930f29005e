"""Single choice, several answers, true or false."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from courses.keys import KeyBlock, give_keys
from courses.kinds.choice import Choice, Option


class OptionBlock(blocks.StructBlock):
    key = KeyBlock(required=False)
    text = blocks.CharBlock(max_length=400)
    is_right = blocks.BooleanBlock(required=False, label=_("right"))

    class Meta:
        icon = "check"
        label_format = "{text}"


class ChoiceBlock(blocks.StructBlock):
    """Single choice or several answers: how many options are right decides what learners see."""

    is_several = False

    prompt = blocks.TextBlock(rows=2)
    options = blocks.ListBlock(OptionBlock(), min_num=2, max_num=8)

    def clean(self, value):
        """Gives each option a key of its own; drafts may still be half empty."""
        cleaned = super().clean(value)
        give_keys(cleaned["options"])
        right = sum(bool(option["is_right"]) for option in cleaned["options"])
        if not self.is_several and right != 1:
            raise ValidationError(_("Mark exactly one option as right, or use the kind “several answers”."))
        if self.is_several and right < 1:
            raise ValidationError(_("Mark at least one option as right."))
        return cleaned

    def question(self, value) -> Choice:
        options = tuple(Option(option["key"], option["text"], bool(option["is_right"])) for option in value["options"])
        return Choice(value["prompt"], options, is_several=self.is_several)


class SingleChoiceBlock(ChoiceBlock):
    class Meta:
        icon = "radio-full"
        label = _("Single choice")


class SeveralAnswersBlock(ChoiceBlock):
    is_several = True

    class Meta:
        icon = "check"
        label = _("Several answers")


class TrueFalseBlock(blocks.StructBlock):
    prompt = blocks.TextBlock(rows=2, label=_("Statement"))
    is_true = blocks.BooleanBlock(required=False, label=_("The statement is true"))

    class Meta:
        icon = "tick-inverse"
        label = _("True or false")

    def question(self, value) -> Choice:
        is_true = bool(value["is_true"])
        options = (Option("true", str(_("True")), is_true), Option("false", str(_("False")), not is_true))
        return Choice(value["prompt"], options, is_true_false=True)
