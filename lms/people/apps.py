from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate


class PeopleConfig(AppConfig):
    name = "lms.people"
    label = "people"

    def ready(self):
        from lms.people import receivers  # noqa: F401
        from lms.people.appointing import bring_in_groups
        from lms.people.versioning import guards, triggers
        from lms.triggering import follow_migrations

        follow_migrations(self, [*triggers(), *guards()])

        def after_last_app(sender, **options):
            # Permissions exist only when every app has been through post_migrate.
            if sender is [config for config in apps.get_app_configs() if config.models_module][-1]:
                bring_in_groups()

        post_migrate.connect(after_last_app, weak=False, dispatch_uid="people.bring_in_groups")
