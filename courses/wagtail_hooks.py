"""The question bank in the admin, the Publish button of courses, and what an editor sees of courses that are not hers."""

from typing import ClassVar

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin.api.views import PagesAdminAPIViewSet
from wagtail.admin.ui.tables import BooleanColumn, Column
from wagtail.admin.widgets.button import Button
from wagtail.models import Page
from wagtail.permissions import register_permission_policy
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import EditView

from content.policies import ReachViewSet
from content.second_person import PublishingRefused
from courses import publishing
from courses.models import Question
from courses.models.pages import CourseContent
from courses.policies import PagesPolicy, QuestionPolicy
from courses.views import bank, statistics, wrong_questions
from courses.views.questions import (
    QuestionChooserViewSet,
    QuestionFilterSet,
    QuestionIndexView,
    UsesPanel,
    where_used,
)


class BankIndexView(QuestionIndexView):
    @property
    def header_more_buttons(self):
        doors = [
            (_("Statistics"), "statistics", "clipboard-list"),
            (_("From a file"), "import", "upload"),
            (_("As a file"), "export", "download"),
        ]
        buttons = [
            Button(label, url=reverse(f"wagtailsnippets_courses_question:{name}"), icon_name=icon) for label, name, icon in doors
        ]
        return [*super().header_more_buttons, *buttons]


class QuestionEditView(EditView):
    @property
    def header_more_buttons(self):
        buttons = super().header_more_buttons
        if not QuestionPolicy(Question).may_publish(self.request.user, self.object):
            return buttons
        doors = [(_("Whom it touched"), "regrade", "history", 91)]
        if self.object.live:
            doors.append((_("Withdraw as wrong"), "withdraw", "warning", 90))
        return buttons + [
            Button(
                label,
                url=reverse(f"wagtailsnippets_courses_question:{name}", args=[self.object.pk]),
                icon_name=icon,
                priority=priority,
            )
            for label, name, icon, priority in doors
        ]


class QuestionViewSet(ReachViewSet):
    model = Question
    index_view_class = BankIndexView
    edit_view_class = QuestionEditView
    chooser_viewset_class = QuestionChooserViewSet
    chooser_per_page = 25
    filterset_class = QuestionFilterSet
    panels = [UsesPanel(heading=gettext_lazy("Where it is used")), *Question.panels]
    icon = "help"
    menu_label = gettext_lazy("Questions")
    menu_order = 200
    add_to_admin_menu = True
    list_display = [
        "code",
        Column("kind", label=gettext_lazy("Kind")),
        "objective",
        Column("difficulty", accessor="get_difficulty_display", label=gettext_lazy("Difficulty")),
        Column("uses", accessor=where_used, label=gettext_lazy("Where it is used")),
        Column("must", accessor=lambda question: _("must pass") if question.is_must_pass else "", label=gettext_lazy("Safety")),
        BooleanColumn("live", label=gettext_lazy("Live")),
        Column("state", accessor=lambda question: _("withdrawn") if question.is_withdrawn else "", label=gettext_lazy("State")),
    ]
    search_fields = ["code"]  # what is searched stands in `saying`

    def get_queryset(self, request):
        return super().get_queryset(request).with_withdrawals()

    def get_urlpatterns(self):
        more = [
            path("import/", bank.bring_in, name="import"),
            path("export/", bank.export, name="export"),
            path("withdraw/<str:pk>/", wrong_questions.withdraw, name="withdraw"),
            path("regrade/<str:pk>/", wrong_questions.regrade, name="regrade"),
            path("statistics/", statistics.courses, name="statistics"),
            path("statistics/<slug:code>/", statistics.items, name="statistics_items"),
            path("statistics/<slug:code>/stories/", statistics.stories, name="statistics_stories"),
        ]
        return [*super().get_urlpatterns(), *more]  # the first is where the menu leads


PAGES = PagesPolicy(Page)
register_permission_policy(Page, PAGES)
register_permission_policy(Question, QuestionPolicy(Question))
register_snippet(QuestionViewSet)


class PagesViewSet(PagesAdminAPIViewSet):
    """What the admin's own menu reads. Without the actions, which would publish and delete past the verbs."""

    actions: ClassVar[dict] = {}


@hooks.register("insert_editor_js")
def names_beside_numbers():
    """Cards of a sorting question name their categories by number."""
    return format_html('<script src="{}" data-missing="{}"></script>', static("lms/sorting.js"), _("there is no such category"))


@hooks.register("construct_admin_api")
def read_only_api(router):
    router.register_endpoint("pages", PagesViewSet)


@hooks.register("construct_page_chooser_queryset")
def no_drafts_of_others(pages, request):
    """A link leads to what is published, or to what she may write herself: of all else not even the title is shown."""
    hers = PAGES.instances_user_has_any_permission_for(request.user, ["add", "change", "publish"])
    return pages.filter(Q(live=True) | Q(pk__in=hers.values("pk")))


@hooks.register("before_move_page")
def ask_before_a_move_is_shown(request, page, destination):
    """Wagtail asks when the page is moved, and names it before."""
    if not page.permissions_for_user(request.user).can_move():
        raise PermissionDenied


@hooks.register("before_publish_page")
def publish_through_the_verb(request, page):
    """Wagtail's editor does not call `page.publish()`: it is led to the verb here, when the draft is saved already."""
    if not isinstance(page, CourseContent):
        return None
    try:
        publishing.publish_revision(page, page.get_latest_revision(), user=request.user, skip_permission_checks=True)
    except PublishingRefused as refusal:
        messages.error(request, refusal.messages[0])
        messages.warning(request, _("What you wrote is saved as a draft."))
        return redirect("wagtailadmin_pages:edit", page.pk)
    messages.success(request, _("“%(title)s” is published.") % {"title": page.title})
    return redirect("wagtailadmin_explore", page.get_parent().pk)
