"""Comes to the end of a scenario, or of the exercise that may be done instead: the same to everybody who looks."""

from collections.abc import Sequence
from uuid import UUID

from courses import answering, counting
from courses.models import Enrolment
from courses.scenarios import Scenario


def finish(enrolment: Enrolment, *, module: UUID, screen: str, scenario: Scenario, choices: Sequence[str] | None = None) -> None:
    """Completes the screen, and hands the way (keys of the choices, None: the alternative) to the counters without a person.

    Safe to repeat: only the first end of an enrolment is recorded, and only it is counted.
    """
    if answering.finish_scenario(enrolment, module=module, screen=screen):
        counting.count(module, screen, scenario, choices)
