"""The bank: questions live on their own, pages choose them."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, PublishingPanel
from wagtail.blocks.stream_block import StreamValue
from wagtail.models import (
    DraftStateMixin,
    LockableMixin,
    PreviewableMixin,
    Revision,
    RevisionMixin,
    TranslatableMixin,
    WorkflowMixin,
)

from content.codes import refuse_taken_code
from content.fields import BlocksField
from content.second_person import PublishingRefused, refuse_own_change
from courses.kind_blocks.body import QuestionBody
from courses.kinds.kind import Kind
from courses.models.withdrawals import QuestionWithdrawal

NOT_SAID = {"id", "type", "key", "place_key"}


def _said(raw) -> str:
    """All words in a raw value of the body."""
    if isinstance(raw, dict):
        return " ".join(_said(value) for name, value in raw.items() if name not in NOT_SAID)
    if isinstance(raw, list):
        return " ".join(map(_said, raw))
    return raw if isinstance(raw, str) else ""


class QuestionQuerySet(models.QuerySet):
    def saying(self, text: str):
        """Those in which every word of `text` stands, in whatever case: databases do not agree about cases and letters."""
        words = text.casefold().split()
        rows = self.values_list("pk", "body", "code", "course", "objective", "rationale", "source")
        said = {pk: " ".join([_said(list(body.raw_data)), *others]).casefold() for pk, body, *others in rows}
        return self.filter(pk__in=[pk for pk, whole in said.items() if all(word in whole for word in words)])

    def with_withdrawals(self):
        """`is_withdrawn`: it was taken out as wrong, and no correction of this language version is live."""
        rows = QuestionWithdrawal.objects.filter(question=models.OuterRef("translation_key"))
        return self.annotate(is_withdrawn=models.Case(models.When(live=False, then=models.Exists(rows)), default=False))


def _content(body: StreamValue) -> Kind:
    [child] = body
    return child.block.question(child.value)


class Question(TranslatableMixin, PreviewableMixin, WorkflowMixin, DraftStateMixin, LockableMixin, RevisionMixin, models.Model):
    code = models.CharField(max_length=40, help_text=_("For authors and lists, for example FND-Q1."))
    body = BlocksField(QuestionBody())
    rationale = models.TextField(
        help_text=_("Why the right answer is right. Shown after the answer; it explains and never blames.")
    )
    source = models.CharField(max_length=300)
    course = models.CharField(
        max_length=20, blank=True, help_text=_("The code of the course that it is written for, for example FND.")
    )
    objective = models.CharField(max_length=40)
    difficulty = models.PositiveSmallIntegerField(default=2, choices=[(1, _("easy")), (2, _("medium")), (3, _("hard"))])
    is_must_pass = models.BooleanField(_("must pass"), default=False)

    panels = [
        FieldRowPanel(
            [
                FieldPanel("code", required_on_save=True),
                FieldPanel("course"),
                FieldPanel("objective"),
                FieldPanel("difficulty"),
                FieldPanel("is_must_pass"),
            ]
        ),
        FieldPanel("body"),
        FieldPanel("rationale"),
        FieldPanel("source"),
        PublishingPanel(),
    ]
    objects = QuestionQuerySet.as_manager()
    second_person_fields = ("body", "is_must_pass")

    class Meta(TranslatableMixin.Meta):
        ordering = ["code"]
        constraints = [models.UniqueConstraint(fields=["code", "locale"], name="courses_question_code_once")]

    def __str__(self) -> str:
        return self.code

    @property
    def kind(self) -> str:
        """In words; empty where a draft has no body yet."""
        return str(self.body[0].block.label) if self.body else ""

    @property
    def prompt(self) -> str:
        """Without the rest of the body being read."""
        return self.body.raw_data[0]["value"].get("prompt", "") if self.body else ""

    @property
    def content(self) -> Kind:
        """The question as a plain value."""
        return _content(self.body)

    @classmethod
    def content_of(cls, revision: Revision) -> Kind:
        """The question as it was in that revision."""
        return _content(cls._meta.get_field("body").to_python(revision.content["body"]))

    def clean(self) -> None:
        super().clean()
        refuse_taken_code(self)

    def publish(self, revision, user=None, **options):
        refuse_own_change(self, revision, user)
        self.refuse_withdrawn(revision)
        return super().publish(revision, user=user, **options)

    def refuse_withdrawn(self, revision) -> None:
        """A version that was withdrawn is never asked again, so that what counts can be read from the revision alone."""
        if QuestionWithdrawal.objects.among([{"key": str(self.translation_key), "revision": revision.pk}]):
            raise PublishingRefused(_("This version was withdrawn. Correct it and save it, then somebody else can publish it."))

    def get_preview_template(self, request, mode_name):
        return "courses/question_preview.html"
