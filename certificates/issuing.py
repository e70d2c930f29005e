"""Issues and withdraws certificates."""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from certificates import tasks
from certificates.models import CODE_ALPHABET, CODE_LENGTH, Certificate
from lms.days import today
from lms.people.models import User
from lms.refusals import NotAllowed

# Whoever completed the course before that waits for nothing: the sweep draws it, or who asks for it.
DRAWN_AT_ONCE = timedelta(days=30)


@dataclass(frozen=True)
class Award:
    """What was earned, in the words that are printed and frozen. `key` is the completion's uuid."""

    key: UUID
    person: User
    name: str
    course_key: UUID
    course_code: str
    course_title: str
    edition: str
    language: str
    completed_on: date
    valid_until: date | None
    statement: UUID
    statement_sha256: str


def issue(award: Award) -> Certificate:
    """Inserts the certificate in the caller's transaction, once; the PDF is drawn after commit."""
    [certificate] = issue_all([award])
    return certificate


def issue_all(awards: Sequence[Award]) -> list[Certificate]:
    """The same for many at once, in one query where none of them was issued before."""
    made = {award.key: _certificate(award) for award in awards}
    try:
        with transaction.atomic():
            Certificate.objects.bulk_create(made.values())
    except IntegrityError:
        known = {certificate.award: certificate for certificate in Certificate.objects.filter(award__in=made, issue=1)}
        if not known:
            raise
        others = issue_all([award for award in awards if award.key not in known])
        known |= {certificate.award: certificate for certificate in others}
        return [known[award.key] for award in awards]
    lately = today() - DRAWN_AT_ONCE
    for certificate in made.values():
        if certificate.completed_on >= lately:
            transaction.on_commit(partial(tasks.draw, certificate.pk))
    return list(made.values())


def _certificate(award: Award) -> Certificate:
    return Certificate(
        code=new_code(),
        award=award.key,
        person=award.person,
        name=award.name,
        course_key=award.course_key,
        course_code=award.course_code,
        course_title=award.course_title,
        edition=award.edition,
        language=award.language,
        completed_on=award.completed_on,
        valid_until=award.valid_until,
        issued_at=timezone.now(),
        statement=award.statement,
        statement_sha256=award.statement_sha256,
        is_demo=settings.DEMO,
    )


def is_issued(award: UUID) -> bool:
    return Certificate.objects.filter(award=award).exists()


def withdraw(certificate: Certificate, *, by: User, reason: str) -> None:
    """An administrator takes the certificate back, for a reason that is kept. Raises NotAllowed."""
    if certificate.person == by:
        raise NotAllowed(_("Nobody withdraws her own certificate: ask another administrator."))
    if not reason.strip():
        raise NotAllowed(_("Say why the certificate is withdrawn."))
    with transaction.atomic():
        locked = Certificate.objects.select_for_update().get(pk=certificate.pk)
        if locked.withdrawn_at is None:
            locked.withdrawn_at, locked.withdrawn_by, locked.withdrawn_reason = timezone.now(), by, reason.strip()
            locked.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_reason"])


def withdraw_award(award: UUID, *, by: User, reason: str) -> None:
    """Takes back every certificate that was issued for a completion. Raises NotAllowed."""
    for certificate in Certificate.objects.filter(award=award).order_by("pk"):
        withdraw(certificate, by=by, reason=reason)


def hand_over(person: User, other: User) -> list[int]:
    """The certificates of a record that is joined to another one hang on that one. Returns their keys, for `give_back`."""
    keys = list(Certificate.objects.filter(person=person).values_list("pk", flat=True))
    Certificate.objects.filter(pk__in=keys).update(person=other)
    return keys


def give_back(keys: Collection[int], awards: Collection[UUID], person: User) -> None:
    """Those that were handed over, and those of these completions, hang on `person`."""
    Certificate.objects.filter(Q(pk__in=keys) | Q(award__in=awards)).update(person=person)


def new_code() -> str:
    return "".join(secrets.choice(CODE_ALPHABET) for _place in range(CODE_LENGTH))
