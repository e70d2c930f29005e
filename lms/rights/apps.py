from django.apps import AppConfig


class RightsConfig(AppConfig):
    name = "lms.rights"
    label = "rights"
