"""Where questions stand: on the screens of which modules, and in the pool of which quiz."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q, QuerySet
from wagtail.models import ReferenceIndex

from courses.models import CoursePage, ModulePage, Question


@dataclass(frozen=True)
class Use:
    course: CoursePage
    module: ModulePage
    is_drawn: bool  # in the pool of its quiz, not on a screen

    @property
    def place(self) -> str:
        return f"{self.course.code}: {self.module.title}"


def uses_of(questions: Iterable[Question]) -> dict[int, list[Use]]:
    """By the question's id; in three queries, however many there are."""
    rows = _references([question.pk for question in questions]).values_list("to_object_id", "object_id", "model_path")
    modules = {str(pk): module for pk, module in ModulePage.objects.in_bulk({int(row[1]) for row in rows}).items()}
    courses = {page.path: page for page in CoursePage.objects.filter(path__in={_above(one) for one in modules.values()})}
    found: dict[int, set[Use]] = defaultdict(set)
    for question, module, path in rows:
        course = courses.get(_above(modules[module])) if module in modules else None
        if course:
            found[int(question)].add(Use(course, modules[module], is_drawn=path.startswith("quiz.")))
    return {pk: sorted(uses, key=lambda use: (use.module.path, use.is_drawn)) for pk, uses in found.items()}


def of_course(questions: QuerySet[Question], code: str) -> QuerySet[Question]:
    """Those that the course uses, and those that are written for it."""
    above = CoursePage.objects.filter(code=code).values_list("path", flat=True)
    modules = [str(module.pk) for module in ModulePage.objects.only("pk", "path") if _above(module) in set(above)]
    used = _references().filter(object_id__in=modules).values_list("to_object_id", flat=True)
    return questions.filter(Q(course__iexact=code) | Q(pk__in=[int(pk) for pk in used]))


def _references(questions: list[int] | None = None) -> QuerySet[ReferenceIndex]:
    rows = ReferenceIndex.objects.filter(
        content_type=ContentType.objects.get_for_model(ModulePage),
        to_content_type=ContentType.objects.get_for_model(Question),
    )
    return rows if questions is None else rows.filter(to_object_id__in=[str(pk) for pk in questions])


def _above(module: ModulePage) -> str:
    return module.path[: -module.steplen]
