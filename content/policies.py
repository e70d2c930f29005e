"""Who may touch which snippet: what the group may do, and of that what `access` gives."""

from wagtail.permission_policies import ModelPermissionPolicy

from lms.people import access


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
