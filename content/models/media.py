"""Pictures. What they show is said by the block that uses them, so there is no caption here."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.images.models import AbstractImage, AbstractRendition, Image


class Picture(AbstractImage):
    source = models.CharField(max_length=200, blank=True, help_text=_("Who made it, and under which licence it may be used."))

    admin_form_fields = (*Image.admin_form_fields, "source")


class Rendition(AbstractRendition):
    image = models.ForeignKey(Picture, on_delete=models.CASCADE, related_name="renditions")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["image", "filter_spec", "focal_point_key"], name="content_rendition_once")]
