"""The identifiers behind the keys, and what is known of activities."""

from django.db import models


class Agent(models.Model):
    key = models.BigIntegerField(primary_key=True)
    identifier = models.TextField(unique=True)

    wagtail_reference_index_ignore = True

    def __str__(self) -> str:
        return self.identifier


class Activity(models.Model):
    key = models.BigIntegerField(primary_key=True)
    identifier = models.TextField(unique=True)

    wagtail_reference_index_ignore = True

    def __str__(self) -> str:
        return self.identifier


class Definition(models.Model):
    """Something that a statement said of an activity. Only ever inserted, and merged when read, so that writers never meet."""

    activity = models.BigIntegerField()
    digest = models.BigIntegerField()  # 64-bit key of the body
    body = models.TextField()

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [models.UniqueConstraint(fields=["activity", "digest"], name="xapi_definition_once")]

    def __str__(self) -> str:
        return self.body
