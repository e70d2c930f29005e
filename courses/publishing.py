"""Puts a course and its modules live, and writes down what they were: every way of publishing goes through here."""

import hashlib
import json
import logging
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from wagtail.actions.publish_page_revision import PublishPageRevisionAction
from wagtail.models import Locale, ReferenceIndex, Revision

from content.second_person import PublishingRefused
from courses.models import Course, CoursePage, Edition, Enrolment, LanguageVersion, ModulePage, Question, QuestionWithdrawal
from lms.days import today
from lms.people.models import User

logger = logging.getLogger(__name__)

SCHEDULED = "wagtail.publish.scheduled"  # what Wagtail's command says it is doing


def publish(course_page: CoursePage, *, by: User | None = None, note: str = "") -> Edition | None:
    """Puts the course and all its modules live with their latest drafts. Raises PublishingRefused."""
    with transaction.atomic():
        for page in [course_page, *ModulePage.objects.child_of(course_page)]:
            if page.has_unpublished_changes or not page.live:
                revision = page.get_latest_revision() or page.save_revision(user=by)
                _refuse_unchecked(page, revision)
                PublishPageRevisionAction(revision, user=by).execute(skip_permission_checks=True)
        return follow(CoursePage.objects.get(pk=course_page.pk), by=by, note=note)


def publish_revision(page: CoursePage | ModulePage, revision: Revision, *, user: User | None = None, **options: Any) -> None:
    """What Wagtail asks for by any of its doors: this one revision, live or on its scheduled day. Raises PublishingRefused.

    A course page takes its modules' drafts along; a module goes alone. Either way an edition is written in the same
    transaction. A scheduled revision that is refused loses its date, so that it does not stop what is scheduled after it.
    """
    try:
        _refuse_unchecked(page, revision)
    except PublishingRefused as refusal:
        if options.get("log_action") != SCHEDULED:
            raise
        Revision.objects.filter(pk=revision.pk).update(approved_go_live_at=None)
        logger.error("%s was not published as scheduled: %s", page, refusal.message)
        return
    with transaction.atomic():
        known = {name: options[name] for name in ("changed", "log_action", "previous_revision") if name in options}
        is_checked = options.get("skip_permission_checks", False)
        PublishPageRevisionAction(revision, user=user, **known).execute(skip_permission_checks=is_checked)
        course_page = CoursePage.objects.get(pk=page.course_page.pk)
        if isinstance(page, CoursePage) and course_page.live:
            publish(course_page, by=user)
        else:
            follow(course_page, by=user)


def follow(course_page: CoursePage, *, by: User | None = None, note: str = "") -> Edition | None:
    """Writes a new edition if the live course differs from the last one, and moves open enrolments to it.

    Called whenever pages or questions of a course went live, moved or disappeared. None while the course is not live.
    """
    if not course_page.live or course_page.locale_id != _default_locale_id():
        return None
    with transaction.atomic():
        course = _course(course_page)
        last = course.editions.order_by("-major", "-minor").first()
        outline = outline_of(course_page, last)
        if last is not None and last.outline == outline:
            return last
        edition = Edition.objects.create(
            course=course,
            major=last.major if last else 1,
            minor=last.minor + 1 if last else 0,
            kind=Edition.Kind.MINOR if last else Edition.Kind.FIRST,
            published_at=timezone.now(),
            published_by=by,
            outline=outline,
            note=note,
        )
        for language in outline["title"]:
            LanguageVersion.objects.create(edition=edition, language=language, reviewed_on=today(), reviewed_by=by)
        Enrolment.objects.filter(course=course, closed_at__isnull=True).update(edition=edition)
    return edition


def follow_question(question: Question, *, by: User | None = None) -> None:
    """A question went live or disappeared: each live course that uses it gets an edition, all in one transaction."""
    with transaction.atomic():
        for course_page in courses_using(question):
            follow(course_page, by=by)


def courses_using(question: Question) -> list[CoursePage]:
    """Course pages with a module that chooses this question, or whose last edition still names it."""
    references = ReferenceIndex.get_references_to(question).filter(content_type=ContentType.objects.get_for_model(ModulePage))
    modules = ModulePage.objects.filter(pk__in=[int(key) for key in references.values_list("object_id", flat=True)])
    pages = {module.course_page for module in modules}
    for page in CoursePage.objects.live():
        last = Edition.objects.latest_of([page.translation_key]).first()
        if last is not None and any(
            plain["key"] == str(question.translation_key) for module in last.modules for plain in module.plain["questions"]
        ):
            pages.add(page)
    return sorted(pages, key=lambda page: page.pk)


def outline_of(course_page: CoursePage, last: Edition | None) -> dict[str, Any]:
    """What the live course is, as plain values:

    {"title": {language: text}, "valid_months": int or null, "test_out": true (left out where not), "modules": [
    {"key", "title", "minutes", "required",
    "rule": {} or {"quiz": {"pass_mark", "count", "blueprint", "words"}} or {"scenarios": [ids of screens]}, "screens": [ids],
    "questions": [{"key", "revision", "objective", "must_pass"}], "text": sha256, "counts_from": "major.minor"}]}
    """
    known = _known_modules(last) if last else {}
    number = f"{last.major}.{last.minor + 1}" if last else "1.0"
    language = course_page.locale.language_code
    return {
        "title": {language: course_page.title},
        "valid_months": course_page.valid_months,
        "modules": [
            _module_outline(module, language) | {"counts_from": known.get(module.translation_key, number)}
            for module in ModulePage.objects.child_of(course_page).live().order_by("path")
        ],
    } | ({"test_out": True} if course_page.has_test_out else {})


def _known_modules(last: Edition) -> dict[UUID, str]:
    """From which edition each module counts that any edition had: one that was away comes back as what it was."""
    known: dict[UUID, str] = {}
    for edition in last.course.editions.order_by("major", "minor"):
        known |= {module.key: module.plain["counts_from"] for module in edition.modules}
    return known


def _module_outline(module: ModulePage, language: str) -> dict[str, Any]:
    quiz = module.quiz_value
    questions = [question for question in quiz["pool"] if question] if quiz else module.questions_on_screens()
    rule: dict[str, Any] = {}
    if quiz:
        shares = {line["objective"]: line["share"] for line in quiz["blueprint"]}
        words = {line["objective"]: line["words"] for line in quiz["blueprint"] if line["words"]}
        rule = {"quiz": {"pass_mark": quiz["pass_mark"], "count": quiz["count"], "blueprint": shares, "words": words}}
    elif scenarios := list(module.scenarios):
        rule = {"scenarios": scenarios}
    return {
        "key": str(module.translation_key),
        "title": {language: module.title},
        "minutes": module.minutes,
        "required": module.is_required,
        "rule": rule,
        "screens": module.screen_ids,
        "questions": [
            {
                "key": str(question.translation_key),
                "revision": question.live_revision_id,
                "objective": question.objective,
                "must_pass": question.is_must_pass,
            }
            for question in questions
            if question.live
        ],
        "text": _fingerprint(module),
    }


def _fingerprint(module: ModulePage) -> str:
    """Changes with every word of the screens, so that an edition stands for one text."""
    screens = json.dumps(list(module.body.raw_data), sort_keys=True, default=str)
    return hashlib.sha256(screens.encode()).hexdigest()


def _course(course_page: CoursePage) -> Course:
    """The course's own row, locked so that two publications make two editions, and who enrols meanwhile gets the second.

    Not the row's key: a completion that is being written points at it. A course that the matrix asked for before it was written
    becomes this one.
    """
    planned = Course.objects.planned().filter(code=course_page.code)
    planned.exclude(key=course_page.translation_key).update(key=course_page.translation_key)
    course, _made = Course.objects.select_for_update(no_key=True).get_or_create(
        key=course_page.translation_key, defaults={"code": course_page.code, "title": course_page.title}
    )
    if course.code != course_page.code or course.title != course_page.title:
        course.code, course.title = course_page.code, course_page.title
        course.save(update_fields=["code", "title"])
    return course


def _refuse_unchecked(page: CoursePage | ModulePage, revision: Revision) -> None:
    wanted = revision.as_object()
    if isinstance(wanted, CoursePage):
        taken = Course.objects.published().filter(code__iexact=wanted.code).exclude(key=wanted.translation_key)
        if taken.exists():
            raise PublishingRefused(_("Another course was published under this code. Choose another code."))
        return
    unchecked = [fact.code for fact in wanted.facts_on_screens() if not fact.is_publishable]
    if unchecked:
        raise PublishingRefused(
            format_lazy(
                _("Unconfirmed facts stand in this module: {codes}. Have them checked, or take them out."),
                codes=", ".join(unchecked),
            )
        )
    waiting = [question for question in _questions(wanted) if not question.live]
    # A withdrawn one is asked nobody; the text around it may still be mended.
    known = {question.translation_key for question in waiting}
    withdrawn = set(QuestionWithdrawal.objects.filter(question__in=known).values_list("question", flat=True)) if known else set()
    drafts = [question.code for question in waiting if question.translation_key not in withdrawn]
    if drafts:
        raise PublishingRefused(
            format_lazy(
                _("Questions in this module are not published yet: {codes}. Publish them first."), codes=", ".join(drafts)
            )
        )
    _refuse_impossible_quiz(wanted)
    wrong = [sentence for scenario in wanted.scenarios.values() for sentence in scenario.problems]
    if wrong:
        raise PublishingRefused(format_lazy(_("The scenario cannot be published: {sentences}"), sentences=" ".join(wrong)))


def _refuse_impossible_quiz(module: ModulePage) -> None:
    quiz = module.quiz_value
    if not quiz:
        return
    pool = [question for question in quiz["pool"] if question]
    ungraded = [question.code for question in pool if not question.content.is_graded]
    if ungraded:
        raise PublishingRefused(
            format_lazy(
                _("Nothing is right or wrong in these questions, so that no quiz can hold them: {codes}. Put them on a screen."),
                codes=", ".join(ungraded),
            )
        )
    unknown = {question.objective for question in pool} - {line["objective"] for line in quiz["blueprint"]}
    if unknown:
        raise PublishingRefused(
            format_lazy(_("The blueprint gives no share to: {objectives}."), objectives=", ".join(sorted(unknown)))
        )
    must_pass = sum(question.is_must_pass for question in pool)
    if quiz["count"] > len(pool) or must_pass > quiz["count"]:
        raise PublishingRefused(_("The quiz draws more items than the pool holds, or fewer than there are must-pass items."))


def _questions(module: ModulePage) -> Iterable[Question]:
    quiz = module.quiz_value
    return [*module.questions_on_screens(), *(question for question in (quiz["pool"] if quiz else []) if question)]


def _default_locale_id() -> int:
    return Locale.get_default().pk
