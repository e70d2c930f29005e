"""Allows, makes and withdraws the tokens with which programs ask the API in somebody's name."""

import hashlib
import hmac
import secrets
from collections.abc import Collection
from datetime import date, timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from lms import bookkeeping
from lms.days import day_after, today
from lms.people import access, recording
from lms.people.models import ApiToken, TokenScope, User
from lms.refusals import NotAllowed

LONGEST = timedelta(days=366)
MARK = "lfp"  # begins every token, so that scanners for leaked secrets know it


def allow(owner: User, *, name: str, purpose: str, scopes: Collection[str], until: date, by: User) -> ApiToken:
    """Owner may make a secret for it from now on; `until` is its last day, a year from now at most. Raises NotAllowed."""
    if not access.rights(by).scopes("R13", "A"):
        raise NotAllowed(_("Only administrators allow a token."))
    if owner == by:
        raise NotAllowed(_("Nobody allows a token to herself: ask a second administrator."))
    if not owner.is_active or not owner.email:
        raise NotAllowed(_("A token acts as its owner: she needs an open account with an address."))
    if owner.is_guest:
        raise NotAllowed(_("%(person)s is a guest: tokens are for staff.") % {"person": owner})
    if not scopes or not set(scopes) <= set(TokenScope.values):
        raise NotAllowed(_("Choose at least one thing for which the token is."))
    day = today()
    if not day <= until <= day + LONGEST:
        raise NotAllowed(_("A token ends within a year: choose a day until %(day)s.") % {"day": day + LONGEST})
    with transaction.atomic():
        token = ApiToken.objects.create(
            key=secrets.token_hex(8),
            owner=owner,
            name=name,
            purpose=purpose,
            scopes=sorted(scopes),
            allowed_by=by,
            allowed_at=timezone.now(),
            expires_at=day_after(until),
        )
        recording.decided(by, "API token allowed", _told(token), purpose=purpose, person=owner)
    return token


def make_secret(token: ApiToken, *, by: User) -> str:
    """The whole token, which is shown once; one made before is worth nothing any more. Raises NotAllowed."""
    if by != token.owner:
        raise NotAllowed(_("Only its owner makes the secret of a token."))
    with transaction.atomic():
        locked = ApiToken.objects.select_for_update().get(pk=token.pk)
        if not locked.is_live:
            raise NotAllowed(_("This token is over. Ask an administrator for another one."))
        secret = secrets.token_urlsafe(32)
        locked.secret_sha256 = _hash(secret)
        locked.save(update_fields=["secret_sha256"])
        recording.decided(by, "API token: secret made", _told(locked), purpose=locked.purpose, person=by)
    return f"{MARK}_{locked.key}_{secret}"


def withdraw(token: ApiToken, *, by: User) -> None:
    """It opens nothing from now on. Safe to repeat: the first moment stays. Raises NotAllowed."""
    if by != token.owner and not access.rights(by).scopes("R13", "A"):
        raise NotAllowed(_("Only its owner and administrators withdraw a token."))
    with transaction.atomic():
        locked = ApiToken.objects.select_for_update().get(pk=token.pk)
        if locked.withdrawn_at is not None:
            return
        bookkeeping.note(bookkeeping.WITHDRAWALS, {"token": locked.key})
        locked.withdrawn_at, locked.withdrawn_by = timezone.now(), by
        locked.save(update_fields=["withdrawn_at", "withdrawn_by"])
        recording.decided(by, "API token withdrawn", _told(locked), purpose=locked.purpose, person=locked.owner)


def withdraw_again(key: str) -> bool:
    """After a restore: whether a token with this key had come back to life."""
    rows = ApiToken.objects.filter(key=key, withdrawn_at=None)
    return bool(rows.update(withdrawn_at=timezone.now(), withdrawn_by=F("owner"), secret_sha256=""))


def recognise(text: str) -> ApiToken | None:
    """The token that was sent, if it may be used today and its owner may, too; None for whatever is wrong with it.

    One look-up and one comparison, whatever was sent. Writes the day on which it was last used, once a day.
    """
    mark, _line, rest = text.partition("_")
    key, _line, secret = rest.partition("_")
    day = today()
    usable = ApiToken.objects.usable(timezone.now()).filter(key=key, owner__in=User.objects.active_on(day))
    token = usable.select_related("owner").first()
    kept = token.secret_sha256 if token else _hash("")
    if not hmac.compare_digest(_hash(secret), kept) or token is None or mark != MARK:
        return None
    if token.last_used_on != day:
        ApiToken.objects.filter(pk=token.pk).update(last_used_on=day)
    return token


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _told(token: ApiToken) -> dict[str, str]:
    return {"token": token.key, "name": token.name, "scopes": ", ".join(token.scopes)}
