"""Who may open a question: it holds the key. And who sees that a course or guide is being written."""

from django.contrib.contenttypes.models import ContentType
from wagtail.models import ReferenceIndex
from wagtail.permission_policies.pages import PagePermissionPolicy

from content.models import GuidePage
from content.policies import ReachPolicy
from courses.models import CoursePage, ModulePage, Question
from lms.people import access


class QuestionPolicy(ReachPolicy):
    """A question belongs to the courses that use it: who was not given one of them does not open it. A question that no
    course uses yet is open to everybody who writes questions."""

    def within_reach(self, user, rows, action="W"):
        reach = access.reach(user, "C4", action)
        if not reach:
            return rows.none()
        foreign = CoursePage.objects.exclude(translation_key__in=reach.keys).values_list("path", flat=True)
        modules = [
            module.pk for module in ModulePage.objects.only("pk", "path") if module.path[: -module.steplen] in set(foreign)
        ]
        used = ReferenceIndex.objects.filter(
            content_type=ContentType.objects.get_for_model(ModulePage),
            object_id__in=[str(pk) for pk in modules],
            to_content_type=ContentType.objects.get_for_model(Question),
        )
        return rows.exclude(pk__in=[int(pk) for pk in used.values_list("to_object_id", flat=True)])

    def may_publish(self, user, question) -> bool:
        return user.is_active and self.within_reach(user, Question.objects.filter(pk=question.pk), "A").exists()


class PagesPolicy(PagePermissionPolicy):
    """Drafts are nobody's business but their authors': a course or guide out of reach is out of sight with all that is below
    it, in the explorer, in searches, reports and Wagtail's API."""

    def instances_user_has_any_permission_for(self, user, actions):
        pages = super().instances_user_has_any_permission_for(user, actions)
        reach = access.reach(user, "C3")
        for kind in (CoursePage, GuidePage):
            for page in kind.objects.exclude(owner=user, first_published_at=None):
                if page.translation_key not in reach:
                    pages = pages.not_descendant_of(page, inclusive=True)
        return pages
