from django.apps import AppConfig


class CoursesConfig(AppConfig):
    name = "courses"

    def ready(self):
        from courses import publishing, receivers  # noqa: F401
        from courses.models import QuestionWithdrawal, Regrade
        from courses.models.pages import CourseContent
        from lms.triggering import Guard, follow_migrations

        # The verb stands above the models, and every way of publishing must go through it.
        CourseContent.publish_through = staticmethod(publishing.publish_revision)
        same = "question = NEW.question AND revision = NEW.revision"
        guards = [
            Guard(QuestionWithdrawal._meta.db_table, same=("id = NEW.id", same)),
            Guard(Regrade._meta.db_table, same=("id = NEW.id", f"attempt_id = NEW.attempt_id AND {same}")),
        ]
        follow_migrations(self, guards)
