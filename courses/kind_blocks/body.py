"""The kinds there are, by the name under which a question or a screen keeps them."""

from wagtail import blocks

from courses.kind_blocks.choice import SeveralAnswersBlock, SingleChoiceBlock, TrueFalseBlock
from courses.kind_blocks.likert import LikertBlock
from courses.kind_blocks.lookup import LookUpBlock
from courses.kind_blocks.matching import MatchingBlock
from courses.kind_blocks.numeric import NumericBlock
from courses.kind_blocks.pictures import PictureChoiceBlock
from courses.kind_blocks.reflection import ReflectionBlock
from courses.kind_blocks.rewrite import RewriteBlock
from courses.kind_blocks.sequence import SequencingBlock
from courses.kind_blocks.sorting import SortingBlock
from courses.kind_blocks.terms import TermsBlock

KINDS = {
    "single_choice": SingleChoiceBlock,
    "several_answers": SeveralAnswersBlock,
    "true_false": TrueFalseBlock,
    "matching": MatchingBlock,
    "sorting": SortingBlock,
    "sequencing": SequencingBlock,
    "numeric": NumericBlock,
    "likert": LikertBlock,
    "pictures": PictureChoiceBlock,
    "rewrite": RewriteBlock,
}

# Not asked and not graded: they stand on a screen, in no bank and no quiz.
UNASKED = {
    "lookup": LookUpBlock,
    "terms": TermsBlock,
    "reflection": ReflectionBlock,
}


class QuestionBody(blocks.StreamBlock):
    """Exactly one block: the kind of the question."""

    def __init__(self, **kwargs):
        super().__init__([(name, block()) for name, block in KINDS.items()], **kwargs)

    class Meta:
        min_num = 1
        max_num = 1
