"""Lets people in who have no mailbox: a one-time code, which a focal point or Human Resources hand to them."""

import secrets
from datetime import timedelta

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from lms.days import today
from lms.people import recording
from lms.people.models import SignInCode, User
from lms.refusals import NotAllowed

VALID_FOR = timedelta(days=3)
LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # none that is taken for another one, by eye or by ear
GROUPS, LENGTH = 3, 4  # 58 bits
CAME_BY_CODE = "came_by_code"  # marks the session


def issue(person: User, *, by: User) -> str:
    """A new code, which is shown once; a code of hers that was not used yet is worth nothing any more. Raises NotAllowed."""
    if person == by:
        raise NotAllowed(_("Nobody gives a code to herself."))
    if person.email:
        raise NotAllowed(_("She has a mailbox: she signs in with her address and her password."))
    code = "-".join("".join(secrets.choice(LETTERS) for _letter in range(LENGTH)) for _group in range(GROUPS))
    with transaction.atomic():
        # Two focal points may press at once: the later code is the one that counts.
        User.objects.lock([person.pk])
        if not person.staff_number or not admissible().filter(pk=person.pk).exists():
            raise NotAllowed(
                _("A code is for staff in post who hold no role and lead nobody. Others need an address and a password.")
            )
        now = timezone.now()
        SignInCode.objects.open().filter(person=person).update(withdrawn_at=now)
        SignInCode.objects.create(
            person=person, secret=make_password(_bare(code)), issued_by=by, issued_at=now, expires_at=now + VALID_FOR
        )
        recording.opened(by, person, "one-time code issued")
    return code


def redeem(staff_number: str, code: str) -> User | None:
    """Whom this number and this code let in, once; None for whatever is wrong with them, with the same work."""
    codes = SignInCode.objects.usable(timezone.now()).filter(
        person__staff_number__iexact=staff_number.strip(), person__in=admissible()
    )
    held = codes.select_related("person", "issued_by").first()
    if held is None:
        make_password(_bare(code))  # an unknown number takes as long as a wrong code
        return None
    if not check_password(_bare(code), held.secret):
        return None
    with transaction.atomic():
        # Whoever sends the same code twice at once comes in once.
        if not SignInCode.objects.usable(timezone.now()).filter(pk=held.pk).update(used_at=timezone.now()):
            return None
        issuer = {"issued by": str(held.issued_by.uuid)}
        recording.decided(held.person, "came in by a one-time code", issuer, purpose="", person=held.person)
    return held.person


def admissible() -> QuerySet[User]:
    """Who may come in by a code today: in post, without a mailbox, and without anything that opens other people's records."""
    day = today()
    return User.objects.active_on(day).with_duties(day).filter(email__isnull=True, leads=False, is_appointed=False)


def _bare(code: str) -> str:
    """As it is typed on whatever telephone: without spaces and hyphens, in capitals."""
    return "".join(char for char in code.upper() if char.isalnum())
