"""Brings a person in line with what a directory says about her by SCIM. People of other sources are never touched."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from lms.days import today
from lms.people import closing, placing
from lms.people.hr_feed import FeedRow
from lms.people.journaling import Journal
from lms.people.models import (
    ContractType,
    FunctionGroup,
    PersonAlias,
    Posting,
    RoleGrant,
    ScimRecord,
    Structure,
    StructurePeriod,
    User,
)
from lms.people.signals import staff_changed
from lms.refusals import NotAllowed

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
POSTING = "urn:learning-for-protection:scim:2.0:Posting"


class Taken(ValueError):
    """A name, number or address belongs to somebody else here."""


@dataclass(frozen=True)
class Wanted:
    """What counts of a document; text is "" where nothing is said."""

    user_name: str
    external_id: str
    is_active: bool | None  # None: nothing is said
    name: str
    email: str | None
    language: str
    staff_number: str | None
    structure: str
    manager: str  # her uuid
    duty_station: str
    function_group: str
    contract_type: str


def read(said: Mapping[str, Any]) -> Wanted:
    """Raises NotAllowed for a coded value that is not known."""
    name, work, post = said.get("name") or {}, said.get(ENTERPRISE) or {}, said.get(POSTING) or {}
    parts = " ".join(filter(None, (name.get("givenName"), name.get("familyName"))))
    shown = name.get("formatted") or parts or said.get("displayName") or said["userName"]
    emails = said.get("emails") or []
    first = next((one for one in emails if one.get("primary")), emails[0] if emails else {})
    language = str(said.get("preferredLanguage") or "").replace("_", "-").split("-")[0].lower()
    wanted = Wanted(
        user_name=said["userName"],
        external_id=said.get("externalId") or "",
        is_active=said.get("active"),
        name=" ".join(shown.split())[:200],
        email=str(first.get("value") or "").lower() or None,
        language=language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE,
        staff_number=work.get("employeeNumber") or None,
        structure=work.get("department") or "",
        manager=(work.get("manager") or {}).get("value") or "",
        duty_station=post.get("dutyStation") or "",
        function_group=post.get("functionGroup") or FunctionGroup.ADMINISTRATION,
        contract_type=post.get("contractType") or ContractType.CONTRACTED,
    )
    long = {
        "userName": (wanted.user_name, 254),
        "externalId": (wanted.external_id, 254),
        "dutyStation": (wanted.duty_station, 80),
    }
    long["employeeNumber"] = (wanted.staff_number or "", 40)
    if not wanted.user_name.strip():
        raise NotAllowed(_("userName is empty."))
    for field, (value, most) in long.items():
        if len(value) > most:
            raise NotAllowed(_("%(field)s is longer than %(most)s characters.") % {"field": field, "most": most})
    known = {
        "department": (wanted.structure, {"", *StructurePeriod.objects.on(today()).values_list("structure__code", flat=True)}),
        "functionGroup": (wanted.function_group, set(FunctionGroup.values)),
        "contractType": (wanted.contract_type, set(ContractType.values)),
    }
    if wanted.email:
        try:
            validate_email(wanted.email)
        except ValidationError as error:
            raise NotAllowed(_("“%(value)s” is no address.") % {"value": wanted.email}) from error
    for field, (value, values) in known.items():
        if value not in values:
            raise NotAllowed(_("%(field)s “%(value)s” is not known here.") % {"field": field, "value": value})
    return wanted


def bring_in(said: Mapping[str, Any]) -> ScimRecord:
    """A person new to the directory; one that it deleted before comes back whole. Raises Taken, NotAllowed."""
    wanted = read(said)
    try:
        with transaction.atomic():
            gone = ScimRecord.objects.filter(deleted_at__isnull=False).select_related("person")
            record = None
            if wanted.staff_number:
                record = gone.filter(person__staff_number=wanted.staff_number).first()
            if record is None and wanted.email:
                # An address may be given to somebody else later; a number is nobody else's.
                same = Q() if wanted.staff_number is None else Q(person__staff_number__isnull=True)
                record = gone.filter(same, person__email__iexact=wanted.email).first()
            if record is None:
                now = timezone.now()
                person = User(source=User.Source.SCIM, official_name=wanted.name, display_name=wanted.name, is_active=False)
                person.set_unusable_password()
                _write_person(person, wanted)
                PersonAlias.objects.create(uuid=person.uuid, person=person)
                record = ScimRecord(person=person, created_at=now)
            return _write(record, said, wanted, word=wanted.is_active is not False)
    except IntegrityError as error:
        raise Taken(_("Somebody else has this name, number or address already.")) from error


def replace(record: ScimRecord, said: Mapping[str, Any]) -> ScimRecord:
    """All of what the directory says from now on; `record` is locked. Raises Taken, NotAllowed.

    Who is out stays out until it says that she is active: where it says nothing of that, all is as it was.
    """
    wanted = read(said)
    try:
        with transaction.atomic():
            # An administrator may have closed the account: only a change of the directory's word opens it again.
            is_new = wanted.is_active != record.said.get("active")
            return _write(record, said, wanted, word=wanted.is_active if is_new else None)
    except IntegrityError as error:
        raise Taken(_("Somebody else has this name, number or address already.")) from error


def remove(record: ScimRecord) -> None:
    """Her access ends at once; what she learnt stays. Safe to repeat."""
    with transaction.atomic():
        record.deleted_at = record.changed_at = timezone.now()
        record.save(update_fields=["deleted_at", "changed_at"])
        User.objects.filter(pk=record.person_id).update(is_active=False)
        _place(record.person, None)
        closing.end_access([record.person])
        staff_changed.send(sender=User, people=[record.person_id])


def _write(record: ScimRecord, said: Mapping[str, Any], wanted: Wanted, *, word: bool | None) -> ScimRecord:
    """`word`: whether she is in, where that is said anew."""
    person = record.person
    User.objects.lock([person.pk])
    if person.email and not wanted.email and RoleGrant.objects.in_force(today()).filter(person=person).exists():
        raise NotAllowed(_("She holds a role and signs in by her address: name one, or end the role first."))
    if word is not None:
        person.is_active = word
    _write_person(person, wanted)
    is_in = wanted.is_active
    if is_in is None:
        is_in = person.is_active or Posting.objects.on(today()).filter(person=person).exists()
    _place(person, wanted if is_in and wanted.structure else None)
    if not person.is_active:
        closing.end_access([person])
    record.user_name, record.external_id, record.said = wanted.user_name, wanted.external_id, dict(said)
    record.version, record.changed_at, record.deleted_at = record.version + 1, timezone.now(), None
    record.save()
    staff_changed.send(sender=User, people=[person.pk])
    return record


def _write_person(person: User, wanted: Wanted) -> None:
    if wanted.email and User.objects.filter(email__iexact=wanted.email, source=User.Source.GUEST).exists():
        raise Taken(_("A guest has this address: end her stay and say that she joins the staff."))
    # A number is asked for in any case where people come in by a code.
    others = User.objects.exclude(pk=person.pk)
    if wanted.staff_number and others.filter(staff_number__iexact=wanted.staff_number).exists():
        raise Taken(_("Somebody else has this name, number or address already."))
    if person.display_name == person.official_name:
        person.display_name = wanted.name
    if person.pk is None:
        person.language = wanted.language
    person.official_name, person.email, person.staff_number = wanted.name, wanted.email, wanted.staff_number
    person.save()


def _place(person: User, wanted: Wanted | None) -> None:
    """In post as the document says from today on, or in none."""
    day, journal = today(), Journal()
    history = list(Posting.objects.filter(person=person).order_by("starts_on", "pk"))
    serves = bool(history) and history[-1].is_open_on(day)
    if wanted is not None:
        row = FeedRow(
            line=0,
            staff_number=wanted.staff_number or "",
            official_name=wanted.name,
            email=wanted.email,
            structure=wanted.structure,
            duty_station=wanted.duty_station,
            function_group=wanted.function_group,
            contract_type=wanted.contract_type,
            entered_on=history[-1].entered_on if serves else day,
            ends_on=None,
            manager=wanted.manager,
            language=wanted.language,
        )
        structure = Structure.objects.get(code=wanted.structure)
        placing.place(journal, person, row, history=history, structure=structure, manager=_manager(person, wanted), day=day)
    elif serves:
        placing.take_out(journal, history, day=day)
    journal.write_postings()


def _manager(person: User, wanted: Wanted) -> User | None:
    """Left empty where she is not known here, or where the line of managers would lead back."""
    try:
        found = User.objects.exclude(source=User.Source.GUEST).filter(uuid=uuid.UUID(wanted.manager)).first()
    except ValueError:
        return None
    seen: set[int] = set()
    above = found.pk if found else None
    while above is not None and above not in seen:
        if above == person.pk:
            return None
        seen.add(above)
        above = Posting.objects.on(today()).filter(person=above).values_list("manager", flat=True).first()
    return found
