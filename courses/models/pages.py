"""Courses and their modules as authors see them."""

from collections.abc import Callable
from typing import ClassVar
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import models
from django.shortcuts import redirect, render
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.models import Page

from content.fields import BlocksField
from content.models import GuardedPage
from courses.blocks import ModuleBody, QuizBody
from lms.people import access


def scenario_on(screen):
    """The scenario of a screen's value; None where it has none. There is at most one."""
    return next((block.value for block in screen["body"] if block.block_type == "scenario"), None)


class CourseIndexPage(GuardedPage):
    intro = models.TextField(blank=True)

    content_panels = [*Page.content_panels, FieldPanel("intro")]
    parent_page_types = ["content.HomePage"]
    subpage_types = ["courses.CoursePage"]

    def is_within_reach(self, user, action: str) -> bool:
        # Trainers and publishers begin new courses here; the page itself belongs to the site.
        begins = action == "W" and bool({access.TRAINER, access.PUBLISHER} & access.rights(user).roles)
        return super().is_within_reach(user, action) or begins

    def serve(self, request, *args, **kwargs):
        return redirect("courses:catalogue")


class CourseContent(GuardedPage):
    """A course or one of its modules: published together, whichever door was used."""

    publish_through: ClassVar[Callable]  # publishing.publish_revision, set in apps.py since it stands above the models

    class Meta:
        abstract = True

    def publish(self, revision, user=None, **options):
        type(self).publish_through(self, revision, user=user, **options)

    @property
    def course_page(self) -> "CoursePage":
        raise NotImplementedError

    def is_within_reach(self, user, action: str) -> bool:
        """Given by grant, or begun by her and published by nobody yet."""
        reach = access.reach(user, "C3", action)
        if not self.path:
            return bool(reach)  # a page that is being added: its parent was asked
        course = self.course_page
        is_own_draft = action == "W" and course.owner_id == user.pk and course.first_published_at is None
        return course.translation_key in reach or (is_own_draft and bool(reach))


class CoursePage(CourseContent):
    code = models.CharField(max_length=20, help_text=_("Short and lasting, for example FND: it stands in addresses."))
    lede = models.TextField(_("in one sentence"), max_length=300)
    audience = models.CharField(max_length=300, blank=True)
    objectives = models.TextField(_("what learners can do at the end"), help_text=_("One a line."))
    valid_months = models.PositiveSmallIntegerField(null=True, blank=True, help_text=_("Empty: a certificate never ends."))

    has_test_out = models.BooleanField(
        _("experts may take the quiz first"),
        default=False,
        help_text=_("Who passes at first go need not read the rest. Safety questions and scenarios remain for everybody."),
    )

    content_panels = [
        *Page.content_panels,
        FieldRowPanel([FieldPanel("code"), FieldPanel("valid_months")]),
        FieldPanel("has_test_out"),
        FieldPanel("lede"),
        FieldPanel("audience"),
        FieldPanel("objectives"),
    ]
    parent_page_types = ["courses.CourseIndexPage"]
    subpage_types = ["courses.ModulePage"]

    @property
    def course_page(self) -> "CoursePage":
        return self

    @property
    def objective_lines(self) -> list[str]:
        return [line.strip() for line in self.objectives.splitlines() if line.strip()]

    def clean(self) -> None:
        super().clean()
        others = CoursePage.objects.exclude(translation_key=self.translation_key).filter(code__iexact=self.code)
        if self.code and others.exists():
            raise ValidationError({"code": _("Another course has this code.")})

    def serve(self, request, *args, **kwargs):
        return redirect("courses:course", code=self.code.lower())

    def serve_preview(self, request, mode_name):
        modules = ModulePage.objects.child_of(self)
        return render(request, "courses/course_preview.html", {"page": self, "modules": modules})


class ModulePage(CourseContent):
    class Notice(models.IntegerChoices):
        NONE = 0, _("none")
        MENTIONS = 1, _("mentions exploitation")

    minutes = models.PositiveSmallIntegerField(default=5)
    is_required = models.BooleanField(_("required for completion"), default=True)
    notice = models.PositiveSmallIntegerField(_("content notice"), choices=Notice, default=Notice.NONE)
    notice_topic = models.CharField(max_length=200, blank=True, help_text=_("“This part speaks about …”, in one line."))
    body = BlocksField(ModuleBody(), verbose_name=_("screens"))
    quiz = BlocksField(QuizBody(), blank=True)

    content_panels = [
        *Page.content_panels,
        FieldRowPanel([FieldPanel("minutes"), FieldPanel("is_required")]),
        MultiFieldPanel([FieldPanel("notice"), FieldPanel("notice_topic")], heading=_("Content notice")),
        FieldPanel("body"),
        FieldPanel("quiz"),
    ]
    parent_page_types = ["courses.CoursePage"]
    subpage_types: list[str] = []

    @cached_property
    def course_page(self) -> CoursePage:
        return CoursePage.objects.get(pk=self.get_parent().pk)

    @property
    def screen_ids(self) -> list[str]:
        return [block["id"] for block in self.body.raw_data]

    @property
    def scenarios(self) -> dict:
        """The value of each scenario, by the screen on which it stands."""
        return {screen.id: found for screen in self.body if (found := scenario_on(screen.value))}

    @property
    def quiz_value(self):
        return self.quiz[0].value if len(self.quiz) else None

    def screen(self, screen: str):
        """The value of one screen; only that one is read from the database. None where the module has no such screen."""
        for position, block in enumerate(self.body.raw_data):
            if block["id"] == screen:
                return self.body[position].value
        return None

    def clean(self) -> None:
        super().clean()
        if self.notice and not self.notice_topic:
            raise ValidationError({"notice_topic": _("Say in one line what the part speaks about.")})
        if self.quiz_value and self.question_keys_on_screens():
            raise ValidationError({"quiz": _("A module with a graded quiz has no other questions: put them in a module before.")})
        if self.quiz_value and self.scenarios:
            raise ValidationError({"quiz": _("A module with a graded quiz has no scenario: put it in a module before.")})

    def question_keys_on_screens(self) -> list[UUID]:
        return [question.translation_key for question in self.questions_on_screens()]

    def questions_on_screens(self) -> list:
        return [
            block.value
            for screen in self.body
            for block in screen.value["body"]
            if block.block_type == "question" and block.value
        ]

    def facts_on_screens(self) -> list:
        return [
            block.value for screen in self.body for block in screen.value["body"] if block.block_type == "fact" and block.value
        ]

    def serve(self, request, *args, **kwargs):
        return redirect("courses:module", code=self.course_page.code.lower(), module=self.translation_key)

    @property
    def preview_modes(self):
        titles = [block.value["title"] for block in self.body]
        return [(str(number), title) for number, title in enumerate(titles)] or [("0", _("Empty"))]

    def serve_preview(self, request, mode_name):
        position = int(mode_name) if mode_name.isdigit() else 0
        screens = list(self.body)
        screen = screens[position] if position < len(screens) else None
        return render(request, "courses/screen_preview.html", {"page": self, "screen": screen, "course": self.course_page})
