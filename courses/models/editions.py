"""What a course was on a day: rows that outlive their pages. Completion rules are read from here, never from a page."""

import uuid
from functools import cached_property
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from courses.grades import Item
from courses.statements import parse_edition


class CourseQuerySet(models.QuerySet):
    def published(self):
        """With an edition; the planned ones are asked for by the matrix and still to be written."""
        return self.filter(models.Exists(Edition.objects.filter(course=models.OuterRef("pk"))))

    def planned(self):
        return self.filter(~models.Exists(Edition.objects.filter(course=models.OuterRef("pk"))))


class Course(models.Model):
    """Made when a course page is first published, or before, when the matrix asks for it; never deleted."""

    key = models.UUIDField(unique=True, default=uuid.uuid4)
    code = models.CharField(max_length=20, unique=True)
    title = models.CharField(max_length=255)
    retired_on = models.DateField(null=True, blank=True)

    objects = CourseQuerySet.as_manager()

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.title


class OutlineModule:
    """One module as an edition's outline has it."""

    def __init__(self, plain: dict[str, Any]):
        self.plain = plain
        self.key = UUID(plain["key"])
        self.screens: list[str] = plain["screens"]
        self.is_required: bool = plain["required"]
        self.minutes: int = plain["minutes"]

    @property
    def quiz(self) -> dict[str, Any] | None:
        """{"pass_mark", "count", "blueprint": {objective: share}, "words": {objective: text}} for a module that is passed;
        None: it is read."""
        return self.plain["rule"].get("quiz")

    @property
    def scenarios(self) -> list[str]:
        """Screens that are done by coming to the end of their scenario, or of its alternative, and not by leaving them."""
        return self.plain["rule"].get("scenarios", [])

    @property
    def is_only_read(self) -> bool:
        """Nothing in it is judged or has to be worked through: an expert may be let off."""
        return not self.plain["rule"]

    @property
    def objectives(self) -> set[str]:
        return {question["objective"] for question in self.plain["questions"]}

    def words_for(self, objective: str) -> str:
        """What learners call an objective of the quiz; older editions know its key only."""
        words = self.quiz.get("words", {}).get(objective) if self.quiz else ""
        return words or objective[:1].upper() + objective[1:]

    @property
    def counts_from(self) -> tuple[int, int]:
        return parse_edition(self.plain["counts_from"])

    def title(self, language: str) -> str:
        return self.plain["title"].get(language) or self.plain["title"]["en"]

    def items(self) -> list[Item]:
        """The pool of the quiz."""
        return [
            Item(question["key"], question["revision"], question["objective"], question["must_pass"])
            for question in self.plain["questions"]
        ]


class EditionQuerySet(models.QuerySet):
    def latest_of(self, keys):
        """The newest edition of each of these courses."""
        newer = Edition.objects.filter(course=models.OuterRef("course")).filter(
            models.Q(major__gt=models.OuterRef("major"))
            | models.Q(major=models.OuterRef("major"), minor__gt=models.OuterRef("minor"))
        )
        return self.filter(~models.Exists(newer), course__key__in=keys).select_related("course")


class Edition(models.Model):
    class Kind(models.TextChoices):
        FIRST = "first", _("first")
        MINOR = "minor", _("minor change")
        REFRESHER = "refresher", _("needs a refresher")
        RETAKE = "retake", _("needs a retake")

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="editions")
    major = models.PositiveIntegerField()
    minor = models.PositiveIntegerField()
    kind = models.CharField(max_length=20, choices=Kind)
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    outline = models.JSONField()  # {"title", "valid_months", "modules": [...]}, see publishing.outline_of
    note = models.TextField(blank=True)

    objects = EditionQuerySet.as_manager()

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [models.UniqueConstraint(fields=["course", "major", "minor"], name="courses_edition_once")]
        ordering = ["course", "-major", "-minor"]

    def __str__(self) -> str:
        return f"{self.course.code} {self.number}"

    @property
    def number(self) -> str:
        return f"{self.major}.{self.minor}"

    @cached_property
    def modules(self) -> list[OutlineModule]:
        return [OutlineModule(plain) for plain in self.outline["modules"]]

    def module(self, key: UUID) -> OutlineModule | None:
        return next((module for module in self.modules if module.key == key), None)

    @property
    def minutes(self) -> int:
        return sum(module.minutes for module in self.modules)

    @property
    def valid_months(self) -> int | None:
        return self.outline["valid_months"]

    @property
    def quizzes(self) -> list[OutlineModule]:
        """What has to be passed."""
        return [module for module in self.modules if module.quiz and module.is_required]

    @property
    def has_test_out(self) -> bool:
        """Whether who passes at first go need not read: never where nothing is only read. Older editions say nothing of it."""
        is_wanted = self.outline.get("test_out", False) and bool(self.quizzes)
        return is_wanted and any(module.is_only_read for module in self.modules)


class LanguageVersionQuerySet(models.QuerySet):
    def offered(self):
        return self.filter(is_offered=True)


class LanguageVersion(models.Model):
    """A language in which an edition is offered, because somebody read it through."""

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="versions")
    language = models.CharField(max_length=10)
    reviewed_on = models.DateField()
    reviewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    is_offered = models.BooleanField(default=True)

    objects = LanguageVersionQuerySet.as_manager()

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [models.UniqueConstraint(fields=["edition", "language"], name="courses_languageversion_once")]

    def __str__(self) -> str:
        return f"{self.edition}: {self.language}"
