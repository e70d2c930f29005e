"""Django's mail backend: hands mails to the worker, so that no page waits for a mail server."""

from collections.abc import Sequence
from functools import partial

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction

from lms.jobs import tasks


class QueueBackend(BaseEmailBackend):
    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for mail in email_messages:
            mail.connection = None
            # In a transaction that is rolled back nothing happened, so nothing is mailed.
            transaction.on_commit(partial(tasks.deliver, mail))
        return len(email_messages)
