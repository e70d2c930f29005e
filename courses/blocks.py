"""What trainers compose modules and questions from."""

from uuid import uuid4

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.snippets.blocks import SnippetChooserBlock

from content.blocks import reading_blocks
from courses.keys import KeyBlock
from courses.questions import Choice, Option
from courses.scenario_blocks import ScenarioBlock


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
        seen: set[str] = set()
        for option in cleaned["options"]:
            if not option.get("key") or option["key"] in seen:
                option["key"] = uuid4().hex[:8]
            seen.add(option["key"])
        right = sum(bool(option["is_right"]) for option in cleaned["options"])
        if not self.is_several and right != 1:
            raise ValidationError(_("Mark exactly one option as right, or use the kind “several answers”."))
        if self.is_several and right < 1:
            raise ValidationError(_("Mark at least one option as right."))
        return cleaned

    def question(self, value) -> Choice:
        options = tuple(Option(option["key"], option["text"], option["is_right"]) for option in value["options"])
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
        return Choice(value["prompt"], options, interaction="true-false")


class QuestionBody(blocks.StreamBlock):
    """Exactly one block: the kind of the question."""

    single_choice = SingleChoiceBlock()
    several_answers = SeveralAnswersBlock()
    true_false = TrueFalseBlock()

    class Meta:
        min_num = 1
        max_num = 1


class QuestionBlock(SnippetChooserBlock):
    def __init__(self, **kwargs):
        super().__init__("courses.Question", **kwargs)

    class Meta:
        icon = "help"
        label = _("Question")
        template = "courses/blocks/question.html"


class ScreenBody(blocks.StreamBlock):
    def __init__(self, **kwargs):
        super().__init__([*reading_blocks(), ("question", QuestionBlock()), ("scenario", ScenarioBlock())], **kwargs)

    class Meta:
        block_counts = {"scenario": {"max_num": 1}}  # noqa: RUF012  the statement of its end is the screen's


class ScreenBlock(blocks.StructBlock):
    """One screen. Its id in the stream is its key in statements."""

    title = blocks.CharBlock(max_length=120)
    body = ScreenBody()

    class Meta:
        icon = "form"
        label = _("Screen")
        label_format = "{title}"


class ModuleBody(blocks.StreamBlock):
    screen = ScreenBlock()


class ShareBlock(blocks.StructBlock):
    objective = blocks.CharBlock(max_length=40)
    words = blocks.CharBlock(
        max_length=120,
        required=False,
        label=_("in words"),
        help_text=_("What learners read when they have to look at it again."),
    )
    share = blocks.IntegerBlock(min_value=1, max_value=100, label=_("share in per cent"))

    class Meta:
        label_format = "{objective}: {share} %"


class QuizBlock(blocks.StructBlock):
    pass_mark = blocks.IntegerBlock(min_value=1, max_value=100, default=80, label=_("pass mark in per cent"))
    count = blocks.IntegerBlock(min_value=1, max_value=60, label=_("items drawn"))
    blueprint = blocks.ListBlock(ShareBlock(), min_num=1)
    pool = blocks.ListBlock(QuestionBlock(), min_num=1)

    class Meta:
        icon = "list-ol"
        label = _("Graded quiz")


class QuizBody(blocks.StreamBlock):
    quiz = QuizBlock()

    class Meta:
        max_num = 1
        required = False
