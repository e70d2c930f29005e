"""The outbox: keeps each mail until the mail server has it, and never hands the same one over twice.

A mail whose fate nobody knows, since the line or the process broke while it was handed over, is not sent again by itself:
whoever runs the platform sees it and decides.
"""

import logging
import smtplib
from base64 import b64decode, b64encode
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives, get_connection
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from lms.jobs.models import Mail, MailPause
from lms.mailing import NOT_BEFORE, ONCE, Fate
from lms.people.models import User

logger = logging.getLogger(__name__)

TRIES = 9
WAITS = timedelta(minutes=2)  # before the second try; then twice as long each time
LONGEST_WAIT = timedelta(hours=4)
LOST_AFTER = timedelta(minutes=10)
# The server said no to this mail, so it does not have it.
REFUSED = (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused, smtplib.SMTPNotSupportedError)


def keep(message: EmailMessage) -> Mail | None:
    """Writes a mail down within the caller's transaction; None where one with the same key was written before."""
    headers = dict(message.extra_headers)
    key, not_before = headers.pop(ONCE, ""), headers.pop(NOT_BEFORE, "")
    begins = datetime.fromisoformat(not_before) if not_before else timezone.now()  # of another moment no book is kept
    headers.setdefault("Message-ID", f"<{uuid4()}@learning>")  # the usual ones tell when they were made
    mail = Mail(
        key=key,
        address=message.to[0],
        subject=message.subject[:250],
        content=_packed(message, headers),
        created_at=begins,
        next_try_at=begins,
    )
    try:
        with transaction.atomic():
            mail.save(force_insert=True)
    except IntegrityError:
        return None
    return mail


def deliver(mail_id: int) -> bool:
    """Hands a waiting mail to the mail server, unless mails are paused. Whether the server took it."""
    now = timezone.now()
    if is_paused() or not Mail.objects.due(now).filter(pk=mail_id).update(
        state=Mail.State.SENDING, tries=F("tries") + 1, next_try_at=now
    ):
        return False
    mail = Mail.objects.get(pk=mail_id)
    try:
        _hand_over(mail)
    except _NotDelivered as error:
        is_last = mail.tries >= TRIES
        _end(mail, Mail.State.GIVEN_UP if is_last else Mail.State.WAITING, error=str(error))
    except (OSError, smtplib.SMTPException) as error:
        logger.exception("Nobody knows whether the mail server took mail %s.", mail.pk)
        _end(mail, Mail.State.UNCERTAIN, error=_in_short(error))
    else:
        _end(mail, Mail.State.SENT)
    return mail.state == Mail.State.SENT


def deliver_due() -> str:
    """Hands over everything that is due, the oldest first, and marks what a dead process left behind."""
    now = timezone.now()
    Mail.objects.filter(state=Mail.State.SENDING, next_try_at__lt=now - LOST_AFTER).update(
        state=Mail.State.UNCERTAIN, ended_at=now, error="The process that handed it over stopped."
    )
    sent = [deliver(mail) for mail in Mail.objects.due(now).values_list("pk", flat=True)]
    return f"{sum(sent)} of {len(sent)} mails"


def send_again(mail: Mail) -> bool:
    """Lets a mail that was given up, or is perhaps sent, wait once more. Whether it was one of these."""
    return bool(
        Mail.objects.filter(pk=mail.pk, state__in=[Mail.State.UNCERTAIN, Mail.State.GIVEN_UP]).update(
            state=Mail.State.WAITING, tries=0, next_try_at=timezone.now(), ended_at=None
        )
    )


def is_paused() -> bool:
    return MailPause.objects.filter(ended_at=None).exists()


def is_restored() -> bool:
    """Whether this installation was restored and nobody has let it speak to the outside since: nothing is forwarded either."""
    return MailPause.objects.filter(ended_at=None, began_by=None).exists()


def pause(by: User | None) -> None:
    """From now on mails wait. Nothing happens where they wait already. `by` is None after a restore."""
    try:
        with transaction.atomic():
            MailPause.objects.create(began_at=timezone.now(), began_by=by)
    except IntegrityError:
        logger.info("Mails were paused already.")


def resume(by: User) -> None:
    """What waited goes out with the next sweep."""
    MailPause.objects.filter(ended_at=None).update(ended_at=timezone.now(), ended_by=by)


def fates(keys: Collection[str]) -> dict[str, Fate]:
    """How it stands with the mails that were sent `once`, by key."""
    rows = Mail.objects.filter(key__in=keys).only("key", "state", "created_at", "ended_at")
    return {mail.key: Fate(Mail.State(mail.state).label, mail.ended_at or mail.created_at) for mail in rows}


def forget_old(*, days: int = 90) -> int:
    """Mails that came to an end long ago. Of one with a key the key stays: it keeps its like from being sent again."""
    old = Mail.objects.filter(ended_at__lt=timezone.now() - timedelta(days=days))
    old.exclude(key="").update(content={})
    return old.filter(key="").delete()[0]


def forget_address(address: str) -> int:
    """Nothing in the outbox leads to this address any more, and what still waits is not sent. Returns how many."""
    hers = Mail.objects.filter(address__iexact=address)
    hers.filter(state=Mail.State.WAITING).update(state=Mail.State.GIVEN_UP, ended_at=timezone.now())
    return hers.update(address="", subject="", content={})


def doubt_waiting() -> int:
    """After a restore: what waited when the backup was made may have gone out since, so somebody decides. Returns how many."""
    waiting = Mail.objects.filter(state__in=[Mail.State.WAITING, Mail.State.SENDING])
    return waiting.update(
        state=Mail.State.UNCERTAIN, ended_at=timezone.now(), error="It waited when the backup was made that was restored."
    )


class _NotDelivered(Exception):
    """The mail server certainly does not have it."""


def _hand_over(mail: Mail) -> None:
    server = get_connection(settings.EMAIL_DELIVERY_BACKEND)
    try:
        server.open()
    except (OSError, smtplib.SMTPException) as error:
        raise _NotDelivered(_in_short(error)) from error
    try:
        server.send_messages([_unpacked(mail)])
    except REFUSED as error:
        raise _NotDelivered(_in_short(error)) from error
    finally:
        server.close()


def _end(mail: Mail, state: Mail.State, *, error: str = "") -> None:
    now = timezone.now()
    mail.state, mail.error = state, error
    if state == Mail.State.WAITING:
        mail.next_try_at = now + min(WAITS * 2 ** (mail.tries - 1), LONGEST_WAIT)
    else:
        mail.ended_at = now
    if state == Mail.State.SENT:
        mail.content = {}
    mail.save(update_fields=["state", "error", "next_try_at", "ended_at", "content"])


def _in_short(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:300]


def _packed(message: EmailMessage, headers: dict[str, str]) -> dict[str, Any]:
    return {
        "subject": message.subject,
        "body": message.body,
        "from_email": message.from_email,
        "to": list(message.to),
        "headers": headers,
        "alternatives": [[one.content, one.mimetype] for one in getattr(message, "alternatives", [])],
        "attachments": [[one.filename, _bytes64(one.content), one.mimetype] for one in message.attachments],
    }


def _unpacked(mail: Mail) -> EmailMultiAlternatives:
    content = {**mail.content}
    alternatives, attachments = content.pop("alternatives"), content.pop("attachments")
    message = EmailMultiAlternatives(**content)
    for text, kind in alternatives:
        message.attach_alternative(text, kind)
    for name, packed, kind in attachments:
        message.attach(name, b64decode(packed), kind)
    return message


def _bytes64(content: str | bytes) -> str:
    return b64encode(content.encode() if isinstance(content, str) else content).decode()
