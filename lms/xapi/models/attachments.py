"""Files that came with statements: one private copy of each content (Data 2.4.11)."""

from django.core.files.storage import storages
from django.db import models

from lms.xapi.models.statements import Statement


def private_storage():
    return storages["private"]


class Attachment(models.Model):
    sha2 = models.CharField(max_length=128, unique=True)  # as its sender declared it, in small letters
    file = models.FileField(storage=private_storage, max_length=255)
    length = models.BigIntegerField()
    content_type = models.CharField(max_length=255)

    wagtail_reference_index_ignore = True

    def __str__(self) -> str:
        return self.sha2


class AttachmentUse(models.Model):
    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="attachments", db_column="seq")
    attachment = models.ForeignKey(Attachment, on_delete=models.PROTECT, related_name="uses")
    position = models.PositiveSmallIntegerField()  # among all attachments of the statement, sub-statement included

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [models.UniqueConstraint(fields=["statement", "position"], name="xapi_attachmentuse_once")]

    def __str__(self) -> str:
        return f"{self.statement_id} {self.position}"
