"""Who somebody is at a provider of sign-in: the provider's name and the name that it has for her."""

from django.conf import settings
from django.db import models


class SignInLink(models.Model):
    """Made at her first sign-in there; later ones find her by it alone. A provider knows each person under one name."""

    issuer = models.CharField(max_length=300)
    subject = models.CharField(max_length=255)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="sign_in_links")
    joined_by = models.CharField(max_length=20)  # what they had in common: "staff number" or "e-mail"
    joined_at = models.DateTimeField()

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["issuer", "subject"], name="people_signinlink_one_person"),
            models.UniqueConstraint(fields=["issuer", "person"], name="people_signinlink_one_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.issuer} {self.subject}"
