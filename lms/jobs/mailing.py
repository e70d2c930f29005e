"""Django's mail backend: puts mails into the outbox and nudges the worker, so that no page waits for a mail server."""

from collections.abc import Collection, Sequence
from functools import partial

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction

from lms.jobs import delivering, tasks
from lms.mailing import Fate


class QueueBackend(BaseEmailBackend):
    """In a transaction that is rolled back nothing happened, so nothing is mailed."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        kept = [mail for mail in map(delivering.keep, email_messages) if mail is not None]
        for mail in kept:
            transaction.on_commit(partial(tasks.deliver, mail.pk))
        return len(kept)

    def fates(self, keys: Collection[str]) -> dict[str, Fate]:
        return delivering.fates(keys)
