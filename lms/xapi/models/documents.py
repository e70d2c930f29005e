"""State and profile documents (Communication 2.3, 2.6, 2.7)."""

from uuid import UUID

from django.db import models

NOBODY = 0  # no agent, or no activity
NO_REGISTRATION = UUID(int=0)
LONGEST_ID, LONGEST_CONTENT_TYPE = 500, 200


class Document(models.Model):
    class Kind(models.TextChoices):
        STATE = "state"
        AGENT_PROFILE = "agent-profile"
        ACTIVITY_PROFILE = "activity-profile"

    kind = models.CharField(max_length=20, choices=Kind)
    activity = models.BigIntegerField(default=NOBODY)
    agent = models.BigIntegerField(default=NOBODY)
    # A nullable column would make two documents of what is one.
    registration = models.UUIDField(default=NO_REGISTRATION)
    document_id = models.CharField(max_length=LONGEST_ID)
    content_type = models.CharField(max_length=LONGEST_CONTENT_TYPE)
    etag = models.CharField(max_length=40)  # SHA-1 of the content, without quotes
    content = models.BinaryField()
    updated_at = models.DateTimeField()

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "activity", "agent", "registration", "document_id"], name="xapi_document_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.document_id}"
