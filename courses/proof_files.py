"""What a file may be that proves something, such as the certificate of another training."""

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

LARGEST = 5_000_000  # bytes
BEGINNINGS = {b"%PDF-": ".pdf", b"\x89PNG\r\n": ".png", b"\xff\xd8\xff": ".jpg"}
OLDEST = 24  # months: what was learnt before counts no more
UNFIT = _("The file must be a PDF, PNG or JPEG of at most 5 megabytes.")


def ending_of(file: UploadedFile) -> str:
    """The ending of its name, from what is in it; empty where it is unfit."""
    head = file.read(8)
    file.seek(0)
    kind = next((ending for beginning, ending in BEGINNINGS.items() if head.startswith(beginning)), "")
    return kind if (file.size or 0) <= LARGEST else ""
