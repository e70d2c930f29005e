"""What trainers compose modules from. What a question is made of stands in `kind_blocks`."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.snippets.blocks import SnippetChooserBlock

from content.blocks import reading_blocks
from courses.kind_blocks.body import UNASKED
from courses.scenario_blocks import ScenarioBlock


class QuestionBlock(SnippetChooserBlock):
    def __init__(self, **kwargs):
        super().__init__("courses.Question", **kwargs)

    class Meta:
        icon = "help"
        label = _("Question")
        template = "courses/blocks/question.html"


class ScreenBody(blocks.StreamBlock):
    def __init__(self, **kwargs):
        unasked = [(name, block()) for name, block in UNASKED.items()]
        own = [("question", QuestionBlock()), ("scenario", ScenarioBlock()), *unasked]
        super().__init__([*reading_blocks(), *own], **kwargs)

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
