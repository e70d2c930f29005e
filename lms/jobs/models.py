"""When each periodic job ran and how it ended, and the mails that go out or went."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class JobRun(models.Model):
    """One try at a job for a window of time. A try whose heart stopped is followed by another."""

    class Outcome(models.TextChoices):
        DONE = "done", _("done")
        FAILED = "failed", _("failed")
        DIED = "died", _("stopped without an end")

    name = models.CharField(max_length=60)
    window = models.CharField(max_length=40)  # what the run stands for, such as a minute or a day: claimed once
    take = models.PositiveSmallIntegerField(default=1)
    claimed_at = models.DateTimeField()
    heartbeat_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)
    detail = models.TextField(blank=True)

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name", "window", "take"], name="jobs_jobrun_take_once")]

    def __str__(self) -> str:
        return f"{self.name} {self.window}"

    @property
    def took(self) -> timedelta | None:
        return self.ended_at and self.ended_at - self.claimed_at


class MailQuerySet(models.QuerySet):
    def due(self, now):
        return self.filter(state=Mail.State.WAITING, next_try_at__lte=now).order_by("next_try_at", "pk")


class Mail(models.Model):
    """A mail on its way. What it says is kept until the mail server has it, and no longer."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        SENDING = "sending", _("being handed over")
        SENT = "sent", _("sent")
        UNCERTAIN = "uncertain", _("perhaps sent")  # the line broke after the mail server was given it
        GIVEN_UP = "given-up", _("given up")

    key = models.CharField(max_length=120, blank=True)  # what it stands for: the same is never sent twice; empty: no such key
    address = models.EmailField()
    subject = models.CharField(max_length=250)
    content = models.JSONField()  # as `delivering` packs it; empty once it is sent
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    next_try_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=300, blank=True)

    objects = MailQuerySet.as_manager()

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key"], condition=~Q(key=""), name="jobs_mail_key_once")]
        indexes = [models.Index(fields=["state", "next_try_at"])]

    def __str__(self) -> str:
        return f"{self.subject} · {self.state}"


class MailPause(models.Model):
    """While one is open no mail goes out; who began and ended it stays. Nobody began it: it came with a restored backup."""

    began_at = models.DateTimeField()
    began_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [
            models.UniqueConstraint(models.Value(1), condition=Q(ended_at__isnull=True), name="jobs_mailpause_one_open"),
        ]

    def __str__(self) -> str:
        return f"pause since {self.began_at:%Y-%m-%d %H:%M}"
