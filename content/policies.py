"""Who may touch which snippet: what the group may do, and of that what `access` gives."""

from functools import wraps

from django.http import Http404
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.permissions import policy_registry
from wagtail.snippets.views.snippets import SnippetViewSet

from lms.people import access, recording


class ReachPolicy(ModelPermissionPolicy):
    """Of the rows that the group may touch, those within the person's own reach."""

    def within_reach(self, user, rows):
        raise NotImplementedError

    def instances_user_has_any_permission_for(self, user, actions):
        return self.within_reach(user, super().instances_user_has_any_permission_for(user, actions))

    def instances_user_has_permission_for(self, user, action):
        return self.instances_user_has_any_permission_for(user, [action])

    def user_has_any_permission_for_instance(self, user, actions, instance):
        return self.instances_user_has_any_permission_for(user, actions).filter(pk=instance.pk).exists()

    def user_has_permission_for_instance(self, user, action, instance):
        return self.user_has_any_permission_for_instance(user, [action], instance)


class ContactPolicy(ReachPolicy):
    """Focal points touch the contacts of their own structures only."""

    def within_reach(self, user, rows):
        return rows.filter(structure__in=access.reach(user, "C6", "W").structures)


class ReachViewSet(SnippetViewSet):
    """Wagtail's snippet pages ask for the group's right only: here each page of one row asks whether it is within reach."""

    def get_queryset(self, request):
        return policy_registry.get_by_type(self.model).within_reach(request.user, self.model.objects.all())

    def construct_view(self, view_class, **kwargs):
        view = super().construct_view(view_class, **kwargs)

        @wraps(view)
        def guarded(request, *args, pk=None, **options):
            if pk is None:
                return view(request, *args, **options)
            rows = self.model.objects.filter(pk=pk)
            if not policy_registry.get_by_type(self.model).within_reach(request.user, rows).exists():
                recording.refused(request.user, f"{self.model._meta.label} {pk}")
                raise Http404
            return view(request, *args, pk=pk, **options)

        return guarded
