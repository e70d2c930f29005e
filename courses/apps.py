from django.apps import AppConfig


class CoursesConfig(AppConfig):
    name = "courses"

    def ready(self):
        from courses import publishing, receivers  # noqa: F401
        from courses.models.pages import CourseContent

        # The verb stands above the models, and every way of publishing must go through it.
        CourseContent.publish_through = staticmethod(publishing.publish_revision)
