"""A story under way: what the page itself carries along, and what may be sent back.

The way stands in a signed field of the form and nowhere else: no session, no table, no address, no log holds it. It names no
person, so that a copied page says nothing about who read it; and it is signed for one screen, so that it leads nowhere else.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from django import forms
from django.core.signing import BadSignature, Signer
from django.utils.translation import gettext_lazy as _

from courses.scenario_blocks import Claim
from courses.scenarios import LostWay, Node, Scenario, Score, Way, better, walk


@dataclass(frozen=True)
class Trail:
    """Keys of the choices of this run, the best end so far, and the choices that were tried in any run."""

    choices: tuple[str, ...] = ()
    best: Score | None = None
    tried: tuple[str, ...] = ()

    def went_on(self, scenario: Scenario, choice: str) -> "Trail":
        """One choice further; at an end its score is taken down. Raises LostWay."""
        way = walk(scenario, [*self.choices, choice])
        best = better(self.best, way.score) if way.is_over else self.best
        return Trail((*self.choices, choice), best, (*self.tried, *({choice} - {*self.tried})))

    def went_back(self, steps: int) -> "Trail":
        """To where `steps` choices were taken."""
        return replace(self, choices=self.choices[:steps])

    def sealed(self, module: UUID, screen: str) -> str:
        best = [self.best.points, self.best.possible] if self.best else None
        return _signer(module, screen).sign_object([list(self.choices), best, list(self.tried)])


def opened(sent: str, *, module: UUID, screen: str, scenario: Scenario) -> tuple[Trail, Way]:
    """The trail of a sealed text and where it leads; an empty text is the beginning.

    Raises LostWay for a text that we did not seal for this screen, and for a way that the story no longer has.
    """
    if not sent:
        return Trail(), walk(scenario, [])
    try:
        choices, best, tried = _signer(module, screen).unsign_object(sent)
    except BadSignature as error:
        raise LostWay("This was not sealed here.") from error
    trail = Trail(tuple(choices), Score(*best) if best else None, tuple(tried))
    return trail, walk(scenario, trail.choices)


def _signer(module: UUID, screen: str) -> Signer:
    return Signer(salt=f"courses.stories {module} {screen}")


class StepForm(forms.Form):
    """Is this a choice of the step at which she stands?"""

    choice = forms.ChoiceField(
        error_messages={"required": _("Choose what you would do first."), "invalid_choice": _("Choose one of the ways shown.")}
    )

    def __init__(self, node: Node, data: Mapping[str, str]):
        super().__init__(data)
        self.fields["choice"].choices = [(choice.key, choice.text) for choice in node.choices]


@dataclass(frozen=True)
class ClaimLine:
    """A statement of the alternative with what she said of it: "accept", "correct" or nothing yet."""

    number: int
    claim: Claim
    said: str
    error: str

    @property
    def name(self) -> str:
        return f"claim-{self.number}"

    @property
    def is_agreed(self) -> bool:
        return self.said == ("accept" if self.claim.is_right else "correct")


class ClaimsForm(forms.Form):
    """Every statement is either accepted or corrected; that it is done counts, not how."""

    def __init__(self, claims: Sequence[Claim], data: Mapping[str, str] | None = None):
        super().__init__(data)
        self.claims = claims
        for number, _claim in enumerate(claims, start=1):
            self.fields[f"claim-{number}"] = forms.ChoiceField(
                choices=[("accept", ""), ("correct", "")],
                error_messages={
                    "required": _("Accept or correct this statement."),
                    "invalid_choice": _("Choose one of the two."),
                },
            )

    @property
    def lines(self) -> list[ClaimLine]:
        return [
            ClaimLine(
                number,
                claim,
                self.data.get(f"claim-{number}", ""),
                next(iter(self.errors.get(f"claim-{number}", [])), "") if self.is_bound else "",
            )
            for number, claim in enumerate(self.claims, start=1)
        ]

    @property
    def agreed(self) -> int:
        return sum(line.is_agreed for line in self.lines)
