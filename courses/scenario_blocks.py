"""What trainers compose a branching scenario from, with the exercise that somebody may do instead."""

from dataclasses import dataclass

from django.utils.text import format_lazy
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.struct_block import StructBlockValidationError

from courses.graphs import draw, letter
from courses.keys import KeyBlock, NameBlock, give_keys
from courses.scenarios import GOOD, HARMFUL, WORKABLE, Choice, Finding, Node, Scenario, findings

MENTIONS, DESCRIBES = "mentions", "describes"
SENTENCES = {
    "empty": _("The story has no step yet."),
    "doubled": _("Two steps are called {node}. Give one of them another key."),
    "unreachable": _("No way leads to {node}. Let a choice lead there, or take it out."),
    "dead-end": _("{node} is a dead end: give it choices, or say that it is an ending."),
    "goes-on": _("{node} is an ending and has choices. Take them out, or make it no ending."),
    "no-debrief": _("{node} is an ending without a debrief: say what made the difference."),
    "unknown-target": _("{node}, choice {letter} leads to a step that does not exist."),
    "no-feedback": _("{node}, choice {letter} has no feedback: say why it helps, or what it may cause."),
    "loop": _("From {node} a way leads back to {node}. A story only goes forward; learners go back by replaying."),
}


def sentence(finding: Finding) -> str:
    """What is wrong, in words for authors."""
    name = finding.node or _now("a step without a key")
    return str(format_lazy(SENTENCES[finding.kind], node=name, letter=letter(finding.choice or 1)))


class StoryChoiceBlock(blocks.StructBlock):
    key = KeyBlock(required=False)
    text = blocks.TextBlock(rows=2, label=_("what the learner does"))
    target = NameBlock(label=_("leads to"), help_text=_("The key of a step, for example A2."))
    points = blocks.ChoiceBlock(
        choices=[(str(GOOD), _("2: good")), (str(WORKABLE), _("1: workable")), (str(HARMFUL), _("0: harmful"))],
        default=str(WORKABLE),
    )
    feedback = blocks.TextBlock(
        rows=2, required=False, help_text=_("Names the principle and the safe next step; it explains and never blames.")
    )

    class Meta:
        icon = "arrow-right"
        label = _("Choice")
        label_format = "{target}: {text}"


class StoryNodeBlock(blocks.StructBlock):
    name = NameBlock(label=_("key"))  # the admin hides fields called `key`
    situation = blocks.TextBlock(rows=4)
    choices = blocks.ListBlock(StoryChoiceBlock(), min_num=0, max_num=6, default=[])
    ending = blocks.ChoiceBlock(
        choices=[("good", _("a good ending")), ("missed", _("an ending that missed something"))],
        required=False,
        label=_("is an ending"),
    )
    debrief = blocks.TextBlock(rows=3, required=False, help_text=_("Endings only: what made the difference."))

    class Meta:
        icon = "list-ul"
        label = _("Step")
        label_format = "{name}: {situation}"


class ClaimBlock(blocks.StructBlock):
    text = blocks.TextBlock(rows=2, label=_("Statement"))
    is_right = blocks.BooleanBlock(required=False, label=_("can be accepted as it is"))
    feedback = blocks.TextBlock(rows=2, help_text=_("Why it holds, or how it has to be put right."))

    class Meta:
        icon = "tick-inverse"
        label = _("Statement")
        label_format = "{text}"


@dataclass(frozen=True)
class Claim:
    """A statement of the alternative exercise, to be accepted or corrected."""

    text: str
    is_right: bool
    feedback: str


class StoryValue(blocks.StructValue):
    """Works for half-empty drafts, too."""

    @property
    def scenario(self) -> Scenario:
        return Scenario(tuple(_node(node) for node in self["nodes"]))

    @property
    def claims(self) -> list[Claim]:
        lines = self["claims"]
        return [Claim(line["text"] or "", bool(line["is_right"]), line["feedback"] or "") for line in lines]

    @property
    def principle_lines(self) -> list[str]:
        return [line.strip() for line in (self["principles"] or "").splitlines() if line.strip()]

    @property
    def problems(self) -> list[str]:
        return sentences(self)

    @property
    def drawing(self):
        return draw(self.scenario)


def _node(value) -> Node:
    choices = tuple(
        Choice(one["key"] or "", one["text"] or "", one["target"] or "", int(one["points"] or 0), one["feedback"] or "")
        for one in value["choices"]
    )
    ending = value["ending"] or ""
    return Node(value["name"] or "", value["situation"] or "", choices, ending, value["debrief"] or "")


def sentences(value: StoryValue) -> list[str]:
    """Everything that stands against publishing this scenario."""
    wrong = [sentence(finding) for finding in findings(value.scenario)]
    if not (value["topic"] or "").strip():
        wrong.append(_now("Say in one line what the story speaks about."))
    if value["level"] == DESCRIBES and not value.claims:
        wrong.append(_now("A story that describes control or harm needs an alternative exercise."))
    return wrong


class ScenarioBlock(blocks.StructBlock):
    """A story with choices. Who would rather not read it does the statements instead: both count the same."""

    level = blocks.ChoiceBlock(
        choices=[(MENTIONS, _("mentions exploitation")), (DESCRIBES, _("describes control or harm, without detail"))],
        default=MENTIONS,
        label=_("content notice"),
    )
    topic = blocks.CharBlock(max_length=200, help_text=_("“This story speaks about …”, in one line."))
    minutes = blocks.IntegerBlock(min_value=1, max_value=60, default=7)
    nodes = blocks.ListBlock(StoryNodeBlock(), label=_("steps, the first one first"), default=[])
    principles = blocks.TextBlock(
        rows=4, required=False, label=_("what others consider"), help_text=_("Principles to look at in any step. One a line.")
    )
    claims = blocks.ListBlock(
        ClaimBlock(),
        min_num=0,
        max_num=12,
        default=[],
        label=_("alternative exercise: statements"),
        help_text=_("Of equal length and for the same objective. Needed where the story describes control or harm."),
    )

    class Meta:
        icon = "site"
        label = _("Scenario")
        template = "courses/blocks/scenario.html"
        value_class = StoryValue

    def clean(self, value):
        """Gives each choice a key of its own; a graph with faults is refused, but as a draft it may be half done."""
        cleaned = super().clean(value)
        # Unique in the whole story, so that a copied step is another one.
        give_keys(choice for node in cleaned["nodes"] for choice in node["choices"])
        wrong = [] if self.is_deferred_validation else sentences(cleaned)
        if wrong:
            raise StructBlockValidationError(non_block_errors=wrong)
        return cleaned
