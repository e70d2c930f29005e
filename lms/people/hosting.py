"""Invites guests of partner organizations, prolongs and ends their stays. After her last day a guest is out by herself.

A guest learns as staff do and is nothing else: she is in no post, so no rule and no report counts her, and she holds no role.
"""

from collections.abc import Collection
from datetime import date
from hashlib import sha256

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from lms import demo, limits, mailing
from lms.days import add_months, today
from lms.languages import spoken
from lms.people import access, closing, recording
from lms.people.adapters import link_for
from lms.people.models import GuestStay, PersonAlias, SignInLink, Structure, Tree, User
from lms.refusals import NotAllowed

LONGEST = 12  # months from the day of the decision
HOUR = 3600
MAILS_OF_A_HOST, MAILS_TO_A_GUEST = 30, 3  # an hour


def latest_day() -> date:
    """The last day that may be chosen today."""
    return add_months(today(), LONGEST)


def invite(
    *,
    by: User,
    name: str,
    email: str,
    organisation: str,
    language: str,
    structure: Structure,
    course_keys: Collection[str],
    until: date,
    reason: str,
) -> GuestStay:
    """Sends a link with which she chooses a password; she may come from then on, up to and with the day `until`.

    The same asked twice is asked once. Who was a guest before keeps her record. Raises NotAllowed.
    """
    if structure.pk not in access.hosts(by):
        raise NotAllowed(_("You invite guests of your own structures only."))
    if not reason.strip():
        raise NotAllowed(_("Say why she is invited."))
    _refuse_day(until)
    name, address = " ".join(name.split()), email.strip().lower()
    if settings.DEMO and not address.endswith(f"@{demo.DOMAIN}"):
        raise NotAllowed(
            _("In the demonstration everybody is invented: name an address at %(domain)s.") % {"domain": demo.DOMAIN}
        )
    try:
        with transaction.atomic():
            person = _guest(name, address, language)
            for stay in GuestStay.objects.over(today()).filter(person=person):
                _close(stay, by=None)
            standing = GuestStay.objects.standing(today()).filter(person=person).first()
            if standing is not None:
                return _same(standing, structure, until, by)
            now = timezone.now()
            made = GuestStay.objects.create(
                person=person,
                organisation=" ".join(organisation.split()),
                structure=structure,
                course_keys=sorted(course_keys),
                reason=reason.strip(),
                until=until,
                invited_by=by,
                invited_at=now,
                sent_at=now,
            )
            _log(made, "guest invited", by)
            _send(made, by)
    except IntegrityError as error:
        raise NotAllowed(_("This address was invited a moment ago: look at the list of guests.")) from error
    return made


def resend(stay: GuestStay, *, by: User) -> None:
    """Another link to who has not come yet; links sent before are worth nothing from now on. Raises NotAllowed."""
    with transaction.atomic():
        locked = _locked(stay, by)
        _refuse_over(locked)
        if locked.accepted_at is not None:
            raise NotAllowed(_("She has come already: who forgot her password asks for a link at the sign-in page."))
        locked.sent_at = timezone.now()
        locked.save(update_fields=["sent_at"])
        _log(locked, "guest invited again", by)
        _send(locked, by)


def prolong(stay: GuestStay, *, by: User, until: date) -> None:
    """Up to a later day. Safe to repeat. Raises NotAllowed."""
    _refuse_day(until)
    with transaction.atomic():
        locked = _locked(stay, by)
        _refuse_over(locked)
        if until == locked.until:
            return
        if until < locked.until:
            raise NotAllowed(_("Choose a later day than now, or end the stay."))
        locked.until = until
        locked.save(update_fields=["until"])
        _log(locked, "guest stay prolonged", by)


def end(stay: GuestStay, *, by: User, is_staff_now: bool = False) -> None:
    """From now on she is out; what she learnt stays. Safe to repeat. Raises NotAllowed.

    `is_staff_now`: her address and her names at sign-in providers become free, for the record that the staff feed makes of her.
    """
    with transaction.atomic():
        locked = _locked(stay, by)
        if locked.ended_at is None:
            _close(locked, by=by)
        if is_staff_now and locked.person.email and not _is_invited(locked.person):
            SignInLink.objects.filter(person=locked.person).delete()
            User.objects.filter(pk=locked.person_id).update(email=None)
            _log(locked, "address of a guest set free", by)


def accept(person: User) -> None:
    """She chose a password: from now on she may come in. Safe to repeat; does nothing for who is invited no more."""
    with transaction.atomic():
        User.objects.lock([person.pk])
        stay = GuestStay.objects.standing(today()).filter(person=person, accepted_at__isnull=True).first()
        if stay is not None:
            stay.accepted_at = timezone.now()
            stay.save(update_fields=["accepted_at"])
            _log(stay, "guest came", person)


def end_over(day: date) -> int:
    """Closes the stays whose last day is past: sessions and tokens go. Signing in asks for the day itself. Returns how many."""
    count = 0
    for key in GuestStay.objects.over(day).values_list("pk", flat=True):
        with transaction.atomic():
            stay = GuestStay.objects.select_related("person").get(pk=key)
            User.objects.lock([stay.person_id])
            stay.refresh_from_db(fields=["until", "ended_at"])
            if stay.ended_at is None and not stay.is_standing(day):
                _close(stay, by=None)
                count += 1
    return count


def _guest(name: str, address: str, language: str) -> User:
    known = User.objects.filter(email__iexact=address).first()
    if known is None:
        made = User(email=address, official_name=name, display_name=name, language=language, source=User.Source.GUEST)
        made.invited_at = timezone.now()
        made.set_unusable_password()
        made.save()
        PersonAlias.objects.create(uuid=made.uuid, person=made)
        return made
    if not known.is_guest:
        raise NotAllowed(_("Somebody of the staff has this address: she learns with the account that she has."))
    User.objects.lock([known.pk])
    if not known.is_active:
        raise NotAllowed(_("An administrator closed the account with this address: ask there."))
    if known.display_name == known.official_name:
        known.display_name = name
    known.official_name = name
    known.save(update_fields=["official_name", "display_name"])
    return known


def _same(standing: GuestStay, structure: Structure, until: date, by: User) -> GuestStay:
    if (standing.structure_id, standing.until) == (structure.pk, until):
        return standing
    if access.stays(by).filter(pk=standing.pk).exists():
        raise NotAllowed(_("She is invited already: prolong her stay, or end it."))
    raise NotAllowed(_("Another structure has invited her already. Human Resources can change that."))


def _send(stay: GuestStay, by: User) -> None:
    """A new link; no name of staff stands in the mail."""
    person = stay.person
    mark = sha256(str(person.email).encode()).hexdigest()
    takes = ((f"guests:by:{by.pk}", MAILS_OF_A_HOST), (f"guests:to:{mark}", MAILS_TO_A_GUEST))
    if not all(limits.take(key, tries=tries, seconds=HOUR) for key, tries in takes):
        raise NotAllowed(_("Too many invitations within an hour. Wait a while, then try again."))
    person.set_unusable_password()
    person.save(update_fields=["password"])
    with override(spoken(person.language)):
        structure, until = Tree(today()).name(stay.structure_id), date_format(stay.until)
    mailing.send(
        "guest_invitation",
        address=person.email,
        language=person.language,
        name=person.display_name,
        link=link_for(person),
        organisation=settings.ORGANISATION_NAME,
        structure=structure,
        until=until,
    )


def _close(stay: GuestStay, *, by: User | None) -> None:
    """Links, password and sessions are worth nothing from now on, and tokens that were given to her browsers."""
    stay.ended_at, stay.ended_by = timezone.now(), by
    stay.save(update_fields=["ended_at", "ended_by"])
    stay.person.set_unusable_password()
    stay.person.save(update_fields=["password"])
    closing.end_access([stay.person])
    _log(stay, "guest stay ended" if by else "guest stay over", by or stay.person)


def _locked(stay: GuestStay, by: User) -> GuestStay:
    if not access.stays(by, "W").filter(pk=stay.pk).exists():
        raise NotAllowed(_("Only the structure that hosts her and Human Resources decide about a guest."))
    User.objects.lock([stay.person_id])
    return GuestStay.objects.select_related("person").get(pk=stay.pk)


def _is_invited(person: User) -> bool:
    return GuestStay.objects.standing(today()).filter(person=person).exists()


def _refuse_over(stay: GuestStay) -> None:
    if not stay.is_standing(today()):
        raise NotAllowed(_("This stay is over. Invite her anew."))


def _refuse_day(until: date) -> None:
    if not today() <= until <= latest_day():
        raise NotAllowed(_("Choose a last day from today up to %(day)s.") % {"day": date_format(latest_day())})


def _log(stay: GuestStay, what: str, by: User) -> None:
    told = {"stay": str(stay.uuid), "until": str(stay.until)}
    recording.decided(by, what, told, purpose=stay.reason, person=stay.person)
