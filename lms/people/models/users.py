"""Who somebody is: the account, and the pseudonyms under which statements speak of her."""

import uuid
from collections.abc import Collection
from datetime import date

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, PermissionsMixin
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from lms.people.models.grants import RoleGrant
from lms.people.models.guests import GuestStay
from lms.people.models.postings import Posting
from lms.people.models.standins import StandIn


class UserQuerySet(models.QuerySet):
    def lock(self, people: Collection[int]) -> None:
        """Whoever acts on these people (by key) at the same time stands in line, until the transaction ends.

        In the order of keys, so that nobody blocks another; rows that name these people go on being written.
        """
        list(self.select_for_update(no_key=True).filter(pk__in=people).order_by("pk").values_list("pk"))

    def active_on(self, day: date):
        """Who may use the platform: active, and in post that day where a feed speaks for her, or a guest up to her last day."""
        in_post = Posting.objects.on(day).filter(person=OuterRef("pk"))
        stays = GuestStay.objects.in_force(day).filter(person=OuterRef("pk"))
        guests = Q(source=User.Source.GUEST) & Exists(stays)
        return self.filter(is_active=True).filter(Q(source=User.Source.LOCAL) | Exists(in_post) | guests)

    def with_duties(self, day: date):
        """Adds `leads`, that she manages somebody or stands in for who does, and `is_appointed`, that she holds any role."""
        return self.annotate(
            leads=Exists(Posting.objects.on(day).filter(manager=OuterRef("pk")))
            | Exists(StandIn.objects.in_force(day).filter(person=OuterRef("pk"))),
            is_appointed=Exists(RoleGrant.objects.in_force(day).filter(person=OuterRef("pk"))),
        )


class UserManager(models.Manager.from_queryset(UserQuerySet)):
    def get_by_natural_key(self, email: str):
        return self.get(email__iexact=email)


class User(AbstractBaseUser, PermissionsMixin):
    class Source(models.TextChoices):
        FEED = "feed", _("staff feed")
        SCIM = "scim", "SCIM"
        LOCAL = "local", _("made here")
        GUEST = "guest", _("guest of a partner organization")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(_("e-mail address"), unique=True, null=True, blank=True)  # null: no mailbox, as drivers and guards
    staff_number = models.CharField(_("staff number"), max_length=40, unique=True, null=True, blank=True)
    official_name = models.CharField(_("name in the staff record"), max_length=200)
    display_name = models.CharField(_("name as you write it"), max_length=200)
    agreed_name = models.CharField(max_length=200, blank=True)  # the display name to which HR agreed, if it had to
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, default="en")
    source = models.CharField(max_length=10, choices=Source, default=Source.FEED)
    is_active = models.BooleanField(default=True)
    invited_at = models.DateTimeField(null=True, blank=True)
    anonymised_at = models.DateTimeField(null=True, blank=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["official_name"]

    objects = UserManager()

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), name="people_user_email_in_any_case"),
            # Roles are dated grants: nobody stands above them.
            models.CheckConstraint(condition=Q(is_superuser=False), name="people_user_no_superuser"),
        ]

    def __str__(self) -> str:
        return self.display_name

    def get_full_name(self) -> str:
        return self.display_name

    @property
    def is_guest(self) -> bool:
        return self.source == User.Source.GUEST

    def get_short_name(self) -> str:
        return self.display_name.split(" ")[0]


class PersonAlias(models.Model):
    """A pseudonym used in statements. Each person has her own uuid here; joined records bring theirs along."""

    uuid = models.UUIDField(unique=True)
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="aliases")

    wagtail_reference_index_ignore = True

    def __str__(self) -> str:
        return str(self.uuid)
