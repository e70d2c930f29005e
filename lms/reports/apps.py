from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "lms.reports"
    label = "reports"

    def ready(self):
        from lms.reports import receivers  # noqa: F401
        from lms.reports.marking import triggers
        from lms.triggering import follow_migrations

        follow_migrations(self, triggers())
