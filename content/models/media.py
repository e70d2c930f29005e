"""Pictures. What they show is said by the block that uses them, so there is no caption here."""

from io import BytesIO

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.db import models
from django.utils.translation import gettext_lazy as _
from PIL import Image as Pixels
from PIL import ImageOps
from wagtail.images.models import AbstractImage, AbstractRendition, Image


class Picture(AbstractImage):
    source = models.CharField(max_length=200, blank=True, help_text=_("Who made it, and under which licence it may be used."))

    admin_form_fields = (*Image.admin_form_fields, "source")

    def clean(self):
        super().clean()
        if self.file and not self.file._committed:
            try:
                bare(self.file)
            except (OSError, SyntaxError, ValueError, Pixels.DecompressionBombError) as error:
                raise ValidationError({"file": _("This is no picture that can be read. Save it anew and try again.")}) from error

    def save(self, *args, **kwargs):
        if self.file and not self.file._committed:
            self.file = bare(self.file)
            self._set_image_file_metadata()
        super().save(*args, **kwargs)


def bare(upload: File) -> ContentFile:
    """The picture alone, the right way up: a camera writes place, time and owner beside it."""
    upload.open()
    with Pixels.open(upload) as found:
        turned = ImageOps.exif_transpose(found)
        turned.info = {name: value for name, value in turned.info.items() if name in {"transparency", "icc_profile"}}
        content = BytesIO()
        turned.save(content, found.format, quality=95)
    return ContentFile(content.getvalue(), name=upload.name)


class Rendition(AbstractRendition):
    image = models.ForeignKey(Picture, on_delete=models.CASCADE, related_name="renditions")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["image", "filter_spec", "focal_point_key"], name="content_rendition_once")]
