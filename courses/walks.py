"""The way through a course as one learner stands on it: what is done, what comes next, what is missing and why."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from courses.completing import finished_at
from courses.models import Edition, Enrolment, ModuleProgress
from courses.models.editions import OutlineModule

QUIZ = "quiz"


@dataclass(frozen=True)
class Place:
    """A screen of a module, or its quiz (`screen` is then QUIZ)."""

    code: str
    module: UUID
    screen: str

    @property
    def url(self) -> str:
        if self.screen == QUIZ:
            return reverse("courses:quiz", args=[self.code, self.module])
        return reverse("courses:screen", args=[self.code, self.module, self.screen])


class Part:
    """One module of the outline with the learner's progress in it."""

    def __init__(self, number: int, outline: OutlineModule, row: ModuleProgress | None, walk: "Walk"):
        self.number = number
        self.outline = outline
        self.key = outline.key
        self.is_done = finished_at(row, outline) is not None
        self.seen = [screen for screen in outline.screens if row and screen in row.screens]
        self.walk = walk

    @property
    def title(self) -> str:
        return self.outline.title(self.walk.language)

    @property
    def places(self) -> list[Place]:
        screens = [*self.outline.screens, *([QUIZ] if self.outline.quiz else [])]
        return [Place(self.walk.code, self.key, screen) for screen in screens]

    @property
    def share(self) -> float:
        """How much of it is done, 0 to 1."""
        return 1.0 if self.is_done else len(self.seen) / max(1, len(self.places))

    @property
    def where_to_go_on(self) -> Place | None:
        """The first screen not seen yet, else the quiz, else the beginning."""
        unseen = [place for place in self.places if place.screen not in self.seen]
        return (unseen or self.places or [None])[0]

    @property
    def missing(self) -> str:
        """Why the module does not count yet, in words; empty where it does."""
        if self.is_done:
            return ""
        unseen = len(self.outline.screens) - len(self.seen)
        if unseen and {*self.outline.screens} - {*self.seen} <= {*self.outline.scenarios}:
            return _("the exercise is not finished yet")
        if unseen:
            return ngettext("%(count)d screen not read yet", "%(count)d screens not read yet", unseen) % {"count": unseen}
        return _("the quiz is not passed yet") if self.outline.quiz else _("go to the end of the last screen once")


class Walk:
    def __init__(self, enrolment: Enrolment, edition: Edition, rows: Iterable[ModuleProgress]):
        self.enrolment = enrolment
        self.code = enrolment.course.code.lower()
        self.language = enrolment.language
        by_module = {row.module: row for row in rows}
        self.parts = [
            Part(number, module, by_module.get(module.key), self) for number, module in enumerate(edition.modules, start=1)
        ]

    @cached_property
    def places(self) -> list[Place]:
        return [place for part in self.parts for place in part.places]

    def part(self, module: UUID) -> Part | None:
        return next((part for part in self.parts if part.key == module), None)

    def neighbour(self, module: UUID, screen: str, step: int) -> Place | None:
        """The place before (-1) or after (1)."""
        here = Place(self.code, module, screen)
        if here not in self.places:
            return None
        position = self.places.index(here) + step
        return self.places[position] if 0 <= position < len(self.places) else None

    @property
    def percent(self) -> int:
        """Done, weighted by minutes. 100 only when everything required is."""
        required = [part for part in self.parts if part.outline.is_required]
        total = sum(part.outline.minutes for part in required)
        done = sum(part.outline.minutes * part.share for part in required)
        percent = int(100 * done / total) if total else 0
        return percent if self.is_met else min(percent, 99)

    @property
    def is_met(self) -> bool:
        required = [part for part in self.parts if part.outline.is_required]
        return bool(required) and all(part.is_done for part in required)

    @property
    def minutes_left(self) -> int:
        return sum(part.outline.minutes for part in self.parts if part.outline.is_required and not part.is_done)

    @property
    def missing(self) -> list[Part]:
        return [part for part in self.parts if part.outline.is_required and not part.is_done]

    @property
    def resume(self) -> Place | None:
        """Where she was last, if that place still exists; else the first part that is not done."""
        last = Place(self.code, self.enrolment.last_module, self.enrolment.last_screen)
        if last in self.places:
            return last
        waiting = [part for part in self.parts if not part.is_done] or self.parts
        return waiting[0].where_to_go_on if waiting else None
