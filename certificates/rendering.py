"""Draws the PDF of a certificate and keeps it: by the worker, on demand, or when a sweep finds it missing."""

import hashlib
import logging
from datetime import timedelta

from django.conf import settings
from django.core.files.base import ContentFile
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from certificates import pdf, signing
from certificates.models import Certificate

logger = logging.getLogger(__name__)


MOST_AT_ONCE = 100


class NotDrawn(RuntimeError):
    """Some certificates have no PDF still."""


def draw(key: int) -> None:
    """Draws the certificate if it has no PDF yet. Two at once leave one file."""
    certificate = Certificate.objects.get(pk=key)
    if certificate.drawn_at:
        return
    content = signing.sign(pdf.draw(look_of(certificate)))
    name = certificate.pdf.field.generate_filename(certificate, f"{certificate.code}.pdf")
    name = certificate.pdf.storage.save(name, ContentFile(content))
    is_first = Certificate.objects.filter(pk=key, drawn_at__isnull=True).update(
        pdf=name, pdf_sha256=hashlib.sha256(content).hexdigest(), drawn_at=timezone.now()
    )
    if not is_first:
        certificate.pdf.storage.delete(name)


def draw_missing(*, older_than_seconds: int = 120) -> int:
    """Finds what a crash or a history that was brought in left undrawn, and returns how many it drew.

    So many a run that other work goes on, and in no order, so that none stands before all others for ever. Raises NotDrawn when
    all were tried and some failed.
    """
    before = timezone.now() - timedelta(seconds=older_than_seconds)
    waiting = Certificate.objects.undrawn().filter(issued_at__lt=before).order_by("?")
    keys = list(waiting.values_list("pk", flat=True)[:MOST_AT_ONCE])
    failed = 0
    for key in keys:
        try:
            draw(key)
        except Exception:
            # One that cannot be drawn must not stand before all others, sweep after sweep.
            logger.exception("Certificate %s could not be drawn.", key)
            failed += 1
    if failed:
        raise NotDrawn(f"{failed} of {len(keys)} certificates could not be drawn: the log says why.")
    return len(keys)


def look_of(certificate: Certificate) -> pdf.Look:
    address = settings.PUBLIC_URL + reverse("certificates:verify", args=[certificate.code])
    context = {
        "certificate": certificate,
        "address": address,
        "qr": pdf.qr_picture(address),
        "organisation": settings.ORGANISATION_NAME,
        "product": settings.PRODUCT_NAME,
    }
    with override(certificate.language):
        return pdf.Look(
            html=render_to_string("certificates/certificate.html", context),
            css=render_to_string("certificates/certificate.css", context),
        )
