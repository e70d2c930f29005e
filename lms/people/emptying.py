"""Empties the account of somebody who left long ago: no name, no address. Her pseudonyms stay, so that evidence stays whole."""

from collections.abc import Iterator
from typing import Any

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from lms.people.closing import end_access
from lms.people.models import ApiToken, Case, FeedLine, GuestStay, PersonJoin, Posting, ScimRecord, SignInCode, SignInLink, User

NOBODY = "(former staff)"
GONE = "(erased)"


def leavers(*, before: Any) -> models.QuerySet[User]:
    """Whose employment or stay as a guest ended before that day, and whose name is still here.

    Of those who never had a posting and were no guests, whom a directory let go before that day.
    """
    later = Posting.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=before), person=models.OuterRef("pk"))
    served = Posting.objects.filter(person=models.OuterRef("pk"))
    let_go = ScimRecord.objects.filter(person=models.OuterRef("pk"), deleted_at__date__lt=before)
    gone = models.Exists(served) | models.Exists(let_go)
    staff = User.objects.filter(gone, ~models.Exists(later), anonymised_at__isnull=True)
    return (staff | _guests_gone(before)).order_by("pk")


def never_came(*, before: Any) -> models.QuerySet[User]:
    """Who was invited, took no invitation, and whose last one ended before that day."""
    came = GuestStay.objects.filter(person=models.OuterRef("pk"), accepted_at__isnull=False)
    return _guests_gone(before).filter(~models.Exists(came)).order_by("pk")


def _guests_gone(before: Any) -> models.QuerySet[User]:
    stays = GuestStay.objects.filter(person=models.OuterRef("pk"))
    later = stays.filter(Q(ended_at__isnull=True) | Q(ended_at__date__gte=before))
    guests = User.objects.filter(source=User.Source.GUEST, anonymised_at__isnull=True)
    return guests.filter(models.Exists(stays), ~models.Exists(later))


def empty(person: User) -> None:
    """Safe to repeat: the first moment stays. Evidence, postings and the access log keep a row that says no name."""
    with transaction.atomic():
        locked = User.objects.select_for_update().get(pk=person.pk)
        end_access([locked])
        for model, field in _of_the_account():
            model._default_manager.filter(**{field: locked}).delete()
        SignInCode.objects.filter(person=locked).delete()
        SignInLink.objects.filter(person=locked).delete()
        now = timezone.now()
        ScimRecord.objects.filter(person=locked, deleted_at__isnull=True).update(deleted_at=now, changed_at=now)
        ScimRecord.objects.filter(person=locked).update(user_name=GONE, external_id="", said={})
        GuestStay.objects.filter(person=locked, ended_at__isnull=True).update(ended_at=now)
        GuestStay.objects.filter(person=locked).update(organisation=GONE, reason=GONE)
        ApiToken.objects.filter(owner=locked).update(secret_sha256="")
        FeedLine.objects.filter(person=locked).update(staff_number="", reason="", changes={})
        joins = PersonJoin.objects.filter(Q(kept=locked) | Q(other=locked))
        joins.update(changes={}, reason=GONE)
        joins.exclude(split_reason="").update(split_reason=GONE)
        Case.objects.filter(person=locked).update(reason=GONE)
        locked.email = locked.staff_number = locked.invited_at = None
        locked.official_name = locked.display_name = NOBODY
        locked.agreed_name, locked.is_active = "", False
        locked.anonymised_at = locked.anonymised_at or timezone.now()
        locked.set_unusable_password()
        locked.save()
        person.refresh_from_db()


def joined_to(person: User) -> models.QuerySet[User]:
    """The other records of hers: what they held went over to this one, their names did not."""
    return User.objects.filter(joined_as__in=PersonJoin.objects.standing().filter(kept=person)).order_by("pk")


def _of_the_account() -> Iterator[tuple[type[models.Model], str]]:
    """What a framework keeps beside an account: addresses, second factors, the settings of the editors."""
    for relation in User._meta.related_objects:
        module = relation.related_model.__module__.split(".")[0]
        if relation.on_delete is models.CASCADE and module not in {"lms", "courses", "content", "certificates"}:
            yield relation.related_model, relation.field.name
