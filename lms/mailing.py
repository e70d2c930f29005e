"""Sends our own mails: in the reader's language, as text and as HTML, from the configured address."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.translation import override

from lms import languages

# The headers by which a sender says what a mail stands for, and before when it does not go out; they never leave.
ONCE = "X-Once"
NOT_BEFORE = "X-Not-Before"


class Fate(NamedTuple):
    """What became of a mail, in words, and since when."""

    state: str | Promise
    at: datetime


def send(
    template: str, *, address: str | None, language: str, once: str = "", not_before: datetime | None = None, **context: Any
) -> bool:
    """Renders `mail/<template>.txt` (first line: the subject) and `mail/<template>.html`, and hands the mail to the queue.

    `once` says what the mail stands for: the same is never taken twice. Until `not_before` the mail waits. Whether it was
    taken: nothing is sent to who has no mailbox.
    """
    if not address:
        return False
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
    headers = {ONCE: once, NOT_BEFORE: not_before.isoformat() if not_before else ""}
    mail = EmailMultiAlternatives(
        subject.strip(),
        text.strip() + "\n",
        settings.DEFAULT_FROM_EMAIL,
        [address],
        headers={name: said for name, said in headers.items() if said},
    )
    mail.attach_alternative(html, "text/html")
    return bool(mail.send())


def fates(keys: Collection[str]) -> dict[str, Fate]:
    """How it stands with mails that were sent `once`, by key; of what the mail backend keeps no book nothing is known."""
    known = getattr(get_connection(), "fates", None)
    return known(keys) if known else {}
