"""What a directory says about a person by SCIM: the attributes that are held here, as it sent them."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower


class ScimRecordQuerySet(models.QuerySet):
    def live(self):
        return self.filter(deleted_at__isnull=True)


class ScimRecord(models.Model):
    """Stays when the directory deletes it, since the evidence about the person stays."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="scim_record")
    user_name = models.CharField(max_length=254)
    external_id = models.CharField(max_length=254, blank=True)
    said = models.JSONField()
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True)

    objects = ScimRecordQuerySet.as_manager()

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("user_name"), condition=Q(deleted_at__isnull=True), name="people_scimrecord_user_name_in_any_case"
            ),
        ]
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.user_name
