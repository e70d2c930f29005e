from django.apps import AppConfig


class XapiConfig(AppConfig):
    name = "lms.xapi"
    label = "xapi"

    def ready(self):
        from lms.xapi import receivers  # noqa: F401
