"""The question bank in the admin: its list with filters, a question's page, and the window in which pages choose questions.

None of them shows a key, and each shows only what QuestionPolicy gives.
"""

import django_filters
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.forms.choosers import BaseFilterForm, LocaleFilterMixin
from wagtail.admin.panels import Panel
from wagtail.admin.ui.tables import BooleanColumn, Column, LiveStatusTagColumn
from wagtail.snippets.views.chooser import (
    ChooseResultsView,
    ChooseView,
    SnippetChooserViewSet,
    SnippetChosenMultipleView,
    SnippetChosenView,
)
from wagtail.snippets.views.snippets import IndexView

from courses import uses
from courses.kind_blocks.body import KINDS
from courses.models import CoursePage, Question
from courses.policies import QuestionPolicy

LIVE, CHANGED, DRAFT = "live", "changed", "draft"
STATES = [
    (LIVE, gettext_lazy("Live, and as it was written last")),
    (CHANGED, gettext_lazy("Live, with a newer draft")),
    (DRAFT, gettext_lazy("Draft")),
]


def courses_there_are():
    written_for = set(Question.objects.exclude(course="").values_list("course", flat=True))
    return sorted((code, code) for code in written_for | set(CoursePage.objects.values_list("code", flat=True)))


def objectives_there_are():
    return [
        (name, name) for name in Question.objects.order_by("objective").values_list("objective", flat=True).distinct() if name
    ]


class QuestionFilterSet(WagtailFilterSet):
    course = django_filters.ChoiceFilter(label=gettext_lazy("Course"), choices=courses_there_are, method="in_course")
    objective = django_filters.ChoiceFilter(label=gettext_lazy("Objective"), choices=objectives_there_are)
    kind = django_filters.ChoiceFilter(
        label=gettext_lazy("Kind"),
        field_name="body__0__type",
        choices=[(name, block().label) for name, block in KINDS.items()],
    )
    state = django_filters.ChoiceFilter(label=gettext_lazy("State"), choices=STATES, method="in_state")

    class Meta:
        model = Question
        fields = ("course", "objective", "difficulty", "kind", "state", "is_must_pass")

    def in_course(self, questions, _name, code):
        return uses.of_course(questions, code)

    def in_state(self, questions, _name, state):
        if state == DRAFT:
            return questions.filter(live=False)
        return questions.filter(live=True, has_unpublished_changes=state == CHANGED)


class QuestionIndexView(IndexView):
    def search_queryset(self, queryset):
        return queryset.saying(self.search_query) if self.is_searching else queryset

    def get_table(self, object_list):
        found = uses.uses_of(object_list)
        for question in object_list:
            question.uses = found.get(question.pk, [])
        return super().get_table(object_list)


def where_used(question) -> str:
    """In words, for a cell of the list."""
    drawn = _("%(place)s (drawn)")
    return ", ".join(drawn % {"place": use.place} if use.is_drawn else use.place for use in question.uses)


class UsesPanel(Panel):
    """On a question's page: the modules in which it stands."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "courses/uses_panel.html"

        def get_context_data(self, parent_context=None):
            found = uses.uses_of([self.instance]) if self.instance.pk else {}
            return super().get_context_data(parent_context) | {"uses": found.get(self.instance.pk, [])}


class QuestionChooserFilterForm(LocaleFilterMixin, BaseFilterForm):
    q = forms.CharField(label=gettext_lazy("Search term"), required=False)

    def filter(self, objects):
        objects = super().filter(objects)
        self.search_query = self.cleaned_data.get("q")
        self.is_searching = bool(self.search_query)
        return objects.saying(self.search_query) if self.is_searching else objects


class WithinReach:
    """What somebody may not open she does not see here either."""

    filter_form_class = QuestionChooserFilterForm

    def get_object_list(self):
        return QuestionPolicy(Question).within_reach(self.request.user, Question.objects.select_related("locale"))

    def get_object(self, pk):
        return self.get_object_list().get(pk=pk)

    def get_objects(self, pks):
        return self.get_object_list().filter(pk__in=pks)

    @property
    def columns(self):
        title, *others = super().columns
        others = [column for column in others if not isinstance(column, LiveStatusTagColumn)]  # it asks again for each row
        told = [
            Column("prompt", label=_("Question")),
            Column("kind", label=_("Kind")),
            Column("objective", label=_("Objective")),
            Column("difficulty", accessor="get_difficulty_display", label=_("Difficulty")),
        ]
        return [title, *told, *others, BooleanColumn("live", label=_("Live"))]


class ChooseQuestionView(WithinReach, ChooseView):
    pass


class ChooseQuestionResultsView(WithinReach, ChooseResultsView):
    pass


class QuestionChosenView(WithinReach, SnippetChosenView):
    pass


class QuestionsChosenView(WithinReach, SnippetChosenMultipleView):
    pass


class QuestionChooserViewSet(SnippetChooserViewSet):
    choose_view_class = ChooseQuestionView
    choose_results_view_class = ChooseQuestionResultsView
    chosen_view_class = QuestionChosenView
    chosen_multiple_view_class = QuestionsChosenView
