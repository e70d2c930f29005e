"""Sends our own mails: in the reader's language, as text and as HTML, from the configured address."""

from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils.translation import override

from lms import languages


def send(template: str, *, address: str | None, language: str, **context: Any) -> None:
    """Renders `mail/<template>.txt` (first line: the subject) and `mail/<template>.html`, and hands the mail to the queue.

    Nothing is sent to who has no mailbox.
    """
    if not address:
        return
    language = languages.spoken(language)
    context |= {
        "product_name": settings.PRODUCT_NAME,
        "public_url": settings.PUBLIC_URL,
        "is_demo": settings.DEMO,
        "language": language,
    }
    with override(language):
        subject, _, text = render_to_string(f"mail/{template}.txt", context).strip().partition("\n")
        html = render_to_string(f"mail/{template}.html", context)
    mail = EmailMultiAlternatives(subject.strip(), text.strip() + "\n", settings.DEFAULT_FROM_EMAIL, [address])
    mail.attach_alternative(html, "text/html")
    mail.send()
